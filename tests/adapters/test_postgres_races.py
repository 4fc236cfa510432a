"""Races in the queue: transactions that want the same job, in the order that the test decides, and many at once."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import anyio
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from jatify_adapters.contracts.ends import every_verb
from jatify_adapters.postgres import PostgresStore, open_store
from jatify_core.dead_letter import DeadLetterId, Requeued, Selection
from jatify_core.errors import NotFound
from jatify_core.job import End, Job, Rescued
from jatify_core.ports import Transaction
from tests.adapters.chores import LEASE, a_chore, a_stored_user, claim, enqueue, execute

T = TypeVar("T")
U = TypeVar("U")
Step = Callable[[Transaction], Awaitable[T]]

CLAIMERS, JOBS = 50, 2_000
LIMIT = LEASE * 10

NO_JOIN_BUT_LOOPS = ("enable_hashjoin", "enable_mergejoin")
BAD_PLANS = {
    "no join but loops": NO_JOIN_BUT_LOOPS,
    "no index": ("enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan"),
    "a loop that asks again for each row": (*NO_JOIN_BUT_LOOPS, "enable_material", "enable_hashagg", "enable_sort"),
}


@pytest.fixture
async def held(store: PostgresStore, database: str) -> Job:
    """The one job there is: it is held, and its lease has lapsed."""
    await enqueue(store, 1)
    (job,) = await claim(store, 1)
    await execute(database, "update job set lease_expires_at = now() - interval '1 second'")
    return job


@pytest.fixture
async def buried(store: PostgresStore, database: str) -> tuple[Job, DeadLetterId]:
    """The one job there is: it is a dead letter."""
    await enqueue(store, 1)
    (job,) = await claim(store, 1)
    assert not await store.jobs.settle([End.buried(job, "refused", "It declined.")])
    async with await psycopg.AsyncConnection.connect(database) as link:
        (id_,) = await (await link.execute("select id from dead_letter")).fetchone() or (None,)
    assert id_
    return job, id_


async def test_fifty_claimers_share_two_thousand_jobs_none_twice_and_none_lost(database: str) -> None:
    claimed: list[Job] = []
    async with open_store(database, pool_size=CLAIMERS) as store:
        asked = {job.id for job in await enqueue(store, JOBS)}

        async def work() -> None:
            while jobs := await claim(store, 7):
                assert len(jobs) <= 7
                claimed.extend(jobs)

        async with anyio.create_task_group() as claimers:
            for _ in range(CLAIMERS):
                claimers.start_soon(work)
    assert len(claimed) == JOBS
    assert {job.id for job in claimed} == asked
    assert {(job.run, job.attempt) for job in claimed} == {(1, 1)}


@pytest.mark.parametrize("switched_off", BAD_PLANS.values(), ids=BAD_PLANS)
async def test_a_claim_takes_no_more_than_its_limit_under_the_worst_of_plans(
    own_database: str, switched_off: Sequence[str]
) -> None:
    options = " ".join(f"-c {switch}=off" for switch in switched_off)
    async with open_store(make_conninfo(own_database, options=options), pool_size=10) as store:
        asked = [job.id for job in await enqueue(store, 200)]
        taken: list[Job] = []

        async def work() -> None:
            for _ in range(5):
                jobs = await claim(store, 3)
                assert len(jobs) <= 3
                taken.extend(jobs)

        async with anyio.create_task_group() as claimers:
            for _ in range(10):
                claimers.start_soon(work)
    assert {job.id for job in taken} == set(asked[: len(taken)])
    assert len(taken) == len({job.id for job in taken})


async def test_a_rescue_passes_over_a_job_that_is_being_completed(
    store: PostgresStore, database: str, held: Job
) -> None:
    lost, rescued = await interleaved(store, database, settling(End.succeeded(held)), rescuing, waits=False)
    assert (list(lost), rescued) == ([], Rescued())
    assert await live(store, held) == 0


async def test_a_completion_finds_its_lease_lost_to_a_rescue_that_came_first(
    store: PostgresStore, database: str, held: Job
) -> None:
    end = End.succeeded(held)
    rescued, lost = await interleaved(store, database, rescuing, settling(end))
    assert (rescued, list(lost)) == (Rescued(requeued=1), [end])
    assert await live(store, held) == 1


@every_verb
async def test_a_worker_whose_job_waits_again_ends_nothing(
    store: PostgresStore, held: Job, make: Callable[[Job], End]
) -> None:
    assert await store.jobs.rescue(1) == Rescued(requeued=1)
    assert list(await store.jobs.settle([make(held)])) == [make(held)]
    assert [(job.id, job.run) for job in await claim(store, 1)] == [(held.id, held.run + 1)]


async def test_a_rescue_passes_over_a_job_that_is_being_renewed(store: PostgresStore, database: str, held: Job) -> None:
    renewed, rescued = await interleaved(store, database, renewing(held), rescuing, waits=False)
    assert (renewed, rescued) == ({held.id}, Rescued())
    assert not await store.jobs.settle([End.succeeded(held)])


async def test_a_renewal_finds_its_lease_lost_to_a_rescue_that_came_first(
    store: PostgresStore, database: str, held: Job
) -> None:
    rescued, renewed = await interleaved(store, database, rescuing, renewing(held))
    assert (rescued, renewed) == (Rescued(requeued=1), set())


async def test_fifty_requeues_of_one_letter_give_it_one_life(database: str, buried: tuple[Job, DeadLetterId]) -> None:
    job, letter = buried
    answers: list[Requeued] = []
    async with open_store(database, pool_size=CLAIMERS) as store:

        async def requeue() -> None:
            async with store.transaction() as tx:
                answers.append(await requeuing(job, letter)(tx))

        async with anyio.create_task_group() as operators:
            for _ in range(CLAIMERS):
                operators.start_soon(requeue)
        assert await live(store, job) == 1
    assert sorted(len(answer.ids) for answer in answers) == [0] * (CLAIMERS - 1) + [1]
    assert {one.reason for answer in answers for one in answer.skipped} == {"not_found"}


async def test_a_deletion_finds_nothing_of_a_letter_that_was_just_requeued(
    store: PostgresStore, database: str, buried: tuple[Job, DeadLetterId]
) -> None:
    job, letter = buried
    requeued, found = await interleaved(store, database, requeuing(job, letter), deleting(job, letter))
    assert (requeued.ids, found) == ((letter,), False)
    assert await live(store, job) == 1


async def test_a_requeue_revives_nothing_of_a_letter_that_was_just_deleted(
    store: PostgresStore, database: str, buried: tuple[Job, DeadLetterId]
) -> None:
    job, letter = buried
    found, requeued = await interleaved(store, database, deleting(job, letter), requeuing(job, letter))
    assert (found, requeued.ids) == (True, ())
    assert await live(store, job) == 0


async def test_of_two_enqueues_with_one_key_the_second_waits_and_stands_for_the_first(
    store: PostgresStore, database: str
) -> None:
    user_id = await a_stored_user(store)
    first, second = (a_chore(user_id, dedup_key="one") for _ in range(2))
    answers = await interleaved(store, database, lambda tx: tx.jobs.enqueue(first), lambda tx: tx.jobs.enqueue(second))
    assert [answer.id for answer in answers] == [first.id, first.id]
    assert await live(store, first) == 1


async def interleaved(
    store: PostgresStore, database: str, first: Step[T], second: Step[U], *, waits: bool = True
) -> tuple[T, U]:
    """Do *second* while the transaction of *first* is open, and commit that one when the other waits or has ended."""
    begun = anyio.Event()
    answers: list[U] = []

    async def follow() -> None:
        await begun.wait()
        async with store.transaction() as tx:
            answers.append(await second(tx))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(follow)
        async with store.transaction() as tx:
            answer = await first(tx)
            begun.set()
            with anyio.fail_after(5):
                while not (answers or await somebody_waits(database)):
                    await anyio.sleep(0.01)
            assert bool(answers) is not waits
    return answer, answers[0]


async def somebody_waits(database: str) -> bool:
    query = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with await psycopg.AsyncConnection.connect(database) as link:
        return await (await link.execute(query)).fetchone() is not None


def settling(end: End) -> Step[Sequence[End]]:
    return lambda tx: tx.jobs.settle([end])


async def rescuing(tx: Transaction) -> Rescued:
    return await tx.jobs.rescue(10)


def renewing(job: Job) -> Step[object]:
    return lambda tx: tx.jobs.renew([job.lease], LEASE, LIMIT)


def requeuing(job: Job, letter: DeadLetterId) -> Step[Requeued]:
    return lambda tx: tx.dead_letters.requeue(job.user_id, Selection(ids=(letter,)))


def deleting(job: Job, letter: DeadLetterId) -> Step[bool]:
    """Delete a letter, and tell whether there was one."""

    async def delete(tx: Transaction) -> bool:
        try:
            await tx.dead_letters.remove(job.user_id, letter)
        except NotFound:
            return False
        return True

    return delete


async def live(store: PostgresStore, job: Job) -> int:
    async with store.transaction() as tx:
        return await tx.jobs.waiting(job.user_id)
