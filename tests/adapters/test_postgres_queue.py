"""The queue in Postgres, with many connections at once."""

from datetime import UTC, datetime, timedelta

import anyio
import psycopg

from jatify_adapters.postgres import PostgresStore, open_store
from jatify_core.dead_letter import DeadLetterId, Selection
from jatify_core.job import End, Job
from tests.adapters.chores import CHORE, LEASE, a_chore, a_stored_user, claim, enqueue, execute


async def test_fifty_workers_that_claim_at_once_share_five_hundred_jobs_without_a_double(database: str) -> None:
    claimed: list[Job] = []
    async with open_store(database, pool_size=50) as store:
        asked = {job.id for job in await enqueue(store, 500)}

        async def work() -> None:
            while jobs := await claim(store, 7):
                claimed.extend(jobs)

        async with anyio.create_task_group() as workers:
            for _ in range(50):
                workers.start_soon(work)
    assert len(claimed) == 500
    assert {job.id for job in claimed} == asked
    assert {(job.run, job.attempt) for job in claimed} == {(1, 1)}


async def test_a_claim_passes_over_what_another_transaction_is_claiming(store: PostgresStore) -> None:
    first, second = await enqueue(store, 2)
    claimed, done = anyio.Event(), anyio.Event()

    async def claim_slowly() -> None:
        async with store.transaction() as tx:
            assert [job.id for job in await tx.jobs.claim([CHORE], 1, LEASE, "slow")] == [first.id]
            claimed.set()
            await done.wait()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(claim_slowly)
        await claimed.wait()
        with anyio.fail_after(5):
            assert [job.id for job in await claim(store, 2)] == [second.id]
        done.set()


async def test_an_enqueue_waits_for_one_with_the_same_key_and_then_stands_for_it(store: PostgresStore) -> None:
    user_id = await a_stored_user(store)
    first, second = (a_chore(user_id, dedup_key="one") for _ in range(2))
    enqueued = anyio.Event()

    async def enqueue_slowly() -> None:
        async with store.transaction() as tx:
            await tx.jobs.enqueue(first)
            enqueued.set()
            await anyio.sleep(0.1)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(enqueue_slowly)
        await enqueued.wait()
        async with store.transaction() as tx:
            assert (await tx.jobs.enqueue(second)).id == first.id


async def test_an_enqueue_goes_through_when_the_one_with_the_same_key_rolls_back(store: PostgresStore) -> None:
    user_id = await a_stored_user(store)
    first, second = (a_chore(user_id, dedup_key="one") for _ in range(2))
    enqueued = anyio.Event()

    async def enqueue_in_vain() -> None:
        with anyio.CancelScope() as scope:
            async with store.transaction() as tx:
                await tx.jobs.enqueue(first)
                enqueued.set()
                await anyio.sleep(0.1)
                scope.cancel()
                await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(enqueue_in_vain)
        await enqueued.wait()
        async with store.transaction() as tx:
            assert (await tx.jobs.enqueue(second)).id == second.id
    assert [job.id for job in await claim(store, 2)] == [second.id]


async def test_completions_and_rescues_at_once_end_each_job_only_once(store: PostgresStore, database: str) -> None:
    await enqueue(store, 40)
    jobs = await claim(store, 40)
    await execute(database, "update job set lease_expires_at = now() - interval '1 second'")
    lost: list[End] = []
    rescued: list[int] = []

    async def complete(job: Job) -> None:
        async with store.transaction() as tx:
            lost.extend(await tx.jobs.settle([End.succeeded(job)]))

    async def rescue() -> None:
        async with store.transaction() as tx:
            rescued.append((await tx.jobs.rescue(5)).requeued)

    async with anyio.create_task_group() as tasks:
        for index, job in enumerate(jobs):
            tasks.start_soon(complete, job)
            if index % 5 == 0:
                tasks.start_soon(rescue)
    assert len(lost) == sum(rescued)
    async with store.transaction() as tx:
        assert await tx.jobs.waiting(jobs[0].user_id) == len(lost)


async def test_requeues_of_the_same_letters_at_once_revive_each_once(store: PostgresStore) -> None:
    asked = await enqueue(store, 20)
    user_id = asked[0].user_id
    async with store.transaction() as tx:
        jobs = await tx.jobs.claim([CHORE], 20, LEASE, "worker")
        assert not await tx.jobs.settle([End.buried(job, "timeout", "It took too long.") for job in jobs])
    revived: list[DeadLetterId] = []

    async def requeue() -> None:
        async with store.transaction() as tx:
            requeued = await tx.dead_letters.requeue(user_id, Selection())
        revived.extend(requeued.ids)
        assert not requeued.skipped  # what somebody else revives is nothing of ours to report

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(requeue)
    assert len(revived) == len(set(revived)) == 20
    assert {job.id for job in await claim(store, 50)} == {job.id for job in asked}


async def test_a_requeue_of_all_goes_on_after_its_first_batch(store: PostgresStore, database: str) -> None:
    (job,) = await enqueue(store, 1)
    await execute(
        database,
        """
        insert into dead_letter (job_id, user_id, kind, payload, reason, message, errors, attempts, max_attempts, run,
                                 requeues, enqueued_at)
        select gen_random_uuid(), user_id, kind, payload, 'timeout', '', '[]', 1, 5, 3, 0, now()
          from job, generate_series(1, 1200)
        """,
    )
    async with store.transaction() as tx:
        requeued = await tx.dead_letters.requeue(job.user_id, Selection())
        assert (len(requeued.ids), requeued.skipped) == (1_200, ())
        assert await tx.jobs.waiting(job.user_id) == 1_201


async def test_with_fair_spacing_a_backlog_does_not_keep_others_waiting(database: str) -> None:
    async with open_store(database, fair_spacing=timedelta(seconds=2)) as store:
        backlog = await enqueue(store, 5)
        (late,) = await enqueue(store, 1)
        claimed = [job.id for job in await claim(store, 10)]
    assert claimed == [backlog[0].id, late.id, *(job.id for job in backlog[1:])]


async def test_with_fair_spacing_nobody_waits_while_workers_are_idle(database: str) -> None:
    async with open_store(database, fair_spacing=timedelta(hours=1)) as store:
        backlog = await enqueue(store, 3)
        assert [job.id for job in await claim(store, 10)] == [job.id for job in backlog]


async def test_ids_that_the_database_makes_are_uuids_of_version_7(database: str) -> None:
    async with await psycopg.AsyncConnection.connect(database) as link:
        cursor = await link.execute("select jatify_uuid7() from generate_series(1, 20)")
        made = [id_ for (id_,) in await cursor.fetchall()]
    assert len(set(made)) == 20
    for id_ in made:
        assert (id_.version, id_.variant) == (7, "specified in RFC 4122")
        at = datetime.fromtimestamp((id_.int >> 80) / 1_000, UTC)
        assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)
