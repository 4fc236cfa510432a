"""Whatever is done to a queue, in memory or in Postgres, it answers as the model does."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import psycopg
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.queue_machine import QUICK, QueueMachine
from jatify_adapters.contracts.queue_story import PLANS, Move, Shifted, story
from jatify_adapters.memory import MemoryStore, MovableClock
from jatify_adapters.memory.clock import START
from jatify_adapters.postgres import open_store
from tests.adapters.conftest import PostgresNewStore

pytestmark = pytest.mark.usefixtures("anyio_backend")  # for the fixtures that are asynchronous

A_MOMENT = timedelta(microseconds=1)
SHIFTS = st.timedeltas(timedelta(days=-10_000), timedelta(days=10_000))

MakeStore = Callable[[], NewStore]


class TickingClock(MovableClock):
    """As in Postgres, no two transactions begin at the same time."""

    def __call__(self) -> datetime:
        self.advance(A_MOMENT)
        return super().__call__()


class MemoryNewStore:
    def __init__(self, start: datetime = START) -> None:
        self.clock = TickingClock(start)
        self.store = MemoryStore(self.clock)

    async def advance(self, by: timedelta) -> None:
        self.clock.advance(by)

    def now(self) -> datetime:
        return self.clock()


@pytest.fixture
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture
def emptied(portal: BlockingPortal, own_database: str) -> Iterator[MakeStore]:
    """One database, emptied each time: much faster than a clone for each."""
    with portal.wrap_async_context_manager(open_store(own_database, pool_size=2)) as store:

        def make() -> NewStore:
            with psycopg.connect(own_database) as link:
                link.execute("delete from account")
                link.execute("delete from job")
                link.execute("delete from dead_letter")
            return PostgresNewStore(store, own_database)

        yield make


def test_whatever_is_done_to_it_the_queue_in_memory_is_the_models(portal: BlockingPortal) -> None:
    more = settings(QUICK, max_examples=60, stateful_step_count=20)
    prove(lambda: QueueMachine(portal, MemoryNewStore()), more)


def test_whatever_is_done_to_it_the_queue_in_postgres_is_the_models(portal: BlockingPortal, emptied: MakeStore) -> None:
    prove(lambda: QueueMachine(portal, emptied()), QUICK)


@settings(QUICK, max_examples=50)
@given(plan=PLANS, shift=SHIFTS)
def test_the_queue_in_memory_tells_the_same_story_at_any_time(plan: list[Move], shift: timedelta) -> None:
    with start_blocking_portal() as portal:
        told = portal.call(story, MemoryNewStore(), plan)
        assert portal.call(story, MemoryNewStore(START + shift), plan) == told


def test_the_queue_in_postgres_tells_the_same_story_whatever_its_callers_take_for_the_time(
    portal: BlockingPortal, emptied: MakeStore
) -> None:
    @settings(QUICK, max_examples=15)
    @given(plan=PLANS, shift=SHIFTS)
    def holds(plan: list[Move], shift: timedelta) -> None:
        told = portal.call(story, emptied(), plan)
        assert portal.call(story, Shifted(emptied(), shift), plan) == told

    holds()


def prove(factory: Callable[[], QueueMachine], how: settings) -> None:
    run_state_machine_as_test(factory, settings=how)  # type: ignore[arg-type]  # it takes whatever makes machines
