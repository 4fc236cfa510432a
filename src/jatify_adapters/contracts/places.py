"""What every store promises about places: where a user's own jobs stand in everybody's queue."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid4

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    LEASE,
    MINUTE,
    Seeker,
    a_seeker,
    a_stored_resume,
    ask,
    bury_next,
    claim,
    claim_one,
    queued,
    settle,
    strangers_id,
    walk,
)
from jatify_core.job import End, Job, JobId, Place
from jatify_core.paging import Page, Sort, Window

TURNS: Final = Sort("turn")


class PlacesContract:
    """What every store promises about places. Subclass it and provide `new_store`."""

    async def test_a_place_counts_the_waiting_jobs_of_everybody_before_it(self, new_store: NewStore) -> None:
        ada, grace = await a_seeker(new_store), await a_seeker(new_store)
        asked = [(seeker, (await queued(new_store, seeker)).id) for seeker in (ada, grace, grace, ada, grace)]
        for who, ahead in ((ada, [0, 3]), (grace, [1, 2, 4])):
            places = await _places(new_store, who)
            assert [place.job_id for place in places] == [job_id for seeker, job_id in asked if seeker is who]
            assert [place.ahead for place in places] == ahead

    async def test_what_runs_keeps_its_turn_and_is_ahead_of_nobody(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        first, second, third = [await queued(new_store, seeker) for _ in range(3)]
        job, _ = await claim(new_store, 2)
        await settle(new_store, End.released(job))
        assert _in_short(await _places(new_store, seeker)) == [
            (first.id, False, 0),
            (second.id, True, 0),
            (third.id, False, 1),
        ]

    async def test_a_place_tells_attempts_and_instants(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        first, second = await queued(new_store, seeker), await queued(new_store, seeker)
        await settle(new_store, End.retried(await claim_one(new_store), "network", "It broke.", MINUTE))
        now, later = await _places(new_store, seeker)
        assert [now.job_id, later.job_id] == [second.id, first.id]
        assert [now.attempt, later.attempt] == [0, 1]
        assert [now.enqueued_at, later.enqueued_at] == [second.created_at, first.created_at]
        assert MINUTE / 2 < later.due_at - now.due_at < 2 * MINUTE

    async def test_a_job_given_back_has_its_place_again(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        asked = [(await queued(new_store, seeker)).id for _ in range(3)]
        await settle(new_store, *(End.released(job) for job in await claim(new_store, 2)))
        assert _in_short(await _places(new_store, seeker)) == [(id_, False, n) for n, id_ in enumerate(asked)]

    async def test_a_lapsed_lease_still_runs_until_it_is_taken_back(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await queued(new_store, seeker)
        await claim_one(new_store)
        await new_store.advance(2 * LEASE)
        assert [place.running for place in await _places(new_store, seeker)] == [True]
        async with new_store.store.transaction() as tx:
            await tx.jobs.rescue(1)
        assert [(p.running, p.attempt) for p in await _places(new_store, seeker)] == [(False, 1)]

    async def test_nobody_is_counted_beyond_a_thousand_ahead(self, new_store: NewStore) -> None:
        ada, grace = await a_seeker(new_store), await a_seeker(new_store)
        async with new_store.store.transaction() as tx:
            assert await tx.jobs.enqueue_many([_a_chore(grace, new_store) for _ in range(999)]) == 999
        asked = [(await queued(new_store, ada)).id for _ in range(3)]
        expected = [(id_, False, ahead) for id_, ahead in zip(asked, (999, 1_000, 1_000), strict=True)]
        assert _in_short(await _places(new_store, ada)) == expected

    async def test_what_has_ended_has_no_place(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        for _ in range(2):
            await queued(new_store, seeker)
        await settle(new_store, End.succeeded(await claim_one(new_store)))
        await bury_next(new_store)
        assert await _places(new_store, seeker) == ()
        async with new_store.store.transaction() as tx:
            assert await tx.jobs.places(strangers_id(), Window(TURNS)) == Page(())

    async def test_a_place_names_the_resume_and_the_listing_of_its_analysis(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        pair = await queued(new_store, seeker)
        review = await ask(new_store, await a_stored_resume(new_store, seeker), None)
        async with new_store.store.transaction() as tx:
            await tx.jobs.enqueue(_a_chore(seeker, new_store))
        assert [(place.resume_id, place.listing_id) for place in await _places(new_store, seeker)] == [
            (pair.resume_id, seeker.listing.id),
            (review.resume_id, None),
            (None, None),
        ]

    async def test_pages_hold_every_place_once_also_of_one_instant_and_while_jobs_run_and_end(
        self, new_store: NewStore
    ) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        async with new_store.store.transaction() as tx:  # of one instant
            await tx.jobs.enqueue_many([_a_chore(seeker, new_store) for _ in range(3)])
            await tx.jobs.enqueue_many([_a_chore(other, new_store)])
        asked = [(await queued(new_store, seeker)).id for _ in range(4)]
        seen: list[UUID] = []

        async def fetch(window: Window) -> Page[Place]:
            async with new_store.store.transaction() as tx:
                page = await tx.jobs.places(seeker.user.id, window)
            seen.extend(place.job_id for place in page.items)
            if (
                len(seen) == 4
            ):  # two pages in: one job ends, the next runs, and both have been or are yet to be seen once
                await settle(new_store, End.succeeded(await claim_one(new_store)))
                await claim_one(new_store)
            return page

        places = await walk(fetch, TURNS, 2)
        assert len({place.job_id for place in places}) == len(places)
        assert {place.job_id for place in places} >= set(asked[1:])
        assert [place.job_id for place in await _places(new_store, seeker)][-3:] == asked[1:]


async def _places(new_store: NewStore, seeker: Seeker) -> Sequence[Place]:
    async with new_store.store.transaction() as tx:
        return (await tx.jobs.places(seeker.user.id, Window(TURNS, 100))).items


def _in_short(places: Sequence[Place]) -> list[tuple[UUID, bool, int]]:
    return [(place.job_id, place.running, place.ahead) for place in places]


def _a_chore(seeker: Seeker, new_store: NewStore) -> Job:
    """A job of a kind that no analysis stands behind."""
    return Job(id=JobId(uuid4()), user_id=seeker.user.id, kind="chore", enqueued_at=new_store.now())
