"""A steady load under somebody's long snapshot: dead rows pile up, and claims stay fast."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from statistics import quantiles

import anyio
import psycopg
import pytest
from anyio.abc import TaskGroup
from msgspec import Struct

from jatify_core.job import End
from jatify_core.ports import Ports, Store
from jatify_core.user import UserId
from tests.chaos.asking import CHORE, enqueue_chores, registered
from tests.chaos.programs import Workers

RATE, TIMES_A_SECOND = 200, 10
"""Jobs a second, and how often some of them come."""
UNDISTURBED = float(os.environ.get("JATIFY_SOAK_CALM", "20"))
DISTURBED, LAST = 120.0, 20.0
"""Seconds: before the snapshot, eight minutes in `nox -s soak`; under it; and the part at the end that counts."""
CLAIM_P99, NOISE = 0.010, 1.5
"""Seconds; and how much worse than in the calm a claim may be where the machine itself is too busy for that."""
KEPT_UP = 0.8


class Pulse(Struct):
    """What was seen of the queue in one stretch of time."""

    asked: int = 0
    claims: list[float] = []
    """Seconds that each claim took."""


async def test_a_foreign_snapshot_of_two_minutes_does_not_slow_the_queue(
    world: Ports, workers: Workers, conninfo: str, link: "psycopg.Connection", capsys: pytest.CaptureFixture[str]
) -> None:
    user_id = (await registered(world)).id
    await workers.start("worker", "--slots", "20")
    async with load(world.store, user_id) as pulse:
        calm = await rate(link, pulse, UNDISTURBED)
        usual = p99(pulse.claims)
        with psycopg.connect(conninfo) as reader:
            reader.execute("set transaction isolation level repeatable read")
            reader.execute("select count(*) from job")
            await anyio.sleep(DISTURBED - LAST)
            pulse.claims.clear()
            disturbed = await rate(link, pulse, LAST)
            slow = p99(pulse.claims)
    with capsys.disabled():
        told = (
            f"{calm:.0f} jobs/s, claim p99 {usual * 1000:.1f} ms; under the snapshot {disturbed:.0f}, {slow * 1000:.1f}"
        )
        print(f"\n\nsoak: {told}")  # noqa: T201  # the figures are the point
    assert disturbed >= KEPT_UP * calm
    assert slow < max(CLAIM_P99, NOISE * usual)


@asynccontextmanager
async def load(store: Store, user_id: UserId) -> AsyncIterator[Pulse]:
    """A steady stream of jobs, and a rival of the workers who looks how long a claim takes, until the block ends."""
    pulse = Pulse()
    async with anyio.create_task_group() as tasks:
        _start(tasks, store, user_id, pulse)
        yield pulse
        tasks.cancel_scope.cancel()


def _start(tasks: TaskGroup, store: Store, user_id: UserId, pulse: Pulse) -> None:
    async def feed() -> None:
        began, number = time.monotonic(), RATE // TIMES_A_SECOND
        while True:
            await enqueue_chores(store, user_id, number)
            pulse.asked += number
            await anyio.sleep(max(0.0, began + pulse.asked / RATE - time.monotonic()))

    async def claim() -> None:
        while True:
            async with store.transaction() as tx:
                began = time.monotonic()
                jobs = await tx.jobs.claim((CHORE,), 1, timedelta(seconds=30), "rival")
                pulse.claims.append(time.monotonic() - began)
                await tx.jobs.settle([End.succeeded(job) for job in jobs])
            await anyio.sleep(0.05)

    tasks.start_soon(feed)
    tasks.start_soon(claim)


async def rate(link: "psycopg.Connection", pulse: Pulse, seconds: float) -> float:
    """Jobs that ended each second in that stretch of time."""
    before, began = pulse.asked - waiting(link), time.monotonic()
    await anyio.sleep(seconds)
    return (pulse.asked - waiting(link) - before) / (time.monotonic() - began)


def p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100)[98]


def waiting(link: "psycopg.Connection") -> int:
    row = link.execute("select count(*) from job").fetchone()
    assert row
    return int(row[0])
