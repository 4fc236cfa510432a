"""What every store promises to operators, who see everybody's jobs and dead letters."""

from datetime import timedelta

import pytest

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    LEASE,
    MINUTE,
    Seeker,
    a_seeker,
    bury_next,
    claim_one,
    queued,
    settle,
    unknown_id,
    walk,
)
from jatify_core.dead_letter import BuriedJob, DeadLetterFilter, DeadLetterId
from jatify_core.errors import NotFound
from jatify_core.job import End, JobId, QueuedJob
from jatify_core.paging import Page, Sort, Window


class EverybodysContract:
    """What every store promises about the queue and the dead letters of all. Subclass it and provide `new_store`."""

    async def test_a_live_job_tells_whose_it_is_and_how_it_fares(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        analysis = await queued(new_store, seeker)
        (job,) = await _jobs(new_store)
        assert (job.id, job.user_id, job.kind) == (JobId(analysis.id), seeker.user.id, "analysis")
        assert (job.running, job.attempt, job.crashes, job.requeues, job.last_reason) == (False, 0, 0, 0, None)
        await settle(new_store, End.retried(await claim_one(new_store), "network", "It broke.", MINUTE))
        (retried,) = await _jobs(new_store)
        assert (retried.running, retried.attempt, retried.last_reason) == (False, 1, "network")
        assert timedelta(0) < retried.due_at - job.due_at
        await new_store.advance(2 * MINUTE)
        await claim_one(new_store)
        assert [(job.running, job.attempt) for job in await _jobs(new_store)] == [(True, 2)]
        await new_store.advance(2 * LEASE)
        async with new_store.store.transaction() as tx:
            await tx.jobs.rescue(1)
        assert [(job.crashes, job.last_reason) for job in await _jobs(new_store)] == [(1, "worker_lost")]

    @pytest.mark.parametrize("descending", [False, True])
    async def test_pages_hold_everybodys_jobs_once_in_order(self, new_store: NewStore, *, descending: bool) -> None:
        seekers = [await a_seeker(new_store) for _ in range(2)]
        ids = [(await queued(new_store, seekers[n % 2])).id for n in range(5)]
        for limit in (1, 2, 5):
            jobs = await walk(lambda window: _page(new_store, window), Sort("id", descending), limit)
            assert [job.id for job in jobs] == sorted(ids, reverse=descending)

    async def test_a_dead_letter_tells_whose_it_is_and_by_which_code(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        analysis = await queued(new_store, seeker)
        await bury_next(new_store)
        (letter,) = await _letters(new_store)
        assert (letter.job_id, letter.user_id, letter.kind) == (JobId(analysis.id), seeker.user.id, "analysis")
        assert (letter.reason, letter.attempts, letter.requeues) == ("refused", 1, 0)
        async with new_store.store.transaction() as tx:
            assert await tx.dead_letters.owner(letter.id) == seeker.user.id
            with pytest.raises(NotFound):
                await tx.dead_letters.owner(DeadLetterId(unknown_id()))

    @pytest.mark.parametrize("descending", [False, True])
    async def test_pages_hold_everybodys_letters_once_in_order(self, new_store: NewStore, *, descending: bool) -> None:
        seekers = [await a_seeker(new_store) for _ in range(2)]
        dead = [await _dead(new_store, seekers[n % 2]) for n in range(5)]
        for limit in (1, 2, 5):
            letters = await walk(lambda window: _letter_page(new_store, window), Sort("failed_at", descending), limit)
            assert [letter.job_id for letter in letters] == (dead[::-1] if descending else dead)

    async def test_a_filter_by_reason_finds_everybodys_letters_of_it(self, new_store: NewStore) -> None:
        await _dead(new_store, await a_seeker(new_store))
        assert len(await _letters(new_store, "refused")) == 1
        assert await _letters(new_store, "timeout") == []


async def _dead(new_store: NewStore, seeker: Seeker) -> JobId:
    analysis = await queued(new_store, seeker)
    await bury_next(new_store)
    await new_store.advance(MINUTE)
    return JobId(analysis.id)


async def _jobs(new_store: NewStore) -> list[QueuedJob]:
    return list((await _page(new_store, Window(Sort("id")))).items)


async def _page(new_store: NewStore, window: Window) -> Page[QueuedJob]:
    async with new_store.store.transaction() as tx:
        return await tx.jobs.everybodys(window)


async def _letters(new_store: NewStore, reason: str | None = None) -> list[BuriedJob]:
    async with new_store.store.transaction() as tx:
        where = DeadLetterFilter(Window(Sort("failed_at")), reason)
        return list((await tx.dead_letters.everybodys(where)).items)


async def _letter_page(new_store: NewStore, window: Window) -> Page[BuriedJob]:
    async with new_store.store.transaction() as tx:
        return await tx.dead_letters.everybodys(DeadLetterFilter(window))
