"""The queue as one of its users sees it: where his own jobs stand, and what keeps everybody's waiting."""

from datetime import datetime

from msgspec import Struct

from jatify_core.job import Pause, Place
from jatify_core.paging import Page, Window
from jatify_core.ports import Ports
from jatify_core.user import UserId


class QueueView(Struct, frozen=True):
    """A page of a user's jobs that wait or run, in order, and the kinds that nobody claims; all as of `at`."""

    places: Page[Place]
    pauses: tuple[Pause, ...]
    at: datetime


async def look_at_queue(ports: Ports, user_id: UserId, window: Window) -> QueueView:
    """Where the user's own jobs stand."""
    now = ports.clock()
    async with ports.store.transaction(user_id) as tx:
        return QueueView(await tx.jobs.places(user_id, window), tuple(await tx.jobs.pauses()), now)
