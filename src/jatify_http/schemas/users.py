"""Accounts and logins on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from jatify_core.text import Word
from jatify_core.user import Email, Login, User
from jatify_http.schemas import utc


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
