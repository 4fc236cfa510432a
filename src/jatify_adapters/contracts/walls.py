"""What every store promises about a user's transaction: what is others' is not there, whatever is asked for."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

import pytest
from msgspec import Struct

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
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
    claim_one,
    first_step,
    queued,
    settle,
)
from jatify_core.analysis import Analysis
from jatify_core.application import Application, ApplicationFilter
from jatify_core.dead_letter import DeadLetter, Selection
from jatify_core.duplicates import Keys
from jatify_core.errors import NotFound
from jatify_core.job import End, Job
from jatify_core.listing import ListingFilter
from jatify_core.paging import Page, Sort, Window
from jatify_core.ports import Transaction
from jatify_core.resume import Resume, ResumeFilter
from jatify_core.user import Session

T = TypeVar("T")

_WINDOW: Final = Window(NEWEST_FIRST)
_TURNS: Final = Window(Sort("turn"), 100)


class Belongings(Struct, frozen=True):
    """A user with one of everything: `done` has succeeded, `waiting` waits, `letter` is of one that failed."""

    seeker: Seeker
    session: Session
    resume: Resume
    application: Application
    done: Analysis
    waiting: Analysis
    letter: DeadLetter


Act = Callable[[Transaction, Belongings], Awaitable[object]]

NOT_FOUND: Final[dict[str, Act]] = {
    "a listing": lambda tx, b: tx.listings.get(b.seeker.user.id, b.seeker.listing.id),
    "a locked listing": lambda tx, b: tx.listings.get(b.seeker.user.id, b.seeker.listing.id, lock=True),
    "a listing to remove": lambda tx, b: tx.listings.remove(b.seeker.user.id, b.seeker.listing.id),
    "an application": lambda tx, b: tx.applications.get(b.seeker.user.id, b.application.id),
    "an application to remove": lambda tx, b: tx.applications.remove(
        b.seeker.user.id, b.application.id, b.application.created_at
    ),
    "a resume": lambda tx, b: tx.resumes.get(b.seeker.user.id, b.resume.id),
    "a resume's file": lambda tx, b: tx.resumes.content(b.seeker.user.id, b.resume.id),
    "a resume's text": lambda tx, b: tx.resumes.text(b.seeker.user.id, b.resume.id),
    "a resume to remove": lambda tx, b: tx.resumes.remove(b.seeker.user.id, b.resume.id),
    "an analysis": lambda tx, b: tx.analyses.get(b.seeker.user.id, b.done.id),
    "the newest analysis": lambda tx, b: tx.analyses.newest(b.seeker.user.id, b.resume.id, b.seeker.listing.id),
    "a finished analysis to drop": lambda tx, b: tx.analyses.drop(b.seeker.user.id, b.done.id),
    "a waiting analysis to drop": lambda tx, b: tx.analyses.drop(b.seeker.user.id, b.waiting.id),
    "a dead letter to remove": lambda tx, b: tx.dead_letters.remove(b.seeker.user.id, b.letter.id),
    "an account to change": lambda tx, b: tx.users.save(b.seeker.user),
}

NOTHING: Final[dict[str, Act]] = {
    "listings": lambda tx, b: _items(tx.listings.page(b.seeker.user.id, ListingFilter(_WINDOW))),
    "applications": lambda tx, b: _items(tx.applications.page(b.seeker.user.id, ApplicationFilter(_WINDOW))),
    "resumes": lambda tx, b: _items(tx.resumes.page(b.seeker.user.id, ResumeFilter(_WINDOW))),
    "analyses": lambda tx, b: _items(tx.analyses.page(b.seeker.user.id, b.resume.id, _WINDOW)),
    "a success on the same inputs": lambda tx, b: tx.analyses.succeeded(
        b.seeker.user.id, b.resume.id, b.done.listing_id, b.done.inputs_hash
    ),
    "how many analyses": lambda tx, b: tx.asks.since(b.seeker.user.id, b.done.created_at - timedelta(days=1)),
    "how many wait": lambda tx, b: tx.jobs.waiting(b.seeker.user.id),
    "places in the queue": lambda tx, b: _items(tx.jobs.places(b.seeker.user.id, _TURNS)),
    "dead letters": lambda tx, b: _items(tx.dead_letters.page(b.seeker.user.id, NEWEST_LETTERS)),
    "statuses": lambda tx, b: tx.applications.statuses(b.seeker.user.id),
    "a held status": lambda tx, b: tx.statuses.held(b.seeker.user.id, b.application.status_id),
    "uses of statuses": lambda tx, b: tx.statuses.uses(b.seeker.user.id),
    "twins": lambda tx, b: tx.listings.twins(b.seeker.user.id, Keys.of(b.seeker.listing).url, None, 20),
    "an account": lambda tx, b: tx.users.by_email(b.seeker.user.email),
    "a login": lambda tx, b: tx.sessions.find(b.session.id),
}

FOREIGN: Final[dict[str, Act]] = {
    "a listing": lambda tx, b: tx.listings.add(a_listing(b.seeker.user.id, b.resume.created_at)),
    "a resume": lambda tx, b: tx.resumes.add(
        a_resume(b.seeker.user.id, b.resume.created_at), RESUME_TEXT.encode(), RESUME_TEXT
    ),
    "a login": lambda tx, b: tx.sessions.add(a_session(b.seeker.user, b.resume.created_at)),
    "a job": lambda tx, b: tx.jobs.enqueue(Job.for_analysis(b.done, 5)),
}


class WallsContract:
    """What every store promises about a user's transactions. Subclass it and provide `new_store`."""

    @pytest.mark.parametrize("what", NOT_FOUND)
    async def test_nothing_of_anothers_is_found(self, new_store: NewStore, what: str) -> None:
        theirs, me = await _belongings(new_store), await a_seeker(new_store)
        with pytest.raises(NotFound):
            async with new_store.store.transaction(me.user.id) as tx:
                await NOT_FOUND[what](tx, theirs)
        await _assert_whole(new_store, theirs)

    @pytest.mark.parametrize("what", NOTHING)
    async def test_nothing_of_anothers_is_listed_or_counted(self, new_store: NewStore, what: str) -> None:
        theirs, me = await _belongings(new_store), await a_seeker(new_store)
        async with new_store.store.transaction(theirs.seeker.user.id) as tx:
            assert await NOTHING[what](tx, theirs)
        async with new_store.store.transaction(me.user.id) as tx:
            assert not await NOTHING[what](tx, theirs)

    @pytest.mark.parametrize("what", FOREIGN)
    async def test_nothing_is_stored_for_another(self, new_store: NewStore, what: str) -> None:
        theirs, me = await _belongings(new_store), await a_seeker(new_store)
        with pytest.raises(NotFound):
            async with new_store.store.transaction(me.user.id) as tx:
                await FOREIGN[what](tx, theirs)
        await _assert_whole(new_store, theirs)

    async def test_anothers_login_is_not_ended(self, new_store: NewStore) -> None:
        theirs, me = await _belongings(new_store), await a_seeker(new_store)
        async with new_store.store.transaction(me.user.id) as tx:
            await tx.sessions.remove(theirs.seeker.user.id, theirs.session.id)
        await _assert_whole(new_store, theirs)

    async def test_anothers_dead_letters_get_no_other_life(self, new_store: NewStore) -> None:
        theirs, me = await _belongings(new_store), await a_seeker(new_store)
        async with new_store.store.transaction(me.user.id) as tx:
            requeued = await tx.dead_letters.requeue(theirs.seeker.user.id, Selection(ids=(theirs.letter.id,)))
        assert not requeued.ids
        assert [skipped.reason for skipped in requeued.skipped] == ["not_found"]
        await _assert_whole(new_store, theirs)

    async def test_a_user_finds_what_is_his_and_his_account_and_logins(self, new_store: NewStore) -> None:
        mine = await _belongings(new_store)
        await _assert_whole(new_store, mine)
        user = mine.seeker.user
        async with new_store.store.transaction(user.id) as tx:
            assert await tx.users.by_email(user.email) == user
            assert await tx.sessions.find(mine.session.id) == (mine.session, user)

    async def test_a_user_keeps_asks_for_and_drops_what_is_his(self, new_store: NewStore) -> None:
        me = await a_seeker(new_store)
        resume = a_resume(me.user.id, new_store.now())
        application = an_application(me.listing, new_store.now(), resume.id)
        async with new_store.store.transaction(me.user.id) as tx:
            await tx.resumes.add(resume, RESUME_TEXT.encode(), RESUME_TEXT)
            await tx.applications.add(application, first_step(application))
        analysis = await ask(new_store, resume, me.listing)
        async with new_store.store.transaction(me.user.id) as tx:
            await tx.analyses.drop(me.user.id, analysis.id)
            assert (await tx.analyses.get(me.user.id, analysis.id)).state == "cancelled"
        async with new_store.store.transaction(me.user.id) as tx:
            await tx.applications.remove(me.user.id, application.id, new_store.now())
            await tx.listings.remove(me.user.id, me.listing.id)
            await tx.resumes.remove(me.user.id, resume.id)
            assert not await _items(tx.listings.page(me.user.id, ListingFilter(_WINDOW)))

    async def test_a_user_gives_his_dead_letter_another_life(self, new_store: NewStore) -> None:
        mine = await _belongings(new_store)
        async with new_store.store.transaction(mine.seeker.user.id) as tx:
            requeued = await tx.dead_letters.requeue(mine.seeker.user.id, Selection(ids=(mine.letter.id,)))
            await tx.analyses.reopen(requeued.analyses)
            assert requeued.ids == (mine.letter.id,)
            assert await tx.jobs.waiting(mine.seeker.user.id) == 2

    async def test_a_users_place_counts_the_jobs_of_all(self, new_store: NewStore) -> None:
        others, me = await a_seeker(new_store), await a_seeker(new_store)
        for seeker in (others, others, me):
            await queued(new_store, seeker)
        async with new_store.store.transaction(me.user.id) as tx:
            page = await tx.jobs.places(me.user.id, _TURNS)
            assert [place.ahead for place in page.items] == [2]

    async def test_what_others_do_meanwhile_outlives_a_users_commit(self, new_store: NewStore) -> None:
        theirs, me = await _belongings(new_store), await a_seeker(new_store)
        listing = a_listing(me.user.id, new_store.now())
        async with new_store.store.transaction(me.user.id) as tx:
            await tx.listings.add(listing)
        await _assert_whole(new_store, theirs)
        async with new_store.store.transaction() as tx:
            assert await tx.listings.get(me.user.id, listing.id) == listing


async def _belongings(new_store: NewStore) -> Belongings:
    seeker = await a_seeker(new_store)
    session = a_session(seeker.user, new_store.now())
    resume = await a_stored_resume(new_store, seeker)
    application = an_application(seeker.listing, new_store.now(), resume.id)
    async with new_store.store.transaction(seeker.user.id) as tx:
        await tx.sessions.add(session)
        await tx.applications.add(application, first_step(application))
        await tx.users.lock(seeker.user.id)
        await tx.asks.add(seeker.user.id, 1, new_store.now(), new_store.now() - timedelta(days=1))
    done = await ask(new_store, resume, seeker.listing)
    await settle(new_store, End.succeeded(await claim_one(new_store), a_completed(done, new_store.now())))
    await queued(new_store, seeker)
    await bury_next(new_store)
    waiting = await queued(new_store, seeker)
    async with new_store.store.transaction(seeker.user.id) as tx:
        (letter,) = (await tx.dead_letters.page(seeker.user.id, NEWEST_LETTERS)).items
    return Belongings(seeker, session, resume, application, done, waiting, letter)


async def _assert_whole(new_store: NewStore, owner: Belongings) -> None:
    """Everything is there still, and nothing beside it, and its owner can see it."""
    user_id = owner.seeker.user.id
    async with new_store.store.transaction(user_id) as tx:
        assert await _items(tx.listings.page(user_id, ListingFilter(_WINDOW))) == (owner.seeker.listing,)
        assert (await tx.applications.get(user_id, owner.application.id)).history
        assert owner.resume in await _items(tx.resumes.page(user_id, ResumeFilter(_WINDOW)))
        assert len(await _items(tx.resumes.page(user_id, ResumeFilter(_WINDOW)))) == 3
        assert (await tx.analyses.get(user_id, owner.done.id)).report
        assert (await tx.analyses.get(user_id, owner.waiting.id)).state == "queued"
        assert await _items(tx.dead_letters.page(user_id, NEWEST_LETTERS)) == (owner.letter,)
        assert await tx.jobs.waiting(user_id) == 1
    async with new_store.store.transaction() as tx:
        assert await tx.sessions.find(owner.session.id) == (owner.session, owner.seeker.user)


async def _items(page: Awaitable[Page[T]]) -> tuple[T, ...]:
    return tuple((await page).items)
