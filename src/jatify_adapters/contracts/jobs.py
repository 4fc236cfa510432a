"""What every store promises about the queue's intake: enqueue, order, claim, and what is due."""

from datetime import timedelta
from typing import cast

import anyio
import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    LEASE,
    MINUTE,
    a_seeker,
    a_stored_resume,
    an_analysis,
    ask,
    claim,
    claim_one,
    queued,
    rolled_back,
    settle,
    strangers_id,
    with_kind,
)
from jatify_core.analysis import Analysis
from jatify_core.job import ANALYSIS, End, Job


class JobsContract:
    """What every store promises about its jobs. Subclass it and provide `new_store`."""

    async def test_an_enqueued_job_is_claimed_as_it_was_given(self, new_store: NewStore) -> None:
        analysis = await queued(new_store, await a_seeker(new_store), max_attempts=7)
        job = await claim_one(new_store)
        assert job.id == analysis.id
        assert (job.user_id, job.kind) == (analysis.user_id, ANALYSIS)
        assert (job.max_attempts, job.errors, job.payload) == (7, (), {})
        assert (job.attempt, job.run, job.crashes, job.snoozes, job.requeues) == (1, 1, 0, 0, 0)
        assert job.claimed_at is not None

    async def test_an_enqueue_rolls_back_with_its_transaction(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        analysis = an_analysis(resume, seeker.listing, new_store.now())
        async with rolled_back(new_store) as tx:
            await tx.analyses.add_or_get(analysis, await tx.jobs.enqueue(Job.for_analysis(analysis, 5)))
        async with new_store.store.transaction() as tx:
            assert await tx.jobs.waiting(seeker.user.id) == 0
        assert not await claim(new_store)

    async def test_what_is_done_to_a_payload_outside_does_not_reach_the_store(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        analysis = an_analysis(resume, None, new_store.now())
        payload = {"nonce": "1"}
        async with new_store.store.transaction() as tx:
            job = await tx.jobs.enqueue(replace(Job.for_analysis(analysis, 5), payload=payload))
            await tx.analyses.add_or_get(analysis, job)
        payload["nonce"] = "2"
        first = await claim_one(new_store)
        assert first.payload == {"nonce": "1"}
        cast("dict[str, str]", first.payload)["nonce"] = "3"
        await settle(new_store, End.released(first))
        assert (await claim_one(new_store)).payload == {"nonce": "1"}

    async def test_a_live_job_with_the_same_key_stands_for_a_second(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        first = await ask(new_store, resume, seeker.listing)
        assert (await ask(new_store, resume, seeker.listing)).id == first.id
        assert [job.id for job in await claim(new_store, 10)] == [first.id]
        assert (await ask(new_store, resume, seeker.listing)).id == first.id
        assert not await claim(new_store, 10)

    async def test_of_enqueues_at_once_with_the_same_key_one_adds_a_job(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        asked: list[Analysis] = []

        async def enqueue() -> None:
            asked.append(await ask(new_store, resume, seeker.listing))

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(enqueue)
        (job,) = await claim(new_store, 10)
        assert {analysis.id for analysis in asked} == {job.id}

    async def test_a_key_is_free_again_once_its_job_is_gone(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        first = await ask(new_store, resume, None)
        await settle(new_store, End.succeeded(await claim_one(new_store)))
        second = await ask(new_store, resume, None)
        assert second.id != first.id
        assert (await claim_one(new_store)).id == second.id

    async def test_jobs_without_a_key_are_never_taken_for_one(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        for _ in range(2):
            analysis = an_analysis(resume, None, new_store.now())
            async with new_store.store.transaction() as tx:
                job = await tx.jobs.enqueue(replace(Job.for_analysis(analysis, 5), dedup_key=None))
                await tx.analyses.add_or_get(analysis, job)
        assert len(await claim(new_store, 10)) == 2

    async def test_jobs_are_claimed_first_in_first_out(self, new_store: NewStore) -> None:
        ada, grace = await a_seeker(new_store), await a_seeker(new_store)
        asked = [(await queued(new_store, seeker)).id for seeker in (ada, ada, grace, ada, grace)]
        claimed = [job.id for job in await claim(new_store, 3)]
        claimed += [job.id for job in await claim(new_store, 3)]
        assert claimed == asked

    async def test_jobs_of_one_transaction_are_claimed_in_the_order_of_their_enqueues(
        self, new_store: NewStore
    ) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        analyses = [an_analysis(resume, None, new_store.now()) for _ in range(5)]
        async with new_store.store.transaction() as tx:
            for analysis in analyses:
                job = await tx.jobs.enqueue(replace(Job.for_analysis(analysis, 5), dedup_key=None))
                await tx.analyses.add_or_get(analysis, job)
        assert [job.id for job in await claim(new_store, 5)] == [analysis.id for analysis in analyses]

    @pytest.mark.parametrize("limit", [0, 1, 2, 5])
    async def test_a_claim_takes_no_more_than_its_limit(self, new_store: NewStore, limit: int) -> None:
        seeker = await a_seeker(new_store)
        for _ in range(3):
            await queued(new_store, seeker)
        assert len(await claim(new_store, limit)) == min(limit, 3)

    async def test_a_claim_takes_only_the_kinds_it_names(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await queued(new_store, seeker, kind="other")
        wanted = await queued(new_store, seeker)
        assert [job.id for job in await claim(new_store, 10)] == [wanted.id]
        assert not await claim(new_store, 10, kinds=[])
        assert [job.kind for job in await claim(new_store, 10, kinds=["other", "third"])] == ["other"]

    async def test_a_claim_rolls_back_with_its_transaction(self, new_store: NewStore) -> None:
        await queued(new_store, await a_seeker(new_store))
        async with rolled_back(new_store) as tx:
            assert len(await tx.jobs.claim([ANALYSIS], 1, LEASE, "worker")) == 1
        assert (await claim_one(new_store)).attempt == 1

    async def test_workers_that_claim_at_once_share_the_jobs_out(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        asked = {(await queued(new_store, seeker)).id for _ in range(12)}
        claimed: list[Job] = []

        async def work() -> None:
            while jobs := await claim(new_store, 2):
                claimed.extend(jobs)

        async with anyio.create_task_group() as workers:
            for _ in range(4):
                workers.start_soon(work)
        assert len(claimed) == len(asked)
        assert {job.id for job in claimed} == asked

    async def test_waiting_counts_what_waits_and_what_runs_of_one_user(self, new_store: NewStore) -> None:
        ada, grace = await a_seeker(new_store), await a_seeker(new_store)
        for seeker in (ada, ada, ada, grace):
            await queued(new_store, seeker)
        job = (await claim(new_store, 2))[0]
        await settle(new_store, End.succeeded(job))
        async with new_store.store.transaction() as tx:
            assert await tx.jobs.waiting(ada.user.id) == 2
            assert await tx.jobs.waiting(grace.user.id) == 1
            assert await tx.jobs.waiting(strangers_id()) == 0

    async def test_next_due_tells_how_long_until_something_is_due(self, new_store: NewStore) -> None:
        async def next_due() -> timedelta | None:
            async with new_store.store.transaction() as tx:
                return await tx.jobs.next_due([ANALYSIS])

        seeker = await a_seeker(new_store)
        await queued(new_store, seeker, kind="other")
        assert await next_due() is None
        await queued(new_store, seeker)
        assert await next_due() == timedelta(0)
        await queued(new_store, seeker)
        first, second = await claim(new_store, 2)
        assert await next_due() is None
        await settle(new_store, End.retried(first, "network", "It broke.", 10 * MINUTE))
        await settle(new_store, End.retried(second, "network", "It broke.", MINUTE))
        due = await next_due()
        assert due is not None
        assert MINUTE / 2 < due <= MINUTE
        await new_store.advance(2 * MINUTE)
        assert await next_due() == timedelta(0)

    async def test_an_enqueue_returns_the_job_that_lives(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        first, second = (an_analysis(resume, None, new_store.now()) for _ in range(2))
        async with new_store.store.transaction() as tx:
            job = await tx.jobs.enqueue(with_kind(Job.for_analysis(first, 5), ANALYSIS))
            await tx.analyses.add_or_get(first, job)
            assert job.id == first.id
            assert (job.attempt, job.run) == (0, 0)
            assert (await tx.jobs.enqueue(Job.for_analysis(second, 5))).id == first.id
