"""Dropping an analysis in Postgres while another transaction has its hands on the same job."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import anyio
import pytest

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    LEASE,
    ChangeOfMind,
    a_completed,
    a_seeker,
    bury_next,
    claim,
    claim_one,
    queued,
    settle,
)
from jatify_core.analysis import Analysis
from jatify_core.dead_letter import Requeued, Selection
from jatify_core.errors import NotFound
from jatify_core.job import ANALYSIS, End
from jatify_core.ports import Transaction

Step = Callable[[Transaction], Awaitable[object]]


@pytest.fixture
def new_store(new_postgres_store: NewStore) -> NewStore:
    return new_postgres_store


@pytest.fixture
async def analysis(new_store: NewStore) -> Analysis:
    """The one analysis there is; it waits."""
    return await queued(new_store, await a_seeker(new_store))


async def test_a_drop_waits_for_a_worker_that_ends_the_job_and_then_deletes(
    new_store: NewStore, analysis: Analysis
) -> None:
    end = End.succeeded(await claim_one(new_store), a_completed(analysis, new_store.now()))
    await interleaved(new_store, ending(end), dropping(analysis))
    assert await state(new_store, analysis) == "gone"


async def test_a_drop_cancels_where_the_worker_that_ends_the_job_rolls_back(
    new_store: NewStore, analysis: Analysis
) -> None:
    end = End.succeeded(await claim_one(new_store), a_completed(analysis, new_store.now()))
    await interleaved(new_store, ending(end), dropping(analysis), commits=False)
    assert await state(new_store, analysis) == "cancelled"
    assert list(await settle(new_store, end)) == [end]
    assert await state(new_store, analysis) == "cancelled"


async def test_a_drop_cancels_what_is_just_being_claimed(new_store: NewStore, analysis: Analysis) -> None:
    await interleaved(new_store, lambda tx: tx.jobs.claim([ANALYSIS], 1, LEASE, "worker"), dropping(analysis))
    assert await state(new_store, analysis) == "cancelled"


async def test_a_drop_cancels_what_is_just_being_given_back(new_store: NewStore, analysis: Analysis) -> None:
    end = End.released(await claim_one(new_store))
    await interleaved(new_store, ending(end), dropping(analysis))
    assert await state(new_store, analysis) == "cancelled"
    assert not await claim(new_store)


async def test_a_drop_deletes_what_is_just_being_buried(new_store: NewStore, analysis: Analysis) -> None:
    end = End.buried(await claim_one(new_store), "refused", "It declined.")
    await interleaved(new_store, ending(end), dropping(analysis))
    assert await state(new_store, analysis) == "gone"
    assert await requeue(new_store, analysis) == Requeued()


async def test_a_drop_cancels_what_is_just_being_requeued(new_store: NewStore, analysis: Analysis) -> None:
    await bury_next(new_store)

    async def reviving(tx: Transaction) -> None:
        requeued = await tx.dead_letters.requeue(analysis.user_id, Selection())
        await tx.analyses.reopen(requeued.analyses)

    await interleaved(new_store, reviving, dropping(analysis))
    assert await state(new_store, analysis) == "cancelled"
    assert not await claim(new_store)


async def test_a_worker_that_ends_the_job_during_a_drop_has_lost_it(new_store: NewStore, analysis: Analysis) -> None:
    end = End.succeeded(await claim_one(new_store), a_completed(analysis, new_store.now()))
    lost: list[End] = []

    async def ending_late(tx: Transaction) -> None:
        lost.extend(await tx.jobs.settle([end]))

    await interleaved(new_store, dropping(analysis), ending_late)
    assert lost == [end]
    assert await state(new_store, analysis) == "cancelled"


async def test_a_requeue_during_a_drop_finds_nothing_to_revive(new_store: NewStore, analysis: Analysis) -> None:
    await bury_next(new_store)
    requeued: list[Requeued] = []

    async def reviving(tx: Transaction) -> None:
        requeued.append(await tx.dead_letters.requeue(analysis.user_id, Selection()))

    await interleaved(new_store, dropping(analysis), reviving)
    assert requeued == [Requeued()]
    assert await state(new_store, analysis) == "gone"
    assert not await claim(new_store)


async def test_of_two_drops_at_once_the_second_deletes_what_the_first_cancels(
    new_store: NewStore, analysis: Analysis
) -> None:
    await interleaved(new_store, dropping(analysis), dropping(analysis))
    assert await state(new_store, analysis) == "gone"


async def interleaved(new_store: NewStore, first: Step, second: Step, *, commits: bool = True) -> None:
    """Do *second* in a transaction of its own while that of *first* is open, and see it wait until that has ended."""
    begun, ended = anyio.Event(), anyio.Event()

    async def follow() -> None:
        await begun.wait()
        async with new_store.store.transaction() as tx:
            await second(tx)
        ended.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(follow)
        with suppress(ChangeOfMind):
            async with new_store.store.transaction() as tx:
                await first(tx)
                begun.set()
                await anyio.sleep(0.1)
                assert not ended.is_set()
                if not commits:
                    raise ChangeOfMind


def dropping(analysis: Analysis) -> Step:
    return lambda tx: tx.analyses.drop(analysis.user_id, analysis.id)


def ending(end: End) -> Step:
    async def settle_in(tx: Transaction) -> None:
        assert not await tx.jobs.settle([end])
        await tx.analyses.record([end])

    return settle_in


async def requeue(new_store: NewStore, analysis: Analysis) -> Requeued:
    async with new_store.store.transaction() as tx:
        return await tx.dead_letters.requeue(analysis.user_id, Selection())


async def state(new_store: NewStore, analysis: Analysis) -> str:
    try:
        async with new_store.store.transaction() as tx:
            return (await tx.analyses.get(analysis.user_id, analysis.id)).state
    except NotFound:
        return "gone"
