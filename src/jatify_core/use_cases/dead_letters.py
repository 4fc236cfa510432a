"""Dead letters: see what failed for good, give it another life, or drop it."""

from jatify_core.analysis import Analysis
from jatify_core.dead_letter import DeadLetter, DeadLetterFilter, DeadLetterId, Requeued, Selection
from jatify_core.errors import Conflict, NotFound
from jatify_core.event import Change
from jatify_core.paging import Page
from jatify_core.ports import Ports, Transaction
from jatify_core.use_cases.allowances import DAY, refuse_for_want_of_room, room_for_analyses
from jatify_core.user import UserId


async def list_dead_letters(ports: Ports, user_id: UserId, where: DeadLetterFilter) -> Page[DeadLetter]:
    """Dead letters that match."""
    async with ports.store.transaction(user_id) as tx:
        return await tx.dead_letters.page(user_id, where)


async def requeue(ports: Ports, user_id: UserId, selection: Selection) -> Requeued:
    """Give dead letters another life; what could not be requeued stays and is reported.

    Each counts as an analysis asked for. Raises `Throttled` where there is no room for any.
    """
    async with ports.store.transaction(user_id) as tx:
        requeued = await _requeued(ports, tx, user_id, selection)
        if not requeued.ids and any(skipped.reason == "over_limit" for skipped in requeued.skipped):
            await refuse_for_want_of_room(ports, tx, user_id)
        return requeued


async def requeue_one(ports: Ports, user_id: UserId, dead_letter_id: DeadLetterId) -> Analysis:
    """Give one dead letter another life and return its analysis.

    Raises `NotFound`, `Conflict` where the same pair waits or runs again already, and `Throttled` as `requeue` does.
    """
    async with ports.store.transaction(user_id) as tx:
        requeued = await _requeued(ports, tx, user_id, Selection(ids=(dead_letter_id,)))
        match requeued.skipped:
            case (skipped, *_) if skipped.reason == "over_limit":
                await refuse_for_want_of_room(ports, tx, user_id)
            case (skipped, *_) if skipped.reason == "already_live":
                raise Conflict("The same resume and job are being analysed already.")
            case (_, *_):
                raise NotFound
        return await tx.analyses.get(user_id, requeued.analyses[0])


async def delete_dead_letter(ports: Ports, user_id: UserId, dead_letter_id: DeadLetterId) -> None:
    """Drop a dead letter for good."""
    async with ports.store.transaction(user_id) as tx:
        await tx.dead_letters.remove(user_id, dead_letter_id)
        await tx.events.add([Change.letter_removed(user_id, dead_letter_id, "deleted")])


async def _requeued(ports: Ports, tx: Transaction, user_id: UserId, selection: Selection) -> Requeued:
    """As many of the selected as there is room for, alive and counted."""
    await tx.users.lock(user_id)
    requeued = await tx.dead_letters.requeue(user_id, selection, await room_for_analyses(ports, tx, user_id))
    await reopen(tx, user_id, requeued)
    if requeued.ids:
        now = ports.clock()
        await tx.asks.add(user_id, len(requeued.ids), now, now - DAY)
    return requeued


async def reopen(tx: Transaction, user_id: UserId, requeued: Requeued) -> None:
    """Make the analyses of *requeued* letters queued again, and have it told."""
    await tx.analyses.reopen(requeued.analyses)
    removed = [Change.letter_removed(user_id, letter_id, "requeued") for letter_id in requeued.ids]
    queued = [Change.analysis(user_id, analysis_id, "queued") for analysis_id in requeued.analyses]
    await tx.events.add(removed + queued)
