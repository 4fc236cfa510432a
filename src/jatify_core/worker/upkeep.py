"""What a worker writes: ends with their results, the rescue of jobs whose worker is gone, and what it sweeps away."""

import logging
from collections.abc import Sequence

import anyio

from jatify_core.errors import Unavailable
from jatify_core.job import End
from jatify_core.ports import Store

log = logging.getLogger("jatify.worker")

RESCUE_BATCH = 200
SWEEP_BATCH = 500
SWEEP_EVERY = 300.0
"""Seconds."""


async def settle(store: Store, ends: Sequence[End]) -> Sequence[End]:
    """Record *ends* and their results, each on its own fence; return those that change nothing: they came too late.

    All go in one transaction. If that is refused for a reason that is not the store's health, each goes alone, so
    that one bad row never harms the others; the bad one is left to its lease.
    """
    try:
        return await _settle_together(store, ends)
    except Unavailable:
        raise
    except Exception:
        if len(ends) == 1:
            log.exception("the end of job %s cannot be recorded; its lease will lapse", ends[0].lease.job_id)
            return ends
        return [lost for end in ends for lost in await settle(store, [end])]


async def _settle_together(store: Store, ends: Sequence[End]) -> Sequence[End]:
    async with store.transaction() as tx:
        lost = await tx.jobs.settle(ends)
        await tx.analyses.record([end for end in ends if end not in lost] if lost else ends)
    for end in lost:
        log.warning("job %s had been taken from us; its result is dropped", end.lease.job_id)
    return lost


async def rescue_lost(store: Store) -> None:
    """Take back what lapsed, all of it, a batch in each transaction."""
    while True:
        async with store.transaction() as tx:
            rescued = await tx.jobs.rescue(RESCUE_BATCH)
            if rescued.buried:
                await tx.analyses.record(rescued.buried)
        found = rescued.requeued + len(rescued.buried)
        if found:
            log.warning("rescued %d jobs of lost workers, %d for good", found, len(rescued.buried))
        if found < RESCUE_BATCH:
            return


async def sweep_now_and_then(store: Store) -> None:
    """Forget what is kept for a day only, once that is over. Runs until cancelled."""
    while True:
        await anyio.sleep(SWEEP_EVERY)
        try:
            await _sweep(store)
        except Exception as error:  # noqa: BLE001  # it comes round again
            log.warning("sweeping failed: %s", error)


async def _sweep(store: Store) -> None:
    swept = SWEEP_BATCH
    while swept == SWEEP_BATCH:
        async with store.transaction() as tx:
            swept = await tx.idempotency.sweep(SWEEP_BATCH)
