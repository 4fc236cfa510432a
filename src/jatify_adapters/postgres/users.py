"""Accounts and logins in Postgres."""

from msgspec.structs import asdict

from jatify_adapters.postgres.connection import Connection
from jatify_core.errors import Conflict, NotFound
from jatify_core.user import Session, SessionId, User, UserId, folded


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
        one = "select id, email, name, password_hash, created_at from account where email_key = %(email_key)s"
        row = await self._db.row(one + " for no key update" if lock else one, {"email_key": folded(email)})
        return User(*row) if row else None

    async def save(self, user: User) -> None:
        """Replace name and password hash."""
        saved = await self._db.change(
            "update account set name = %(name)s, password_hash = %(password_hash)s where id = %(id)s", asdict(user)
        )
        if not saved:
            raise NotFound


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
                   account.id, account.email, account.name, account.password_hash, account.created_at
              from session
              join account on account.id = session.user_id
             where session.id = %(id)s
            """,
            {"id": session_id},
        )
        return (Session(*row[:6]), User(*row[6:])) if row else None

    async def remove(self, user_id: UserId, session_id: SessionId) -> None:
        """End a session."""
        await self._db.change(
            "delete from session where user_id = %(user_id)s and id = %(id)s", {"user_id": user_id, "id": session_id}
        )
