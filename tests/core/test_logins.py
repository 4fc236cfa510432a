"""Logging in and registering, whatever happens meanwhile and however often it is tried."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from msgspec.structs import replace

from jatify_adapters.memory import MemoryStore, MovableClock, PlainPasswords, memory_ports
from jatify_core.errors import Conflict, Invalid, Throttled, Unauthenticated, Unavailable
from jatify_core.ports import Ports
from jatify_core.use_cases.users import login, recognise, register
from jatify_core.user import Credentials, Login, Registration

ADA = "ada@example.org"
PASSWORD = "seven otters juggle plums"
HOME = "192.0.2.1"
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def ports(clock: MovableClock) -> Ports:
    ports = memory_ports(clock=clock, store=MemoryStore(clock))
    await register(ports, Registration(ADA, PASSWORD, "Ada"), HOME)
    return ports


async def log_in(ports: Ports, password: str = PASSWORD, email: str = ADA, address: str = HOME) -> Login:
    return await login(ports, Credentials(email, password), "Browser/1", address)


async def fail(ports: Ports, times: int, email: str = ADA, address: str = HOME) -> None:
    for _ in range(times):
        with pytest.raises(Unauthenticated):
            await log_in(ports, "a guess", email, address)


async def wait_of(attempt: Callable[[], Awaitable[Any]]) -> timedelta:
    with pytest.raises(Throttled) as throttled:
        await attempt()
    return throttled.value.retry_after


@pytest.mark.parametrize("email", [ADA, "nobody@example.org"])
async def test_after_five_failures_even_the_right_password_waits_alike_with_and_without_an_account(
    ports: Ports, email: str
) -> None:
    await fail(ports, 5, email)
    assert await wait_of(lambda: log_in(ports, email=email)) == SECOND


async def test_who_has_waited_gets_in_and_starts_anew(ports: Ports, clock: MovableClock) -> None:
    await fail(ports, 5)
    clock.advance(SECOND)
    await log_in(ports)
    await fail(ports, 5)
    assert await wait_of(lambda: log_in(ports)) == SECOND


async def test_waits_double(ports: Ports, clock: MovableClock) -> None:
    await fail(ports, 5)
    for seconds in (1, 2, 4, 8, 16):
        clock.advance(seconds * SECOND)
        await fail(ports, 1)
    assert await wait_of(lambda: log_in(ports)) == 32 * SECOND


async def test_the_same_account_is_meant_however_its_e_mail_is_spelled_and_whoever_asks(ports: Ports) -> None:
    for number, email in enumerate(("ada@example.org", "ADA@example.org", "Ada@Example.Org", "adA@example.org", ADA)):
        await fail(ports, 1, email, f"198.51.100.{number}")
    assert await wait_of(lambda: log_in(ports, address="203.0.113.9")) == SECOND


async def test_others_log_in_while_an_account_is_throttled_and_its_sessions_live_on(ports: Ports) -> None:
    session = await log_in(ports)
    await register(ports, Registration("grace@example.org", PASSWORD, "Grace"), HOME)
    await fail(ports, 5)
    await log_in(ports, email="grace@example.org")
    assert (await recognise(ports, session.token)).user.email == ADA


async def test_an_address_has_thirty_failures_a_minute_at_whatever_accounts(ports: Ports, clock: MovableClock) -> None:
    for number in range(30):
        await fail(ports, 1, f"{number}@example.org", f"2001:db8::{number}")
    assert await wait_of(lambda: log_in(ports, address="2001:db8::ffff")) == timedelta(minutes=1)
    await log_in(ports, address="2001:db8:0:1::1")
    clock.advance(timedelta(minutes=1))
    await log_in(ports, address="2001:db8::ffff")


async def test_successes_do_not_count_against_an_address(ports: Ports) -> None:
    for _ in range(40):
        await log_in(ports)


async def test_an_address_that_is_refused_leaves_the_account_alone(ports: Ports) -> None:
    for number in range(30):
        await fail(ports, 1, f"{number}@example.org")
    for _ in range(10):
        await wait_of(lambda: log_in(ports, "a guess"))
    await log_in(ports, address="198.51.100.1")


async def test_an_address_asks_for_ten_accounts_an_hour(ports: Ports, clock: MovableClock) -> None:
    async def ask(number: int) -> None:
        await register(ports, Registration(f"{number}@example.org", PASSWORD, "Eve"), HOME)

    for number in range(9):  # and Ada's
        await ask(number)
    assert await wait_of(lambda: ask(9)) == timedelta(hours=1)
    clock.advance(timedelta(hours=1))
    await ask(9)


async def test_asking_for_a_taken_e_mail_counts_and_a_weak_password_does_not(ports: Ports) -> None:
    for _ in range(20):
        with pytest.raises(Invalid):
            await register(ports, Registration("eve@example.org", "aaaaaaaa", "Eve"), HOME)
    for _ in range(9):
        with pytest.raises(Conflict):
            await register(ports, Registration(ADA, PASSWORD, "Eve"), HOME)
    await wait_of(lambda: register(ports, Registration("eve@example.org", PASSWORD, "Eve"), HOME))


class Crowded(PlainPasswords):
    """All places are taken."""

    def turn(self) -> AbstractContextManager[None]:
        raise Unavailable("Too many.")


async def test_what_the_house_was_too_busy_to_look_at_is_no_failure_and_no_registration(ports: Ports) -> None:
    crowded = replace(ports, passwords=Crowded())
    for number in range(40):
        with pytest.raises(Unavailable):
            await log_in(crowded)
        with pytest.raises(Unavailable):
            await register(crowded, Registration(f"{number}@example.org", PASSWORD, "Eve"), HOME)
    await log_in(ports)
    await register(ports, Registration("eve@example.org", PASSWORD, "Eve"), HOME)


class Meanwhile(PlainPasswords):
    """Something happens between a verification and what it is for."""

    def __init__(self, happens: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._happens = happens

    async def verify(self, password: str, hashed: str | None) -> bool:
        known = await super().verify(password, hashed)
        await self._happens()
        return known


async def test_a_password_that_changes_meanwhile_opens_no_session(ports: Ports) -> None:
    async def change() -> None:
        hashed = await ports.passwords.hash("eight newts fold umbrellas")
        async with ports.store.transaction() as tx:
            ada = await tx.users.by_email(ADA)
            assert ada
            await tx.users.save(replace(ada, password_hash=hashed))

    with pytest.raises(Unauthenticated):
        await log_in(replace(ports, passwords=Meanwhile(change)))
    await log_in(ports, "eight newts fold umbrellas")


async def test_a_hash_of_old_parameters_is_renewed_by_a_login_and_by_several_at_once(ports: Ports) -> None:
    newer = replace(ports, passwords=PlainPasswords(parameters=2))
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(log_in, newer)
    async with ports.store.transaction() as tx:
        ada = await tx.users.by_email(ADA)
    assert ada
    assert not newer.passwords.outdated(ada.password_hash)


async def test_two_hundred_guesses_at_once_are_five(ports: Ports) -> None:
    verified = 0

    async def count() -> None:
        nonlocal verified
        verified += 1
        await anyio.lowlevel.checkpoint()

    counting, ends = replace(ports, passwords=Meanwhile(count)), []

    async def guess() -> None:
        try:
            await log_in(counting, "a guess")
        except (Throttled, Unauthenticated) as end:
            ends.append(type(end))

    async with anyio.create_task_group() as tasks:
        for _ in range(200):
            tasks.start_soon(guess)
    assert verified == 5
    assert (ends.count(Unauthenticated), ends.count(Throttled)) == (5, 195)
