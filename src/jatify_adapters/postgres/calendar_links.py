"""Calendar links in Postgres."""

from datetime import datetime
from typing import Final

from msgspec.structs import asdict

from jatify_adapters.postgres.connection import Connection
from jatify_core.calendar_link import CalendarLink
from jatify_core.user import UserId

_SELECT: Final = "select user_id, digest, created_at, last_read_at from calendar_link "


class CalendarLinks:
    """Implements `jatify_core.ports.CalendarLinks`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def put(self, link: CalendarLink) -> None:
        """Store a user's link in the place of any that he had."""
        await self._db.change(
            """
            insert into calendar_link (user_id, digest, created_at, last_read_at)
            values (%(user_id)s, %(digest)s, %(created_at)s, %(last_read_at)s)
            on conflict (user_id) do update
               set digest = excluded.digest, created_at = excluded.created_at, last_read_at = excluded.last_read_at
            """,
            asdict(link),
        )

    async def get(self, user_id: UserId) -> CalendarLink | None:
        """A user's link."""
        row = await self._db.row(_SELECT + "where user_id = %(user_id)s", {"user_id": user_id})
        return CalendarLink(*row) if row else None

    async def by_digest(self, digest: bytes) -> CalendarLink | None:
        """The link whose token has this digest."""
        row = await self._db.row(_SELECT + "where digest = %(digest)s", {"digest": digest})
        return CalendarLink(*row) if row else None

    async def touch(self, link: CalendarLink, at: datetime) -> None:
        """Note that it was read."""
        await self._db.change(
            "update calendar_link set last_read_at = %(at)s where user_id = %(user_id)s and digest = %(digest)s",
            {"user_id": link.user_id, "digest": link.digest, "at": at},
        )

    async def remove(self, user_id: UserId) -> bool:
        """Delete a user's link."""
        return bool(
            await self._db.change("delete from calendar_link where user_id = %(user_id)s", {"user_id": user_id})
        )
