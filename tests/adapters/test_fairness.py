"""Fair spacing under load: a backlog keeps nobody waiting for long, and nobody starves a backlog."""

from datetime import timedelta

from jatify_adapters.contracts.samples import a_seeker, claim, queued
from jatify_core.job import JobId
from tests.adapters.test_memory import NewMemoryStore

SECOND = timedelta(seconds=1)
SPACING, BACKLOG = 10, 10


async def test_the_last_of_a_backlog_is_claimed_in_its_turn_however_many_others_keep_arriving() -> None:
    new_store = NewMemoryStore(fair_spacing=SPACING * SECOND)
    ada = await a_seeker(new_store)
    backlog = [(await queued(new_store, ada)).id for _ in range(BACKLOG)]
    place_of_last = (BACKLOG - 1) * SPACING
    claimed = []
    for _ in range(place_of_last + BACKLOG + 1):  # as many arrive as are claimed, so that the backlog never empties
        await queued(new_store, await a_seeker(new_store))
        claimed += [job.id for job in await claim(new_store, 1)]
        await new_store.advance(SECOND)
    assert [id_ for id_ in claimed if id_ in backlog] == backlog
    assert claimed.index(JobId(backlog[-1])) >= place_of_last


async def test_one_job_behind_a_backlog_of_a_hundred_starts_after_one_spacing() -> None:
    new_store = NewMemoryStore(fair_spacing=SPACING * SECOND)
    ada, grace = await a_seeker(new_store), await a_seeker(new_store)
    for _ in range(100):
        await queued(new_store, ada)
    late = await queued(new_store, grace)
    assert [job.id for job in await claim(new_store, 2)][1] == late.id
