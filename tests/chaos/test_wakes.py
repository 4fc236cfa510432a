"""Hints under load and without a line: a burst rings seldom, and polling alone finds every job."""

import time
from statistics import median

import anyio
import psycopg
import pytest

from jatify_core.job import Job
from jatify_core.ports import Ports, Store
from jatify_core.user import UserId
from tests.chaos.asking import ask, chore, enqueue_chores, registered
from tests.chaos.programs import Workers
from tests.chaos.watching import until_ended

NOWHERE = "host=127.0.0.1 port=1"
RINGS_A_SECOND = 20
BURST, IN_ONE, AT_ONCE = 6_000, 20, 10
AT_A_HINT = 0.05
POLL_WHILE_DEAF = 1.0 * 1.2


async def test_a_burst_of_enqueues_rings_twenty_times_a_second_at_most(world: Ports, conninfo: str) -> None:
    user = await registered(world)
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as ears:
        await ears.execute("listen jatify_queue")
        began = time.monotonic()
        async with anyio.create_task_group() as tasks:
            for _ in range(AT_ONCE):
                tasks.start_soon(enqueue, world.store, user.id, BURST // AT_ONCE)
        took = time.monotonic() - began
        rings = [ring async for ring in ears.notifies(timeout=1)]
    assert 1 <= len(rings) <= RINGS_A_SECOND * took + 2
    assert BURST / took > 1_000  # else it was no burst


async def test_an_enqueue_that_rolls_back_rings_for_nobody(world: Ports, conninfo: str) -> None:
    user = await registered(world)
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as ears:
        await ears.execute("listen jatify_queue")
        with pytest.raises(ZeroDivisionError):
            await enqueue_and_fail(world.store, chore(user.id))
        assert [ring async for ring in ears.notifies(timeout=0.5)] == []


async def test_a_worker_that_can_listen_nowhere_finds_jobs_by_polling(
    world: Ports, workers: Workers, link: "psycopg.Connection"
) -> None:
    await workers.start("deaf", "--listen", NOWHERE)
    for _ in range(2):
        asked = await ask(world, 5)
        await until_ended(link, asked, within=POLL_WHILE_DEAF + 0.5)


async def test_a_worker_that_never_polls_starts_a_job_by_its_hint_within_fifty_milliseconds(
    world: Ports, workers: Workers
) -> None:
    await workers.start("listener", "--poll", "3600", "--hasty")
    await anyio.sleep(1)  # it is idle
    committed = {}
    for _ in range(30):
        (asked,) = await ask(world)
        committed[asked.id] = time.monotonic()
        await anyio.sleep(0.1)
    began = {call.id: call.at for call in await workers.wait_for("began", len(committed))}
    assert median(began[id_] - at for id_, at in committed.items()) < AT_A_HINT


async def enqueue(store: Store, user_id: UserId, number: int) -> None:
    """So many jobs that nobody runs, a few in each transaction."""
    for _ in range(number // IN_ONE):
        await enqueue_chores(store, user_id, IN_ONE)


async def enqueue_and_fail(store: Store, job: Job) -> None:
    async with store.transaction() as tx:
        await tx.jobs.enqueue(job)
        raise ZeroDivisionError
