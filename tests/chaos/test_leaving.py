"""Workers that are frozen, told to leave or killed by their own job: others go on, and attempts are spent fairly."""

import signal
import time
from uuid import UUID

import anyio
import psycopg
import pytest

from jatify_core.job import MAX_CRASHES
from jatify_core.ports import Ports
from tests.chaos.asking import ask
from tests.chaos.orders import Orders
from tests.chaos.programs import Workers
from tests.chaos.watching import state_of, until_ended, until_stopped, whole_row

BACK = 2.0 + 0.5
"""Seconds after which the jobs of a process that was killed run elsewhere, and some for the machine."""


async def test_a_zombie_that_wakes_past_its_lease_changes_nothing(
    world: Ports, workers: Workers, link: "psycopg.Connection"
) -> None:
    zombie = await workers.start("zombie", "--lease", "1")
    (asked,) = await ask(world, 1, Orders(frozen=True))
    await until_stopped(zombie.process.pid)
    await workers.wait_for("began")
    await anyio.sleep(1.2)  # the lease is over
    await workers.start("heir", "--hasty")
    await until_ended(link, [asked], within=10)
    before = whole_row(link, asked.id)
    zombie.send(signal.SIGCONT)
    zombie.wait_for(str(asked.id))  # it says whose result it had to drop
    assert [call.worker for call in await workers.wait_for("ended", 2)] == ["heir", "zombie"]
    assert whole_row(link, asked.id) == before
    assert before["model"] == "heir"
    assert zombie.stop() == 0


async def test_a_worker_told_to_leave_gives_a_long_job_to_another_within_a_second(
    world: Ports, workers: Workers, link: "psycopg.Connection"
) -> None:
    leaving = await workers.start("leaving", "--drain", "2")
    (asked,) = await ask(world, 1, Orders(seconds=60))
    await workers.wait_for("began")
    place = queued_as(link, asked.id)
    await workers.start("heir")
    assert leaving.stop() == 0
    first, second = await workers.wait_for("began", 2)
    (cancelled,) = workers.of("cancelled")
    assert (first.worker, second.worker) == ("leaving", "heir")
    assert 2.0 < cancelled.at - first.at < 4.0
    assert second.at - cancelled.at < 1.0
    assert queued_as(link, asked.id) == place
    assert state_of(link, asked.id) == ("queued", 1)


@pytest.mark.parametrize("slots", ["4", "1"])
async def test_jobs_of_a_killed_process_run_again_within_two_seconds(
    slots: str, world: Ports, workers: Workers, link: "psycopg.Connection"
) -> None:
    victim = await workers.start("victim", "--slots", slots)
    asked = await ask(world, int(slots), Orders(seconds=60))
    await workers.wait_for("began", len(asked))
    await workers.start("heir", "--hasty")
    await anyio.sleep(0.5)  # the heir is idle, and hears the bell
    victim.kill()
    await until_ended(link, asked, within=BACK)
    assert {call.worker for call in workers.of("ended")} == {"heir"}


async def test_twenty_deploys_burn_no_attempt(world: Ports, workers: Workers, link: "psycopg.Connection") -> None:
    (asked,) = await ask(world, 1, Orders(seconds=60))
    for deploy in range(1, 21):
        release = await workers.start(f"release-{deploy}", "--drain", "0")
        await workers.wait_for("began", deploy)
        assert release.stop() == 0
    job = link.execute("select attempt, run, crashes, snoozes from job").fetchall()
    assert job == [(0, 20, 0, 0)]
    await workers.start("last", "--hasty")
    await until_ended(link, [asked], within=10)
    assert state_of(link, asked.id) == ("succeeded", 1)


async def test_a_job_that_kills_its_process_becomes_a_dead_letter_after_three_crashes(
    world: Ports, workers: Workers, link: "psycopg.Connection"
) -> None:
    (asked,) = await ask(world, 1, Orders(deadly=True))
    for crash in range(1, MAX_CRASHES + 1):
        victim = await workers.start(f"victim-{crash}", "--lease", "1")
        await workers.wait_for("began", crash)
        assert victim.process.wait(10) == -signal.SIGKILL
    await workers.start("undertaker")
    await until_ended(link, [asked], within=20, state="failed")
    letter = link.execute("select reason, attempts, jsonb_array_length(errors) from dead_letter").fetchall()
    assert letter == [("worker_lost", MAX_CRASHES, MAX_CRASHES)]
    assert len(workers.calls) == MAX_CRASHES


async def test_the_neighbours_of_a_job_that_kills_its_process_outlive_it(
    world: Ports, workers: Workers, link: "psycopg.Connection"
) -> None:
    neighbours = await ask(world, 4, Orders(seconds=2))
    (poison,) = await ask(world, 1, Orders(deadly=True))
    names = iter(range(1_000))
    end = time.monotonic() + 90
    victim = await workers.start(f"victim-{next(names)}", "--lease", "1")
    while link.execute("select 1 from job").fetchone() and time.monotonic() < end:
        if victim.process.poll() is not None:
            victim = await workers.start(f"victim-{next(names)}", "--lease", "1")
        await anyio.sleep(0.1)
    await until_ended(link, neighbours, within=1)
    await until_ended(link, [poison], within=1, state="failed")


def queued_as(link: "psycopg.Connection", job_id: UUID) -> tuple[object, ...] | None:
    """The place of a job in the queue."""
    return link.execute("select sort_at, seq from job where id = %s", [job_id]).fetchone()
