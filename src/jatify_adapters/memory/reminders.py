"""What is due, read off applications and listings in memory."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from jatify_adapters.memory.tables import Draft
from jatify_core.agenda import Days, Due, Reminder, ReminderKind
from jatify_core.application import Application, StatusId
from jatify_core.listing import Listing, ListingBrief
from jatify_core.user import UserId


class MemoryReminders:
    """The port `Reminders`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def follow_ups(self, user_id: UserId, among: Collection[StatusId], days: Days, limit: int) -> Due:
        """Of applications where the follow-up is on one of *days*."""
        return _due(
            (
                self._of("follow_up", application, application.follow_up_on)
                for application in self._in_sight(user_id)
                if application.status_id in among
                and application.follow_up_on is not None
                and days.hold(application.follow_up_on)
            ),
            limit,
        )

    async def silent(
        self, user_id: UserId, among: Collection[StatusId], before: datetime, past: Days, limit: int
    ) -> Due:
        """Of applications whose newest step was taken *before* an instant."""
        newest = ((a.history[-1].at, a) for a in self._in_sight(user_id) if a.status_id in among)
        return _due(
            (
                self._of("silent", application, at.astimezone(UTC).date())
                for at, application in newest
                if at < before and (application.follow_up_on is None or past.hold(application.follow_up_on))
            ),
            limit,
        )

    async def deadlines(self, user_id: UserId, among: Collection[StatusId], days: Days, limit: int) -> Due:
        """Of listings where the deadline is on one of *days*."""
        due = []
        for listing in self._draft.tables.listings.values():
            on, own = listing.deadline_on, listing.user_id == user_id
            if own and on is not None and days.hold(on):
                applications = [a for a in self._in_sight(user_id) if a.listing.id == listing.id]
                if all(application.status_id in among for application in applications):
                    due.append(_deadline(listing, on, applications))
        return _due(due, limit)

    def _in_sight(self, user_id: UserId) -> Iterable[Application]:
        stored = self._draft.tables.applications.values()
        return (s.application for s in stored if s.user_id == user_id and s.hidden_at is None)

    def _of(self, kind: ReminderKind, application: Application, on: date) -> Reminder:
        listing = self._draft.tables.listings[application.listing.id]
        return Reminder(
            kind=kind,
            on=on,
            listing=ListingBrief(listing.id, listing.company, listing.position),
            application_id=application.id,
            status_id=application.status_id,
            note=application.follow_up_note,
            changed_at=application.updated_at,
            version=application.version,
        )


def _deadline(listing: Listing, on: date, applications: Sequence[Application]) -> Reminder:
    newest = max(applications, key=lambda application: (application.created_at, application.id), default=None)
    return Reminder(
        kind="deadline",
        on=on,
        listing=ListingBrief(listing.id, listing.company, listing.position),
        application_id=newest.id if newest else None,
        status_id=newest.status_id if newest else None,
        note=None,
        changed_at=listing.updated_at,
        version=listing.version,
    )


def _due(reminders: Iterable[Reminder], limit: int) -> Due:
    every = sorted(reminders, key=_order)
    return Due(tuple(every[:limit]), len(every))


def _order(reminder: Reminder) -> tuple[date, UUID]:
    if reminder.kind == "deadline" or reminder.application_id is None:
        return reminder.on, reminder.listing.id
    return reminder.on, reminder.application_id
