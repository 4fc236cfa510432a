"""What `jatify worker` runs: jobs, and none of the API."""

import logging

from jatify_http.settings import Settings
from jatify_http.signals import run_together
from jatify_http.wiring import open_world

log = logging.getLogger("jatify")


async def work(settings: Settings) -> None:
    """Run jobs until a signal."""
    async with open_world(settings, issues_tokens=False) as world:
        log.info("waiting for jobs, %d at once", settings.worker_slots)
        await run_together(world.working, *world.beside)
