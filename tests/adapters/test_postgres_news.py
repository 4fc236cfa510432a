"""News in Postgres: told to other processes, seldom, and over a line that is made again by itself when it is cut."""

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import anyio
import psycopg
import pytest

from jatify_adapters.contracts.events import Hints, a_change, add, watching
from jatify_adapters.contracts.samples import a_seeker
from jatify_adapters.postgres import bell, open_store
from jatify_adapters.postgres.news import CHANNEL
from jatify_core.user import UserId
from tests.adapters.chores import asked, execute
from tests.adapters.conftest import PostgresNewStore


@pytest.fixture
def new_store(new_postgres_store: PostgresNewStore) -> PostgresNewStore:
    return new_postgres_store


@pytest.fixture
async def other(database: str) -> AsyncIterator[PostgresNewStore]:
    """The same database as another process sees it."""
    async with open_store(database) as store:
        yield PostgresNewStore(store, database)


async def test_watchers_in_other_processes_are_told(new_store: PostgresNewStore, other: PostgresNewStore) -> None:
    async with watching(other) as hints:
        await add(new_store, a_change(UserId(uuid4())))
        await hints.hear("news")


async def test_a_change_just_before_its_store_closes_is_told(database: str, other: PostgresNewStore) -> None:
    async with watching(other) as hints:
        async with open_store(database) as short_lived:
            brief = PostgresNewStore(short_lived, database)
            await add(brief, a_change(UserId(uuid4())))
            await hints.hear("news")
            hints.heard.clear()
            await add(brief, a_change(UserId(uuid4())))  # would be told a little later
        await hints.hear("news")


async def test_many_changes_send_few_notifications_and_one_after_the_last(
    new_store: PostgresNewStore, database: str
) -> None:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as ears:
        await ears.execute("listen jatify_events")
        start = anyio.current_time()
        for _ in range(100):
            await add(new_store, a_change(UserId(uuid4())))
        end = anyio.current_time()
        heard = [anyio.current_time() async for note in ears.notifies(timeout=0.5) if note.channel == CHANNEL]
    assert 2 <= len(heard) <= (end - start) / 0.05 + 2
    assert heard[-1] >= end


async def test_a_process_that_has_a_workers_line_opens_none_for_its_watchers(
    other: PostgresNewStore, database: str
) -> None:
    hints = Hints()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(other.store.watch, hints.news, hints.ended)
        await until(lambda: other.store.watching)
        assert await lines(database) == ["listen jatify_events"]
        tasks.start_soon(other.store.listen, lambda: None, lambda: None)
        await until(lambda: other.store.listening)
        with anyio.fail_after(5):
            while await lines(database) != ["listen jatify_queue"]:
                await anyio.sleep(0.01)
        assert other.store.watching
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("shared", [False, True])
async def test_a_watchers_line_that_is_cut_is_made_again_and_what_was_missed_is_looked_for(
    new_store: PostgresNewStore,
    other: PostgresNewStore,
    database: str,
    shared: bool,  # noqa: FBT001  # what is tried
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bell, "_SHORTEST_PAUSE", 0.1)
    async with anyio.create_task_group() as tasks:
        if shared:
            tasks.start_soon(other.store.listen, lambda: None, lambda: None)
            await until(lambda: other.store.listening)
        async with watching(other) as hints:
            await execute(
                database,
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and query like 'listen %'",
            )
            await hints.hear("news")
            await hints.hear("ended")
            await until(lambda: other.store.watching)
            hints.heard.clear()
            await anyio.sleep(0.1)
            await add(new_store, a_change(UserId(uuid4())))
            await hints.hear("news")
        tasks.cancel_scope.cancel()


async def test_whoever_ends_a_session_and_however_tells_of_it(new_store: PostgresNewStore, database: str) -> None:
    seeker = await a_seeker(new_store)
    await execute(
        database,
        "insert into session (id, user_id, created_at, last_seen_at, expires_at, user_agent)"
        " values (gen_random_uuid(), %s, now(), now(), now(), '')",
        seeker.user.id,
    )
    async with watching(new_store) as hints:
        await execute(database, "delete from account where id = %s", seeker.user.id)
        await hints.hear("ended")


async def until(reached: Callable[[], bool]) -> None:
    with anyio.fail_after(5):
        while not reached():
            await anyio.sleep(0.01)


async def lines(database: str) -> list[str]:
    """What those who listen have said last."""
    return await asked(
        database,
        "select query from pg_stat_activity where datname = current_database() and query like 'listen %' order by 1",
    )
