"""Accounts and logins in memory."""

from msgspec.structs import replace

from jatify_adapters.memory.tables import Draft
from jatify_core.errors import Conflict, NotFound
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

    async def by_email(self, email: str, *, lock: bool = False) -> User | None:  # noqa: ARG002  # one at a time anyway
        """Find an account."""
        users = self._draft.tables.users.values()
        return next((user for user in users if folded(user.email) == folded(email)), None)

    async def save(self, user: User) -> None:
        """Replace name and password hash."""
        users = self._draft.tables.users
        if user.id not in users:
            raise NotFound
        users[user.id] = replace(users[user.id], name=user.name, password_hash=user.password_hash)


class MemorySessions:
    """The port `Sessions`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def add(self, session: Session) -> None:
        """Store a new session."""
        self._draft.tables.sessions[session.id] = session

    async def find(self, session_id: SessionId) -> tuple[Session, User] | None:
        """Find a session with its user."""
        session = self._draft.tables.sessions.get(session_id)
        return (session, self._draft.tables.users[session.user_id]) if session else None

    async def remove(self, user_id: UserId, session_id: SessionId) -> None:
        """End a session."""
        sessions = self._draft.tables.sessions
        if session_id in sessions and sessions[session_id].user_id == user_id:
            del sessions[session_id]
