"""The ports of a search: listings, applications and what surrounds them. `ports` has them all."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from jatify_core.agenda import Days, Due
from jatify_core.application import (
    Application,
    ApplicationFilter,
    ApplicationId,
    ResumeLink,
    Status,
    StatusChange,
    StatusId,
)
from jatify_core.calendar_link import CalendarLink
from jatify_core.duplicates import Twin
from jatify_core.imports import Brought, Import, ImportId, Undone
from jatify_core.journey import Journey
from jatify_core.listing import Listing, ListingFilter, ListingId
from jatify_core.paging import Page, Window
from jatify_core.repeats import Known
from jatify_core.user import UserId


class Listings(Protocol):
    """Advertised positions."""

    async def add(self, listing: Listing) -> None:
        """Store a new listing."""

    async def get(self, user_id: UserId, listing_id: ListingId, *, lock: bool = False) -> Listing:
        """One listing; with *lock* nobody else changes it before the transaction ends."""

    async def save(self, listing: Listing) -> None:
        """Replace a stored listing that was read with a lock.

        Where company or position changed, the applications that show them are one version on.
        """

    async def remove(self, user_id: UserId, listing_id: ListingId) -> None:
        """Delete a listing with its analyses, told of. Raises `Conflict`, with the count, while applications use it."""

    async def page(self, user_id: UserId, where: ListingFilter) -> Page[Listing]:
        """Listings that match."""

    async def twins(self, user_id: UserId, url_key: str | None, title_key: str | None, limit: int) -> Sequence[Twin]:
        """The user's listings that have one of these `Keys`, each once: those with the URL first, then the newest."""

    async def several(self, user_id: UserId, listing_ids: Collection[ListingId]) -> Sequence[Listing]:
        """Those of them that are there, in no order."""


class Statuses(Protocol):
    """Each user's own pipeline, made with his account of the statuses that Jatify ships. The store alone knows those.

    Whoever changes a pipeline has the user locked: places and labels belong to all of it.
    """

    async def held(self, user_id: UserId, status_id: str) -> Status | None:
        """One status, if there is one; nobody changes or removes it before the transaction ends."""

    async def uses(self, user_id: UserId) -> Mapping[StatusId, int]:
        """How many applications, hidden ones included, are in each status or were; those without any are left out."""

    async def save(self, user_id: UserId, statuses: Sequence[Status]) -> None:
        """Add those that are new, and replace the others; no two of all the user's may come to have one place."""

    async def remove(self, user_id: UserId, status_id: StatusId) -> None:
        """Delete a status. Raises `Conflict`, with the count, if an application, hidden or not, is in it or was."""


class Applications(Protocol):
    """Applications, their history, and the pipeline's statuses."""

    async def statuses(self, user_id: UserId) -> Sequence[Status]:
        """Every status of the user's, in his pipeline's order, retired ones too. `Statuses` changes them."""

    async def add(self, application: Application, change: StatusChange) -> None:
        """Store a new application with the first step of its history."""

    async def get(self, user_id: UserId, application_id: ApplicationId, *, lock: bool = False) -> Application:
        """One application with its history as it is `told`, and with its links, both oldest first."""

    async def save(self, application: Application, change: StatusChange | None) -> None:
        """Replace a stored application that was read with a lock, and add *change* at the end of its history."""

    async def retell(self, application: Application) -> None:
        """Replace a stored application that was read with a lock, and its whole history, by this one's in its order."""

    async def relink(self, application: Application, link: ResumeLink) -> None:
        """Note which resume a stored application has from now on."""

    async def remove(self, user_id: UserId, application_id: ApplicationId, at: datetime) -> None:
        """Hide an application; its row stays."""

    async def restore(self, user_id: UserId, application_id: ApplicationId, at: datetime) -> bool:
        """Show a hidden application again, one version on; whether it had been hidden."""

    async def page(self, user_id: UserId, where: ApplicationFilter) -> Page[Application]:
        """Applications that match, without their histories."""

    async def archive(self, user_id: UserId, window: Window) -> Page[Application]:
        """Every application with its history and its links, removed ones too."""

    async def journeys(self, user_id: UserId) -> Sequence[Journey]:
        """Every application that is not removed, in brief, in no order; the stops are those of its history."""

    async def take_in(self, applications: Sequence[Application]) -> None:
        """Store applications as `archive` gave them elsewhere: histories, versions and removals as they are."""


class Reminders(Protocol):
    """What a user's applications and listings ask for, the oldest first; what he has deleted asks for nothing.

    Of each kind there are up to *limit*, with the count of all.
    """

    async def follow_ups(self, user_id: UserId, among: Collection[StatusId], days: Days, limit: int) -> Due:
        """Of applications in one of these statuses, where the follow-up is on one of *days*."""

    async def silent(
        self, user_id: UserId, among: Collection[StatusId], before: datetime, past: Days, limit: int
    ) -> Due:
        """Of applications in one of these statuses, the newest step of which was taken *before* an instant.

        The newest is the last one of its history. Not of those with a follow-up, unless it was in the *past*.
        """

    async def deadlines(self, user_id: UserId, among: Collection[StatusId], days: Days, limit: int) -> Due:
        """Of listings, where the deadline is on one of *days*, and every application is in one of these statuses.

        Each names its newest application, if it has one.
        """


class CalendarLinks(Protocol):
    """The secret addresses under which calendars are read: one a user, known by the digest of its token."""

    async def put(self, link: CalendarLink) -> None:
        """Store a user's link in the place of any that he had."""

    async def get(self, user_id: UserId) -> CalendarLink | None:
        """A user's link, if he has one."""

    async def by_digest(self, digest: bytes) -> CalendarLink | None:
        """The link, whosever, whose token has this digest, if there is one."""

    async def touch(self, link: CalendarLink, at: datetime) -> None:
        """Note that it was read *at* an instant; nothing where it has been replaced."""

    async def remove(self, user_id: UserId) -> bool:
        """Delete a user's link; whether there was one."""


class Imports(Protocol):
    """Tables that were imported, and what came with each."""

    async def known(self, user_id: UserId) -> Sequence[Known]:
        """Every application that is in sight, as far as it takes to know one again."""

    async def add(self, imported: Import, brought: Sequence[Brought]) -> None:
        """Store an import with all that it *brought*, of the same user's, thousands of rows as well."""

    async def get(self, user_id: UserId, import_id: ImportId) -> Import:
        """One import."""

    async def page(self, user_id: UserId, window: Window) -> Page[Import]:
        """A user's imports."""

    async def undo(self, user_id: UserId, import_id: ImportId, at: datetime) -> tuple[Undone, Sequence[ApplicationId]]:
        """Delete what came with an import for good; return what was done, and which applications went just now.

        Once more nothing goes, and the first part is the same.

        What was changed since stays: an application with another version than it came with (told of, unless it is
        hidden), and a listing likewise, or one that any application or analysis uses.
        """
