"""Resumes: take a file in, with the text that analyzers will read, and give it back."""

from collections.abc import Callable
from pathlib import PurePath, PureWindowsPath

from msgspec import to_builtins
from msgspec.structs import replace

from jatify_core.errors import Invalid, Stale, TooLarge, Unsupported
from jatify_core.paging import Page
from jatify_core.ports import Ports
from jatify_core.resume import Extracted, Resume, ResumeDraft, ResumeFilter, ResumeId, Unreadable, Upload
from jatify_core.text import refuse_nul
from jatify_core.use_cases.allowances import refuse_too_many_files
from jatify_core.user import UserId

UNSUPPORTED = "unsupported_type"
NAME_LENGTH = 200


async def add_resume(ports: Ports, user_id: UserId, upload: Upload, name: str | None = None) -> Resume:
    """Keep a file and its text under *name* (without one, the file's).

    Raises `TooLarge`, `Unsupported` for a type that Jatify does not take, `Invalid` with a code of analysis.md, 1,
    where no text can be had, and `Conflict` where the user keeps as much as he may: nothing is stored then.
    """
    if len(upload.content) > ports.policy.max_upload:
        raise TooLarge(
            f"A resume may have at most {ports.policy.max_upload} bytes; this one has {len(upload.content)}."
        )
    upload = replace(upload, filename=_plain(upload.filename))
    refuse_nul({"name": name, "file": upload.filename})
    extracted = await read_upload(ports, upload)
    resume = Resume.of(
        upload,
        extracted,
        ResumeId(ports.new_id()),
        user_id,
        name=(name or "").strip() or PurePath(upload.filename).stem or upload.filename,
        at=ports.clock(),
    )
    async with ports.store.transaction(user_id) as tx:
        await tx.users.lock(user_id)
        await refuse_too_many_files(ports, tx, user_id, resume.size)
        await tx.resumes.add(resume, upload.content, extracted.text)
    return resume


async def read_upload(ports: Ports, upload: Upload) -> Extracted:
    """The text of *upload*; raises as `add_resume` does, and stores nothing."""
    match await ports.extractor.extract(upload):
        case Extracted() as extracted:
            return extracted
        case Unreadable(code, advice) if code == UNSUPPORTED:
            raise Unsupported(advice)
        case Unreadable(code, advice):
            raise Invalid.at("/file", code, advice)


async def read_resume(ports: Ports, user_id: UserId, resume_id: ResumeId) -> Resume:
    """The facts about one resume."""
    async with ports.store.transaction(user_id) as tx:
        return await tx.resumes.get(user_id, resume_id)


async def read_resume_file(ports: Ports, user_id: UserId, resume_id: ResumeId) -> tuple[Resume, bytes]:
    """One resume with its file exactly as uploaded."""
    async with ports.store.transaction(user_id) as tx:
        return await tx.resumes.get(user_id, resume_id), await tx.resumes.content(user_id, resume_id)


async def read_resume_text(ports: Ports, user_id: UserId, resume_id: ResumeId) -> tuple[Resume, str]:
    """One resume with its text exactly as analyzers see it."""
    async with ports.store.transaction(user_id) as tx:
        return await tx.resumes.get(user_id, resume_id), await tx.resumes.text(user_id, resume_id)


async def list_resumes(ports: Ports, user_id: UserId, where: ResumeFilter) -> Page[Resume]:
    """Resumes that match."""
    async with ports.store.transaction(user_id) as tx:
        return await tx.resumes.page(user_id, where)


async def change_resume(
    ports: Ports,
    user_id: UserId,
    resume_id: ResumeId,
    change: Callable[[ResumeDraft], ResumeDraft],
    expected: int | None = None,
) -> Resume:
    """Rename a resume by what *change* makes of its writable members.

    Raises `Stale`, and writes nothing, unless the stored version is the *expected* one (None takes any).
    """
    async with ports.store.transaction(user_id) as tx:
        current = await tx.resumes.get(user_id, resume_id, lock=True)
        Stale.unless(expected, current.version)
        draft = change(ResumeDraft(current.name))
        refuse_nul(to_builtins(draft))
        if not draft.name.strip():
            raise Invalid.at("/name", "blank", "Give the resume a name.")
        changed = replace(current, name=draft.name, updated_at=ports.clock(), version=current.version + 1)
        await tx.resumes.save(changed)
    return changed


async def delete_resume(ports: Ports, user_id: UserId, resume_id: ResumeId, expected: int | None = None) -> None:
    """Drop a resume with its analyses, the unfinished ones included; applications keep their row, unlinked."""
    async with ports.store.transaction(user_id) as tx:
        current = await tx.resumes.get(user_id, resume_id, lock=True)
        Stale.unless(expected, current.version)
        await tx.resumes.remove(user_id, resume_id)


def _plain(filename: str) -> str:
    """The last part of a claimed name, whatever system it comes from: never a path, never empty, bounded."""
    name = PureWindowsPath(filename).name.strip(". ") or "resume"
    if len(name) <= NAME_LENGTH:
        return name
    suffix = PurePath(name).suffix[-16:]
    return name[: NAME_LENGTH - len(suffix)] + suffix
