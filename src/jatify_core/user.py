"""Who owns everything: a user, and the session by which he is known."""

from datetime import datetime, timedelta
from typing import Annotated, NewType
from uuid import UUID

from msgspec import Meta, Struct

from jatify_core.errors import Invalid
from jatify_core.text import Word

UserId = NewType("UserId", UUID)
SessionId = NewType("SessionId", UUID)

Email = Annotated[str, Meta(min_length=3, max_length=254)]
Password = Annotated[str, Meta(min_length=1, max_length=1_024)]

PASSWORD_BYTES = 1_024
SIGHTINGS_APART = timedelta(minutes=1)
"""How exactly a session's `last_seen_at` is kept: noting every request would make each read a write."""


class User(Struct, frozen=True):
    """A person with an account. `email` is kept as given and unique without regard to case.

    `version` grows by one with each change of what the person writes about himself. `is_operator` is set by the command
    line alone.
    """

    id: UserId
    email: str
    name: str
    password_hash: str
    created_at: datetime
    is_operator: bool = False
    version: int = 1

    def __repr__(self) -> str:
        """Without the hash and the address: a repr ends up in logs."""
        return f"User(id={self.id})"


class Session(Struct, frozen=True):
    """One login. It ends at `expires_at`, or when its row is gone."""

    id: SessionId
    user_id: UserId
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str

    def unnoticed(self, at: datetime) -> bool:
        """Whether a use of it *at* that instant is worth noting."""
        return at - self.last_seen_at >= SIGHTINGS_APART


class Registration(Struct, frozen=True, forbid_unknown_fields=True):
    """What a new account is made of."""

    email: Email
    password: Password
    name: Word


class Credentials(Struct, frozen=True, forbid_unknown_fields=True):
    """What a login presents."""

    email: Email
    password: Password


class ProfileDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """The member of an account that its owner writes: the e-mail is how he is known and stays."""

    name: Word


class PasswordChange(Struct, frozen=True, forbid_unknown_fields=True):
    """A new password, and the current one for proof."""

    current_password: Password
    new_password: Password


class Farewell(Struct, frozen=True, forbid_unknown_fields=True):
    """What proves that an account's owner wants it gone."""

    password: Password


class Login(Struct, frozen=True):
    """A login that succeeded: the bearer token, its session, and whose it is."""

    token: str
    session: Session
    user: User


class Caller(Struct, frozen=True):
    """Who asks: the user and the session, as looked up for this very request."""

    user: User
    session: Session

    @property
    def user_id(self) -> UserId:
        """The id that scopes every query."""
        return self.user.id


def refuse_blank_name(name: str) -> None:
    """Raise `Invalid` for a name that nobody could be called by."""
    if not name.strip():
        raise Invalid.at("/name", "blank", "Say what you would like to be called.")


def folded(email: str) -> str:
    """What two spellings of one address have in common: without regard to case."""
    return email.casefold()


def checked_password(password: str, minimum: int, pointer: str = "/password") -> str:
    """Return *password* if it has *minimum* code points and at most 1,024 bytes, else raise `Invalid`."""
    if len(password) < minimum:
        raise Invalid.at(pointer, "too_short", f"Use at least {minimum} characters.")
    if len(password.encode()) > PASSWORD_BYTES:
        raise Invalid.at(pointer, "too_long", f"Use at most {PASSWORD_BYTES} bytes.")
    return password
