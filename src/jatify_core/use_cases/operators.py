"""What operators see and do: everybody's queue and dead letters, without anything that was written or read in them."""

from jatify_core.dead_letter import BuriedJob, DeadLetterFilter, DeadLetterId, Requeued, Selection
from jatify_core.errors import Conflict, NotFound
from jatify_core.event import Change
from jatify_core.job import QueuedJob
from jatify_core.paging import Page, Window
from jatify_core.ports import Ports
from jatify_core.use_cases.dead_letters import reopen


async def look_at_everybodys_queue(ports: Ports, window: Window) -> Page[QueuedJob]:
    """Every job that waits or runs."""
    async with ports.store.transaction() as tx:
        return await tx.jobs.everybodys(window)


async def list_everybodys_dead_letters(ports: Ports, where: DeadLetterFilter) -> Page[BuriedJob]:
    """Dead letters that match, whosever."""
    async with ports.store.transaction() as tx:
        return await tx.dead_letters.everybodys(where)


async def requeue_anybodys(ports: Ports, dead_letter_id: DeadLetterId) -> Requeued:
    """Give somebody's dead letter another life.

    Raises `NotFound`, and `Conflict` where the same question waits or runs again already.
    """
    async with ports.store.transaction() as tx:
        owner = await tx.dead_letters.owner(dead_letter_id)
        requeued = await tx.dead_letters.requeue(owner, Selection(ids=(dead_letter_id,)))
        match requeued.skipped:
            case (skipped, *_) if skipped.reason == "already_live":
                raise Conflict("The same is being analysed again already.")
            case (_, *_):
                raise NotFound
            case _:
                await reopen(tx, owner, requeued)
    return requeued


async def delete_anybodys(ports: Ports, dead_letter_id: DeadLetterId) -> None:
    """Drop somebody's dead letter for good; its analysis stays failed."""
    async with ports.store.transaction() as tx:
        owner = await tx.dead_letters.owner(dead_letter_id)
        await tx.dead_letters.remove(owner, dead_letter_id)
        await tx.events.add([Change.letter_removed(owner, dead_letter_id, "deleted")])
