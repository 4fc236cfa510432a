"""What every store promises about pauses: a kind that nobody claims, except one probe at a time."""

from datetime import timedelta

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import LEASE, MINUTE, a_seeker, claim, queued, rolled_back
from jatify_core.job import ANALYSIS, Job, Rescued


class PausesContract:
    """What every store promises about paused kinds. Subclass it and provide `new_store`."""

    async def test_nothing_of_a_paused_kind_is_claimed(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await queued(new_store, seeker)
        other = await queued(new_store, seeker, kind="other")
        await _pause(new_store)
        assert [job.id for job in await claim(new_store, 10, [ANALYSIS, "other"])] == [other.id]

    async def test_nothing_of_a_paused_kind_is_due(self, new_store: NewStore) -> None:
        await queued(new_store, await a_seeker(new_store))
        await _pause(new_store)
        async with new_store.store.transaction() as tx:
            assert await tx.jobs.next_due([ANALYSIS, "other"]) is None
            await tx.jobs.resume(ANALYSIS)
            assert await tx.jobs.next_due([ANALYSIS, "other"]) == timedelta(0)

    async def test_a_resumed_kind_is_claimed_again(self, new_store: NewStore) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        await _pause(new_store)
        async with new_store.store.transaction() as tx:
            await tx.jobs.resume(ANALYSIS)
            assert not await tx.jobs.pauses()
        assert [job.id for job in await claim(new_store)] == [analysis.id]

    async def test_resuming_what_is_not_paused_changes_nothing(self, new_store: NewStore) -> None:
        await _pause(new_store)
        async with new_store.store.transaction() as tx:
            await tx.jobs.resume("other")
            assert [pause.kind for pause in await tx.jobs.pauses()] == [ANALYSIS]

    async def test_a_pause_tells_why_and_since_when(self, new_store: NewStore) -> None:
        await _pause(new_store)
        async with new_store.store.transaction() as tx:
            (pause,) = await tx.jobs.pauses()
        assert (pause.kind, pause.reason, pause.message) == (ANALYSIS, "insufficient_credits", "The account is empty.")
        assert (pause.probes, pause.probe_at - pause.since) == (0, MINUTE)

    async def test_a_kind_paused_anew_keeps_its_since(self, new_store: NewStore) -> None:
        await _pause(new_store)
        await new_store.advance(MINUTE)
        async with new_store.store.transaction() as tx:
            (first,) = await tx.jobs.pauses()
            await tx.jobs.pause(ANALYSIS, "unauthorized", "The key is wrong.", 1, 2 * MINUTE)
            (second,) = await tx.jobs.pauses()
        assert second.since == first.since
        assert (second.reason, second.message, second.probes) == ("unauthorized", "The key is wrong.", 1)
        assert second.probe_at > first.probe_at

    async def test_a_kind_is_probed_when_its_probe_is_due_and_by_one_worker_alone(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        first, second = await queued(new_store, seeker), await queued(new_store, seeker)
        await _pause(new_store)
        assert await _probe(new_store) is None
        await new_store.advance(2 * MINUTE)
        job = await _probe(new_store)
        assert job is not None
        assert job.id == first.id
        assert (job.attempt, job.run) == (1, 1)
        assert await _probe(new_store) is None
        await new_store.advance(2 * MINUTE)
        again = await _probe(new_store)
        assert again is not None
        assert again.id == second.id

    async def test_a_probe_whose_worker_is_lost_is_taken_back(self, new_store: NewStore) -> None:
        await queued(new_store, await a_seeker(new_store))
        await _pause(new_store)
        await new_store.advance(2 * MINUTE)
        assert await _probe(new_store)
        await new_store.advance(2 * LEASE)
        async with new_store.store.transaction() as tx:
            assert await tx.jobs.rescue(100) == Rescued(requeued=1)

    async def test_a_probe_without_a_job_that_is_due_is_not_used_up(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await _pause(new_store)
        await queued(new_store, seeker, kind="other")
        await new_store.advance(2 * MINUTE)
        assert await _probe(new_store) is None
        await queued(new_store, seeker)
        assert await _probe(new_store) is not None

    async def test_a_kind_that_is_not_paused_is_not_probed(self, new_store: NewStore) -> None:
        await queued(new_store, await a_seeker(new_store))
        assert await _probe(new_store) is None

    async def test_a_pause_rolls_back_with_its_transaction(self, new_store: NewStore) -> None:
        async with rolled_back(new_store) as tx:
            await tx.jobs.pause(ANALYSIS, "unauthorized", "The key is wrong.", 0, MINUTE)
        async with new_store.store.transaction() as tx:
            assert not await tx.jobs.pauses()


async def _pause(new_store: NewStore) -> None:
    async with new_store.store.transaction() as tx:
        await tx.jobs.pause(ANALYSIS, "insufficient_credits", "The account is empty.", 0, MINUTE)


async def _probe(new_store: NewStore) -> Job | None:
    async with new_store.store.transaction() as tx:
        return await tx.jobs.probe(ANALYSIS, LEASE, "worker", MINUTE)
