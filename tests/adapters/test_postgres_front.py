"""Claims look on from the front of the queue; what stands behind it is found when it came back, or a little later."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import anyio
import pytest

from jatify_adapters.postgres import PostgresStore, front, open_store
from jatify_core.job import End, Job
from tests.adapters.chores import CHORE, LEASE, enqueue, execute


async def claim(store: PostgresStore) -> Sequence[Job]:
    return await store.jobs.claim((CHORE,), 10, LEASE, "worker")


@pytest.fixture
async def heir(database: str) -> AsyncIterator[PostgresStore]:
    """Another process, which listens."""
    async with open_store(database) as store, anyio.create_task_group() as tasks:
        tasks.start_soon(store.listen, lambda: None, lambda: None)
        with anyio.fail_after(5):
            while not store.listening:
                await anyio.sleep(0.005)
        yield store
        tasks.cancel_scope.cancel()


async def test_a_job_that_took_its_place_long_before_it_was_committed_is_found_by_a_whole_look(
    store: PostgresStore, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enqueue(store, 1)
    assert len(await claim(store)) == 1
    (late,) = await enqueue(store, 1)
    await execute(database, "update job set sort_at = now() - interval '1 hour' where id = %s", late.id)
    assert not await claim(store)
    monkeypatch.setattr(front, "_WHOLE_AFTER", 0.0)
    assert [job.id for job in await claim(store)] == [late.id]


async def test_a_job_that_was_given_back_to_an_old_place_is_found_at_once_by_any_process(
    store: PostgresStore, heir: PostgresStore, database: str
) -> None:
    await enqueue(store, 1)
    (long,) = await claim(store)
    await execute(database, "update job set sort_at = now() - interval '1 hour'")
    await enqueue(store, 1)
    assert len(await claim(heir)) == 1  # its front is an hour further on
    await store.jobs.settle([End.released(long)])
    with anyio.fail_after(1):
        while not (found := await claim(heir)):
            await anyio.sleep(0.01)
    assert [job.id for job in found] == [long.id]


async def test_a_claim_that_is_rolled_back_is_found_again(store: PostgresStore, database: str) -> None:
    await enqueue(store, 2)
    await execute(database, "update job set sort_at = now() - interval '1 hour' where seq = (select min(seq) from job)")
    with suppress(ZeroDivisionError):
        async with store.transaction() as tx:
            assert len(await tx.jobs.claim((CHORE,), 10, LEASE, "worker")) == 2
            raise ZeroDivisionError
    assert len(await claim(store)) == 2
