"""One's own account: change its name and its password, and leave for good."""

from collections.abc import Callable

from msgspec import to_builtins
from msgspec.structs import replace

from jatify_core.errors import Contended, Invalid, NotFound, Stale, Unauthenticated
from jatify_core.ports import Ports, Transaction
from jatify_core.text import refuse_nul
from jatify_core.throttle import Attempt, key_of
from jatify_core.use_cases.passwords import accepted_password
from jatify_core.use_cases.throttling import admitted, forgive
from jatify_core.user import Caller, Farewell, PasswordChange, ProfileDraft, User, refuse_blank_name

REMOVALS = 5
"""How often a removal is tried that gave way to others."""


async def change_profile(
    ports: Ports, caller: Caller, change: Callable[[ProfileDraft], ProfileDraft], expected: int | None = None
) -> User:
    """Change the caller's account by what *change* makes of its writable members.

    Raises `Stale`, and writes nothing, unless the stored version is the *expected* one (None takes any).
    """
    async with ports.store.transaction(caller.user_id) as tx:
        current = await _locked(tx, caller)
        Stale.unless(expected, current.version)
        draft = change(ProfileDraft(current.name))
        refuse_nul(to_builtins(draft))
        refuse_blank_name(draft.name)
        changed = replace(current, name=draft.name, version=current.version + 1)
        await tx.users.save(changed)
    return changed


async def change_password(ports: Ports, caller: Caller, change: PasswordChange) -> None:
    """Replace the caller's password and end all his other sessions, both or neither.

    Raises `Invalid` where the current password is another one, or the new one does not do.
    """
    refuse_nul(to_builtins(change))
    user = caller.user
    password = await accepted_password(ports, change.new_password, user.email, user.name, "/new_password")
    fresh = await ports.passwords.hash(password)
    # Hashed before the proof is looked at, so that a wrong guess takes as long as a right one.
    await _prove(ports, caller, change.current_password, "/current_password")
    async with ports.store.transaction(caller.user_id) as tx:
        current = await _unchanged(tx, caller)
        await tx.users.save(replace(current, password_hash=fresh))
        await tx.sessions.remove_all(caller.user_id, but=caller.session.id)


async def delete_account(ports: Ports, caller: Caller, farewell: Farewell) -> None:
    """Delete the caller's account: nothing of it remains, and what runs for it meanwhile records nothing.

    Raises `Invalid` where the password is another one.
    """
    refuse_nul(to_builtins(farewell))
    await _prove(ports, caller, farewell.password, "/password")
    for patience in reversed(range(REMOVALS)):
        try:
            async with ports.store.transaction(caller.user_id) as tx:
                await _unchanged(tx, caller)
                await tx.users.remove(caller.user_id)
        except Contended:
            if not patience:
                raise
        else:
            return


async def _prove(ports: Ports, caller: Caller, password: str, pointer: str) -> None:
    """Raises `Invalid` for another password, and `Throttled` after too many: who has stolen a login may not guess on.

    Counted apart from logins, so that he keeps nobody from those either.
    """
    attempt = Attempt(key_of("proof", str(caller.user_id)), ports.policy.guesses)
    async with admitted(ports, attempt) as reserved:
        if not await ports.passwords.verify(password, caller.user.password_hash):
            raise Invalid.at(pointer, "wrong_password", "This is not your password.")
    async with ports.store.transaction() as tx:
        await forgive(tx, reserved)


async def _locked(tx: Transaction, caller: Caller) -> User:
    """The caller's account as it is now; raises `Unauthenticated` if it has gone since he was recognised."""
    try:
        return await tx.users.get(caller.user_id, lock=True)
    except NotFound:
        raise Unauthenticated("This login has ended. Log in again.") from None


async def _unchanged(tx: Transaction, caller: Caller) -> User:
    """The same; raises `Unauthenticated` too if the password that was proved is not the account's any more."""
    current = await _locked(tx, caller)
    if current.password_hash != caller.user.password_hash:
        raise Unauthenticated("The password has been changed meanwhile. Log in again.")
    return current
