"""Accounts and logins in Postgres."""

from collections.abc import Collection, Set
from datetime import datetime
from typing import Final

from msgspec.structs import asdict

from jatify_adapters.postgres.arrays import uuids
from jatify_adapters.postgres.connection import Connection, Params
from jatify_adapters.postgres.pages import Pages
from jatify_core.errors import Conflict, NotFound
from jatify_core.paging import Page, Window
from jatify_core.user import SIGHTINGS_APART, Session, SessionId, User, UserId, folded

_SELECT: Final = """
select id, email, name, password_hash, created_at, is_operator, version from account where true
"""


class Users:
    """Implements `jatify_core.ports.Users`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def add(self, user: User) -> None:
        """Store a new account."""
        added = await self._db.change(
            """
            insert into account (id, email, email_key, name, password_hash, created_at)
            values (%(id)s, %(email)s, %(email_key)s, %(name)s, %(password_hash)s, %(created_at)s)
            on conflict (email_key) do nothing
            """,
            {**asdict(user), "email_key": folded(user.email)},
        )
        if not added:
            raise Conflict("There is an account with this e-mail address already.")

    async def by_email(self, email: str, *, lock: bool = False) -> User | None:
        """The account with this e-mail."""
        one = _SELECT + "and email_key = %(email_key)s"
        row = await self._db.row(one + " for no key update" if lock else one, {"email_key": folded(email)})
        return User(*row) if row else None

    async def save(self, user: User) -> None:
        """Replace what can change of an account."""
        saved = await self._db.change(
            """
            update account
               set name = %(name)s, password_hash = %(password_hash)s, is_operator = %(is_operator)s,
                   version = %(version)s
             where id = %(id)s
            """,
            asdict(user),
        )
        if not saved:
            raise NotFound

    async def lock(self, user_id: UserId) -> None:
        """Hold up all others that lock this user."""
        # No lock of the row: that would write it anew, and stand in the way of whoever refers to it.
        await self._db.row("select pg_advisory_xact_lock(hashtextextended(%(user_id)s::text, 6))", {"user_id": user_id})

    async def get(self, user_id: UserId, *, lock: bool = False) -> User:
        """One account."""
        one = _SELECT + "and id = %(id)s"
        row = await self._db.row(one + " for no key update" if lock else one, {"id": user_id})
        if not row:
            raise NotFound
        return User(*row)

    async def page(self, window: Window) -> Page[User]:
        """Every account."""
        return await _USERS.page(self._db, window, {})

    async def remove(self, user_id: UserId) -> None:
        """Delete an account with all that is its own."""
        this = {"id": user_id}
        # Against whatever is about to refer to it: an upload, an enqueue or a login waits here, and then finds it gone.
        if not await self._db.row("select 1 from account where id = %(id)s for update", this):
            raise NotFound
        await self._end_jobs(this)
        await self._db.change("delete from account where id = %(id)s", this)

    async def _end_jobs(self, this: Params) -> None:
        # Before the analyses, because a worker locks in this order too: its job, then its analysis. By user and not by
        # analysis: jobs of other kinds go as well.
        await self._db.change(
            """
            with letters as (
              delete from dead_letter where user_id = %(id)s
            )
            delete from job where user_id = %(id)s
            """,
            this,
        )


class Sessions:
    """Implements `jatify_core.ports.Sessions`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def add(self, session: Session) -> None:
        """Store a new session."""
        await self._db.change(
            """
            insert into session (id, user_id, created_at, last_seen_at, expires_at, user_agent)
            values (%(id)s, %(user_id)s, %(created_at)s, %(last_seen_at)s, %(expires_at)s, %(user_agent)s)
            """,
            asdict(session),
        )

    async def find(self, session_id: SessionId) -> tuple[Session, User] | None:
        """The session and its user."""
        row = await self._db.row(
            """
            select session.id, session.user_id, session.created_at, session.last_seen_at, session.expires_at,
                   session.user_agent,
                   account.id, account.email, account.name, account.password_hash, account.created_at,
                   account.is_operator, account.version
              from session
              join account on account.id = session.user_id
             where session.id = %(id)s
            """,
            {"id": session_id},
        )
        return (Session(*row[:6]), User(*row[6:])) if row else None

    async def remove(self, user_id: UserId, session_id: SessionId) -> bool:
        """End a session."""
        removed = await self._db.change(
            "delete from session where user_id = %(user_id)s and id = %(id)s", {"user_id": user_id, "id": session_id}
        )
        return bool(removed)

    async def remove_all(self, user_id: UserId, but: SessionId | None = None) -> None:
        """End every session of a user but one."""
        await self._db.change(
            "delete from session where user_id = %(user_id)s and id is distinct from %(but)s",
            {"user_id": user_id, "but": but},
        )

    async def page(self, user_id: UserId, window: Window, at: datetime | None = None) -> Page[Session]:
        """A user's sessions."""
        return await _SESSIONS.page(self._db, window, {"user_id": user_id, "at": at})

    async def touch(self, session_id: SessionId, at: datetime) -> None:
        """Note that a session was used."""
        # A row that somebody holds is being noted, or ended, at this very moment.
        await self._db.change(
            """
            update session set last_seen_at = %(at)s
             where id = (
               select id from session where id = %(id)s and last_seen_at <= %(at)s - %(apart)s for update skip locked
             )
            """,
            {"id": session_id, "at": at, "apart": SIGHTINGS_APART},
        )

    async def drop_ended(self, at: datetime, limit: int) -> int:
        """Drop sessions that have ended."""
        return await self._db.change(
            """
            delete from session
             where id = any(array(
               select id from session where expires_at <= %(at)s order by expires_at limit %(limit)s
                  for update skip locked
             ))
            """,
            {"at": at, "limit": limit},
        )

    async def living(self, session_ids: Collection[SessionId]) -> Set[SessionId]:
        """Those of them that are here."""
        rows = await self._db.rows(
            "select id from session where id = any(%(ids)s::uuid[])", {"ids": uuids(session_ids)}
        )
        return {SessionId(id_) for (id_,) in rows}


_USERS: Final = Pages(_SELECT, keys={"created_at": "created_at"}, id_="id", read=lambda row: User(*row))
_SESSIONS: Final = Pages(
    """
select id, user_id, created_at, last_seen_at, expires_at, user_agent from session
 where user_id = %(user_id)s and (%(at)s::timestamptz is null or expires_at > %(at)s)
""",
    keys={"created_at": "created_at"},
    id_="id",
    read=lambda row: Session(*row),
)
