"""A cancelled analysis: its call is cancelled too, and whatever still comes of it is dropped."""

import anyio

from jatify_adapters.memory import ScriptedAnalyzer
from jatify_core.job import ANALYSIS
from jatify_core.use_cases.analyses import drop_analysis
from tests.worker.world import Calls, a_world, in_virtual_time, working


@in_virtual_time
async def test_a_cancelled_analysis_cancels_its_call_and_stays_cancelled() -> None:
    calls = Calls()
    world = await a_world()
    (analysis,) = await world.ask()
    worker = world.worker()
    worker._handlers[ANALYSIS] = calls
    async with working(worker):
        await calls.begun.wait()
        await drop_analysis(world.ports, world.user.id, analysis.id)
        with anyio.fail_after(15):
            await calls.cancelled.wait()
    assert ((await world.seen(analysis)).state, (await world.seen(analysis)).attempts) == ("cancelled", 1)
    assert await world.letters() == ()


@in_virtual_time
async def test_a_report_that_comes_after_the_cancel_is_dropped_and_the_worker_goes_on() -> None:
    analyzer = ScriptedAnalyzer()
    analyzer.hold = anyio.Event()
    world = await a_world(analyzer=analyzer)
    async with working(world.worker()):
        dropped, other = await world.ask(2)
        await anyio.sleep(1)
        await drop_analysis(world.ports, world.user.id, dropped.id)
        analyzer.hold.set()
        (ended,) = await world.ended([other])
        await anyio.sleep(1)
    cancelled = await world.seen(dropped)
    assert (ended.state, cancelled.state, cancelled.report) == ("succeeded", "cancelled", None)


@in_virtual_time
async def test_a_deleted_resume_cancels_the_call_of_its_analysis() -> None:
    calls = Calls()
    world = await a_world()
    (analysis,) = await world.ask()
    worker = world.worker()
    worker._handlers[ANALYSIS] = calls
    async with working(worker):
        await calls.begun.wait()
        async with world.store.transaction() as tx:
            await tx.resumes.remove(world.user.id, analysis.resume_id)
        with anyio.fail_after(15):
            await calls.cancelled.wait()
