"""Accounts and logins on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from jatify_core.text import Line, Word
from jatify_core.user import Email, Login, Session, SessionId, User
from jatify_http.schemas import utc
from jatify_http.schemas.lists import ListQuery


class UserView(Struct, frozen=True):
    """An account, without its password."""

    id: UUID
    email: Email
    name: Word
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> "UserView":
        """How *user* looks."""
        return cls(user.id, user.email, user.name, utc(user.created_at))


class SessionView(Struct, frozen=True):
    """A login of one's own; `current` is the one that asks, `last_seen_at` is right to a minute or so."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: Line
    current: bool

    @classmethod
    def of(cls, session: Session, current: SessionId | None = None) -> "SessionView":
        """How *session* looks to whoever is logged in by *current*."""
        return cls(
            id=session.id,
            created_at=utc(session.created_at),
            last_seen_at=utc(session.last_seen_at),
            expires_at=utc(session.expires_at),
            user_agent=session.user_agent,
            current=session.id == current,
        )


class SessionQuery(ListQuery, frozen=True, kw_only=True):
    """Which sessions: there is one order, newest first."""


class LoginView(Struct, frozen=True):
    """A login that succeeded; the token goes into the `Authorization` header of what follows."""

    token: Annotated[str, Meta(max_length=4_096)]
    expires_at: datetime
    user: UserView
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # the name of a scheme, no secret

    @classmethod
    def of(cls, login: Login) -> "LoginView":
        """How *login* looks."""
        return cls(login.token, utc(login.session.expires_at), UserView.of(login.user))
