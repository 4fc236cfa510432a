"""What every store promises about its tally: how the whole queue stands, whoever's its jobs are."""

from datetime import timedelta

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import MINUTE, a_seeker, bury_next, claim_one, queued, settle
from jatify_core.job import End, Tally


class TallyContract:
    """What every store promises about its tally. Subclass it and provide `new_store`."""

    async def test_an_empty_queue_has_nothing_to_count(self, new_store: NewStore) -> None:
        assert await _tally(new_store) == Tally(0, 0, timedelta(0))

    async def test_everybodys_jobs_and_dead_letters_are_counted(self, new_store: NewStore) -> None:
        for seeker in (await a_seeker(new_store), await a_seeker(new_store)):
            for _ in range(3):
                await queued(new_store, seeker)
        await bury_next(new_store)
        await bury_next(new_store)
        await bury_next(new_store, "timeout")
        await claim_one(new_store)
        tally = await _tally(new_store)
        assert (tally.waiting, tally.running, tally.dead) == (2, 1, {"refused": 2, "timeout": 1})

    async def test_the_age_is_that_of_the_job_whose_turn_is_next(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await queued(new_store, seeker)
        await new_store.advance(MINUTE)
        await queued(new_store, seeker)
        first = await _tally(new_store)
        assert MINUTE <= first.waited < 2 * MINUTE
        await settle(new_store, End.succeeded(await claim_one(new_store)))
        assert (await _tally(new_store)).waited < MINUTE

    async def test_nothing_is_counted_further_than_asked(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        for _ in range(6):
            await queued(new_store, seeker)
        for _ in range(3):
            await bury_next(new_store)
        tally = await _tally(new_store, 2)
        assert (tally.waiting, tally.dead) == (2, {"refused": 2})


async def _tally(new_store: NewStore, most: int = 100) -> Tally:
    async with new_store.store.transaction() as tx:
        return await tx.jobs.tally(most)
