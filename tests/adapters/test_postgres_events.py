"""Events in Postgres: in an order that only grows however transactions commit, and cheap."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import LiteralString
from uuid import uuid4

import anyio
import psycopg
import pytest

from jatify_adapters.contracts.events import a_change, add, begun, newest, read, told
from jatify_adapters.contracts.samples import a_completed, a_seeker, claim, claim_one, queued, settle
from jatify_adapters.memory import memory_ports
from jatify_adapters.postgres import events, open_store
from jatify_adapters.postgres.connection import Answer, Kept, Params
from jatify_core.event import Event
from jatify_core.job import End
from jatify_core.use_cases.analyses import drop_analysis
from jatify_core.user import UserId
from tests.adapters.chores import asked, execute
from tests.adapters.conftest import PostgresNewStore


@pytest.fixture
def new_store(new_postgres_store: PostgresNewStore) -> PostgresNewStore:
    return new_postgres_store


@pytest.fixture
async def other(database: str) -> AsyncIterator[PostgresNewStore]:
    """The same database as another process sees it."""
    async with open_store(database) as store:
        yield PostgresNewStore(store, database)


async def test_a_change_that_commits_after_a_later_one_is_not_missed(
    new_store: PostgresNewStore, other: PostgresNewStore
) -> None:
    user_id, start = UserId(uuid4()), await newest(new_store)
    first, second = a_change(user_id, 1), a_change(user_id, 2)
    async with new_store.store.transaction() as slow:
        await slow.events.add([first])
        await add(other, second)
        seen = await read(other, [user_id], start)
        assert [event.change for event in seen.events] == [second]
    late = await read(other, [user_id], seen.upto)
    assert [event.change for event in late.events] == [first]
    assert late.events[0].id > seen.events[0].id


async def test_who_reads_while_another_gives_numbers_waits_for_them(
    new_store: PostgresNewStore, other: PostgresNewStore, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_NUMBERED_AT_ONCE", 1)  # so that the two would take rows from each other one by one
    user_id, start = UserId(uuid4()), await newest(new_store)
    added, numbered, committed = anyio.Event(), anyio.Event(), anyio.Event()
    seen: list[Event] = []

    async def commit_late() -> None:
        async with other.store.transaction() as slow:
            await slow.events.add([a_change(user_id, 1)])
            added.set()
            await numbered.wait()
        committed.set()
        seen.extend((await read(other, [user_id], start)).events)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(commit_late)
        await added.wait()
        await add(new_store, a_change(user_id, 2))
        async with new_store.store.transaction() as numbering:
            mine = await numbering.events.read([user_id], start, 10)
            numbered.set()
            await committed.wait()
            await somebody_waits(database)
            more = await numbering.events.read([user_id], mine.upto, 10)
    assert [event.change.version for event in mine.events] == [2]
    assert [event.change.version for event in more.events] == [1]
    assert seen == [*mine.events, *more.events]


async def test_whatever_many_writers_and_readers_do_at_once_each_reader_sees_the_same(
    new_store: PostgresNewStore, other: PostgresNewStore
) -> None:
    user_id, start = UserId(uuid4()), await newest(new_store)
    writers, each = 6, 25
    readers: list[list[Event]] = [[], [], []]

    async def write(store: PostgresNewStore) -> None:
        for number in range(each):
            async with store.store.transaction() as tx:
                await tx.events.add([a_change(user_id, number)])
                await anyio.sleep(0.001 * (number % 7))

    async def follow(store: PostgresNewStore, seen: list[Event]) -> None:
        place = start
        while len(seen) < writers * each:
            batch = await read(store, [user_id], place, limit=7)
            seen += batch.events
            place = batch.upto

    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            for number in range(writers):
                tasks.start_soon(write, (new_store, other)[number % 2])
            for number, seen in enumerate(readers):
                tasks.start_soon(follow, (new_store, other)[number % 2], seen)
    assert readers[0] == readers[1] == readers[2]
    assert len({event.id for event in readers[0]}) == writers * each


async def test_that_an_analysis_runs_is_told_before_its_end_even_if_it_is_cancelled_meanwhile(
    new_store: PostgresNewStore, other: PostgresNewStore, database: str
) -> None:
    seeker = await a_seeker(new_store)
    analysis = await queued(new_store, seeker)
    start, job = await newest(new_store), await claim_one(new_store)
    async with anyio.create_task_group() as tasks, new_store.store.transaction() as tx:
        await tx.analyses.begun(job)
        tasks.start_soon(drop_analysis, memory_ports(store=other.store), seeker.user.id, analysis.id)
        await somebody_waits(database)
    await begun(new_store, job)  # too late: it is cancelled, and tells nothing more
    assert await told(new_store, seeker.user.id, start) == [
        ("analysis.updated", "running"),
        ("analysis.updated", "cancelled"),
    ]


async def test_with_an_account_go_its_events_numbered_or_not(new_store: PostgresNewStore, database: str) -> None:
    ada, bob = await a_seeker(new_store), await a_seeker(new_store)
    start = await newest(new_store)
    await add(new_store, a_change(ada.user.id), a_change(bob.user.id))
    await newest(new_store)
    await add(new_store, a_change(ada.user.id), a_change(bob.user.id))
    await execute(database, "delete from account where id = %s", ada.user.id)
    left = await read(new_store, [ada.user.id, bob.user.id], start)
    assert [event.change.user_id for event in left.events] == [bob.user.id] * 2


async def test_an_account_that_goes_while_its_job_ends_leaves_no_event_and_no_deadlock(
    new_store: PostgresNewStore, database: str
) -> None:
    seeker = await a_seeker(new_store)
    analysis = await queued(new_store, seeker)
    start, job = await newest(new_store), await claim_one(new_store)
    async with anyio.create_task_group() as tasks, new_store.store.transaction() as tx:
        await tx.jobs.settle([End.succeeded(job, a_completed(analysis, datetime.now(UTC)))])
        tasks.start_soon(leave, database, seeker.user.id)
        await somebody_waits(database)
        await tx.analyses.record([End.succeeded(job, a_completed(analysis, datetime.now(UTC)))])
    assert await told(new_store, seeker.user.id, start) == []


async def test_events_of_jobs_that_end_together_cost_no_statement_of_their_own(
    new_store: PostgresNewStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []
    answer = Kept.answer

    async def counted(conn: Kept, query: LiteralString, params: Params) -> Answer:
        statements.append(query)
        return await answer(conn, query, params)

    monkeypatch.setattr(Kept, "answer", counted)
    seeker = await a_seeker(new_store)
    analyses = [await queued(new_store, seeker) for _ in range(20)]
    start, jobs = await newest(new_store), await claim(new_store, 20)
    done = {job.id: a_completed(analysis, new_store.now()) for job, analysis in zip(jobs, analyses, strict=True)}
    ends = [End.succeeded(job, done[job.id]) for job in jobs[:10]] + [
        End.buried(job, "refused", "No.") for job in jobs[10:]
    ]
    statements.clear()
    assert not await settle(new_store, *ends)
    assert len(statements) == 4  # delete jobs, bury jobs, succeed, fail
    assert sorted(state or "" for _, state in await told_states(new_store, seeker.user.id, start)) == sorted(
        ["succeeded", "dead", "failed"] * 10
    )


async def leave(database: str, user_id: UserId) -> None:
    """Delete an account: the jobs first, since a worker locks in this order too."""
    async with await psycopg.AsyncConnection.connect(database) as link:
        await link.execute("delete from job where user_id = %s", [user_id])
        await link.execute("delete from account where id = %s", [user_id])


async def told_states(new_store: PostgresNewStore, user_id: UserId, start: int) -> list[tuple[str, str]]:
    return [(kind, str(state)) for kind, state in await told(new_store, user_id, start)]


async def somebody_waits(database: str) -> None:
    """Return once a connection waits for another's lock."""
    question = "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    with anyio.fail_after(5):
        while not await asked(database, question):
            await anyio.sleep(0.01)
