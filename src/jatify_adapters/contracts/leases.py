"""What every store promises about leases: they are renewed while held, and rescued when they lapse."""

from uuid import uuid4

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    LEASE,
    MINUTE,
    NEWEST_LETTERS,
    a_seeker,
    claim,
    claim_one,
    queued,
    settle,
)
from jatify_core.analysis import AnalysisId
from jatify_core.job import ANALYSIS, SUSPECT_CRASHES, End, Job, JobId, Lease, Rescued


class LeasesContract:
    """What every store promises about leases. Subclass it and provide `new_store`."""

    async def test_a_renewed_lease_outlives_its_first_end(self, new_store: NewStore) -> None:
        await queued(new_store, await a_seeker(new_store))
        job = await claim_one(new_store)
        for _ in range(3):
            await new_store.advance(LEASE * 2 / 3)
            async with new_store.store.transaction() as tx:
                assert await tx.jobs.renew([job.lease], LEASE, 10 * MINUTE) == {job.id}
        assert await _rescue(new_store) == Rescued()

    async def test_only_leases_still_held_are_renewed(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        for _ in range(3):
            await queued(new_store, seeker)
        held, ended, released = await claim(new_store, 3)
        await settle(new_store, End.succeeded(ended), End.released(released))
        unknown = Lease(JobId(uuid4()), 1)
        stale = Lease(held.id, held.run + 1)
        async with new_store.store.transaction() as tx:
            leases = [stale, unknown, ended.lease, released.lease]
            assert await tx.jobs.renew(leases, LEASE, 10 * MINUTE) == set()
            assert await tx.jobs.renew([*leases, held.lease], LEASE, 10 * MINUTE) == {held.id}
            assert await tx.jobs.renew([], LEASE, 10 * MINUTE) == set()

    async def test_a_job_that_ran_longer_than_the_limit_is_left_to_lapse(self, new_store: NewStore) -> None:
        await queued(new_store, await a_seeker(new_store))
        job = await claim_one(new_store)
        await new_store.advance(LEASE * 2 / 3)
        async with new_store.store.transaction() as tx:
            assert await tx.jobs.renew([job.lease], LEASE, LEASE / 3) == set()
        await new_store.advance(LEASE * 2 / 3)
        assert (await _rescue(new_store)).requeued == 1

    async def test_a_lease_counts_until_the_job_is_taken_back(self, new_store: NewStore) -> None:
        await queued(new_store, await a_seeker(new_store))
        job = await claim_one(new_store)
        await new_store.advance(2 * LEASE)
        assert not await claim(new_store)
        assert not await settle(new_store, End.succeeded(job))

    async def test_a_rescue_takes_back_lapsed_jobs_alone(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        for _ in range(3):
            await queued(new_store, seeker)
        lapsed = await claim_one(new_store)
        await new_store.advance(LEASE * 2 / 3)
        running = await claim_one(new_store)
        await new_store.advance(LEASE * 2 / 3)
        assert await _rescue(new_store) == Rescued(requeued=1)
        async with new_store.store.transaction() as tx:
            assert await tx.jobs.renew([lapsed.lease, running.lease], LEASE, 10 * MINUTE) == {running.id}

    async def test_a_rescue_takes_no_more_than_its_limit(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        for _ in range(3):
            await queued(new_store, seeker)
        await claim(new_store, 3)
        await new_store.advance(2 * LEASE)
        assert [(await _rescue(new_store, 2)).requeued for _ in range(3)] == [2, 1, 0]

    async def test_a_rescued_job_is_due_at_once_the_first_time_with_its_crash_on_record(
        self, new_store: NewStore
    ) -> None:
        await queued(new_store, await a_seeker(new_store))
        await claim_one(new_store)
        await new_store.advance(2 * LEASE)
        await _rescue(new_store)
        again = await claim_one(new_store)
        assert (again.attempt, again.run, again.crashes) == (2, 2, 1)
        await new_store.advance(2 * LEASE)
        await _rescue(new_store)
        assert not await claim(new_store)  # the second crash of the same job looks like the job's own doing
        assert [(error.attempt, error.reason) for error in again.errors] == [(1, "worker_lost")]

    async def test_a_rescued_job_keeps_its_place(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        first, second = await queued(new_store, seeker), await queued(new_store, seeker)
        await claim_one(new_store)
        await new_store.advance(2 * LEASE)
        await _rescue(new_store)
        await new_store.advance(MINUTE)
        assert [job.id for job in await claim(new_store, 2)] == [first.id, second.id]

    async def test_the_third_crash_makes_a_dead_letter(self, new_store: NewStore) -> None:
        await queued(new_store, await a_seeker(new_store))
        await _make_suspect(new_store)
        suspect = await _claim_suspect(new_store)
        assert suspect
        await new_store.advance(2 * LEASE)
        await _assert_lost(new_store, suspect)

    async def test_a_suspect_is_claimed_by_whoever_asks_for_suspects_and_by_nobody_else(
        self, new_store: NewStore
    ) -> None:
        seeker = await a_seeker(new_store)
        suspect = await queued(new_store, seeker)
        await _make_suspect(new_store)
        innocent = await queued(new_store, seeker)
        assert [job.id for job in await claim(new_store, 2)] == [innocent.id]
        async with new_store.store.transaction() as tx:
            assert await tx.jobs.next_due([ANALYSIS]) is None
        claimed = await _claim_suspect(new_store)
        assert claimed
        assert (claimed.id, claimed.crashes, claimed.is_suspect) == (JobId(suspect.id), SUSPECT_CRASHES, True)
        assert await _claim_suspect(new_store) is None
        assert not await settle(new_store, End.succeeded(claimed))

    async def test_a_suspect_of_a_paused_kind_waits(self, new_store: NewStore) -> None:
        await queued(new_store, await a_seeker(new_store))
        await _make_suspect(new_store)
        async with new_store.store.transaction() as tx:
            await tx.jobs.pause(ANALYSIS, "unauthorized", "The key is wrong.", 0, MINUTE)
        assert await _claim_suspect(new_store) is None

    async def test_a_crash_on_the_last_attempt_makes_a_dead_letter(self, new_store: NewStore) -> None:
        await queued(new_store, await a_seeker(new_store), max_attempts=1)
        await _assert_lost(new_store, await _crash(new_store))

    async def test_a_worker_whose_job_was_buried_meanwhile_records_nothing(self, new_store: NewStore) -> None:
        await queued(new_store, await a_seeker(new_store), max_attempts=1)
        job = await _crash(new_store)
        await _rescue(new_store)
        end = End.succeeded(job)
        assert list(await settle(new_store, end)) == [end]


async def _crash(new_store: NewStore) -> Job:
    """Claim the one job and never come back."""
    job = await claim_one(new_store)
    await new_store.advance(2 * LEASE)
    return job


async def _make_suspect(new_store: NewStore) -> None:
    """Let the one job crash until one more crash would bury it."""
    for crashes in range(SUSPECT_CRASHES):
        assert (await _crash(new_store)).crashes == crashes
        assert (await _rescue(new_store)).requeued == 1
        await new_store.advance(MINUTE)


async def _claim_suspect(new_store: NewStore) -> Job | None:
    async with new_store.store.transaction() as tx:
        return await tx.jobs.claim_suspect([ANALYSIS], LEASE, "worker")


async def _rescue(new_store: NewStore, limit: int = 100) -> Rescued:
    async with new_store.store.transaction() as tx:
        rescued = await tx.jobs.rescue(limit)
        await tx.analyses.record(rescued.buried)
    return rescued


async def _assert_lost(new_store: NewStore, job: Job) -> None:
    """Rescue finds *job* crashed too often: its analysis fails, its letter says why, and it is no job any more."""
    rescued = await _rescue(new_store)
    assert rescued.requeued == 0
    assert [(end.lease, end.verb, end.reason, end.attempt) for end in rescued.buried] == [
        (job.lease, "bury", "worker_lost", job.attempt)
    ]
    await new_store.advance(10 * MINUTE)
    assert not await claim(new_store)
    async with new_store.store.transaction() as tx:
        analysis = await tx.analyses.get(job.user_id, AnalysisId(job.id))
        (letter,) = (await tx.dead_letters.page(job.user_id, NEWEST_LETTERS)).items
    assert (analysis.state, analysis.attempts) == ("failed", job.attempt)
    assert analysis.error is not None
    assert (analysis.error.code, letter.reason, letter.analysis_id) == ("worker_lost", "worker_lost", analysis.id)
    assert letter.errors[-1].reason == "worker_lost"
