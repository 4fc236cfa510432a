"""What every store promises about dropping an analysis: cancelled before its end, deleted after it."""

from collections.abc import Callable, Sequence

import anyio
import pytest

from jatify_adapters.contracts.ends import every_verb
from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    LEASE,
    MINUTE,
    NEWEST_LETTERS,
    a_completed,
    a_seeker,
    a_stored_resume,
    ask,
    bury_next,
    claim,
    claim_one,
    queued,
    rolled_back,
    settle,
    strangers_id,
    unknown_id,
)
from jatify_core.analysis import Analysis, AnalysisId
from jatify_core.dead_letter import DeadLetter, Selection
from jatify_core.errors import NotFound
from jatify_core.job import End, Job


class DropsContract:
    """What every store promises about dropped analyses. Subclass it and provide `new_store`."""

    async def test_a_queued_analysis_is_cancelled_and_its_job_is_gone(self, new_store: NewStore) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        await _drop(new_store, analysis)
        cancelled = await _get(new_store, analysis)
        assert (cancelled.state, cancelled.attempts, cancelled.started_at) == ("cancelled", 0, None)
        assert (cancelled.report, cancelled.error) == (None, None)
        assert cancelled.finished_at is not None
        assert not await claim(new_store)
        assert await _letters(new_store, analysis) == ()

    async def test_a_running_analysis_is_cancelled_with_what_it_had_come_to(self, new_store: NewStore) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        await settle(new_store, End.retried(await claim_one(new_store), "network", "It broke.", MINUTE))
        await new_store.advance(2 * MINUTE)
        job = await claim_one(new_store)
        await _drop(new_store, analysis)
        cancelled = await _get(new_store, analysis)
        assert (cancelled.state, cancelled.attempts, cancelled.started_at) == ("cancelled", 2, job.claimed_at)

    async def test_the_worker_of_a_cancelled_analysis_has_lost_its_lease(self, new_store: NewStore) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        job = await claim_one(new_store)
        await _drop(new_store, analysis)
        async with new_store.store.transaction() as tx:
            assert await tx.jobs.renew([job.lease], LEASE, 10 * MINUTE) == set()
        await new_store.advance(2 * LEASE)
        async with new_store.store.transaction() as tx:
            rescued = await tx.jobs.rescue(10)
        assert (rescued.requeued, rescued.buried) == (0, ())

    @every_verb
    async def test_a_worker_that_settles_after_the_cancel_records_nothing(
        self, new_store: NewStore, make: Callable[[Job], End]
    ) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        end = make(await claim_one(new_store))
        await _drop(new_store, analysis)
        cancelled = await _get(new_store, analysis)
        assert list(await settle(new_store, end)) == [end]
        assert await _get(new_store, analysis) == cancelled
        assert await _letters(new_store, analysis) == ()

    async def test_a_cancel_leaves_the_neighbours_of_its_job_alone(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        dropped, other = await queued(new_store, seeker), await queued(new_store, seeker)
        first, second = await claim(new_store, 2)
        await _drop(new_store, dropped)
        ends = [End.succeeded(first), End.succeeded(second, a_completed(other, new_store.now()))]
        assert list(await settle(new_store, *ends)) == ends[:1]
        states = [(await _get(new_store, analysis)).state for analysis in (dropped, other)]
        assert states == ["cancelled", "succeeded"]

    async def test_a_pair_whose_analysis_was_cancelled_can_be_asked_about_again(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        first = await ask(new_store, resume, seeker.listing)
        await _drop(new_store, first)
        second = await ask(new_store, resume, seeker.listing)
        assert second.id != first.id
        assert [job.id for job in await claim(new_store, 10)] == [second.id]

    async def test_an_analysis_that_succeeded_is_deleted(self, new_store: NewStore) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        await settle(new_store, End.succeeded(await claim_one(new_store), a_completed(analysis, new_store.now())))
        await _drop(new_store, analysis)
        await _assert_gone(new_store, analysis)

    async def test_an_analysis_that_failed_is_deleted_with_its_dead_letter(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        analysis, other = await queued(new_store, seeker), await queued(new_store, seeker)
        for _ in range(2):
            await bury_next(new_store)
        await _drop(new_store, analysis)
        await _assert_gone(new_store, analysis)
        assert [letter.analysis_id for letter in await _letters(new_store, analysis)] == [other.id]

    async def test_a_second_drop_deletes_what_the_first_cancelled_and_a_third_finds_nothing(
        self, new_store: NewStore
    ) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        await _drop(new_store, analysis)
        await _drop(new_store, analysis)
        await _assert_gone(new_store, analysis)
        with pytest.raises(NotFound):
            await _drop(new_store, analysis)

    async def test_a_requeued_analysis_is_cancelled_like_any_other(self, new_store: NewStore) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        await bury_next(new_store)
        (letter,) = await _letters(new_store, analysis)
        async with new_store.store.transaction() as tx:
            requeued = await tx.dead_letters.requeue(analysis.user_id, Selection(ids=(letter.id,)))
            await tx.analyses.reopen(requeued.analyses)
        await _drop(new_store, analysis)
        assert (await _get(new_store, analysis)).state == "cancelled"
        assert not await claim(new_store)

    async def test_an_analysis_that_is_missing_or_anothers_is_not_dropped(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        running, waiting, failed = [await queued(new_store, seeker) for _ in range(3)]
        job = await claim_one(new_store)
        async with new_store.store.transaction() as tx:
            for user_id, analysis_id in (
                (strangers_id(), running.id),
                (strangers_id(), waiting.id),
                (seeker.user.id, AnalysisId(unknown_id())),
            ):
                with pytest.raises(NotFound):
                    await tx.analyses.drop(user_id, analysis_id)
            assert await tx.jobs.renew([job.lease], LEASE, 10 * MINUTE) == {job.id}
        assert [job.id for job in await claim(new_store, 10)] == [waiting.id, failed.id]

    async def test_a_drop_rolls_back_with_its_transaction(self, new_store: NewStore) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        async with rolled_back(new_store) as tx:
            await tx.analyses.drop(analysis.user_id, analysis.id)
        assert await _get(new_store, analysis) == analysis
        assert [job.id for job in await claim(new_store)] == [analysis.id]

    async def test_of_an_end_and_a_drop_at_once_the_first_decides(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        for _ in range(10):
            analysis = await queued(new_store, seeker)
            end = End.succeeded(await claim_one(new_store), a_completed(analysis, new_store.now()))
            lost: list[End] = []

            async def finish(end: End = end, lost: list[End] = lost) -> None:
                lost.extend(await settle(new_store, end))

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(finish)
                tasks.start_soon(_drop, new_store, analysis)
            if lost:
                assert (await _get(new_store, analysis)).state == "cancelled"
            else:
                await _assert_gone(new_store, analysis)


async def _drop(new_store: NewStore, analysis: Analysis) -> None:
    async with new_store.store.transaction() as tx:
        await tx.analyses.drop(analysis.user_id, analysis.id)


async def _get(new_store: NewStore, analysis: Analysis) -> Analysis:
    async with new_store.store.transaction() as tx:
        return await tx.analyses.get(analysis.user_id, analysis.id)


async def _letters(new_store: NewStore, analysis: Analysis) -> Sequence[DeadLetter]:
    """All dead letters of the analysis's user."""
    async with new_store.store.transaction() as tx:
        return (await tx.dead_letters.page(analysis.user_id, NEWEST_LETTERS)).items


async def _assert_gone(new_store: NewStore, analysis: Analysis) -> None:
    with pytest.raises(NotFound):
        await _get(new_store, analysis)
