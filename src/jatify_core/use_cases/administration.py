"""Accounts as the command line manages them: whoever can start it, can do all of this."""

from msgspec.structs import replace

from jatify_core.errors import Conflict
from jatify_core.paging import Page, Window
from jatify_core.ports import Ports, Transaction
from jatify_core.text import refuse_nul
from jatify_core.use_cases.passwords import accepted_password
from jatify_core.user import User


async def list_users(ports: Ports, window: Window) -> Page[User]:
    """Every account there is."""
    async with ports.store.transaction() as tx:
        return await tx.users.page(window)


async def reset_password(ports: Ports, email: str, password: str) -> User:
    """Give an account another password and end all its sessions, both or neither."""
    refuse_nul({"email": email, "password": password})
    async with ports.store.transaction() as tx:
        user = await _known(tx, email)
    fresh = await ports.passwords.hash(await accepted_password(ports, password, user.email, user.name))
    async with ports.store.transaction() as tx:
        current = await tx.users.get(user.id, lock=True)
        await tx.users.save(replace(current, password_hash=fresh))
        await tx.sessions.remove_all(user.id)
    return user


async def remove_user(ports: Ports, email: str) -> User:
    """Delete an account with all that is its own."""
    async with ports.store.transaction() as tx:
        user = await _known(tx, email)
        await tx.users.remove(user.id)
    return user


async def appoint(ports: Ports, email: str, *, operator: bool) -> User:
    """Make somebody an operator, or end it; it counts from his next request on."""
    async with ports.store.transaction() as tx:
        user = await tx.users.get((await _known(tx, email)).id, lock=True)
        await tx.users.save(replace(user, is_operator=operator))
    return user


async def _known(tx: Transaction, email: str) -> User:
    user = await tx.users.by_email(email)
    if user is None:
        raise Conflict(f"There is no account with the e-mail {email!r}; `jatify user list` names those there are.")
    return user
