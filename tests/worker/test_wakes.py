"""A bell that rings at an awkward moment is heard all the same."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

import anyio

from jatify_core.analysis import Analysis
from jatify_core.job import Job
from jatify_core.ports import Store
from tests.worker.world import World, a_world, in_virtual_time, working


class Interrupted:
    """A store, and its queue, during whose first claim somebody asks: too late to be claimed, too early to be told."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.asked: list[Analysis] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world.store, name, None) or getattr(self._world.store.jobs, name)

    @property
    def jobs(self) -> "Interrupted":
        return self

    async def claim(self, *args: Any) -> Sequence[Job]:
        jobs = await self._world.store.jobs.claim(*args)
        if not self.asked:
            self.asked += await self._world.ask()
        return jobs


@in_virtual_time
async def test_a_bell_that_rings_while_a_claim_is_under_way_is_heard() -> None:
    world = await a_world()
    store = Interrupted(world)
    worker = world.worker(poll_interval=timedelta(hours=1))
    worker._store = cast("Store", store)
    async with working(worker):
        while not store.asked:
            await anyio.sleep(0.01)
        asked_at = anyio.current_time()
        await world.ended(store.asked)
        assert anyio.current_time() - asked_at < 1
