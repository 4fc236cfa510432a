"""What every store promises about analyses."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    MINUTE,
    NEWEST_FIRST,
    Seeker,
    a_completed,
    a_listing,
    a_seeker,
    a_stored_resume,
    an_analysis,
    ask,
    bury_next,
    claim_one,
    queued,
    settle,
    strangers_id,
    unknown_id,
    walk,
)
from jatify_core.analysis import Analysis, AnalysisId, Failure
from jatify_core.errors import NotFound
from jatify_core.job import End, Job, JobId
from jatify_core.listing import ListingId
from jatify_core.paging import Page, Sort, Window
from jatify_core.ports import Transaction
from jatify_core.resume import Resume


class AnalysesContract:
    """What every store promises about its analyses. Subclass it and provide `new_store`."""

    async def test_an_analysis_is_stored_with_its_own_job(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        for listing in (seeker.listing, None):
            analysis = an_analysis(resume, listing, new_store.now())
            async with new_store.store.transaction() as tx:
                job = await tx.jobs.enqueue(Job.for_analysis(analysis, 5))
                assert await tx.analyses.add_or_get(analysis, job) == analysis
            assert await _get(new_store, analysis) == analysis

    async def test_an_analysis_whose_job_lives_already_stands_for_a_second(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        first = await ask(new_store, resume, seeker.listing)
        await claim_one(new_store)
        second = await ask(new_store, resume, seeker.listing)
        assert (second.id, second.state) == (first.id, "running")

    async def test_an_analysis_that_is_missing_or_anothers_is_not_found(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        analysis = await queued(new_store, seeker)
        async with new_store.store.transaction() as tx:
            for user_id, analysis_id in (
                (strangers_id(), analysis.id),
                (seeker.user.id, AnalysisId(unknown_id())),
            ):
                with pytest.raises(NotFound):
                    await tx.analyses.get(user_id, analysis_id)
            with pytest.raises(NotFound):
                await tx.analyses.newest(strangers_id(), analysis.resume_id, analysis.listing_id)
            assert await _succeeded(tx, replace(analysis, user_id=strangers_id())) is None
            page = await tx.analyses.page(strangers_id(), analysis.resume_id, Window(NEWEST_FIRST))
            assert not page.items

    async def test_state_attempts_and_start_are_those_of_the_living_job(self, new_store: NewStore) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        job = await claim_one(new_store)
        running = await _get(new_store, analysis)
        assert (running.state, running.attempts, running.started_at) == ("running", 1, job.claimed_at)
        await settle(new_store, End.retried(job, "network", "It broke.", MINUTE))
        waiting = await _get(new_store, analysis)
        assert (waiting.state, waiting.attempts, waiting.started_at) == ("queued", 1, None)
        await new_store.advance(2 * MINUTE)
        await claim_one(new_store)
        assert (await _get(new_store, analysis)).attempts == 2

    async def test_a_result_is_recorded_with_its_provenance(self, new_store: NewStore) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        completed = replace(
            a_completed(analysis, new_store.now()), resume_hash="1" * 64, listing_hash="2" * 64, inputs_hash="3" * 64
        )
        await settle(new_store, End.succeeded(await claim_one(new_store), completed))
        stored = await _get(new_store, analysis)
        assert stored.finished_at is not None
        assert stored == replace(analysis.succeeded(completed, 1, stored.finished_at), stale=True)

    async def test_a_failure_is_recorded_with_its_reason(self, new_store: NewStore) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        await settle(new_store, End.buried(await claim_one(new_store), "refused", "It declined."))
        stored = await _get(new_store, analysis)
        assert (stored.state, stored.error, stored.attempts) == ("failed", Failure("refused", "It declined."), 1)
        assert stored.finished_at is not None
        assert stored.report is None

    async def test_an_end_that_is_none_yet_records_nothing(self, new_store: NewStore) -> None:
        analysis = await queued(new_store, await a_seeker(new_store))
        await settle(new_store, End.snoozed(await claim_one(new_store), "rate_limited", "Too much.", timedelta(0)))
        await settle(new_store, End.released(await claim_one(new_store)))
        assert await _get(new_store, analysis) == analysis

    async def test_an_analysis_that_was_cancelled_stays_so(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        cancelled = replace(an_analysis(resume, None, new_store.now()), state="cancelled")
        async with new_store.store.transaction() as tx:
            await tx.analyses.add_or_get(cancelled, await tx.jobs.enqueue(Job.for_analysis(cancelled, 5)))
        job = await claim_one(new_store)
        running = await _get(new_store, cancelled)
        await settle(new_store, End.succeeded(job, a_completed(cancelled, new_store.now())))
        ended = await _get(new_store, cancelled)
        assert [(a.state, a.report) for a in (running, ended)] == [("cancelled", None)] * 2

    async def test_ends_of_analyses_that_are_gone_record_nothing(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        analysis = an_analysis(await a_stored_resume(new_store, seeker), None, new_store.now())
        job = replace(Job.for_analysis(analysis, 5), id=JobId(unknown_id()))
        async with new_store.store.transaction() as tx:
            await tx.analyses.record([End.succeeded(job, a_completed(analysis, new_store.now()))])
            await tx.analyses.record([End.buried(job, "refused", "It declined.")])
            await tx.analyses.record([])

    async def test_only_failed_analyses_are_reopened(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        failed, done = await queued(new_store, seeker), await queued(new_store, seeker)
        await bury_next(new_store)
        completed = a_completed(done, new_store.now())
        await settle(new_store, End.succeeded(await claim_one(new_store), completed))
        async with new_store.store.transaction() as tx:
            await tx.analyses.reopen([failed.id, done.id])
        assert await _get(new_store, failed) == failed
        assert (await _get(new_store, done)).state == "succeeded"

    async def test_an_analysis_is_stale_while_its_listing_reads_otherwise(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        analysis = await queued(new_store, seeker)
        for description, stale in (("Something else.", True), (seeker.listing.description, False)):
            await _change_listing(new_store, seeker, description=description)
            assert (await _get(new_store, analysis)).stale is stale
        await _change_listing(new_store, seeker, url="https://example.org/other")
        assert (await _get(new_store, analysis)).stale is False

    async def test_the_newest_of_a_pair_is_the_one_asked_for_last(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        pair = [await _ended(new_store, resume, seeker, minutes) for minutes in (2, 3, 1)]
        review = await ask(new_store, resume, None)
        async with new_store.store.transaction() as tx:
            newest = await tx.analyses.newest(seeker.user.id, resume.id, seeker.listing.id)
            assert newest.id == pair[1].id
            assert (await tx.analyses.newest(seeker.user.id, resume.id, None)).id == review.id
            with pytest.raises(NotFound):
                await tx.analyses.newest(seeker.user.id, resume.id, ListingId(unknown_id()))

    async def test_a_resume_with_no_analysis_of_a_pair_has_no_newest(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        analysis = await queued(new_store, seeker)
        async with new_store.store.transaction() as tx:
            with pytest.raises(NotFound):
                await tx.analyses.newest(seeker.user.id, analysis.resume_id, None)

    async def test_a_success_is_found_again_by_its_inputs(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        newest = [await _ended(new_store, resume, seeker, minutes) for minutes in (1, 3, 2)][1]
        review = await ask(new_store, resume, None)
        other = await a_stored_resume(new_store, seeker)
        async with new_store.store.transaction() as tx:
            found = await _succeeded(tx, newest)
            assert found is not None
            assert (found.id, found.state) == (newest.id, "succeeded")
            assert await _succeeded(tx, review) is None
            assert await _succeeded(tx, replace(newest, resume_id=other.id)) is None

    async def test_a_success_against_another_listing_of_the_same_words_is_another_pairs(
        self, new_store: NewStore
    ) -> None:
        seeker = await a_seeker(new_store)
        twin = a_listing(seeker.user.id, new_store.now(), seeker.listing.draft)
        async with new_store.store.transaction() as tx:
            await tx.listings.add(twin)
        resume = await a_stored_resume(new_store, seeker)
        first = await _ended(new_store, resume, seeker, 1)
        async with new_store.store.transaction() as tx:
            assert await _succeeded(tx, replace(first, listing_id=twin.id)) is None
        second = await _ended(new_store, resume, replace(seeker, listing=twin), 2)
        assert first.inputs_hash == second.inputs_hash
        async with new_store.store.transaction() as tx:
            found = [await _succeeded(tx, one) for one in (first, second)]
        assert [one and one.id for one in found] == [first.id, second.id]

    @pytest.mark.parametrize("descending", [False, True])
    async def test_pages_hold_every_analysis_of_a_resume_once_in_order(
        self, new_store: NewStore, *, descending: bool
    ) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        rows = [await _ended(new_store, resume, seeker, minutes) for minutes in (1, 2, 2, 1, 3)]
        await queued(new_store, seeker)

        async def fetch(window: Window) -> Page[Analysis]:
            async with new_store.store.transaction() as tx:
                return await tx.analyses.page(seeker.user.id, resume.id, window)

        in_order = [row.id for row in sorted(rows, key=lambda row: (row.created_at, row.id), reverse=descending)]
        for limit in (1, 2, 5):
            assert [row.id for row in await walk(fetch, Sort("created_at", descending), limit)] == in_order


async def _succeeded(tx: Transaction, like: Analysis) -> Analysis | None:
    return await tx.analyses.succeeded(like.user_id, like.resume_id, like.listing_id, like.inputs_hash)


async def _get(new_store: NewStore, analysis: Analysis) -> Analysis:
    async with new_store.store.transaction() as tx:
        return await tx.analyses.get(analysis.user_id, analysis.id)


async def _ended(new_store: NewStore, resume: Resume, seeker: Seeker, minutes: int) -> Analysis:
    """An analysis of the pair that was asked for *minutes* after the resume came, and succeeded."""
    analysis = an_analysis(resume, seeker.listing, resume.created_at + minutes * MINUTE)
    async with new_store.store.transaction() as tx:
        await tx.analyses.add_or_get(analysis, await tx.jobs.enqueue(Job.for_analysis(analysis, 5)))
    await settle(new_store, End.succeeded(await claim_one(new_store), a_completed(analysis, new_store.now())))
    return analysis


async def _change_listing(new_store: NewStore, seeker: Seeker, **members: str | None) -> None:
    async with new_store.store.transaction() as tx:
        listing = await tx.listings.get(seeker.user.id, seeker.listing.id, lock=True)
        await tx.listings.save(listing.changed_to(replace(listing.draft, **members), new_store.now()))
