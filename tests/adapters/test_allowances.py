"""Allowances are exact, on both stores: by any path, after any deletion, and however many ask at once."""

import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar

import anyio
import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.samples import RESUME_TEXT, a_user
from jatify_adapters.memory import MemoryStore, MovableClock, ScriptedAnalyzer, memory_ports
from jatify_core.analysis import Analysis, Completed
from jatify_core.dead_letter import Selection
from jatify_core.errors import Conflict, JatifyError, NotFound, Throttled
from jatify_core.job import ANALYSIS, End, Job
from jatify_core.listing import ListingDraft, ListingId
from jatify_core.policy import Policy
from jatify_core.ports import Ports, Store
from jatify_core.resume import Resume, ResumeId, Upload
from jatify_core.use_cases.analyses import analyze, carry_out, drop_analysis
from jatify_core.use_cases.dead_letters import requeue, requeue_one
from jatify_core.use_cases.listings import create_listing
from jatify_core.use_cases.resumes import add_resume, delete_resume
from jatify_core.user import UserId

T = TypeVar("T")
HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=1)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(params=["memory", "postgres"])
def either_store(request: pytest.FixtureRequest, clock: MovableClock) -> Store:
    store: Store = MemoryStore(clock) if request.param == "memory" else request.getfixturevalue("store")
    return store


class Seeker:
    """A user, and what he does in one line."""

    def __init__(self, store: Store, clock: MovableClock, policy: Policy) -> None:
        self.ports: Ports = memory_ports(store=store, clock=clock, policy=policy, analyzer=ScriptedAnalyzer())
        self.id = UserId(self.ports.new_id())
        self.resume_id = ResumeId(self.ports.new_id())
        self.listings: Sequence[ListingId] = ()

    async def upload(self, text: str = RESUME_TEXT * 4) -> Resume:
        return await add_resume(self.ports, self.id, Upload("ada.txt", None, text.encode()))

    async def ask(self, n: int, *, force: bool = False) -> Analysis:
        asked = await analyze(self.ports, self.id, self.resume_id, self.listings[n], force=force)
        return asked.analysis

    async def jobs(self) -> Sequence[Job]:
        async with self.ports.store.transaction() as tx:
            return await tx.jobs.claim([ANALYSIS], 100, LEASE, "by hand")

    async def settle(self, *ends: End) -> None:
        async with self.ports.store.transaction() as tx:
            assert not await tx.jobs.settle(ends)
            await tx.analyses.record(ends)

    async def complete_all(self) -> None:
        for job in await self.jobs():
            done = await carry_out(self.ports, job)
            assert isinstance(done, Completed)
            await self.settle(End.succeeded(job, done))

    async def bury_all(self) -> None:
        for job in await self.jobs():
            await self.settle(End.buried(job, "refused", "It declined."))


async def a_seeker(store: Store, clock: MovableClock, listings: int = 0, **limits: int) -> Seeker:
    seeker = Seeker(store, clock, replace(Policy(), **limits))
    user = a_user(clock())
    async with store.transaction() as tx:
        await tx.users.add(user)
    seeker.id = user.id
    if listings:
        seeker.resume_id = (await seeker.upload()).id
        drafts = [ListingDraft("Loaf & Co", f"Baker {n}") for n in range(listings)]
        seeker.listings = [(await create_listing(seeker.ports, seeker.id, draft)).listing.id for draft in drafts]
    return seeker


async def at_once(acts: Sequence[Callable[[], Awaitable[T]]]) -> tuple[list[T], list[JatifyError]]:
    """What came of acts that all began together."""
    done: list[T] = []
    refused: list[JatifyError] = []

    async def attempt(act: Callable[[], Awaitable[T]]) -> None:
        try:
            done.append(await act())
        except JatifyError as error:
            refused.append(error)

    async with anyio.create_task_group() as tasks:
        for act in acts:
            tasks.start_soon(attempt, act)
    return done, refused


@pytest.mark.parametrize("limit", ["daily_analyses", "max_waiting"])
async def test_of_fifty_asks_at_once_exactly_as_many_are_let_in_as_may_be(
    either_store: Store, clock: MovableClock, limit: str
) -> None:
    seeker = await a_seeker(either_store, clock, listings=50, **{limit: 10})
    done, refused = await at_once([lambda n=n: seeker.ask(n) for n in range(50)])  # type: ignore[misc]
    assert (len(done), {type(error) for error in refused}) == (10, {Throttled})
    async with either_store.transaction() as tx:
        assert await tx.jobs.waiting(seeker.id) == 10


async def test_deleting_analyses_or_their_resume_gives_none_back(either_store: Store, clock: MovableClock) -> None:
    seeker = await a_seeker(either_store, clock, listings=4, daily_analyses=3)
    for n in range(3):
        await drop_analysis(seeker.ports, seeker.id, (await seeker.ask(n)).id)
    with pytest.raises(Throttled, match="deleting them gives none back"):
        await seeker.ask(3)
    await delete_resume(seeker.ports, seeker.id, seeker.resume_id)
    seeker.resume_id = (await seeker.upload()).id
    with pytest.raises(Throttled):
        await seeker.ask(3)


async def test_who_is_told_when_to_come_back_gets_in_then_and_no_sooner(
    either_store: Store, clock: MovableClock
) -> None:
    seeker = await a_seeker(either_store, clock, listings=5, daily_analyses=3)
    for n in range(3):
        await seeker.ask(n)
        clock.advance(HOUR)
    with pytest.raises(Throttled) as refusal:
        await seeker.ask(3)
    assert refusal.value.retry_after == 21 * HOUR
    clock.advance(refusal.value.retry_after - timedelta(milliseconds=1))
    with pytest.raises(Throttled):
        await seeker.ask(3)
    clock.advance(timedelta(milliseconds=1))
    await seeker.ask(3)
    with pytest.raises(Throttled) as refusal:
        await seeker.ask(4)
    assert refusal.value.retry_after == HOUR


async def test_what_is_under_way_or_finished_costs_nothing_and_force_does(
    either_store: Store, clock: MovableClock
) -> None:
    seeker = await a_seeker(either_store, clock, listings=2, daily_analyses=2)
    first = await seeker.ask(0)
    assert (await seeker.ask(0, force=True)).id == first.id
    await seeker.complete_all()
    assert [(await seeker.ask(0)).id for _ in range(3)] == [first.id] * 3
    assert (await seeker.ask(0, force=True)).id != first.id
    assert (await seeker.ask(0, force=True)).state == "queued"
    with pytest.raises(Throttled):
        await seeker.ask(1)


async def test_a_listing_of_the_same_words_has_an_analysis_of_its_own_that_is_found_again(
    either_store: Store, clock: MovableClock
) -> None:
    seeker = await a_seeker(either_store, clock, listings=1)
    twin = (await create_listing(seeker.ports, seeker.id, ListingDraft("Loaf & Co", "Baker 0"))).listing
    seeker.listings = [*seeker.listings, twin.id]
    asked = [await seeker.ask(n) for n in (0, 1)]
    await seeker.complete_all()
    assert asked[0].id != asked[1].id
    assert [(await seeker.ask(n)).id for n in (0, 1)] == [one.id for one in asked]


async def test_a_requeue_counts_as_an_ask_and_takes_no_more_than_there_is_room_for(
    either_store: Store, clock: MovableClock
) -> None:
    seeker = await a_seeker(either_store, clock, listings=3, daily_analyses=5)
    for n in range(3):
        await seeker.ask(n)
    await seeker.bury_all()
    requeued = await requeue(seeker.ports, seeker.id, Selection())
    assert (len(requeued.ids), [skipped.reason for skipped in requeued.skipped]) == (2, ["over_limit"])
    (left,) = requeued.skipped
    for act in (
        lambda: requeue(seeker.ports, seeker.id, Selection()),
        lambda: requeue_one(seeker.ports, seeker.id, left.id),
    ):
        with pytest.raises(Throttled, match="5 analyses"):
            await act()
    clock.advance(24 * HOUR)
    assert (await requeue_one(seeker.ports, seeker.id, left.id)).state == "queued"


async def test_a_requeue_leaves_no_more_waiting_than_may_be(either_store: Store, clock: MovableClock) -> None:
    seeker = await a_seeker(either_store, clock, listings=4, max_waiting=2)
    for pair in ((0, 1), (2, 3)):
        for n in pair:
            await seeker.ask(n)
        await seeker.bury_all()
    done, refused = await at_once([lambda: requeue(seeker.ports, seeker.id, Selection())] * 5)
    assert sum(len(requeued.ids) for requeued in done) == 2
    assert {type(error) for error in refused} == {Throttled}
    async with either_store.transaction() as tx:
        assert await tx.jobs.waiting(seeker.id) == 2


async def test_of_thirty_uploads_at_once_exactly_twenty_are_kept(either_store: Store, clock: MovableClock) -> None:
    seeker = await a_seeker(either_store, clock)
    kept, refused = await at_once([seeker.upload] * 30)
    assert (len(kept), {type(error) for error in refused}) == (20, {Conflict})
    assert "Delete one" in str(refused[0])
    await delete_resume(seeker.ports, seeker.id, kept[0].id)
    await seeker.upload()
    with pytest.raises(Conflict):
        await seeker.upload()


async def test_files_have_so_many_bytes_together_and_not_one_more(either_store: Store, clock: MovableClock) -> None:
    seeker = await a_seeker(either_store, clock, max_resume_bytes=5 * 300)
    kept, refused = await at_once([lambda: seeker.upload("x" * 300)] * 12)
    assert (len(kept), {type(error) for error in refused}) == (5, {Conflict})
    await delete_resume(seeker.ports, seeker.id, kept[0].id)
    with pytest.raises(Conflict, match="1200, and this one 301 more"):
        await seeker.upload("x" * 301)
    await seeker.upload("x" * 300)


async def test_whatever_a_user_does_at_once_nobody_waits_in_a_circle(either_store: Store, clock: MovableClock) -> None:
    seeker = await a_seeker(either_store, clock, listings=10, daily_analyses=30, max_resumes=8)
    others = [await seeker.upload() for _ in range(3)]
    for n in range(4):
        await seeker.ask(n)
    await seeker.bury_all()
    dropped = [await seeker.ask(n) for n in (8, 9)]
    acts: list[Callable[[], Awaitable[object]]] = [
        *[lambda n=n: seeker.ask(n, force=True) for n in range(8)] * 2,
        *[seeker.upload] * 6,
        *[lambda: requeue(seeker.ports, seeker.id, Selection())] * 4,
        *[lambda one=one: drop_analysis(seeker.ports, seeker.id, one.id) for one in dropped],
        *[lambda one=one: delete_resume(seeker.ports, seeker.id, one.id) for one in others],
        lambda: delete_resume(seeker.ports, seeker.id, seeker.resume_id),
    ]
    random.Random(7).shuffle(acts)  # noqa: S311  # no secret
    _, refused = await at_once(acts)
    assert {type(error) for error in refused} <= {Throttled, Conflict, NotFound}
