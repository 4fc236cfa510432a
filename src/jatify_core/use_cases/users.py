"""Accounts and logins: register, log in, be recognised, log out."""

from msgspec.structs import replace

from jatify_core.errors import Conflict, Contended, Invalid, NotFound, Unauthenticated
from jatify_core.ports import Ports, Transaction
from jatify_core.text import refuse_nul
from jatify_core.user import (
    Caller,
    Credentials,
    Login,
    Registration,
    Session,
    SessionId,
    User,
    UserId,
    checked_password,
)


async def register(ports: Ports, registration: Registration) -> User:
    """Create an account. Raises `Conflict` if its e-mail is taken or nobody may register here."""
    if not ports.policy.registration_open:
        raise Conflict("This installation takes no new accounts. Ask its operator for one.")
    refuse_nul({"email": registration.email, "name": registration.name, "password": registration.password})
    if not registration.name.strip():
        raise Invalid.at("/name", "blank", "Say what you would like to be called.")
    password = checked_password(registration.password, ports.policy.password_min)
    user = User(
        id=UserId(ports.new_id()),
        email=registration.email,
        name=registration.name,
        password_hash=await ports.passwords.hash(password),
        created_at=ports.clock(),
    )
    async with ports.store.transaction() as tx:
        await tx.users.add(user)
    return user


async def login(ports: Ports, credentials: Credentials, user_agent: str) -> Login:
    """Open a session.

    Raises `Unauthenticated`, alike and after the same time, for an unknown e-mail and for a wrong password.
    """
    refuse_nul({"email": credentials.email, "password": credentials.password})
    async with ports.store.transaction() as tx:
        user = await tx.users.by_email(credentials.email)
    known = await ports.passwords.verify(credentials.password, user.password_hash if user else None)
    if user is None or not known:
        raise Unauthenticated("No account has this e-mail and password.")
    fresh = await _rehashed(ports, user, credentials.password)
    now = ports.clock()
    session = Session(
        id=SessionId(ports.new_id()),
        user_id=user.id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + ports.policy.session_life,
        user_agent=user_agent,
    )
    async with ports.store.transaction() as tx:
        current = await _unchanged(tx, user)
        if fresh:
            await tx.users.save(replace(current, password_hash=fresh))
        await tx.sessions.add(session)
    return Login(ports.tokens.issue(session), session, user)


async def recognise(ports: Ports, token: str) -> Caller:
    """Who presents *token*. Raises `Unauthenticated` unless its session is alive right now: there is no cache."""
    now = ports.clock()
    session_id = ports.tokens.read(token, now)
    async with ports.store.transaction() as tx:
        found = await tx.sessions.find(session_id)
    if found is None or found[0].expires_at <= now:
        raise Unauthenticated("This login has ended. Log in again.")
    session, user = found
    return Caller(user, session)


async def logout(ports: Ports, caller: Caller) -> None:
    """End the caller's session at once, everywhere."""
    async with ports.store.transaction(caller.user_id) as tx:
        await tx.sessions.remove(caller.user_id, caller.session.id)


async def _rehashed(ports: Ports, user: User, password: str) -> str | None:
    """A hash of today's parameters, if the user's is of older ones."""
    if not ports.passwords.outdated(user.password_hash):
        return None
    return await ports.passwords.hash(password)


async def _unchanged(tx: Transaction, user: User) -> User:
    """The account as it is now; raises unless its password is still the one that was verified.

    Else a login that is under way would outlive the change of password that ends all logins.
    """
    try:
        current = await tx.users.get(user.id, lock=True)
    except NotFound:
        raise Unauthenticated("No account has this e-mail and password.") from None
    if current.password_hash != user.password_hash:
        raise Contended("The password was being changed at this very moment. Try again.")
    return current
