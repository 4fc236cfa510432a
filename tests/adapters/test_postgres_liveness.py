"""Who is taken for dead: whoever holds no lock for a while, and nobody where all have just lost theirs."""

import anyio
import psycopg
import pytest

from jatify_adapters.postgres import PostgresStore, liveness
from jatify_adapters.postgres.liveness import LOCK_CLASS, Lines, Roll
from tests.adapters.chores import CHORE, LEASE, enqueue, execute

OWNER = 4711


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "_RETURN", 0.3)
    monkeypatch.setattr(liveness, "BETWEEN", 0.1)


@pytest.fixture
async def running(store: PostgresStore, database: str) -> None:
    """A job of that owner, who holds no lock."""
    await enqueue(store, 1)
    await store.jobs.claim((CHORE,), 1, LEASE, "worker")
    await execute(database, "update job set owner = %s", OWNER)


async def dead(store: PostgresStore, roll: Roll) -> list[int]:
    """Those found dead by two looks."""
    db = store.jobs._db
    assert not await roll.dead(db)
    await anyio.sleep(0.12)
    return await roll.dead(db)


@pytest.mark.usefixtures("running")
async def test_a_process_that_holds_no_lock_at_two_looks_is_dead(store: PostgresStore) -> None:
    lines = Lines()
    lines.up(1, again=False)
    assert await dead(store, Roll(lines)) == [OWNER]


@pytest.mark.usefixtures("running")
async def test_a_process_that_holds_its_lock_lives(store: PostgresStore, database: str) -> None:
    lines = Lines()
    lines.up(1, again=False)
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as line:
        await line.execute("select pg_advisory_lock(%s, %s)", (LOCK_CLASS, OWNER))
        assert not await dead(store, Roll(lines))


@pytest.mark.usefixtures("running")
async def test_who_has_just_lost_his_own_line_or_has_none_takes_nobody_for_dead(store: PostgresStore) -> None:
    lines = Lines()
    roll = Roll(lines)
    assert not await dead(store, roll)
    lines.up(1, again=True)
    assert not await dead(store, roll)
    await anyio.sleep(0.3)
    assert await dead(store, roll) == [OWNER]


@pytest.mark.usefixtures("running")
async def test_right_after_a_start_of_the_server_nobody_is_dead(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = Lines()
    lines.up(1, again=False)
    roll = Roll(lines)
    monkeypatch.setattr(liveness, "_RETURN", 1e6)
    monkeypatch.setattr(Lines, "steady", True)
    assert not await dead(store, roll)
