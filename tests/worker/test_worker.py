"""The worker brings each job to one end, whatever happens to the jobs, to the store or to itself."""

from datetime import timedelta
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from jatify_adapters.memory import ScriptedAnalyzer
from jatify_core.analysis import Outage, Outcome, Refusal
from jatify_core.errors import Unavailable
from jatify_core.job import ANALYSIS
from tests.worker.world import Calls, a_world, in_virtual_time, working

DOWN = Outage("provider_unavailable", "Down.")
BUSY = Outage("provider_unavailable", "Down.", retry_after=timedelta(seconds=1))
KEY = Outage("unauthorized", "The key is not accepted.", pauses=True)


@in_virtual_time
async def test_a_job_is_done_as_soon_as_it_is_there() -> None:
    world = await a_world()
    async with working(world.worker()):
        await anyio.sleep(100)
        (analysis,) = await world.ask()
        asked_at = anyio.current_time()
        (ended,) = await world.ended([analysis])
        assert (ended.state, ended.attempts) == ("succeeded", 1)
        assert anyio.current_time() - asked_at < 1


@in_virtual_time
async def test_a_job_is_found_by_the_poll_when_no_bell_rings() -> None:
    world = await a_world()
    world.store.cut_line()
    async with working(world.worker()):
        await anyio.sleep(100)
        asked_at = anyio.current_time()
        await world.ended(await world.ask())
        assert anyio.current_time() - asked_at < 2


@in_virtual_time
async def test_an_outage_is_tried_again_and_a_success_ends_it() -> None:
    world = await a_world([DOWN, DOWN])
    async with working(world.worker()):
        (ended,) = await world.ended(await world.ask())
    assert (ended.state, ended.attempts) == ("succeeded", 3)


@in_virtual_time
async def test_what_fails_each_time_becomes_a_dead_letter_with_all_its_errors() -> None:
    world = await a_world([DOWN] * 5)
    async with working(world.worker()):
        (ended,) = await world.ended(await world.ask())
    assert ended.error is not None
    assert (ended.state, ended.error.code, ended.attempts, ended.report) == ("failed", "provider_unavailable", 5, None)
    (letter,) = await world.letters()
    assert [e.attempt for e in letter.errors] == [1, 2, 3, 4, 5]


@in_virtual_time
async def test_what_will_never_work_is_a_dead_letter_at_once() -> None:
    world = await a_world([Refusal("refused", "No.")])
    async with working(world.worker()):
        (ended,) = await world.ended(await world.ask())
    assert (ended.state, ended.attempts) == ("failed", 1)


@in_virtual_time
async def test_a_poisonous_job_harms_no_neighbour() -> None:
    world = await a_world([ValueError("boom")])
    async with working(world.worker()):
        ended = await world.ended(await world.ask(4))
    assert [a.state for a in ended] == ["succeeded"] * 4
    assert sorted(a.attempts for a in ended) == [1, 1, 1, 2]


@in_virtual_time
async def test_a_store_that_is_away_when_a_job_begins_costs_no_attempt() -> None:
    world = await a_world([Unavailable("The database does not answer just now.")])
    async with working(world.worker()):
        (ended,) = await world.ended(await world.ask())
    assert (ended.state, ended.attempts) == ("succeeded", 1)


@in_virtual_time
async def test_a_run_that_takes_too_long_is_cut_and_tried_again() -> None:
    analyzer = ScriptedAnalyzer()
    analyzer.hold = anyio.Event()
    world = await a_world(analyzer=analyzer)
    async with working(world.worker(job_timeout=timedelta(seconds=20))):
        (analysis,) = await world.ask()
        await anyio.sleep(21)
        analyzer.hold = None
        (ended,) = await world.ended([analysis])
    assert (ended.state, ended.attempts) == ("succeeded", 2)


@in_virtual_time
async def test_a_long_run_keeps_its_lease() -> None:
    analyzer = ScriptedAnalyzer()
    analyzer.hold = anyio.Event()
    world = await a_world(analyzer=analyzer)
    async with working(world.worker(), world.worker()):
        (analysis,) = await world.ask()
        await anyio.sleep(200)
        assert (await world.seen(analysis)).state == "running"
        analyzer.hold.set()
        (ended,) = await world.ended([analysis])
    assert (ended.attempts, len(analyzer.calls)) == (1, 1)


@in_virtual_time
async def test_a_wrong_key_pauses_the_queue_and_burns_no_attempt_until_it_is_mended() -> None:
    world = await a_world([KEY] * 4)
    async with working(world.worker(slots=1)):
        analyses = await world.ask(3)
        await anyio.sleep(5)
        async with world.store.transaction() as tx:
            (pause,) = await tx.jobs.pauses()
        assert (pause.kind, pause.reason) == (ANALYSIS, "unauthorized")
        assert [(await world.seen(a)).state for a in analyses] == ["queued"] * 3
        ended = await world.ended(analyses)
    assert [(a.state, a.attempts) for a in ended] == [("succeeded", 1)] * 3
    assert await world.letters() == ()
    async with world.store.transaction() as tx:
        assert not await tx.jobs.pauses()


@pytest.mark.parametrize("outage", [DOWN, replace(BUSY, spends=True), BUSY])
@in_virtual_time
async def test_an_outage_of_the_provider_buries_nobody(outage: Outage) -> None:
    analyzer = Weather(outage)
    analyzer.down = True
    world = await a_world(analyzer=analyzer)
    async with working(world.worker(slots=8), world.worker(slots=8)):
        analyses = await world.ask(40)
        await anyio.sleep(1_800)
        assert await world.letters() == ()
        assert len(analyzer.calls) < 40
        analyzer.down = False
        ended = await world.ended(analyses)
    assert {a.state for a in ended} == {"succeeded"}


@in_virtual_time
async def test_a_store_that_goes_away_for_a_while_loses_nothing() -> None:
    world = await a_world()
    async with working(world.worker()):
        analyses = await world.ask(4)
        world.store.reachable = False
        await anyio.sleep(300)
        world.store.reachable = True
        ended = await world.ended(analyses)
    assert {a.state for a in ended} == {"succeeded"}


@in_virtual_time
async def test_a_worker_that_cannot_renew_cancels_its_own_call_before_the_lease_ends() -> None:
    calls = Calls()
    world = await a_world()
    (analysis,) = await world.ask()
    worker = world.worker(lease=timedelta(seconds=30))
    worker._handlers[ANALYSIS] = calls
    async with working(worker):
        await calls.begun.wait()
        world.store.reachable = False
        await calls.cancelled.wait()
        assert anyio.current_time() < 30
        world.store.reachable = True
    assert (await world.seen(analysis)).state in {"queued", "running"}


@in_virtual_time
async def test_a_leaving_worker_waits_for_what_runs() -> None:
    analyzer = ScriptedAnalyzer()
    analyzer.hold = anyio.Event()
    world = await a_world(analyzer=analyzer)
    (analysis,) = await world.ask()
    async with working(world.worker()):
        await anyio.sleep(1)
        analyzer.hold.set()
    assert (await world.seen(analysis)).state == "succeeded"


@pytest.mark.parametrize("hurry", [False, True])
@in_virtual_time
async def test_what_outlasts_the_drain_is_given_back_in_its_place_with_its_attempt(hurry: bool) -> None:  # noqa: FBT001  # a parameter
    calls = Calls()
    world = await a_world()
    first, second = await world.ask(2)
    leaving = world.worker(slots=1, drain=timedelta(seconds=20))
    leaving._handlers[ANALYSIS] = calls
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(leaving.run)
        await calls.begun.wait()
        leaving.stop(hurry=hurry)
    assert anyio.current_time() < (1 if hurry else 21)
    assert ((await world.seen(first)).state, (await world.seen(first)).attempts) == ("queued", 0)
    async with world.store.transaction() as tx:
        jobs = await tx.jobs.claim([ANALYSIS], 2, timedelta(seconds=30), "another")
    assert [j.id for j in jobs] == [first.id, second.id]


@in_virtual_time
async def test_a_cancelled_worker_gives_its_jobs_back_too() -> None:
    calls = Calls()
    world = await a_world()
    (analysis,) = await world.ask()
    worker = world.worker()
    worker._handlers[ANALYSIS] = calls
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(worker.run)
        await calls.begun.wait()
        tasks.cancel_scope.cancel()
    assert ((await world.seen(analysis)).state, (await world.seen(analysis)).attempts) == ("queued", 0)


@given(
    weather=st.lists(st.sampled_from(["findings", "outage", "refusal", "crash"]), max_size=12),
    slots=st.integers(1, 8),
    number=st.integers(1, 6),
)
def test_every_analysis_ends_exactly_once(weather: list[str], slots: int, number: int) -> None:
    """Whatever the weather and however many slots, one request ends as one result or one dead letter."""
    kinds: dict[str, Outcome | Exception] = {
        "outage": DOWN,
        "refusal": Refusal("refused", "No."),
        "crash": RuntimeError("boom"),
    }

    async def run() -> None:
        world = await a_world([kinds[w] for w in weather if w in kinds])
        async with working(world.worker(slots=slots)):
            ended = await world.ended(await world.ask(number))
        letters = {letter.analysis_id for letter in await world.letters()}
        assert letters == {a.id for a in ended if a.state == "failed"}
        assert all((a.report is None) == (a.state == "failed") for a in ended)

    in_virtual_time(run)()


class Weather(ScriptedAnalyzer):
    """A provider that is down, with this outage, or up."""

    def __init__(self, outage: Outage = DOWN) -> None:
        super().__init__()
        self.outage = outage
        self.down = False

    async def analyze(self, material: Any) -> Outcome:
        outcome = await super().analyze(material)
        await anyio.sleep(0.5)
        return self.outage if self.down else outcome
