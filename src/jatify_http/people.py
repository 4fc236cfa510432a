"""What `jatify user` does: make, list, mend and end accounts, and say who is an operator."""

import sys
from functools import partial

from jatify_core.errors import Invalid
from jatify_core.paging import Sort, walked
from jatify_core.use_cases import administration
from jatify_core.use_cases.users import enrol
from jatify_core.user import Registration
from jatify_http.audit import noted
from jatify_http.decoding import strictly
from jatify_http.routes.auth import with_address
from jatify_http.settings import Settings
from jatify_http.wiring import open_office

PAGE = 100


class PeopleError(Exception):
    """An account cannot be made or changed like that; the text says why."""


async def add_user(settings: Settings, email: str, name: str, password: str) -> None:
    """Make an account, also where nobody may register."""
    try:
        asked = strictly({"email": email, "name": name, "password": password}, Registration)
        async with open_office(settings) as ports:
            user = await enrol(ports, with_address(asked))
            noted("registered", user_id=user.id, by="command line")
    except Invalid as error:
        raise PeopleError(_lines(error)) from None
    _say(f"{_plain(user.email)} has an account now.")


async def reset_password(settings: Settings, email: str, password: str) -> None:
    """Give an account another password, and end all its sessions."""
    try:
        async with open_office(settings) as ports:
            user = await administration.reset_password(ports, email, password)
            noted("password_changed", user_id=user.id, by="command line")
    except Invalid as error:
        raise PeopleError(_lines(error)) from None
    _say(f"{_plain(user.email)} has a new password, and is logged out everywhere.")


async def list_users(settings: Settings) -> None:
    """Print every account, a line each, oldest first."""
    async with open_office(settings) as ports:
        async for user in walked(partial(administration.list_users, ports), Sort("created_at"), PAGE):
            since = user.created_at.date().isoformat()
            _say(f"{since}  {'operator' if user.is_operator else '-':<8}  {_plain(user.email)}  {_plain(user.name)}")


async def delete_user(settings: Settings, email: str) -> None:
    """Delete an account with all that is its own."""
    async with open_office(settings) as ports:
        user = await administration.remove_user(ports, email)
        noted("account_deleted", user_id=user.id, by="command line")
    _say(f"{_plain(user.email)} is gone, with everything.")


async def appoint(settings: Settings, email: str, operator: bool) -> None:  # noqa: FBT001  # which of two commands it is
    """Make somebody an operator, or end it."""
    async with open_office(settings) as ports:
        user = await administration.appoint(ports, email, operator=operator)
        noted("operator", user_id=user.id, by="command line", deed="promote" if operator else "demote")
    _say(f"{_plain(user.email)} is {'an operator now' if operator else 'no operator any more'}.")


def _lines(error: Invalid) -> str:
    return "\n".join(f"{v.pointer.strip('/')}: {v.message}" for v in error.violations)


def _plain(text: str) -> str:
    """*text* without what a terminal would obey: people choose their own names."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
