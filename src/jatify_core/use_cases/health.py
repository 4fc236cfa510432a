"""Health: whether the house can serve, and what keeps its queue waiting."""

from msgspec import Struct

from jatify_core.job import Pause
from jatify_core.ports import Ports


class Readiness(Struct, frozen=True):
    """What works: `listening` where the queue's bell is heard; `pauses` are the kinds of job that wait, and why."""

    listening: bool
    pauses: tuple[Pause, ...]


async def readiness(ports: Ports) -> Readiness:
    """How ready the house is. Raises `Unavailable` where its store is not fit to serve."""
    await ports.store.check()
    async with ports.store.transaction() as tx:
        pauses = await tx.jobs.pauses()
    return Readiness(ports.store.listening, tuple(pauses))
