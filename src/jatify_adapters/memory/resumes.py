"""Resumes in memory."""

from msgspec.structs import replace

from jatify_adapters.memory.events import drop_all
from jatify_adapters.memory.pages import contains, page
from jatify_adapters.memory.tables import Draft, StoredResume, owned, touch
from jatify_core.application import Application, ResumeLink
from jatify_core.paging import Page
from jatify_core.resume import Kept, Resume, ResumeFilter, ResumeId
from jatify_core.user import UserId


class MemoryResumes:
    """The port `Resumes`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def add(self, resume: Resume, content: bytes, text: str) -> None:
        """Store a new resume."""
        self._draft.tables.require_user(resume.user_id)
        self._draft.tables.resumes[resume.id] = StoredResume(resume, bytes(content), text)
        self._draft.lock(resume.id)

    async def get(self, user_id: UserId, resume_id: ResumeId, *, lock: bool = False) -> Resume:
        """The facts about one resume."""
        stored = self._stored(user_id, resume_id)
        if lock:
            self._draft.lock(resume_id)
        return stored.resume

    async def content(self, user_id: UserId, resume_id: ResumeId) -> bytes:
        """The file."""
        return self._stored(user_id, resume_id).content

    async def text(self, user_id: UserId, resume_id: ResumeId) -> str:
        """The text."""
        return self._stored(user_id, resume_id).text

    async def save(self, resume: Resume) -> None:
        """Replace the name."""
        stored = self._stored(resume.user_id, resume.id)
        self._draft.require_lock(resume.id)
        renamed = replace(stored.resume, name=resume.name, updated_at=resume.updated_at, version=resume.version)
        self._draft.tables.resumes[resume.id] = replace(stored, resume=renamed)

    async def remove(self, user_id: UserId, resume_id: ResumeId) -> None:
        """Delete a resume with all that hangs on it."""
        self._stored(user_id, resume_id)
        tables = self._draft.tables
        touch(self._draft, lambda application: _shows(application, resume_id), self._draft.now)
        for key, stored in tables.applications.items():
            if stored.application.resume_id == resume_id:
                links = (*stored.application.links, ResumeLink(self._draft.now, None))
                tables.applications[key] = replace(
                    stored, application=replace(stored.application, resume_id=None, links=links)
                )
        drop_all(self._draft, user_id, [a.id for a in tables.analyses.values() if a.resume_id == resume_id])
        del tables.resumes[resume_id]

    async def page(self, user_id: UserId, where: ResumeFilter) -> Page[Resume]:
        """Resumes that match."""
        resumes = (stored.resume for stored in self._draft.tables.resumes.values() if stored.user_id == user_id)
        return page((r for r in resumes if contains(where.q, r.name, r.filename)), where.window)

    async def kept(self, user_id: UserId) -> Kept:
        """How many files, and their bytes."""
        sizes = [stored.resume.size for stored in self._draft.tables.resumes.values() if stored.user_id == user_id]
        return Kept(len(sizes), sum(sizes))

    def _stored(self, user_id: UserId, resume_id: ResumeId) -> StoredResume:
        return owned(self._draft.tables.resumes, user_id, resume_id)


def _shows(application: Application, resume_id: ResumeId) -> bool:
    """Whether *application* has this resume, or was sent with it."""
    sent = application.sent_resume
    return application.resume_id == resume_id or (sent is not None and sent.resume.resume_id == resume_id)
