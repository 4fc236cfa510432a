"""Lines to the database that are cut, that freeze, or that end just when something was being committed."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import anyio
import psycopg
import pytest

from jatify_core.ports import Ports
from tests.chaos import gates
from tests.chaos.asking import Asked, ask
from tests.chaos.orders import Orders
from tests.chaos.programs import Workers, running
from tests.chaos.proxy import Weather, proxied
from tests.chaos.watching import state_of, until, until_ended
from tests.provider import Behaviour, Provider, open_provider
from tests.running import COMMAND

TAKEN_OVER = 45.0
"""Seconds after which a job of a machine that vanished runs elsewhere, with the default settings."""
POLL = 5.0 * 1.2


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with open_provider() as provider:
        yield provider


@pytest.mark.parametrize("weather", ["frozen", "closed"])
async def test_a_worker_that_is_cut_off_hangs_up_its_call_before_another_begins(
    weather: Weather, tmp_path: Path, conninfo: str, world: Ports, link: "psycopg.Connection", provider: Provider
) -> None:
    provider.script(Behaviour(hang=True))
    settings = {"OPENROUTER_API_KEY": "sk-test", "JATIFY_OPENROUTER_URL": provider.url}
    settings |= {"JATIFY_OPENROUTER_PROFILE": "openrouter"}
    with proxied(conninfo) as (proxy, indirect), ExitStack() as stack:

        def start(name: str, database: str) -> None:
            log = tmp_path / f"{name}.log"
            program = running(log, [COMMAND, "worker"], JATIFY_DATABASE_URL=database, **settings)
            stack.enter_context(program).wait_for("waiting for jobs")

        start("cut-off", indirect)
        (asked,) = await ask(world)
        await until(provider.hanging.is_set, 10, "the first call")
        start("heir", conninfo)
        proxy.turn(weather)
        with anyio.fail_after(TAKEN_OVER):
            await provider.hung_up.wait()
            calls_by_then = len(provider.requests)
            while len(provider.requests) < 2:
                await anyio.sleep(0.02)
        assert calls_by_then == 1
        await until_ended(link, [asked], within=10)
        proxy.turn("fair")
        await anyio.sleep(3)
        assert len(provider.requests) == 2


async def test_a_commit_whose_answer_was_lost_is_recorded_once_and_not_run_again(
    conninfo: str, world: Ports, workers: Workers, link: "psycopg.Connection"
) -> None:
    with proxied(conninfo) as (proxy, indirect):
        worker = await workers.start("worker", conninfo=indirect)
        with gates.gate(link, gates.AT_COMMIT):
            (asked,) = await ask(world)
            await gates.until_somebody_waits(link)
            proxy.cut()
        await until_ended(link, [asked], within=10)
        await settled_and_well(world, workers, link, asked)
        assert worker.stop() == 0


async def test_a_worker_killed_between_its_result_and_its_commit_leaves_no_result(
    world: Ports, workers: Workers, link: "psycopg.Connection"
) -> None:
    with gates.gate(link, gates.AFTER_RESULT):
        victim = await workers.start("victim", "--lease", "1")
        (asked,) = await ask(world)
        await gates.until_somebody_waits(link)
        victim.kill()
    await anyio.sleep(1)  # the lease is over
    await workers.start("heir")
    await until_ended(link, [asked], within=10)
    assert link.execute("select model from analysis").fetchall() == [("heir",)]
    await settled_and_well(world, workers, link, asked, calls=2)


async def test_every_backend_ended_by_an_operator_costs_no_more_than_a_poll(
    world: Ports, workers: Workers, link: "psycopg.Connection"
) -> None:
    worker = await workers.start("worker")
    under_way = await ask(world, 5, Orders(seconds=1))
    await workers.wait_for("began", 5)
    ended = link.execute(
        """
        select count(pg_terminate_backend(pid)) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()
        """
    ).fetchone()
    assert ended
    assert ended[0] >= 3  # the listener, the bell and the pool
    later = await ask(world, 20)
    await until_ended(link, [*under_way, *later], within=POLL)
    assert worker.stop() == 0


async def settled_and_well(
    world: Ports, workers: Workers, link: "psycopg.Connection", asked: Asked, calls: int = 1
) -> None:
    """The analysis was recorded by so many calls, nothing of it is left, and the next one runs as well."""
    assert state_of(link, asked.id)[0] == "succeeded"
    (another,) = await ask(world)
    await until_ended(link, [another], within=10)
    assert len([call for call in workers.calls if call.what == "began" and call.id == asked.id]) == calls
    assert link.execute("select count(*) from dead_letter").fetchone() == (0,)
