"""The bell in Postgres: heard in other processes, sent seldom, and made again by itself when its line is cut."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio
import psycopg
import pytest

from jatify_adapters.postgres import PostgresStore, bell, open_store
from jatify_adapters.postgres import listening as listening_on
from jatify_adapters.postgres.hints import GAP
from jatify_core.job import End
from jatify_core.ports import Transaction
from tests.adapters.chores import a_chore, a_stored_user, claim, enqueue, execute

NOWHERE = "host=127.0.0.1 port=1"


class Ears:
    """Counts rings."""

    def __init__(self) -> None:
        self.rings = self.given_up = 0

    def ring(self) -> None:
        self.rings += 1

    def give_up(self) -> None:
        self.given_up += 1

    async def hear(self, rings: int) -> None:
        """Wait until there have been that many, the one for the line included."""
        with anyio.fail_after(5):
            while self.rings < rings:
                await anyio.sleep(0.005)


@asynccontextmanager
async def listening(store: PostgresStore) -> AsyncIterator[Ears]:
    ears = Ears()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(store.listen, ears.ring, ears.give_up)
        await until(store, listening=True)
        yield ears
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def rolled_back(store: PostgresStore) -> AsyncIterator[Transaction]:
    with suppress(ZeroDivisionError):
        async with store.transaction() as tx:
            yield tx
            raise ZeroDivisionError


async def until(store: PostgresStore, *, listening: bool) -> None:
    with anyio.fail_after(5):
        while store.listening is not listening:
            await anyio.sleep(0.005)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "_SHORTEST_PAUSE", 0.1)


@pytest.fixture
async def other(database: str) -> AsyncIterator[PostgresStore]:
    """The same database as another process sees it."""
    async with open_store(database) as store:
        yield store


async def test_an_enqueue_wakes_the_workers_of_other_processes(store: PostgresStore, other: PostgresStore) -> None:
    async with listening(other) as ears:
        await enqueue(store, 1)
        await ears.hear(2)


async def test_an_enqueue_just_before_its_store_closes_is_heard(database: str, other: PostgresStore) -> None:
    async with listening(other) as ears:
        async with open_store(database) as short_lived:
            await enqueue(short_lived, 1)  # sent at once
            await enqueue(short_lived, 1)  # would be sent a little later
        await ears.hear(3)


async def test_a_rolled_back_enqueue_sends_nothing(store: PostgresStore, other: PostgresStore) -> None:
    user_id = await a_stored_user(store)
    async with listening(other) as ears:
        async with rolled_back(store) as tx:
            await tx.jobs.enqueue(a_chore(user_id))
        await anyio.sleep(0.2)
    assert ears.rings == 1  # for the line


async def test_workers_of_the_same_process_are_woken_without_any_line(database: str) -> None:
    ears = Ears()
    async with open_store(database, listen_conninfo=NOWHERE) as deaf, anyio.create_task_group() as tasks:
        tasks.start_soon(deaf.listen, ears.ring, ears.give_up)
        await ears.hear(1)  # that there is no line
        await enqueue(deaf, 1)
        assert ears.rings == 2
        assert not deaf.listening
        tasks.cancel_scope.cancel()


async def test_a_burst_of_enqueues_sends_few_notifications_and_one_after_the_last(
    store: PostgresStore, database: str
) -> None:
    user_id = await a_stored_user(store)
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as ears:
        await ears.execute("listen jatify_queue")
        start = anyio.current_time()
        for _ in range(100):
            async with store.transaction() as tx:
                await tx.jobs.enqueue(a_chore(user_id))
        end = anyio.current_time()
        heard = [anyio.current_time() async for _ in ears.notifies(timeout=0.5)]
    assert 2 <= len(heard) <= (end - start) / 0.05 + 2
    assert heard[-1] >= end


async def test_an_enqueue_wakes_other_processes_by_itself_whatever_became_of_the_senders_line(
    database: str, other: PostgresStore
) -> None:
    async with open_store(database, listen_conninfo=NOWHERE) as senderless, listening(other) as ears:
        await enqueue(senderless, 1)
        await ears.hear(2)


async def test_a_job_at_an_old_place_is_told_of_beside_a_new_one(store: PostgresStore, database: str) -> None:
    await enqueue(store, 1)
    (claimed,) = await claim(store, 1)
    await anyio.sleep(GAP)
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as ears:
        await ears.execute("listen jatify_queue")
        async with store.transaction() as tx:
            await tx.jobs.enqueue(a_chore(claimed.user_id))
            await tx.jobs.settle([End.released(claimed)])
        assert [note.payload async for note in ears.notifies(timeout=0.5)] == ["", "back"]


async def test_a_line_that_is_cut_is_made_again_and_what_was_missed_is_looked_for(
    store: PostgresStore, other: PostgresStore, database: str
) -> None:
    async with listening(other) as ears:
        await cut(database, "listen jatify_queue")
        await until(other, listening=False)
        assert ears.rings == 2  # for the line, and for its loss
        await enqueue(store, 1)
        await until(other, listening=True)
        assert ears.rings == 3
        await enqueue(store, 1)
        await ears.hear(4)
        assert not ears.given_up  # it was made in time, and the server had said that it went


async def test_a_sender_that_was_cut_sends_over_a_new_line(
    store: PostgresStore, other: PostgresStore, database: str
) -> None:
    user_id = await a_stored_user(store)
    async with listening(other) as ears:
        await store.jobs.enqueue_many([a_chore(user_id)])  # in bulk, of which the bell alone tells
        await ears.hear(2)
        await cut(database, "notify jatify_queue")
        await store.jobs.enqueue_many([a_chore(user_id)])
        await ears.hear(3)


@pytest.mark.skipif(
    "JATIFY_TEST_DATABASE_URL" in os.environ, reason="only a process of a server of ours may be stopped"
)
async def test_a_line_that_died_without_a_word_is_noticed(
    store: PostgresStore, other: PostgresStore, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening_on, "PROBE_AFTER", 0.05)
    async with listening(other) as ears:
        (pid,) = await pids(database, "listen jatify_queue", "select 1")
        monkeypatch.setattr(listening_on, "PATIENCE", 0.3)
        os.kill(pid, signal.SIGSTOP)
        try:
            await until(other, listening=False)
            await until(other, listening=True)
            await enqueue(store, 1)
            await ears.hear(4)
        finally:
            os.kill(pid, signal.SIGCONT)


async def pids(database: str, *queries: str) -> list[int]:
    async with await psycopg.AsyncConnection.connect(database) as link:
        cursor = await link.execute(
            "select pid from pg_stat_activity where datname = current_database() and query = any(%s)", [list(queries)]
        )
        return [pid for (pid,) in await cursor.fetchall()]


async def cut(database: str, query: str) -> None:
    """End the connections whose last statement this was."""
    (pid,) = await pids(database, query)
    await execute(database, "select pg_terminate_backend(%s)", pid)
