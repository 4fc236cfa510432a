"""What every store promises about dead letters."""

import anyio
import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    LEASE,
    MINUTE,
    NEWEST_LETTERS,
    Seeker,
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
    walk,
)
from jatify_core.analysis import Analysis
from jatify_core.dead_letter import DeadLetter, DeadLetterFilter, DeadLetterId, Requeued, Selection, Skipped
from jatify_core.errors import NotFound
from jatify_core.job import End
from jatify_core.paging import Page, Sort, Window
from jatify_core.user import UserId


class DeadLettersContract:
    """What every store promises about its dead letters. Subclass it and provide `new_store`."""

    async def test_a_dead_letter_tells_what_failed_and_why(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        analysis = await queued(new_store, seeker, name="For engines")
        await settle(new_store, End.retried(await claim_one(new_store), "network", "It broke.", MINUTE))
        await new_store.advance(2 * MINUTE)
        await settle(new_store, End.buried(await claim_one(new_store), "refused", "It declined."))
        (letter,) = await _letters(new_store, seeker.user.id)
        assert (letter.user_id, letter.analysis_id) == (seeker.user.id, analysis.id)
        assert (letter.resume_id, letter.resume_name) == (analysis.resume_id, "For engines")
        assert letter.listing_id == seeker.listing.id
        assert (letter.company, letter.position) == (seeker.listing.company, seeker.listing.position)
        assert (letter.reason, letter.message) == ("refused", "It declined.")
        assert (letter.attempts, letter.requeues) == (2, 0)
        errors = [(error.attempt, error.reason, error.message) for error in letter.errors]
        assert errors == [(1, "network", "It broke."), (2, "refused", "It declined.")]

    async def test_a_dead_letter_of_a_review_names_no_listing(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await ask(new_store, await a_stored_resume(new_store, seeker), None)
        await bury_next(new_store)
        (letter,) = await _letters(new_store, seeker.user.id)
        assert (letter.listing_id, letter.company, letter.position) == (None, None, None)

    async def test_a_dead_letter_that_is_missing_or_anothers_is_not_found(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await _dead(new_store, seeker)
        (letter,) = await _letters(new_store, seeker.user.id)
        async with new_store.store.transaction() as tx:
            for user_id, letter_id in ((strangers_id(), letter.id), (seeker.user.id, DeadLetterId(unknown_id()))):
                with pytest.raises(NotFound):
                    await tx.dead_letters.remove(user_id, letter_id)
        assert await _letters(new_store, strangers_id()) == []

    async def test_a_requeued_letter_is_a_job_again_with_fresh_attempts(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        analysis = await queued(new_store, seeker)
        await settle(new_store, End.snoozed(await claim_one(new_store), "rate_limited", "Too much.", MINUTE))
        await new_store.advance(2 * MINUTE)
        await claim_one(new_store)
        await new_store.advance(2 * LEASE)
        async with new_store.store.transaction() as tx:
            assert (await tx.jobs.rescue(1)).requeued == 1
        await new_store.advance(MINUTE)
        before = await bury_next(new_store)
        assert (before.attempt, before.crashes, before.snoozes) == (2, 1, 1)
        (letter,) = await _letters(new_store, seeker.user.id)
        assert await _requeue(new_store, seeker, Selection((letter.id,))) == Requeued((letter.id,), (analysis.id,))
        assert await _letters(new_store, seeker.user.id) == []
        job = await claim_one(new_store)
        assert (job.id, job.kind, job.dedup_key) == (before.id, before.kind, before.dedup_key)
        assert (job.attempt, job.crashes, job.snoozes, job.requeues) == (1, 0, 0, 1)
        assert (job.run, job.max_attempts) == (before.run + 1, before.max_attempts)
        assert job.enqueued_at == before.enqueued_at
        assert job.errors == letter.errors

    async def test_a_letter_requeued_twice_counts_it(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await queued(new_store, seeker)
        for requeues in range(3):
            await bury_next(new_store)
            (letter,) = await _letters(new_store, seeker.user.id)
            assert letter.requeues == requeues
            await _requeue(new_store, seeker, Selection())

    async def test_a_requeue_reopens_the_analysis(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        analysis = await _dead(new_store, seeker)
        await _requeue(new_store, seeker, Selection())
        async with new_store.store.transaction() as tx:
            assert await tx.analyses.get(seeker.user.id, analysis.id) == analysis

    async def test_letters_are_requeued_oldest_failure_first(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        dead = [await _dead(new_store, seeker) for _ in range(3)]
        newest_first = await _letters(new_store, seeker.user.id)
        requeued = await _requeue(new_store, seeker, Selection(tuple(letter.id for letter in newest_first)))
        assert list(requeued.analyses) == [analysis.id for analysis in dead]
        assert list(requeued.ids) == [letter.id for letter in reversed(newest_first)]
        assert [job.id for job in await claim(new_store, 10)] == [analysis.id for analysis in dead]

    async def test_a_requeue_of_all_takes_one_users_letters(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        dead = [await _dead(new_store, who) for who in (seeker, other, seeker)]
        requeued = await _requeue(new_store, seeker, Selection())
        assert list(requeued.analyses) == [dead[0].id, dead[2].id]
        assert requeued.skipped == ()
        assert [letter.analysis_id for letter in await _letters(new_store, other.user.id)] == [dead[1].id]

    async def test_a_requeue_by_reason_takes_those_alone(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await queued(new_store, seeker)
        await bury_next(new_store, "invalid_output")
        kept = await _dead(new_store, seeker)
        requeued = await _requeue(new_store, seeker, Selection(reason="invalid_output"))
        assert len(requeued.ids) == 1
        assert [letter.analysis_id for letter in await _letters(new_store, seeker.user.id)] == [kept.id]

    async def test_a_requeue_with_a_limit_takes_the_oldest_and_skips_the_rest(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        for _ in range(3):
            await _dead(new_store, seeker)
        newest, middle, oldest = [letter.id for letter in await _letters(new_store, seeker.user.id)]
        unknown = DeadLetterId(unknown_id())
        selection = Selection((unknown, newest, middle, oldest))
        async with new_store.store.transaction() as tx:
            assert (await tx.dead_letters.requeue(seeker.user.id, selection, 0)).ids == ()
            requeued = await tx.dead_letters.requeue(seeker.user.id, selection, 1)
        assert requeued.ids == (oldest,)
        left = {Skipped(newest, "over_limit"), Skipped(middle, "over_limit"), Skipped(unknown, "not_found")}
        assert set(requeued.skipped) == left
        assert [letter.id for letter in await _letters(new_store, seeker.user.id)] == [newest, middle]

    async def test_a_requeue_of_nothing_does_nothing(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await _dead(new_store, seeker)
        assert await _requeue(new_store, seeker, Selection(ids=())) == Requeued()
        assert await _requeue(new_store, seeker, Selection(reason="timeout")) == Requeued()
        assert len(await _letters(new_store, seeker.user.id)) == 1

    async def test_unknown_and_foreign_letters_are_skipped_alike(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        mine = await _dead(new_store, seeker)
        await _dead(new_store, other)
        (own,), (foreign,) = await _letters(new_store, seeker.user.id), await _letters(new_store, other.user.id)
        unknown = DeadLetterId(unknown_id())
        requeued = await _requeue(new_store, seeker, Selection((unknown, own.id, foreign.id)))
        assert (requeued.ids, requeued.analyses) == ((own.id,), (mine.id,))
        assert set(requeued.skipped) == {Skipped(unknown, "not_found"), Skipped(foreign.id, "not_found")}
        assert await _letters(new_store, other.user.id) == [foreign]

    async def test_a_letter_requeued_before_is_not_found_again(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await _dead(new_store, seeker)
        (letter,) = await _letters(new_store, seeker.user.id)
        await _requeue(new_store, seeker, Selection((letter.id,)))
        again = await _requeue(new_store, seeker, Selection((letter.id,)))
        assert again == Requeued(skipped=(Skipped(letter.id, "not_found"),))
        assert len(await claim(new_store, 10)) == 1

    async def test_of_requeues_at_once_one_gives_a_letter_its_life(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await _dead(new_store, seeker)
        (letter,) = await _letters(new_store, seeker.user.id)
        requeued: list[DeadLetterId] = []

        async def requeue() -> None:
            requeued.extend((await _requeue(new_store, seeker, Selection((letter.id,)))).ids)

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(requeue)
        assert requeued == [letter.id]
        assert len(await claim(new_store, 10)) == 1

    async def test_a_letter_whose_pair_lives_again_stays(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        for _ in range(2):
            await ask(new_store, resume, None)
            await bury_next(new_store)
            await new_store.advance(MINUTE)
        second, first = await _letters(new_store, seeker.user.id)
        requeued = await _requeue(new_store, seeker, Selection())
        assert (requeued.ids, requeued.skipped) == ((first.id,), (Skipped(second.id, "already_live"),))
        assert [letter.id for letter in await _letters(new_store, seeker.user.id)] == [second.id]
        await settle(new_store, End.succeeded(await claim_one(new_store)))
        assert (await _requeue(new_store, seeker, Selection((second.id,)))).ids == (second.id,)

    async def test_a_requeue_rolls_back_with_its_transaction(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await _dead(new_store, seeker)
        async with rolled_back(new_store) as tx:
            assert len((await tx.dead_letters.requeue(seeker.user.id, Selection())).ids) == 1
        assert len(await _letters(new_store, seeker.user.id)) == 1
        assert not await claim(new_store)

    async def test_a_removed_letter_is_gone_and_its_analysis_stays_failed(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        analysis = await _dead(new_store, seeker)
        (letter,) = await _letters(new_store, seeker.user.id)
        async with new_store.store.transaction() as tx:
            await tx.dead_letters.remove(seeker.user.id, letter.id)
        async with new_store.store.transaction() as tx:
            assert (await tx.analyses.get(seeker.user.id, analysis.id)).state == "failed"
            with pytest.raises(NotFound):
                await tx.dead_letters.remove(seeker.user.id, letter.id)
        assert (await _requeue(new_store, seeker, Selection())).ids == ()

    async def test_a_filter_by_reason_finds_those_alone(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await _dead(new_store, seeker)
        async with new_store.store.transaction() as tx:
            for reason, found in (("refused", 1), ("timeout", 0)):
                where = replace(NEWEST_LETTERS, reason=reason)
                assert len((await tx.dead_letters.page(seeker.user.id, where)).items) == found

    @pytest.mark.parametrize("descending", [False, True])
    async def test_pages_hold_every_letter_once_in_order(self, new_store: NewStore, *, descending: bool) -> None:
        seeker = await a_seeker(new_store)
        dead = [(await _dead(new_store, seeker)).id for _ in range(5)]

        async def fetch(window: Window) -> Page[DeadLetter]:
            async with new_store.store.transaction() as tx:
                return await tx.dead_letters.page(seeker.user.id, DeadLetterFilter(window))

        in_order = dead[::-1] if descending else dead
        for limit in (1, 2, 5):
            letters = await walk(fetch, Sort("failed_at", descending), limit)
            assert [letter.analysis_id for letter in letters] == in_order


async def _dead(new_store: NewStore, seeker: Seeker) -> Analysis:
    """An analysis, as it was asked for, whose job is a dead letter now; each failed later than the one before."""
    analysis = await queued(new_store, seeker)
    await bury_next(new_store)
    await new_store.advance(MINUTE)
    return analysis


async def _letters(new_store: NewStore, user_id: UserId) -> list[DeadLetter]:
    async with new_store.store.transaction() as tx:
        return list((await tx.dead_letters.page(user_id, NEWEST_LETTERS)).items)


async def _requeue(new_store: NewStore, seeker: Seeker, selection: Selection) -> Requeued:
    async with new_store.store.transaction() as tx:
        requeued = await tx.dead_letters.requeue(seeker.user.id, selection)
        await tx.analyses.reopen(requeued.analyses)
    return requeued
