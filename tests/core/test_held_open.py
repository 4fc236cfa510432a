"""A transaction that waits for its answer: it commits with it, or not at all, and nothing slow comes between."""

from contextlib import suppress

import pytest

from jatify_adapters.contracts.samples import a_listing, a_user
from jatify_adapters.memory import MemoryStore, MovableClock, memory_ports
from jatify_core.listing import Listing
from jatify_core.resume import Upload
from jatify_core.use_cases.idempotency import HeldOpen
from jatify_core.user import User


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def store(clock: MovableClock) -> MemoryStore:
    return MemoryStore(clock)


@pytest.fixture
async def user(store: MemoryStore, clock: MovableClock) -> User:
    user = a_user(clock())
    async with store.transaction() as tx:
        await tx.users.add(user)
    return user


@pytest.fixture
def held(store: MemoryStore) -> HeldOpen:
    return HeldOpen(store)


async def add(store: HeldOpen | MemoryStore, user: User, clock: MovableClock) -> Listing:
    listing = a_listing(user.id, clock())
    async with store.transaction(user.id) as tx:
        await tx.listings.add(listing)
    return listing


def stored(store: MemoryStore) -> list[Listing]:
    return list(store._tables.listings.values())


async def test_it_commits_with_the_last_thing_that_is_done_in_it(
    held: HeldOpen, store: MemoryStore, user: User, clock: MovableClock
) -> None:
    first = await add(held, user, clock)
    assert stored(store) == []
    second = a_listing(user.id, clock())
    await held.conclude(user.id, lambda tx: tx.listings.add(second))
    assert stored(store) == [first, second]


async def test_it_rolls_back_with_the_last_thing_that_fails(
    held: HeldOpen, store: MemoryStore, user: User, clock: MovableClock
) -> None:
    await add(held, user, clock)

    async def fail(_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await held.conclude(user.id, fail)
    assert stored(store) == []
    await add(store, user, clock)  # and nothing is left open


async def test_it_is_undone_where_there_is_no_answer(
    held: HeldOpen, store: MemoryStore, user: User, clock: MovableClock
) -> None:
    await held.undo()
    await add(held, user, clock)
    await held.undo()
    await held.undo()
    assert stored(store) == []
    await add(store, user, clock)


async def test_it_commits_when_the_next_begins(
    held: HeldOpen, store: MemoryStore, user: User, clock: MovableClock
) -> None:
    first = await add(held, user, clock)
    await add(held, user, clock)
    assert stored(store) == [first]
    await held.undo()
    assert stored(store) == [first]


async def test_a_block_that_raises_rolls_back_at_once(
    held: HeldOpen, store: MemoryStore, user: User, clock: MovableClock
) -> None:
    with suppress(ZeroDivisionError):
        async with held.transaction(user.id) as tx:
            await tx.listings.add(a_listing(user.id, clock()))
            raise ZeroDivisionError
    assert stored(store) == []
    await held.conclude(user.id, lambda tx: tx.listings.add(a_listing(user.id, clock())))
    assert len(stored(store)) == 1


async def test_slow_work_behind_it_is_refused_as_it_is_inside_of_one(
    held: HeldOpen, store: MemoryStore, user: User, clock: MovableClock
) -> None:
    ports = memory_ports(store=store, clock=clock)
    await add(held, user, clock)
    with pytest.raises(RuntimeError, match="inside an open transaction"):
        await ports.extractor.extract(Upload("resume.txt", None, b"a" * 300))
    await held.undo()


async def test_it_is_the_store_in_all_else(held: HeldOpen, store: MemoryStore) -> None:
    await held.check()
    assert await held.jobs.pauses() == []
    assert held.listening is store.listening is False
