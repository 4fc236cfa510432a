"""What every store promises about journeys, from which the statistics are counted."""

from datetime import timedelta

from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    MINUTE,
    Seeker,
    a_completed,
    a_listing,
    a_report,
    a_seeker,
    a_step,
    a_stored_resume,
    an_application,
    ask,
    claim_one,
    first_step,
    queued,
    settle,
)
from jatify_core.application import Application, StatusId
from jatify_core.job import End
from jatify_core.journey import Journey, Stop
from jatify_core.listing import Listing, ListingDraft
from jatify_core.resume import Resume


class JourneysContract:
    """What every store promises about journeys. Subclass it and provide `new_store`."""

    async def test_a_journey_is_its_application_in_brief(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker, "Backend")
        application = await _store(new_store, an_application(seeker.listing, new_store.now(), resume.id))
        assert await _journeys(new_store, seeker) == [
            Journey(
                application_id=application.id,
                status_id=StatusId("saved"),
                source="a friend",
                resume_key=str(resume.id),
                resume_name="Backend",
                score=None,
                stops=(Stop(StatusId("saved"), application.created_at),),
            )
        ]

    async def test_what_is_not_there_is_none(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        listing = await _listing(new_store, seeker)
        await _store(new_store, an_application(listing, new_store.now()))
        (journey,) = await _journeys(new_store, seeker)
        assert (journey.source, journey.resume_key, journey.resume_name, journey.score) == (None, None, None, None)

    async def test_a_journey_stops_where_the_history_says_in_its_order(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        application = await _store(new_store, an_application(seeker.listing, new_store.now()))
        for status, days in (("applied", 5), ("hr_interview", 9), ("applied", 7), ("rejected", 12)):
            application = await _move(new_store, application, status, timedelta(days=days))
        async with new_store.store.transaction() as tx:
            history = (await tx.applications.get(seeker.user.id, application.id)).history
        (journey,) = await _journeys(new_store, seeker)
        assert journey.stops == tuple(Stop(step.status_id, step.at) for step in history)
        assert (len(journey.stops), journey.status_id) == (5, "rejected")
        assert [stop.at for stop in journey.stops] == sorted(stop.at for stop in journey.stops)

    async def test_the_score_is_of_the_newest_success_for_this_resume_and_this_listing(
        self, new_store: NewStore
    ) -> None:
        seeker = await a_seeker(new_store)
        resume, other = [await a_stored_resume(new_store, seeker, name) for name in ("A", "B")]
        elsewhere = await _listing(new_store, seeker)
        await _store(new_store, an_application(seeker.listing, new_store.now(), resume.id))
        for judged, listing, score in (
            (resume, seeker.listing, 11),
            (resume, seeker.listing, 22),
            (resume, elsewhere, 33),
            (other, seeker.listing, 44),
            (resume, None, 55),
        ):
            await _scored(new_store, judged, listing, score)
            await new_store.advance(MINUTE)
        await ask(new_store, resume, seeker.listing)  # has not succeeded
        assert [journey.score for journey in await _journeys(new_store, seeker)] == [22]

    async def test_a_removed_application_and_anothers_make_no_journey(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        kept, gone = [await _store(new_store, an_application(seeker.listing, new_store.now())) for _ in range(2)]
        await _store(new_store, an_application(other.listing, new_store.now()))
        await queued(new_store, other)
        async with new_store.store.transaction() as tx:
            await tx.applications.remove(seeker.user.id, gone.id, new_store.now())
        assert [journey.application_id for journey in await _journeys(new_store, seeker)] == [kept.id]


async def _journeys(new_store: NewStore, seeker: Seeker) -> list[Journey]:
    async with new_store.store.transaction(seeker.user.id) as tx:
        return [*await tx.applications.journeys(seeker.user.id)]


async def _listing(new_store: NewStore, seeker: Seeker) -> Listing:
    """Another listing of *seeker*, without a source."""
    listing = a_listing(seeker.user.id, new_store.now(), ListingDraft("Acme", "Clerk"))
    async with new_store.store.transaction() as tx:
        await tx.listings.add(listing)
    return listing


async def _store(new_store: NewStore, application: Application) -> Application:
    async with new_store.store.transaction() as tx:
        await tx.applications.add(application, first_step(application))
    return application


async def _move(new_store: NewStore, application: Application, status: str, after: timedelta) -> Application:
    """Take a step that is said to have happened *after* that long."""
    change = a_step(application, status, application.created_at + after)
    moved = replace(application, status_id=change.status_id, version=application.version + 1)
    async with new_store.store.transaction() as tx:
        await tx.applications.get(application.user_id, application.id, lock=True)
        await tx.applications.save(moved, change)
    return moved


async def _scored(new_store: NewStore, resume: Resume, listing: Listing | None, score: int) -> None:
    analysis = await ask(new_store, resume, listing)
    job = await claim_one(new_store)
    assert job.id == analysis.id
    completed = replace(a_completed(analysis, new_store.now()), report=replace(a_report(), score=score))
    assert not await settle(new_store, End.succeeded(job, completed))
