"""Applications in memory."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from jatify_adapters.memory.pages import contains, page
from jatify_adapters.memory.statuses import pipeline
from jatify_adapters.memory.tables import Draft, StoredApplication, owned
from jatify_core.application import Application, ApplicationFilter, ApplicationId, Status, StatusChange
from jatify_core.errors import NotFound
from jatify_core.journey import Journey, Stop
from jatify_core.listing import ListingBrief
from jatify_core.paging import Page, Window
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
        stored = StoredApplication(replace(application, history=(change,)))
        self._draft.tables.applications[application.id] = stored
        self._draft.lock(application.id)

    async def get(self, user_id: UserId, application_id: ApplicationId, *, lock: bool = False) -> Application:
        """One application with its history."""
        application = self._stored(user_id, application_id)
        if lock:
            self._draft.lock(application_id)
        history = tuple(sorted(application.history, key=lambda change: change.at))
        return replace(self._shown(application), history=history)

    async def save(self, application: Application, change: StatusChange | None) -> None:
        """Replace an application."""
        stored = self._stored(application.user_id, application.id)
        self._draft.require_lock(application.id)
        self._refuse_foreign(application)
        history = (*stored.history, change) if change else stored.history
        changed = StoredApplication(replace(application, history=history))
        self._draft.tables.applications[application.id] = changed

    async def remove(self, user_id: UserId, application_id: ApplicationId, at: datetime) -> None:
        """Hide an application."""
        stored = self._stored(user_id, application_id)
        self._draft.tables.applications[application_id] = StoredApplication(stored, hidden_at=at)

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
        return [self._journey(self._archived(stored)) for stored in own if stored.hidden_at is None]

    def _journey(self, application: Application) -> Journey:
        tables, resume_id = self._draft.tables, application.resume_id
        return Journey(
            application_id=application.id,
            status_id=application.status_id,
            source=tables.listings[application.listing.id].source,
            resume_key=None if resume_id is None else str(resume_id),
            resume_name=None if resume_id is None else tables.resumes[resume_id].resume.name,
            score=self._score(application),
            stops=tuple(Stop(step.status_id, step.at) for step in application.history),
        )

    def _score(self, application: Application) -> int | None:
        reports = [
            (analysis.created_at, analysis.id, analysis.report)
            for analysis in self._draft.tables.analyses.values()
            if (analysis.resume_id, analysis.listing_id) == (application.resume_id, application.listing.id)
            and analysis.state == "succeeded"
            and analysis.report is not None
        ]
        return max(reports, key=lambda found: found[:2])[2].score if reports else None

    def _archived(self, stored: StoredApplication) -> Application:
        history = tuple(sorted(stored.application.history, key=lambda change: change.at))
        return replace(self._shown(stored.application), history=history, deleted_at=stored.hidden_at)

    def _stored(self, user_id: UserId, application_id: ApplicationId) -> Application:
        stored = owned(self._draft.tables.applications, user_id, application_id)
        if stored.hidden_at is not None:
            raise NotFound
        return stored.application

    def _shown(self, application: Application) -> Application:
        """*application* without its history, with its listing as it reads now."""
        listing = self._draft.tables.listings[application.listing.id]
        brief = ListingBrief(listing.id, listing.company, listing.position)
        return replace(application, listing=brief, history=())

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
