"""What every store promises about the histories of applications, what they remember of resumes, and restoring."""

from datetime import date, timedelta

from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    MINUTE,
    Seeker,
    a_completed,
    a_listing,
    a_seeker,
    a_step,
    a_stored_resume,
    an_application,
    ask,
    claim_one,
    first_step,
    settle,
    strangers_id,
    unknown_id,
)
from jatify_core.application import Application, ApplicationId, ResumeCopy, ResumeLink, SentResume
from jatify_core.history import told
from jatify_core.job import End


class HistoriesContract:
    """What every store promises about histories. Subclass it and provide `new_store`."""

    async def test_steps_stay_in_the_order_in_which_they_were_taken_whatever_was_claimed(
        self, new_store: NewStore
    ) -> None:
        application = await _stored(new_store, await a_seeker(new_store))
        late, early = (
            a_step(application, "applied", application.created_at + gap, note)
            for gap, note in ((timedelta(days=2), "late"), (timedelta(days=1), "early"))
        )
        for step in (late, early):
            async with new_store.store.transaction() as tx:
                current = await tx.applications.get(application.user_id, application.id, lock=True)
                await tx.applications.save(replace(current, status_id=step.status_id), step)
        history = (await _get(new_store, application)).history
        assert history == told([first_step(application), late, early])
        assert [step.note for step in history] == ["found it", "late", "early"]
        assert [step.at for step in history] == [application.created_at, early.claimed_at, early.claimed_at]

    async def test_a_history_that_is_retold_is_the_new_one_in_its_order(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        application = await _stored(new_store, seeker)
        other = await _stored(new_store, seeker)
        at = application.created_at
        copy = ResumeCopy.of(await a_stored_resume(new_store, seeker))
        steps = [
            replace(a_step(application, "applied", at + 2 * MINUTE), resume=copy, dated=date(2026, 11, 3)),
            first_step(application),
            a_step(application, "offer", at + MINUTE, "at last"),
        ]
        sent = SentResume(copy, at)
        changed = replace(application, status_id=steps[-1].status_id, version=2, history=told(steps), sent_resume=sent)
        async with new_store.store.transaction() as tx:
            await tx.applications.get(application.user_id, application.id, lock=True)
            await tx.applications.retell(changed)
        assert await _get(new_store, application) == changed
        assert (await _get(new_store, other)).history == (first_step(other),)
        later = a_step(application, "rejected", at + 9 * MINUTE)
        async with new_store.store.transaction() as tx:
            await tx.applications.get(application.user_id, application.id, lock=True)
            await tx.applications.save(replace(changed, status_id=later.status_id), later)
        assert (await _get(new_store, application)).history == told([*steps, later])

    async def test_what_is_remembered_of_a_resume_outlives_it_without_its_id(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        copy = ResumeCopy.of(resume)
        bare = an_application(seeker.listing, new_store.now())
        step = replace(first_step(bare), resume=copy)
        sent = SentResume(copy, new_store.now())
        application = replace(bare, sent_resume=sent)
        link = ResumeLink(new_store.now(), copy)
        async with new_store.store.transaction() as tx:
            await tx.applications.add(application, step)
            await tx.applications.relink(application, link)
        kept = await _get(new_store, application)
        assert kept == replace(application, history=(step,), links=(link,))
        async with new_store.store.transaction() as tx:
            await tx.resumes.remove(seeker.user.id, resume.id)
        gone = replace(copy, resume_id=None)
        left = await _get(new_store, application)
        assert left.sent_resume == SentResume(gone, sent.sent_at)
        assert left.history[0].resume == gone
        assert left.links == (ResumeLink(link.at, gone),)  # it was not linked just now, and so nothing was unlinked
        assert left.version == application.version + 1  # it looks different

    async def test_an_application_knows_which_resumes_it_had_and_when_it_lost_one(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        application = an_application(seeker.listing, new_store.now(), resume.id)
        link = ResumeLink(new_store.now(), ResumeCopy.of(resume))
        async with new_store.store.transaction() as tx:
            await tx.applications.add(application, first_step(application))
            await tx.applications.relink(application, link)
            await tx.resumes.remove(seeker.user.id, resume.id)
        first, last = (await _get(new_store, application)).links
        assert first == ResumeLink(link.at, replace(ResumeCopy.of(resume), resume_id=None))
        assert last.resume is None

    async def test_a_removed_application_can_be_restored_by_its_owner_alone(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        application = await _stored(new_store, seeker)
        at = new_store.now() + MINUTE
        async with new_store.store.transaction() as tx:
            assert not await tx.applications.restore(seeker.user.id, application.id, at)
            await tx.applications.remove(seeker.user.id, application.id, new_store.now())
            assert not await tx.applications.restore(strangers_id(), application.id, at)
            assert not await tx.applications.restore(seeker.user.id, ApplicationId(unknown_id()), at)
            assert await tx.applications.restore(seeker.user.id, application.id, at)
        assert await _get(new_store, application) == replace(
            application, history=(first_step(application),), version=2, updated_at=at
        )

    async def test_the_analyses_of_a_listing_are_told_in_brief_newest_first(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        first, second = await a_stored_resume(new_store, seeker, "Short"), await a_stored_resume(new_store, seeker)
        done = await ask(new_store, first, seeker.listing)
        await settle(new_store, End.succeeded(await claim_one(new_store), a_completed(done, new_store.now())))
        await ask(new_store, first, None)
        async with new_store.store.transaction() as tx:
            later = a_listing(seeker.user.id, new_store.now())
            await tx.listings.add(later)
        other = await ask(new_store, second, later)
        async with new_store.store.transaction() as tx:
            (brief,) = await tx.analyses.of_listing(seeker.user.id, seeker.listing.id, 5)
            (waiting,) = await tx.analyses.of_listing(seeker.user.id, later.id, 5)
            assert await tx.analyses.of_listing(strangers_id(), later.id, 5) == []
            assert await tx.analyses.of_listing(seeker.user.id, later.id, 0) == []
            whole = await tx.analyses.get(seeker.user.id, done.id)
        assert (brief.id, brief.resume_id, brief.resume_name, brief.state) == (done.id, first.id, "Short", "succeeded")
        assert whole.report
        assert (brief.score, brief.at) == (whole.report.score, whole.finished_at)
        assert (waiting.id, waiting.state, waiting.score, waiting.at) == (other.id, "queued", None, other.created_at)


async def _stored(new_store: NewStore, seeker: Seeker) -> Application:
    application = an_application(seeker.listing, new_store.now())
    async with new_store.store.transaction() as tx:
        await tx.applications.add(application, first_step(application))
    return application


async def _get(new_store: NewStore, application: Application) -> Application:
    async with new_store.store.transaction() as tx:
        return await tx.applications.get(application.user_id, application.id)
