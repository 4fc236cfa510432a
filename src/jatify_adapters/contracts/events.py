"""What every store promises about events: in the transaction of the change, in order, and only to whom they belong."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import anyio

from jatify_adapters.contracts.bell import QUIET, SOON
from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    LEASE,
    a_completed,
    a_seeker,
    a_session,
    a_stored_resume,
    a_user,
    ask,
    bury_next,
    claim_one,
    queued,
    rolled_back,
    settle,
)
from jatify_core.analysis import Analysis
from jatify_core.dead_letter import Dropped, Selection
from jatify_core.event import Batch, Change, Event
from jatify_core.job import End, Job
from jatify_core.user import UserId

ALL = 1_000


async def newest(new_store: NewStore) -> int:
    """How far events go."""
    return (await read(new_store, [], None)).upto


async def read(new_store: NewStore, users: Sequence[UserId], after: int | None, limit: int = ALL) -> Batch:
    """Read in a transaction of its own."""
    async with new_store.store.transaction() as tx:
        return await tx.events.read(users, after, limit)


async def told(new_store: NewStore, user_id: UserId, after: int) -> list[tuple[str, str | int | None]]:
    """The kind and the new state or version of all that a user was told *after*."""
    events = (await read(new_store, [user_id], after)).events
    return [(event.change.kind, event.change.state or event.change.version) for event in events]


async def add(new_store: NewStore, *changes: Change) -> None:
    """Add events in a transaction of their own."""
    async with new_store.store.transaction() as tx:
        await tx.events.add(changes)


def a_change(user_id: UserId, version: int = 1) -> Change:
    """Some application has that version now."""
    return Change(user_id, "application.updated", uuid4(), version=version)


class Hints:
    """Hears what a store tells its watchers."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def news(self) -> None:
        """What the store calls for events."""
        self.heard.append("news")

    def ended(self) -> None:
        """What the store calls for sessions."""
        self.heard.append("ended")

    async def hear(self, hint: str) -> None:
        """Wait for a hint, or fail."""
        with anyio.fail_after(SOON):
            while hint not in self.heard:  # noqa: ASYNC110  # nobody rings for one of two hints
                await anyio.sleep(0.005)


@asynccontextmanager
async def watching(new_store: NewStore) -> AsyncIterator[Hints]:
    """Somebody who watches over a line that is up, and has forgotten what he was told when it was made."""
    hints = Hints()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(new_store.store.watch, hints.news, hints.ended)
        await hints.hear("news")
        await hints.hear("ended")
        await anyio.sleep(QUIET)
        hints.heard.clear()
        yield hints
        tasks.cancel_scope.cancel()


class EventsContract:
    """What every store promises about `events` and `watch`. Subclass it and provide `new_store`."""

    async def test_events_come_as_they_were_added_and_numbers_grow(self, new_store: NewStore) -> None:
        seeker, start = await a_seeker(new_store), await newest(new_store)
        changes = [a_change(seeker.user.id, version) for version in range(1, 6)]
        await add(new_store, *changes[:3])
        await add(new_store, *changes[3:])
        batch = await read(new_store, [seeker.user.id], start)
        assert [event.change for event in batch.events] == changes
        numbers = [event.id for event in batch.events]
        assert numbers == sorted(set(numbers))
        assert batch.upto == numbers[-1]

    async def test_an_event_rolls_back_with_its_transaction(self, new_store: NewStore) -> None:
        seeker, start = await a_seeker(new_store), await newest(new_store)
        async with rolled_back(new_store) as tx:
            await tx.events.add([a_change(seeker.user.id)])
        assert await told(new_store, seeker.user.id, start) == []

    async def test_a_user_reads_his_own_events_and_many_users_read_theirs_at_once(self, new_store: NewStore) -> None:
        start = await newest(new_store)
        ada, bob, eve = [(await a_seeker(new_store)).user.id for _ in range(3)]
        changes = [a_change(user) for user in (ada, bob, eve, ada)]
        await add(new_store, *changes)
        assert [e.change for e in (await read(new_store, [ada], start)).events] == [changes[0], changes[3]]
        assert [e.change for e in (await read(new_store, [ada, bob], start)).events] == [*changes[:2], changes[3]]

    async def test_a_reader_goes_on_where_a_batch_ended_and_misses_nothing(self, new_store: NewStore) -> None:
        ada, bob = [(await a_seeker(new_store)).user.id for _ in range(2)]
        place = start = await newest(new_store)
        await add(new_store, *(a_change(user) for user in (ada, bob, ada, ada, bob, ada, bob)))
        batches: list[Event] = []
        while (batch := await read(new_store, [ada], place, limit=2)).upto > place:
            batches += batch.events
            place = batch.upto
        assert batches == list((await read(new_store, [ada], start)).events)
        assert len(batches) == 4
        assert place == await newest(new_store)

    async def test_a_number_that_was_never_given_counts_as_the_newest(self, new_store: NewStore) -> None:
        seeker, start = await a_seeker(new_store), await newest(new_store)
        await add(new_store, a_change(seeker.user.id))
        batch = await read(new_store, [seeker.user.id], start + 1_000_000)
        assert batch == Batch((), await newest(new_store))

    async def test_what_is_older_than_a_day_is_forgotten_and_numbers_go_on(self, new_store: NewStore) -> None:
        seeker, start = await a_seeker(new_store), await newest(new_store)
        await add(new_store, a_change(seeker.user.id, 1))
        await new_store.advance(timedelta(hours=25))
        await add(new_store, a_change(seeker.user.id, 2))
        before = await newest(new_store)
        async with new_store.store.transaction() as tx:
            assert await tx.events.forget(100) == 1
        assert await told(new_store, seeker.user.id, start) == [("application.updated", 2)]
        await add(new_store, a_change(seeker.user.id, 3))
        assert await newest(new_store) > before

    async def test_a_job_that_begins_and_ends_tells_its_analysis_state(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        analysis, start = await queued(new_store, seeker), await newest(new_store)
        job = await begun(new_store, await claim_one(new_store))
        await settle(new_store, End.succeeded(job, a_completed(analysis, new_store.now())))
        assert await told(new_store, seeker.user.id, start) == analysis_told("running", "succeeded")
        (event, *_) = (await read(new_store, [seeker.user.id], start)).events
        assert event.change.subject == analysis.id

    async def test_a_job_that_is_put_back_tells_that_its_analysis_is_queued(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await queued(new_store, seeker)
        start = await newest(new_store)
        await settle(new_store, End.released(await claim_one(new_store)))
        await settle(new_store, End.retried(await claim_one(new_store), "network", "It broke.", timedelta(0)))
        await settle(new_store, End.snoozed(await claim_one(new_store), "rate_limited", "Slower.", timedelta(0)))
        assert await told(new_store, seeker.user.id, start) == analysis_told("queued", "queued", "queued")

    async def test_a_dead_letter_is_told_of_with_its_failed_analysis(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await queued(new_store, seeker)
        start = await newest(new_store)
        await bury_next(new_store)
        assert await told(new_store, seeker.user.id, start) == [
            ("dead_letter.added", "dead"),
            ("analysis.updated", "failed"),
        ]
        letter = (await read(new_store, [seeker.user.id], start)).events[0].change.subject
        async with new_store.store.transaction() as tx:
            assert (await tx.dead_letters.requeue(seeker.user.id, Selection())).ids == (letter,)

    async def test_a_rescue_tells_what_became_of_each_job(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await queued(new_store, seeker, max_attempts=2)
        start = await newest(new_store)
        for _ in range(2):
            await claim_one(new_store)
            await new_store.advance(LEASE * 2)
            async with new_store.store.transaction() as tx:
                await tx.analyses.record((await tx.jobs.rescue(10)).buried)
        assert await told(new_store, seeker.user.id, start) == [
            ("analysis.updated", "queued"),
            ("dead_letter.added", "dead"),
            ("analysis.updated", "failed"),
        ]

    async def test_an_end_that_comes_too_late_tells_nothing(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await queued(new_store, seeker)
        late = await claim_one(new_store)
        await settle(new_store, End.released(late))
        start = await newest(new_store)
        await begun(new_store, late)
        for end in (End.released(late), End.buried(late, "refused", "No."), End.retried(late, "network", "", LEASE)):
            await settle(new_store, end)
        assert await told(new_store, seeker.user.id, start) == []

    async def test_a_job_without_an_analysis_tells_nothing(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        start = await newest(new_store)
        resume = await a_stored_resume(new_store, seeker)
        await ask(new_store, resume, seeker.listing, kind="chore")
        for end in (End.released, lambda job: End.buried(job, "refused", "No.")):
            async with new_store.store.transaction() as tx:
                (job,) = await tx.jobs.claim(["chore"], 1, LEASE, "worker")
                await tx.jobs.settle([end(job)])
        assert await told(new_store, seeker.user.id, start) == []

    async def test_what_a_drop_did_is_returned(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        cancelled = await queued(new_store, seeker)
        assert await drop(new_store, cancelled) == Dropped(cancelled=True)
        assert await drop(new_store, cancelled) == Dropped(cancelled=False)
        dead, start = await queued(new_store, seeker), await newest(new_store)
        await bury_next(new_store)
        letter = (await read(new_store, [seeker.user.id], start)).events[0].change.subject
        assert await drop(new_store, dead) == Dropped(cancelled=False, letter=letter)  # type: ignore[arg-type]

    async def test_a_resume_that_goes_tells_of_what_goes_with_it(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        dead = await queued(new_store, seeker)
        await bury_next(new_store)
        start = await newest(new_store)
        async with new_store.store.transaction() as tx:
            await tx.resumes.remove(seeker.user.id, dead.resume_id)
        assert set(await told(new_store, seeker.user.id, start)) == {
            ("analysis.updated", "deleted"),
            ("dead_letter.removed", "deleted"),
        }

    async def test_watchers_are_told_of_events_after_their_commit(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        async with watching(new_store) as first, watching(new_store) as second:
            assert new_store.store.watching
            async with new_store.store.transaction() as tx:
                await tx.events.add([a_change(seeker.user.id)])
                await anyio.sleep(QUIET)
                assert first.heard == []
            await first.hear("news")
            await second.hear("news")

    async def test_watchers_are_told_of_the_ends_of_jobs(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        analysis = await queued(new_store, seeker)
        job = await claim_one(new_store)
        async with watching(new_store) as hints:
            await begun(new_store, job)
            await hints.hear("news")
            hints.heard.clear()
            await settle(new_store, End.succeeded(job, a_completed(analysis, new_store.now())))
            await hints.hear("news")

    async def test_watchers_are_told_that_a_session_has_ended(self, new_store: NewStore) -> None:
        user = a_user(new_store.now())
        kept, ended = a_session(user, new_store.now()), a_session(user, new_store.now())
        async with new_store.store.transaction() as tx:
            await tx.users.add(user)
            await tx.sessions.add(kept)
            await tx.sessions.add(ended)
        async with watching(new_store) as hints:
            async with new_store.store.transaction() as tx:
                await tx.sessions.remove(user.id, ended.id)
            await hints.hear("ended")
        async with new_store.store.transaction() as tx:
            assert await tx.sessions.living([kept.id, ended.id]) == {kept.id}


async def begun(new_store: NewStore, job: Job) -> Job:
    """Begin a job as a worker does."""
    async with new_store.store.transaction() as tx:
        await tx.analyses.begun(job)
    return job


async def drop(new_store: NewStore, analysis: Analysis) -> Dropped:
    """Drop an analysis as its owner does."""
    async with new_store.store.transaction() as tx:
        return await tx.analyses.drop(analysis.user_id, analysis.id)


def analysis_told(*states: str) -> list[tuple[str, str | int | None]]:
    """What is told of an analysis that goes through these states."""
    return [("analysis.updated", state) for state in states]
