"""Applications in memory."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from jatify_adapters.memory.pages import contains, page
from jatify_adapters.memory.statuses import pipeline
from jatify_adapters.memory.tables import Draft, StoredApplication, owned
from jatify_core.application import (
    Application,
    ApplicationFilter,
    ApplicationId,
    ResumeCopy,
    ResumeLink,
    Status,
    StatusChange,
)
from jatify_core.errors import NotFound
from jatify_core.history import told
from jatify_core.journey import Journey, Stop
from jatify_core.listing import ListingBrief, ListingId
from jatify_core.paging import Page, Window
from jatify_core.resume import ResumeId
from jatify_core.user import UserId


class MemoryApplications:
    """The port `Applications`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def statuses(self, user_id: UserId) -> Sequence[Status]:
        """The user's pipeline."""
        return pipeline(self._draft.tables, user_id)

    async def add(self, application: Application, change: StatusChange) -> None:
        """Store a new application."""
        self._refuse_foreign(application)
        stored = StoredApplication(replace(application, history=(change,), links=()))
        self._draft.tables.applications[application.id] = stored
        self._draft.lock(application.id)

    async def get(self, user_id: UserId, application_id: ApplicationId, *, lock: bool = False) -> Application:
        """One application with its history."""
        application = self._stored(user_id, application_id)
        if lock:
            self._draft.lock(application_id)
        return self._whole(application)

    async def save(self, application: Application, change: StatusChange | None) -> None:
        """Replace an application."""
        stored = self._stored(application.user_id, application.id)
        self._draft.require_lock(application.id)
        self._refuse_foreign(application)
        history = (*stored.history, change) if change else stored.history
        changed = StoredApplication(replace(application, history=history, links=stored.links))
        self._draft.tables.applications[application.id] = changed

    async def retell(self, application: Application) -> None:
        """Replace an application and its whole history."""
        await self.save(application, None)
        self._rewrite(replace(self._stored(application.user_id, application.id), history=application.history))

    async def relink(self, application: Application, link: ResumeLink) -> None:
        """Note which resume an application has from now on."""
        stored = self._stored(application.user_id, application.id)
        self._rewrite(replace(stored, links=(*stored.links, link)))

    async def remove(self, user_id: UserId, application_id: ApplicationId, at: datetime) -> None:
        """Hide an application."""
        stored = self._stored(user_id, application_id)
        self._draft.tables.applications[application_id] = StoredApplication(stored, hidden_at=at)

    async def restore(self, user_id: UserId, application_id: ApplicationId, at: datetime) -> bool:
        """Show a hidden application again."""
        stored = self._draft.tables.applications.get(application_id)
        if stored is None or stored.user_id != user_id or stored.hidden_at is None:
            return False
        self._rewrite(replace(stored.application, version=stored.application.version + 1, updated_at=at))
        return True

    async def page(self, user_id: UserId, where: ApplicationFilter) -> Page[Application]:
        """Applications that match."""
        in_sight = (
            self._shown(stored.application)
            for stored in self._draft.tables.applications.values()
            if stored.user_id == user_id and stored.hidden_at is None
        )
        return page((application for application in in_sight if _matches(application, where)), where.window)

    async def archive(self, user_id: UserId, window: Window) -> Page[Application]:
        """Every application with its history."""
        own = (stored for stored in self._draft.tables.applications.values() if stored.user_id == user_id)
        return page(map(self._archived, own), window)

    async def journeys(self, user_id: UserId) -> Sequence[Journey]:
        """Every application that is not removed, in brief."""
        own = (stored for stored in self._draft.tables.applications.values() if stored.user_id == user_id)
        return [self._journey(stored.application) for stored in own if stored.hidden_at is None]

    def _journey(self, application: Application) -> Journey:
        resumes = self._draft.tables.resumes
        sent = self._present(application.sent_resume.resume) if application.sent_resume else None
        resume_id = sent.resume_id if sent else application.resume_id
        known = sent.name if sent else None
        return Journey(
            application_id=application.id,
            status_id=application.status_id,
            source=self._draft.tables.listings[application.listing.id].source,
            resume_key=str(resume_id) if resume_id else (sent.sha256 if sent else None),
            resume_name=resumes[resume_id].resume.name if resume_id in resumes else known,
            score=self._score(application.listing.id, resume_id),
            stops=tuple(Stop(step.status_id, step.at) for step in told(application.history)),
        )

    def _score(self, listing_id: ListingId, resume_id: ResumeId | None) -> int | None:
        reports = [
            (analysis.created_at, analysis.id, analysis.report)
            for analysis in self._draft.tables.analyses.values()
            if (analysis.resume_id, analysis.listing_id) == (resume_id, listing_id)
            and analysis.state == "succeeded"
            and analysis.report is not None
        ]
        return max(reports, key=lambda found: found[:2])[2].score if reports else None

    async def take_in(self, applications: Sequence[Application]) -> None:
        """Store applications as they are."""
        for application in applications:
            self._refuse_foreign(application)
            shown = replace(application, deleted_at=None)
            self._draft.tables.applications[application.id] = StoredApplication(shown, application.deleted_at)

    def _archived(self, stored: StoredApplication) -> Application:
        return replace(self._whole(stored.application), deleted_at=stored.hidden_at)

    def _rewrite(self, application: Application) -> None:
        self._draft.tables.applications[application.id] = StoredApplication(application)

    def _stored(self, user_id: UserId, application_id: ApplicationId) -> Application:
        stored = owned(self._draft.tables.applications, user_id, application_id)
        if stored.hidden_at is not None:
            raise NotFound
        return stored.application

    def _shown(self, application: Application) -> Application:
        """*application* without its history, with its listing as it reads now."""
        listing = self._draft.tables.listings[application.listing.id]
        brief = ListingBrief(listing.id, listing.company, listing.position)
        sent = application.sent_resume and replace(
            application.sent_resume, resume=self._present(application.sent_resume.resume)
        )
        return replace(application, listing=brief, history=(), links=(), sent_resume=sent)

    def _whole(self, application: Application) -> Application:
        """*application* with its history and its links."""
        steps = [replace(step, resume=step.resume and self._present(step.resume)) for step in application.history]
        links = tuple(replace(link, resume=link.resume and self._present(link.resume)) for link in application.links)
        return replace(self._shown(application), history=told(steps), links=links)

    def _present(self, resume: ResumeCopy) -> ResumeCopy:
        """What was noted of a resume, with its id while there is one of that id."""
        return resume if resume.resume_id in self._draft.tables.resumes else replace(resume, resume_id=None)

    def _refuse_foreign(self, application: Application) -> None:
        """A database's foreign keys would refuse what is not the user's own."""
        owned(self._draft.tables.listings, application.user_id, application.listing.id)
        if (application.user_id, application.status_id) not in self._draft.tables.statuses:
            raise NotFound
        if application.resume_id is not None:
            owned(self._draft.tables.resumes, application.user_id, application.resume_id)


def _matches(application: Application, where: ApplicationFilter) -> bool:
    listing, applied_on, follow_up_on = application.listing, application.applied_on, application.follow_up_on
    return all(
        (
            contains(where.q, listing.company, listing.position, application.notes, application.cover_letter),
            where.status_id is None or application.status_id == where.status_id,
            where.listing_id is None or listing.id == where.listing_id,
            where.resume_id is None or application.resume_id == where.resume_id,
            where.tag is None or where.tag in application.tags,
            where.applied_from is None or (applied_on is not None and applied_on >= where.applied_from),
            where.applied_to is None or (applied_on is not None and applied_on <= where.applied_to),
            where.follow_up_before is None or (follow_up_on is not None and follow_up_on <= where.follow_up_before),
        )
    )
