"""What every store promises about the ends of jobs: each verb, the fence, and the result in one transaction."""

from collections.abc import Callable

import pytest

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    LEASE,
    MINUTE,
    a_completed,
    a_seeker,
    bury_next,
    claim,
    claim_one,
    queued,
    rolled_back,
    settle,
)
from jatify_core.job import End, Job, Lease

MAKERS: list[Callable[[Job], End]] = [
    End.succeeded,
    End.released,
    lambda job: End.retried(job, "network", "It broke.", MINUTE),
    lambda job: End.snoozed(job, "rate_limited", "Too much.", MINUTE),
    lambda job: End.buried(job, "refused", "It declined."),
]

every_verb = pytest.mark.parametrize("make", MAKERS, ids=["complete", "release", "retry", "snooze", "bury"])


class EndsContract:
    """What every store promises about settling. Subclass it and provide `new_store`."""

    async def test_a_completed_job_is_gone(self, new_store: NewStore) -> None:
        await queued(new_store, await a_seeker(new_store))
        job = await claim_one(new_store)
        assert not await settle(new_store, End.succeeded(job))
        await new_store.advance(10 * MINUTE)
        async with new_store.store.transaction() as tx:
            assert (await tx.jobs.rescue(10)).requeued == 0
            assert await tx.jobs.waiting(job.user_id) == 0

    async def test_a_retried_job_comes_back_after_its_delay_with_its_attempt_spent(self, new_store: NewStore) -> None:
        await queued(new_store, await a_seeker(new_store))
        await settle(new_store, End.retried(await claim_one(new_store), "network", "It broke.", MINUTE))
        await new_store.advance(MINUTE / 2)
        assert not await claim(new_store)
        await new_store.advance(MINUTE)
        again = await claim_one(new_store)
        assert (again.attempt, again.run, again.snoozes) == (2, 2, 0)
        assert [(e.attempt, e.reason, e.message) for e in again.errors] == [(1, "network", "It broke.")]

    async def test_a_retried_job_goes_behind_what_was_enqueued_meanwhile(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        first = await queued(new_store, seeker)
        await settle(new_store, End.retried(await claim_one(new_store), "network", "It broke.", MINUTE))
        second = await queued(new_store, seeker)
        await new_store.advance(2 * MINUTE)
        assert [job.id for job in await claim(new_store, 2)] == [second.id, first.id]

    async def test_a_snoozed_job_comes_back_after_its_delay_with_its_attempt_given_back(
        self, new_store: NewStore
    ) -> None:
        await queued(new_store, await a_seeker(new_store))
        await settle(new_store, End.snoozed(await claim_one(new_store), "rate_limited", "Too much.", MINUTE))
        await new_store.advance(MINUTE / 2)
        assert not await claim(new_store)
        await new_store.advance(MINUTE)
        again = await claim_one(new_store)
        assert (again.attempt, again.run, again.snoozes) == (1, 2, 1)
        assert [e.reason for e in again.errors] == ["rate_limited"]

    async def test_a_released_job_keeps_its_place_and_its_attempt(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        first, second = await queued(new_store, seeker), await queued(new_store, seeker)
        job = await claim_one(new_store)
        await new_store.advance(LEASE / 3)
        await settle(new_store, End.released(job))
        again, other = await claim(new_store, 2)
        assert [again.id, other.id] == [first.id, second.id]
        assert (again.attempt, again.run, again.errors) == (1, 2, ())

    async def test_a_buried_job_is_a_dead_letter_and_no_longer_a_job(self, new_store: NewStore) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        await bury_next(new_store)
        await new_store.advance(10 * MINUTE)
        assert not await claim(new_store)
        async with new_store.store.transaction() as tx:
            assert await tx.jobs.waiting(analysis.user_id) == 0
            assert (await tx.analyses.get(analysis.user_id, analysis.id)).state == "failed"

    async def test_the_last_ten_errors_are_kept(self, new_store: NewStore) -> None:
        await queued(new_store, await a_seeker(new_store), max_attempts=20)
        for _ in range(12):
            await settle(new_store, End.retried(await claim_one(new_store), "network", "It broke.", MINUTE))
            await new_store.advance(2 * MINUTE)
        assert [error.attempt for error in (await claim_one(new_store)).errors] == list(range(3, 13))

    @every_verb
    async def test_an_end_counts_once(self, new_store: NewStore, make: Callable[[Job], End]) -> None:
        await queued(new_store, await a_seeker(new_store))
        end = make(await claim_one(new_store))
        assert not await settle(new_store, end)
        assert list(await settle(new_store, end)) == [end]

    @every_verb
    async def test_a_worker_that_lost_its_lease_ends_nothing(
        self, new_store: NewStore, make: Callable[[Job], End]
    ) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        stale = await claim_one(new_store)
        current = await _claimed_anew(new_store)
        assert list(await settle(new_store, make(stale))) == [make(stale)]
        async with new_store.store.transaction() as tx:
            assert await tx.jobs.renew([current.lease], LEASE, 10 * MINUTE) == {current.id}
            assert (await tx.analyses.get(analysis.user_id, analysis.id)).state == "running"

    async def test_a_worker_that_lost_its_lease_cannot_record_a_result(self, new_store: NewStore) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        stale = await claim_one(new_store)
        current = await _claimed_anew(new_store)
        await settle(new_store, End.succeeded(stale, a_completed(analysis, new_store.now())))
        async with new_store.store.transaction() as tx:
            assert (await tx.analyses.get(analysis.user_id, analysis.id)).report is None
        assert not await settle(new_store, End.succeeded(current, a_completed(analysis, new_store.now())))
        async with new_store.store.transaction() as tx:
            assert (await tx.analyses.get(analysis.user_id, analysis.id)).state == "succeeded"

    async def test_many_ends_settle_at_once_and_a_stale_one_among_them_changes_nothing(
        self, new_store: NewStore
    ) -> None:
        seeker = await a_seeker(new_store)
        for _ in range(6):
            await queued(new_store, seeker)
        jobs = await claim(new_store, 6)
        stale = End(lease=Lease(jobs[5].id, jobs[5].run - 1), verb="bury", attempt=1, reason="refused")
        ends = [make(job) for make, job in zip(MAKERS, jobs, strict=False)]
        assert list(await settle(new_store, *ends, stale)) == [stale]
        async with new_store.store.transaction() as tx:
            assert await tx.jobs.waiting(seeker.user.id) == 4  # released, retried, snoozed and the one that still runs
        assert [job.id for job in await claim(new_store, 6)] == [jobs[1].id]

    async def test_no_ends_settle_to_nothing(self, new_store: NewStore) -> None:
        assert not await settle(new_store)

    async def test_a_result_and_its_jobs_end_are_both_or_neither(self, new_store: NewStore) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        job = await claim_one(new_store)
        end = End.succeeded(job, a_completed(analysis, new_store.now()))
        async with rolled_back(new_store) as tx:
            await tx.jobs.settle([end])
            await tx.analyses.record([end])
        async with new_store.store.transaction() as tx:
            assert (await tx.analyses.get(analysis.user_id, analysis.id)).state == "running"
            assert await tx.jobs.renew([job.lease], LEASE, MINUTE) == {job.id}
        assert not await settle(new_store, end)


async def _claimed_anew(new_store: NewStore) -> Job:
    """Let every lease lapse and claim the one job again."""
    await new_store.advance(2 * LEASE)
    async with new_store.store.transaction() as tx:
        assert (await tx.jobs.rescue(10)).requeued == 1
    await new_store.advance(MINUTE)
    return await claim_one(new_store)
