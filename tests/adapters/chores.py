"""Jobs of a kind that no analysis stands behind, for tests of the queue alone."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg

from jatify_adapters.contracts.samples import a_user
from jatify_adapters.postgres import PostgresStore
from jatify_core.job import Job, JobId
from jatify_core.user import UserId

CHORE = "chore"
LEASE = timedelta(seconds=30)


def a_chore(user_id: UserId, dedup_key: str | None = None) -> Job:
    return Job(id=JobId(uuid4()), user_id=user_id, kind=CHORE, dedup_key=dedup_key, enqueued_at=datetime.now(UTC))


async def a_stored_user(store: PostgresStore) -> UserId:
    user = a_user(datetime.now(UTC))
    async with store.transaction() as tx:
        await tx.users.add(user)
    return user.id


async def enqueue(store: PostgresStore, count: int) -> Sequence[Job]:
    """Enqueue chores of a new user, in one transaction."""
    user_id = await a_stored_user(store)
    async with store.transaction() as tx:
        return [await tx.jobs.enqueue(a_chore(user_id)) for _ in range(count)]


async def claim(store: PostgresStore, limit: int) -> Sequence[Job]:
    async with store.transaction() as tx:
        return await tx.jobs.claim([CHORE], limit, LEASE, "worker")


async def execute(conninfo: str, statement: str, *params: object) -> None:
    """Run a statement behind the store's back."""
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as link:
        await link.execute(statement.encode(), params or None)


async def asked(database: str, question: str) -> list[Any]:
    """What a question behind the store's back gives."""
    async with await psycopg.AsyncConnection.connect(database) as link:
        cursor = await link.execute(question.encode())
        return [value for (value,) in await cursor.fetchall()]
