"""Accounts and logins in memory."""

from collections.abc import Collection, Set
from datetime import datetime

from msgspec.structs import replace

from jatify_adapters.memory.pages import page
from jatify_adapters.memory.statuses import SHIPPED, put
from jatify_adapters.memory.tables import Draft
from jatify_core.errors import Conflict, NotFound
from jatify_core.paging import Page, Window
from jatify_core.user import Session, SessionId, User, UserId, folded


class MemoryUsers:
    """The port `Users`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def add(self, user: User) -> None:
        """Store a new account."""
        if await self.by_email(user.email):
            raise Conflict("There is an account with this e-mail already.")
        self._draft.tables.users[user.id] = user
        put(self._draft.tables, user.id, SHIPPED)

    async def by_email(self, email: str, *, lock: bool = False) -> User | None:  # noqa: ARG002  # one at a time anyway
        """Find an account."""
        users = self._draft.tables.users.values()
        return next((user for user in users if folded(user.email) == folded(email)), None)

    async def save(self, user: User) -> None:
        """Replace what can change of an account."""
        stored = await self.get(user.id)
        self._draft.tables.users[user.id] = replace(user, email=stored.email, created_at=stored.created_at)

    async def get(
        self,
        user_id: UserId,
        *,
        lock: bool = False,  # noqa: ARG002  # here transactions come one after another
    ) -> User:
        """One account."""
        user = self._draft.tables.users.get(user_id)
        if user is None:
            raise NotFound
        return user

    async def page(self, window: Window) -> Page[User]:
        """Every account."""
        return page(self._draft.tables.users.values(), window)

    async def remove(self, user_id: UserId) -> None:
        """Delete an account with all that is its own."""
        await self.get(user_id)
        del self._draft.tables.users[user_id]
        self._draft.tables.forget_user(user_id)

    async def lock(self, user_id: UserId) -> None:
        """Note that it was done: transactions come one after another here."""
        self._draft.lock(user_id)


class MemorySessions:
    """The port `Sessions`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def add(self, session: Session) -> None:
        """Store a new session."""
        self._draft.tables.require_user(session.user_id)
        self._draft.tables.sessions[session.id] = session

    async def find(self, session_id: SessionId) -> tuple[Session, User] | None:
        """Find a session with its user."""
        session = self._draft.tables.sessions.get(session_id)
        return (session, self._draft.tables.users[session.user_id]) if session else None

    async def remove(self, user_id: UserId, session_id: SessionId) -> bool:
        """End a session."""
        own = any(session.id == session_id for session in self._of(user_id))
        if own:
            del self._draft.tables.sessions[session_id]
        return own

    async def remove_all(self, user_id: UserId, but: SessionId | None = None) -> None:
        """End every session of a user but one."""
        for session in self._of(user_id):
            if session.id != but:
                del self._draft.tables.sessions[session.id]

    async def page(self, user_id: UserId, window: Window, at: datetime | None = None) -> Page[Session]:
        """A user's sessions."""
        return page((s for s in self._of(user_id) if at is None or s.expires_at > at), window)

    async def touch(self, session_id: SessionId, at: datetime) -> None:
        """Note that a session was used."""
        session = self._draft.tables.sessions.get(session_id)
        if session and session.unnoticed(at):
            self._draft.tables.sessions[session_id] = replace(session, last_seen_at=at)

    async def drop_ended(self, at: datetime, limit: int) -> int:
        """Drop sessions that have ended."""
        sessions = self._draft.tables.sessions
        ended = sorted((s.expires_at, s.id) for s in sessions.values() if s.expires_at <= at)[:limit]
        for _, session_id in ended:
            del sessions[session_id]
        return len(ended)

    def _of(self, user_id: UserId) -> list[Session]:
        return [session for session in self._draft.tables.sessions.values() if session.user_id == user_id]

    async def living(self, session_ids: Collection[SessionId]) -> Set[SessionId]:
        """Those of them that are here."""
        return self._draft.tables.sessions.keys() & set(session_ids)
