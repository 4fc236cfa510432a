"""Each user's pipeline in memory, and the statuses that Jatify ships."""

from collections.abc import Mapping, Sequence
from typing import Final

from jatify_adapters.memory.tables import Draft, StoredStatus, Tables
from jatify_core.application import Status, StatusId
from jatify_core.errors import Conflict, NotFound
from jatify_core.user import UserId

SHIPPED: Final = (
    Status(StatusId("saved"), "Saved", "open", terminal=False, position=1),
    Status(StatusId("applied"), "Applied", "open", terminal=False, position=2),
    Status(StatusId("hr_interview"), "HR interview", "interview", terminal=False, position=3),
    Status(StatusId("user_interview"), "User interview", "interview", terminal=False, position=4),
    Status(StatusId("offer"), "Offer", "offer", terminal=False, position=5),
    Status(StatusId("offer_accepted"), "Offer accepted", "closed", terminal=True, position=6),
    Status(StatusId("offer_turned_down"), "Offer turned down", "closed", terminal=True, position=7),
    Status(StatusId("rejected"), "Rejected", "closed", terminal=True, position=8),
    Status(StatusId("ghosted"), "Ghosted", "closed", terminal=True, position=9),
    Status(StatusId("withdrawn"), "Withdrawn", "closed", terminal=True, position=10),
)


class MemoryStatuses:
    """The port `Statuses`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def held(self, user_id: UserId, status_id: str) -> Status | None:
        """One status; transactions come one after another here."""
        stored = self._draft.tables.statuses.get((user_id, StatusId(status_id)))
        return stored.status if stored else None

    async def uses(self, user_id: UserId) -> Mapping[StatusId, int]:
        """How many applications are or were in each status."""
        return _uses(self._draft.tables, user_id)

    async def save(self, user_id: UserId, statuses: Sequence[Status]) -> None:
        """Add and replace statuses."""
        self._draft.tables.require_user(user_id)
        put(self._draft.tables, user_id, statuses)
        places = [status.position for status in pipeline(self._draft.tables, user_id)]
        if len(set(places)) < len(places):
            raise Conflict("This exists already.")

    async def remove(self, user_id: UserId, status_id: StatusId) -> None:
        """Delete a status that nothing uses."""
        if (user_id, status_id) not in self._draft.tables.statuses:
            raise NotFound
        if count := _uses(self._draft.tables, user_id).get(status_id):
            raise Conflict(f"Applications that are or were in this status: {count}. Retire it instead.")
        del self._draft.tables.statuses[user_id, status_id]


def pipeline(tables: Tables, user_id: UserId) -> Sequence[Status]:
    """A user's statuses, in order."""
    own = (stored.status for stored in tables.statuses.values() if stored.user_id == user_id)
    return sorted(own, key=lambda status: status.position)


def put(tables: Tables, user_id: UserId, statuses: Sequence[Status]) -> None:
    """Make these statuses a user's, in the place of those that have their ids."""
    tables.statuses.update({(user_id, status.id): StoredStatus(user_id, status) for status in statuses})


def _uses(tables: Tables, user_id: UserId) -> Mapping[StatusId, int]:
    count: dict[StatusId, int] = {}
    for stored in tables.applications.values():
        if stored.user_id == user_id:
            application = stored.application
            for status_id in {application.status_id, *(step.status_id for step in application.history)}:
                count[status_id] = count.get(status_id, 0) + 1
    return count
