"""Jobs that cost their workers dearly: a suspect runs alone, and who is taken for dead runs nothing."""

from datetime import timedelta

import anyio

from jatify_core.analysis import Analysis
from jatify_core.job import ANALYSIS, SUSPECT_CRASHES, Job, JobId
from jatify_core.worker import Worker, WorkerSettings
from tests.worker.world import Calls, World, a_world, in_virtual_time, working

SECOND = timedelta(seconds=1)


class Company:
    """A handler that takes a while and keeps who ran at the same time."""

    def __init__(self) -> None:
        self._running: set[JobId] = set()
        self.beside: dict[JobId, int] = {}

    async def __call__(self, job: Job) -> None:
        self._running.add(job.id)
        self._count()
        await anyio.sleep(10)
        self._count()
        self._running.remove(job.id)

    def _count(self) -> None:
        for id_ in self._running:
            self.beside[id_] = max(self.beside.get(id_, 0), len(self._running) - 1)


async def make_suspect(world: World) -> Analysis:
    """An analysis whose job has crashed until it is a suspect."""
    (asked,) = await world.ask()
    for _ in range(SUSPECT_CRASHES):
        (job,) = await world.store.jobs.claim([ANALYSIS], 1, SECOND, "victim")
        assert job.id == asked.id
        await anyio.sleep(5)
        await world.store.jobs.rescue(10)
        await anyio.sleep(60)
    return asked


@in_virtual_time
async def test_a_suspect_runs_alone_once_its_worker_runs_nothing_else() -> None:
    world, company = await a_world(), Company()
    suspect = await make_suspect(world)
    await world.ask(6)
    worker = Worker(world.store, {ANALYSIS: company}, WorkerSettings(slots=3))
    async with working(worker):
        await anyio.sleep(25)  # the innocent are through, and the suspect runs
        await world.ask(3)
        with anyio.fail_after(60):
            while await world.store.jobs.waiting(world.user.id):
                await anyio.sleep(0.5)
    assert company.beside.pop(JobId(suspect.id)) == 0
    assert len(company.beside) == 9
    assert max(company.beside.values()) == 2


@in_virtual_time
async def test_a_worker_that_others_take_for_dead_cancels_its_runs() -> None:
    world, calls = await a_world(), Calls()
    await world.ask()
    worker = Worker(world.store, {ANALYSIS: calls}, WorkerSettings(slots=3))
    async with working(worker):
        await calls.begun.wait()
        world.store.take_for_dead()
        with anyio.fail_after(1):
            await calls.cancelled.wait()
        assert await world.store.jobs.waiting(world.user.id) == 1  # it is for whoever rescues it
        worker.stop(hurry=True)
