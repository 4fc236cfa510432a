"""What every store promises about accounts that go: nothing of them remains, and nothing comes after them."""

import anyio
import pytest

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    MINUTE,
    NEWEST_FIRST,
    NEWEST_LETTERS,
    RESUME_TEXT,
    Seeker,
    a_completed,
    a_listing,
    a_resume,
    a_seeker,
    a_session,
    a_stored_resume,
    an_application,
    ask,
    bury_next,
    claim,
    claim_one,
    first_step,
    queued,
    rolled_back,
    settle,
    strangers_id,
)
from jatify_core.analysis import Analysis
from jatify_core.errors import NotFound
from jatify_core.job import End
from jatify_core.listing import ListingFilter
from jatify_core.paging import Sort, Window
from jatify_core.ports import Transaction
from jatify_core.resume import ResumeFilter
from jatify_core.user import Session, User

OLDEST_FIRST = Sort("created_at")
ALL = Window(NEWEST_FIRST, limit=100)


class FarewellsContract:
    """What every store promises about the removal of an account. Subclass it and provide `new_store`."""

    async def test_nothing_of_a_removed_account_is_found(self, new_store: NewStore) -> None:
        seeker, session = await _settled_in(new_store)
        await _remove(new_store, seeker.user)
        assert await _belongings(new_store, seeker.user) == [0] * 7
        async with new_store.store.transaction() as tx:
            assert await tx.users.by_email(seeker.user.email) is None
            assert await tx.sessions.find(session.id) is None
            assert (await tx.users.page(ALL)).items == ()
        assert not await claim(new_store, 100)

    async def test_the_address_is_free_again(self, new_store: NewStore) -> None:
        seeker, _ = await _settled_in(new_store)
        await _remove(new_store, seeker.user)
        async with new_store.store.transaction() as tx:
            await tx.users.add(seeker.user)
        assert await _belongings(new_store, seeker.user) == [0] * 7

    async def test_everything_of_others_stays(self, new_store: NewStore) -> None:
        other, session = await _settled_in(new_store)
        seeker, _ = await _settled_in(new_store)
        before = await _belongings(new_store, other.user)
        assert before == [1, 1, 2, 4, 4, 2, 1]
        await _remove(new_store, seeker.user)
        assert await _belongings(new_store, other.user) == before
        async with new_store.store.transaction() as tx:
            assert await tx.sessions.find(session.id) == (session, other.user)

    async def test_a_removal_rolls_back_with_its_transaction(self, new_store: NewStore) -> None:
        seeker, _ = await _settled_in(new_store)
        before = await _belongings(new_store, seeker.user)
        async with rolled_back(new_store) as tx:
            await tx.users.remove(seeker.user.id)
        assert await _belongings(new_store, seeker.user) == before

    async def test_an_account_is_removed_once(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await _remove(new_store, seeker.user)
        for user_id in (seeker.user.id, strangers_id()):
            async with new_store.store.transaction() as tx:
                with pytest.raises(NotFound):
                    await tx.users.remove(user_id)

    async def test_jobs_of_every_kind_go(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        for kind in ("analysis", "chore"):
            await queued(new_store, seeker, kind=kind)
        await _remove(new_store, seeker.user)
        assert not await claim(new_store, 100, ("analysis", "chore"))

    @pytest.mark.parametrize("verb", ["complete", "retry", "release", "bury"])
    async def test_what_ran_meanwhile_records_nothing(self, new_store: NewStore, verb: str) -> None:
        seeker = await a_seeker(new_store)
        analysis = await queued(new_store, seeker)
        job = await claim_one(new_store)
        await _remove(new_store, seeker.user)
        ends = {
            "complete": End.succeeded(job, a_completed(analysis, new_store.now())),
            "retry": End.retried(job, "network", "It broke.", MINUTE),
            "release": End.released(job),
            "bury": End.buried(job, "refused", "It declined."),
        }
        assert await settle(new_store, ends[verb]) == [ends[verb]]
        assert await _belongings(new_store, seeker.user) == [0] * 7

    async def test_nothing_is_stored_for_an_account_that_is_gone(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        await _remove(new_store, seeker.user)
        now = new_store.now()

        async def upload(tx: Transaction) -> None:
            await tx.resumes.add(a_resume(seeker.user.id, now), RESUME_TEXT.encode(), RESUME_TEXT)

        async def list_(tx: Transaction) -> None:
            await tx.listings.add(a_listing(seeker.user.id, now))

        async def apply(tx: Transaction) -> None:
            application = an_application(seeker.listing, now)
            await tx.applications.add(application, first_step(application))

        async def log_in(tx: Transaction) -> None:
            await tx.sessions.add(a_session(seeker.user, now))

        for late in (upload, list_, apply, log_in):
            with pytest.raises(NotFound):
                async with new_store.store.transaction() as tx:
                    await late(tx)
        with pytest.raises(NotFound):
            await ask(new_store, resume, seeker.listing)
        assert await _belongings(new_store, seeker.user) == [0] * 7
        assert not await claim(new_store, 100)

    async def test_whatever_comes_at_the_same_time_leaves_nothing(self, new_store: NewStore) -> None:
        seeker, _ = await _settled_in(new_store)
        resume = await a_stored_resume(new_store, seeker)

        async def upload() -> None:
            for _ in range(10):
                try:
                    await a_stored_resume(new_store, seeker)
                    await ask(new_store, resume, None)
                except NotFound:
                    return

        async with anyio.create_task_group() as tasks:
            for _ in range(4):
                tasks.start_soon(upload)
            await anyio.lowlevel.checkpoint()
            await _remove(new_store, seeker.user)
        assert await _belongings(new_store, seeker.user) == [0] * 7
        assert not await claim(new_store, 100)


async def _settled_in(new_store: NewStore) -> tuple[Seeker, Session]:
    """A seeker with something of everything: live, running, failed, finished, and deleted as far as he can."""
    seeker = await a_seeker(new_store)
    now = new_store.now()
    resume = await a_stored_resume(new_store, seeker)
    await queued(new_store, seeker)
    await bury_next(new_store)
    done = await queued(new_store, seeker)
    job = await claim_one(new_store)
    assert not await settle(new_store, End.succeeded(job, a_completed(done, now)))
    await queued(new_store, seeker)
    await claim_one(new_store)
    await ask(new_store, resume, None)
    # It waits, and is not due before the test is over: whoever settles in next claims his own jobs.
    assert not await settle(new_store, End.retried(await claim_one(new_store), "network", "It broke.", 60 * MINUTE))
    session = a_session(seeker.user, now)
    async with new_store.store.transaction() as tx:
        await tx.sessions.add(session)
        for hidden in (False, True):
            application = an_application(seeker.listing, now, resume.id)
            await tx.applications.add(application, first_step(application))
            if hidden:
                await tx.applications.remove(seeker.user.id, application.id, now)
    return seeker, session


async def _remove(new_store: NewStore, user: User) -> None:
    async with new_store.store.transaction() as tx:
        await tx.users.remove(user.id)


async def _belongings(new_store: NewStore, user: User) -> list[int]:
    """How much of each there is of the user's."""
    async with new_store.store.transaction() as tx:
        resumes = (await tx.resumes.page(user.id, ResumeFilter(ALL))).items
        analyses: list[Analysis] = []
        for resume in resumes:
            analyses += (await tx.analyses.page(user.id, resume.id, ALL)).items
        return [
            len((await tx.sessions.page(user.id, ALL)).items),
            len((await tx.listings.page(user.id, ListingFilter(ALL))).items),
            len((await tx.applications.archive(user.id, ALL)).items),
            len(resumes),
            len(analyses),
            await tx.jobs.waiting(user.id),
            len((await tx.dead_letters.page(user.id, NEWEST_LETTERS)).items),
        ]
