"""The queue as one of its users sees it: where his own jobs stand, and what keeps everybody's waiting."""

from datetime import datetime

from msgspec import Struct

from jatify_core.job import Pause, Place
from jatify_core.ports import Ports
from jatify_core.user import UserId


class QueueView(Struct, frozen=True):
    """A user's jobs that wait or run, those that run first, and the kinds that nobody claims; all as of `at`."""

    places: tuple[Place, ...]
    pauses: tuple[Pause, ...]
    at: datetime


async def look_at_queue(ports: Ports, user_id: UserId) -> QueueView:
    """Where the user's own jobs stand."""
    now = ports.clock()
    async with ports.store.transaction(user_id) as tx:
        return QueueView(tuple(await tx.jobs.places(user_id)), tuple(await tx.jobs.pauses()), now)
