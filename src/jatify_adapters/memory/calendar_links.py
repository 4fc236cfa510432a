"""Calendar links in memory."""

from datetime import datetime

from msgspec.structs import replace

from jatify_adapters.memory.tables import Draft
from jatify_core.calendar_link import CalendarLink
from jatify_core.user import UserId


class MemoryCalendarLinks:
    """The port `CalendarLinks`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def put(self, link: CalendarLink) -> None:
        """Store a user's link."""
        self._draft.tables.require_user(link.user_id)
        self._draft.tables.calendar_links[link.user_id] = link

    async def get(self, user_id: UserId) -> CalendarLink | None:
        """A user's link."""
        return self._draft.tables.calendar_links.get(user_id)

    async def by_digest(self, digest: bytes) -> CalendarLink | None:
        """The link whose token has this digest."""
        links = self._draft.tables.calendar_links.values()
        return next((link for link in links if link.digest == digest), None)

    async def touch(self, link: CalendarLink, at: datetime) -> None:
        """Note that it was read."""
        current = await self.get(link.user_id)
        if current and current.digest == link.digest:
            self._draft.tables.calendar_links[link.user_id] = replace(current, last_read_at=at)

    async def remove(self, user_id: UserId) -> bool:
        """Delete a user's link."""
        return self._draft.tables.calendar_links.pop(user_id, None) is not None
