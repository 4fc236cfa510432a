"""What `jatify worker` runs: jobs, and none of the API."""

import logging

import anyio

from jatify_http.settings import Settings
from jatify_http.signals import stop_on_signals
from jatify_http.wiring import open_world

log = logging.getLogger("jatify")


async def work(settings: Settings) -> None:
    """Run jobs until a signal."""
    async with open_world(settings, issues_tokens=False) as world, anyio.create_task_group() as tasks:
        worker = world.worker()
        tasks.start_soon(stop_on_signals, worker)
        log.info("waiting for jobs, %d at once", settings.worker_slots)
        await worker.run()
        tasks.cancel_scope.cancel()
