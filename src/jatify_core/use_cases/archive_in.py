"""Take everything in that was taken along: an archive is looked through whole, and then written whole, or not at all.

It is read twice, so that nothing of it has to be kept meanwhile, and what is wrong with it is found before the store
is asked for anything.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from jatify_core.analysis import Analysis, AnalysisId, Failure, State
from jatify_core.application import Application, Status
from jatify_core.archive import MOST_ROWS, Archive, Imported, Left, is_its_text, is_whole, refuse_unfit
from jatify_core.dead_letter import DeadLetter
from jatify_core.errors import Invalid
from jatify_core.event import Change
from jatify_core.job import ANALYSIS, Job, JobId, dedup_key
from jatify_core.listing import Listing
from jatify_core.merged_pipelines import merged
from jatify_core.new_ids import NewIds
from jatify_core.ports import Ports, Transaction
from jatify_core.resume import Extracted, Kept, Resume, ResumeId, Upload
from jatify_core.text import refuse_nul
from jatify_core.use_cases.allowances import refuse_what_does_not_fit
from jatify_core.use_cases.resumes import read_upload
from jatify_core.user import UserId

Row = Listing | Resume | Application | Analysis | DeadLetter
R = TypeVar("R", Listing, Resume, Application, Analysis, DeadLetter)

KINDS: Final[Mapping[type[Row], tuple[str, str]]] = {
    Listing: ("listing", "jobs"),
    Resume: ("resume", "resumes"),
    Application: ("application", "applications"),
    Analysis: ("analysis", "analyses"),
    DeadLetter: ("dead_letter", "dead_letters"),
}
"""Each noun's own word, and how the archive calls many; none refers to what comes after it."""
STATUSES: Final = "statuses"


class Mended(Struct, frozen=True):
    """A resume whose text had to be taken from its file anew."""

    resume: Resume
    text: str


class Survey(Struct):
    """What is known of an archive once it has been looked through."""

    ids: NewIds
    counts: dict[type[Row], int]
    size: int
    mended: dict[ResumeId, Mended]
    states: dict[AnalysisId, State]
    letters: dict[AnalysisId, DeadLetter]
    statuses: list[Status]
    used: dict[str, str]
    """Each status that a step or an application is in, and where it is named first."""


async def import_account(ports: Ports, user_id: UserId, archive: Archive) -> Imported:
    """Add everything in *archive* to what the user has, with new ids and in one transaction.

    Times, versions, reports and histories stay. An analysis that had not ended is taken in as cancelled, a dead letter
    as one that may be requeued. Raises `Invalid`, with pointers, where the archive does not hold together, and
    `Conflict` where the user would keep more than he may: nothing is stored then.
    """
    survey = await _surveyed(ports, archive)
    async with ports.store.transaction(user_id) as tx:
        await tx.users.lock(user_id)
        await refuse_what_does_not_fit(ports, tx, user_id, Kept(survey.counts[Resume], survey.size))
        made = await _settle_statuses(tx, user_id, survey)
        await _write(ports, tx, archive, survey)
    counted = {KINDS[kind][1]: count for kind, count in survey.counts.items()}
    known = Left("statuses", len(survey.statuses) - made, "They are there already.")
    return Imported(**counted, statuses=made, skipped=(known,) if known.count else ())


async def _surveyed(ports: Ports, archive: Archive) -> Survey:
    survey = Survey(NewIds(ports.new_id), {}, 0, {}, {}, {}, [], {})
    async for page in archive.pages(Status):
        survey.statuses += page
        _refuse_too_many(len(survey.statuses), STATUSES)
    for kind, (noun, many) in KINDS.items():
        old = await _old_ids(archive, kind, many)
        survey.ids.give(noun, old)
        survey.counts[kind] = len(old)
        async for n, row in _numbered(archive, kind):
            pointer = f"/{many}/{n}"
            refuse_unfit(row, pointer)
            survey.ids.renamed(row, noun, pointer)
            await _note(ports, archive, survey, row, pointer)
    return survey


async def _old_ids(archive: Archive, kind: type[Row], many: str) -> set[UUID]:
    old: set[UUID] = set()
    async for n, row in _numbered(archive, kind):
        _refuse_too_many(n + 1, many)
        if row.id in old:
            raise Invalid.at(f"/{many}/{n}/id", "repeated", "Two things have this id.")
        old.add(row.id)
    return old


async def _note(ports: Ports, archive: Archive, survey: Survey, row: Row, pointer: str) -> None:
    """Remember of *row* what later ones, or the writing, must know."""
    match row:
        case Resume():
            survey.size += row.size
            if mended := await _mended(ports, archive, row, pointer):
                survey.mended[row.id] = mended
        case Application():
            for n, step in enumerate(row.history):
                survey.used.setdefault(step.status_id, f"{pointer}/history/{n}/status_id")
            survey.used.setdefault(row.status_id, f"{pointer}/status_id")
        case Analysis():
            survey.states[row.id] = row.state
        case DeadLetter():
            if survey.states.get(row.analysis_id) in {"succeeded", "cancelled"}:
                raise Invalid.at(f"{pointer}/analysis_id", "out_of_order", "This analysis has not failed.")
            if row.analysis_id in survey.letters:
                raise Invalid.at(f"{pointer}/analysis_id", "repeated", "An analysis has one dead letter at most.")
            survey.letters[row.analysis_id] = row
        case _:
            pass


async def _mended(ports: Ports, archive: Archive, resume: Resume, pointer: str) -> Mended | None:
    """*resume* with a text taken from its file, where that in the archive is not the one it tells of."""
    if resume.size > ports.policy.max_upload:
        most = f"A resume may have at most {ports.policy.max_upload} bytes here; this one has {resume.size}."
        raise Invalid.at(f"{pointer}/size", "too_long", most)
    content, text = await archive.content(resume)
    if not is_whole(resume, content):
        raise Invalid.at(f"{pointer}/sha256", "damaged", "The file is not the one that was exported.")
    if text is not None and is_its_text(resume, text):
        refuse_nul(text, f"{pointer}/text")
        return None
    extracted = await _extracted(ports, resume, content, pointer)
    made = Resume.of(
        Upload(resume.filename, None, content), extracted, resume.id, resume.user_id, resume.name, resume.created_at
    )
    return Mended(replace(made, updated_at=resume.updated_at, version=resume.version), extracted.text)


async def _extracted(ports: Ports, resume: Resume, content: bytes, pointer: str) -> Extracted:
    try:
        return await read_upload(ports, Upload(resume.filename, resume.media_type, content))
    except Invalid as fault:
        words = f"Its text is not the one that was exported, and none can be taken from the file. {fault}"
        raise Invalid.at(f"{pointer}/text", "damaged", words) from None


async def _settle_statuses(tx: Transaction, user_id: UserId, survey: Survey) -> int:
    """Have each status of the archive stand for one of the user's; return how many had to be made for it."""
    settled = merged(await tx.applications.statuses(user_id), survey.statuses)
    for code, pointer in survey.used.items():
        if code not in settled.ids:
            raise Invalid.at(pointer, "unknown_status", f"There is no such status: {code}.")
    await tx.statuses.save(user_id, settled.changed)
    survey.ids.statuses = settled.ids
    return settled.made


async def _write(ports: Ports, tx: Transaction, archive: Archive, survey: Survey) -> None:
    now = ports.clock()
    async for listings in _renamed(archive, survey, Listing):
        for listing in listings:
            await tx.listings.add(listing)
    async for page in archive.pages(Resume):
        for old in page:
            await _write_resume(tx, archive, survey, old)
    async for applications in _renamed(archive, survey, Application):
        await tx.applications.take_in(applications)
        await tx.events.add([_changed(application) for application in applications])
    async for analyses in _renamed(archive, survey, Analysis, lambda old: _ended(old, survey.letters.get(old.id), now)):
        await tx.analyses.take_in(analyses)
        await tx.events.add([Change.analysis(a.user_id, a.id, a.state) for a in analyses])
    async for letters in _renamed(archive, survey, DeadLetter):
        await tx.dead_letters.take_in([(letter, _job(letter, ports.policy.max_attempts)) for letter in letters])
        await tx.events.add([Change(x.user_id, "dead_letter.added", x.id, "dead") for x in letters])


async def _write_resume(tx: Transaction, archive: Archive, survey: Survey, old: Resume) -> None:
    content, text = await archive.content(old)
    mended = survey.mended.get(old.id)
    resume = survey.ids.renamed(mended.resume if mended else old, "resume")
    await tx.resumes.add(resume, content, mended.text if mended else text or "")


async def _renamed(
    archive: Archive, survey: Survey, kind: type[R], settled: Callable[[R], R] = lambda row: row
) -> AsyncIterator[Sequence[R]]:
    noun, _ = KINDS[kind]
    async for page in archive.pages(kind):
        yield [survey.ids.renamed(settled(row), noun) for row in page]


async def _numbered(archive: Archive, kind: type[Row]) -> AsyncIterator[tuple[int, Row]]:
    n = 0
    async for page in archive.pages(kind):
        for row in page:
            yield n, row
            n += 1


def _ended(analysis: Analysis, letter: DeadLetter | None, at: datetime) -> Analysis:
    """*analysis* as it can be taken in: what waited or ran when it was written down will not go on here."""
    if letter and not analysis.ended:  # it failed between the one's being written down and the other's
        return analysis.failed(Failure(letter.reason, letter.message), letter.attempts, letter.failed_at)
    return analysis if analysis.ended else replace(analysis, state="cancelled", finished_at=at)


def _job(letter: DeadLetter, max_attempts: int) -> Job:
    """The job that failed, as it is requeued here."""
    return Job(
        id=JobId(letter.analysis_id),
        user_id=letter.user_id,
        kind=ANALYSIS,
        dedup_key=dedup_key(letter.resume_id, letter.listing_id),
        max_attempts=max_attempts,
        attempt=letter.attempts,
        requeues=letter.requeues,
        errors=letter.errors,
        enqueued_at=letter.enqueued_at,
    )


def _changed(application: Application) -> Change:
    return Change.application(
        application.user_id, application.id, None if application.deleted_at else application.version
    )


def _refuse_too_many(count: int, many: str) -> None:
    if count > MOST_ROWS:
        raise Invalid.at(f"/{many}", "too_long", f"There are more than {MOST_ROWS} of them, the most there can be.")
