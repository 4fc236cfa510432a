"""Accounts as the command line manages them: whoever can start it, can do all of this."""

import logging

from msgspec.structs import replace

from jatify_core.errors import Conflict
from jatify_core.paging import Page, Window
from jatify_core.ports import Ports, Transaction
from jatify_core.text import refuse_nul
from jatify_core.use_cases.accounts import checked_anew
from jatify_core.user import User

log = logging.getLogger("jatify.accounts")


async def list_users(ports: Ports, window: Window) -> Page[User]:
    """Every account there is."""
    async with ports.store.transaction() as tx:
        return await tx.users.page(window)


async def reset_password(ports: Ports, email: str, password: str) -> User:
    """Give an account another password and end all its sessions, both or neither."""
    refuse_nul({"email": email, "password": password})
    fresh = await ports.passwords.hash(checked_anew(ports, password, "/password"))
    async with ports.store.transaction() as tx:
        user = await _known(tx, email)
        await tx.users.save(replace(user, password_hash=fresh))
        await tx.sessions.remove_all(user.id)
    log.info("password reset by the command line, all sessions ended", extra={"user_id": str(user.id)})
    return user


async def remove_user(ports: Ports, email: str) -> User:
    """Delete an account with all that is its own."""
    async with ports.store.transaction() as tx:
        user = await _known(tx, email)
        await tx.users.remove(user.id)
    log.info("account deleted by the command line", extra={"user_id": str(user.id)})
    return user


async def appoint(ports: Ports, email: str, *, operator: bool) -> User:
    """Make somebody an operator, or end it; it counts from his next request on."""
    async with ports.store.transaction() as tx:
        user = replace(await _known(tx, email), is_operator=operator)
        await tx.users.save(user)
    log.info("operator appointed" if operator else "operator dismissed", extra={"user_id": str(user.id)})
    return user


async def _known(tx: Transaction, email: str) -> User:
    user = await tx.users.by_email(email)
    if user is None:
        raise Conflict(f"There is no account with the e-mail {email!r}; `jatify user list` names those there are.")
    return await tx.users.get(user.id, lock=True)
