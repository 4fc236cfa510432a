"""Accounts and logins: register, log in, be recognised, log out."""

from msgspec.structs import replace

from jatify_core.errors import Conflict, Unauthenticated
from jatify_core.ports import Ports
from jatify_core.text import refuse_nul
from jatify_core.throttle import Attempt, key_of, neighbourhood
from jatify_core.use_cases.passwords import accepted_password
from jatify_core.use_cases.throttling import Reserved, admitted, forgive, look, reserve
from jatify_core.user import (
    Caller,
    Credentials,
    Login,
    Registration,
    Session,
    SessionId,
    User,
    UserId,
    folded,
    refuse_blank_name,
)


async def register(ports: Ports, registration: Registration, address: str) -> User:
    """Create an account, asked for from *address*.

    Raises `Conflict` if its e-mail is taken or nobody may register here, `Throttled` after too many from there.
    """
    if not ports.policy.registration_open:
        raise Conflict("This installation takes no new accounts. Ask its operator for one.")
    password = await _acceptable(ports, registration)
    async with admitted(ports, Attempt(_by_address("registration", address), ports.policy.registrations)):
        return await _added(ports, registration, password)


async def enrol(ports: Ports, registration: Registration) -> User:
    """Create an account at an operator's word, also where nobody may register. Raises `Conflict` as `register` does."""
    password = await _acceptable(ports, registration)
    with ports.passwords.turn():
        return await _added(ports, registration, password)


async def login(ports: Ports, credentials: Credentials, user_agent: str, address: str) -> Login:
    """Open a session, asked for from *address*.

    Raises `Unauthenticated`, alike and after the same time, for an unknown e-mail and for a wrong password; after too
    many that failed `Throttled`, alike for both as well.
    """
    refuse_nul({"email": credentials.email, "password": credentials.password})
    attempts = (
        Attempt(_by_address("login", address), ports.policy.failures),
        Attempt(key_of("account", folded(credentials.email)), ports.policy.guesses),
    )
    await look(ports, *attempts)
    with ports.passwords.turn():
        async with ports.store.transaction() as tx:
            reserved = await reserve(tx, *attempts)
            user = await tx.users.by_email(credentials.email)
        reserved.require()
        while True:
            known = await ports.passwords.verify(credentials.password, user.password_hash if user else None)
            if user is None or not known:
                raise Unauthenticated("No account has this e-mail and password.")
            login = await _opened(ports, user, credentials, user_agent, reserved)
            if isinstance(login, Login):
                return login
            user = login


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


async def _opened(
    ports: Ports, user: User, credentials: Credentials, user_agent: str, reserved: Reserved
) -> Login | User | None:
    """A new session of *user*; or where his password has changed since it was verified, the user as he is now."""
    outdated = ports.passwords.outdated(user.password_hash)
    renewed = await ports.passwords.hash(credentials.password) if outdated else None
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
        current = await tx.users.by_email(credentials.email, lock=True)
        if current is None or current.password_hash != user.password_hash:
            return current
        if renewed:
            await tx.users.save(replace(current, password_hash=renewed))
        await tx.sessions.add(session)
        await forgive(tx, reserved)
    return Login(ports.tokens.issue(session), session, current)


async def _acceptable(ports: Ports, registration: Registration) -> str:
    """The password, if there can be an account like that."""
    refuse_nul({"email": registration.email, "name": registration.name, "password": registration.password})
    refuse_blank_name(registration.name)
    return await accepted_password(ports, registration.password, registration.email, registration.name)


async def _added(ports: Ports, registration: Registration, password: str) -> User:
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


def _by_address(kind: str, address: str) -> bytes:
    return key_of(kind, neighbourhood(address))
