"""What every store promises about rows that come from elsewhere: they read as they did, and live on."""

import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    MINUTE,
    NEWEST_FIRST,
    NEWEST_LETTERS,
    Seeker,
    a_completed,
    a_seeker,
    a_step,
    a_stored_resume,
    an_analysis,
    an_application,
    claim,
    first_step,
    rolled_back,
    unknown_id,
)
from jatify_core.analysis import Analysis, Failure
from jatify_core.application import Application
from jatify_core.dead_letter import DeadLetter, DeadLetterId, Selection
from jatify_core.errors import NotFound
from jatify_core.history import told
from jatify_core.job import Job, JobError
from jatify_core.paging import Window


class ArchivesContract:
    """What every store promises about `take_in`. Subclass it and provide `new_store`."""

    async def test_an_application_is_restored_with_its_history_and_removal(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        kept, gone = _moved(new_store, seeker), replace(_moved(new_store, seeker), deleted_at=new_store.now())
        async with new_store.store.transaction(seeker.user.id) as tx:
            await tx.applications.take_in([kept, gone])
        async with new_store.store.transaction(seeker.user.id) as tx:
            assert await tx.applications.get(seeker.user.id, kept.id) == kept
            with pytest.raises(NotFound):
                await tx.applications.get(seeker.user.id, gone.id)
            archived = (await tx.applications.archive(seeker.user.id, Window(NEWEST_FIRST))).items
        assert sorted(archived, key=lambda a: a.id) == sorted([kept, gone], key=lambda a: a.id)

    async def test_analyses_are_restored_as_they_ended(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        succeeded, failed, cancelled = await _ended(new_store, seeker)
        async with new_store.store.transaction(seeker.user.id) as tx:
            await tx.analyses.take_in([succeeded, failed, cancelled])
        async with new_store.store.transaction(seeker.user.id) as tx:
            for analysis in (succeeded, failed, cancelled):
                assert await tx.analyses.get(seeker.user.id, analysis.id) == analysis
        assert not await claim(new_store, 10)

    async def test_a_restored_dead_letter_reads_as_it_did_and_can_be_requeued(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        _, failed, _ = await _ended(new_store, seeker)
        letter, job = _letter(new_store, failed)
        async with new_store.store.transaction(seeker.user.id) as tx:
            await tx.analyses.take_in([failed])
            await tx.dead_letters.take_in([(letter, job)])
        async with new_store.store.transaction(seeker.user.id) as tx:
            (read,) = (await tx.dead_letters.page(seeker.user.id, NEWEST_LETTERS)).items
            assert replace(read, resume_name="", company=None, position=None) == letter
            requeued = await tx.dead_letters.requeue(seeker.user.id, Selection(ids=(letter.id,)))
            assert requeued.analyses == (failed.id,)
        (claimed,) = await claim(new_store)
        assert (claimed.id, claimed.attempt, claimed.requeues) == (job.id, 1, job.requeues + 1)
        assert (claimed.errors, claimed.dedup_key) == (job.errors, job.dedup_key)

    async def test_what_is_restored_rolls_back_with_its_transaction(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        application, (succeeded, failed, _) = _moved(new_store, seeker), await _ended(new_store, seeker)
        async with rolled_back(new_store) as tx:
            await tx.applications.take_in([application])
            await tx.analyses.take_in([succeeded, failed])
            await tx.dead_letters.take_in([_letter(new_store, failed)])
        async with new_store.store.transaction(seeker.user.id) as tx:
            assert (await tx.applications.archive(seeker.user.id, Window(NEWEST_FIRST))).items == ()
            assert (await tx.analyses.page(seeker.user.id, failed.resume_id, Window(NEWEST_FIRST))).items == ()
            assert (await tx.dead_letters.page(seeker.user.id, NEWEST_LETTERS)).items == ()

    async def test_nothing_is_restored_onto_what_is_anothers(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        application, (analysis, *_) = _moved(new_store, other), await _ended(new_store, other)
        with pytest.raises(NotFound):
            async with new_store.store.transaction(seeker.user.id) as tx:
                await tx.applications.take_in([replace(application, user_id=seeker.user.id)])
        with pytest.raises(NotFound):
            async with new_store.store.transaction(seeker.user.id) as tx:
                await tx.analyses.take_in([replace(analysis, user_id=seeker.user.id)])


def _moved(new_store: NewStore, seeker: Seeker) -> Application:
    """An application that has come some way, not stored."""
    found = an_application(seeker.listing, new_store.now())
    sent = a_step(found, "applied", new_store.now() + MINUTE, "by mail")
    steps = told([first_step(found), sent])
    return replace(found, status_id=sent.status_id, version=7, tags=("a", "b"), history=steps)


async def _ended(new_store: NewStore, seeker: Seeker) -> tuple[Analysis, Analysis, Analysis]:
    """An analysis for each way to end, not stored."""
    resume, at = await a_stored_resume(new_store, seeker), new_store.now()
    asked = [an_analysis(resume, seeker.listing, at) for _ in range(3)]
    return (
        asked[0].succeeded(a_completed(asked[0], at), 2, at),
        asked[1].failed(Failure("timeout", "Too slow."), 5, at),
        replace(asked[2], state="cancelled", finished_at=at),
    )


def _letter(new_store: NewStore, failed: Analysis) -> tuple[DeadLetter, Job]:
    errors = (JobError(5, new_store.now(), "timeout", "Too slow."),)
    job = replace(Job.for_analysis(failed, 5), attempt=5, requeues=1, errors=errors)
    letter = DeadLetter(
        id=DeadLetterId(unknown_id()),
        user_id=failed.user_id,
        analysis_id=failed.id,
        resume_id=failed.resume_id,
        listing_id=failed.listing_id,
        resume_name="",
        company=None,
        position=None,
        reason="timeout",
        message="Too slow.",
        attempts=5,
        errors=errors,
        enqueued_at=failed.created_at,
        failed_at=new_store.now(),
        requeues=1,
    )
    return letter, job
