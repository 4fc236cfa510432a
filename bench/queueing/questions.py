"""Rows that jobs refer to: users, and for jobs with a result an analysis each, with its resume and listing."""

from collections.abc import Sequence
from uuid import UUID

import uuid_utils
from msgspec import Struct
from psycopg import AsyncConnection

USERS = 100
"""So many users share the jobs."""


class Question(Struct, frozen=True):
    """Whom one job is for, and what it is about."""

    id: UUID
    user_id: UUID
    resume_id: UUID
    listing_id: UUID


async def ask(conninfo: str, count: int, *, with_analyses: bool) -> Sequence[Question]:
    """Make *count* questions of new users; the database has their users, and if asked for their analyses as well."""
    resumes = [(_new_id(), _new_id()) for _ in range(USERS)]
    questions = [Question(_new_id(), *resumes[number % USERS], _new_id()) for number in range(count)]
    async with await AsyncConnection.connect(conninfo, autocommit=True) as conn, conn.transaction():
        await _insert_users(conn, [user_id for user_id, _ in resumes])
        if with_analyses:
            await _insert_resumes(conn, resumes)
            await _insert_analyses(conn, questions)
    return questions


async def _insert_users(conn: AsyncConnection, ids: Sequence[UUID]) -> None:
    await conn.execute(
        """
        insert into account (id, email, email_key, name, password_hash, created_at)
        select id, id || '@example.org', id || '@example.org', 'Ada', 'hashed', now()
          from unnest(%(ids)s::uuid[]) as made (id)
        """,
        {"ids": ids},
    )


async def _insert_resumes(conn: AsyncConnection, resumes: Sequence[tuple[UUID, UUID]]) -> None:
    await conn.execute(
        """
        insert into resume (id, user_id, name, filename, media_type, size, sha256, text_hash, text_chars, warnings,
                            created_at, updated_at, version)
        select id, user_id, 'Resume', 'ada.txt', 'text/plain', 100, repeat('a', 64), repeat('b', 64), 100, '{}',
               now(), now(), 1
          from unnest(%(user_ids)s::uuid[], %(ids)s::uuid[]) as made (user_id, id)
        """,
        {"user_ids": [user_id for user_id, _ in resumes], "ids": [id_ for _, id_ in resumes]},
    )


async def _insert_analyses(conn: AsyncConnection, questions: Sequence[Question]) -> None:
    """Each about a listing of its own, as one pair of resume and listing has one live job at most."""
    columns = {
        "ids": [one.id for one in questions],
        "user_ids": [one.user_id for one in questions],
        "resume_ids": [one.resume_id for one in questions],
        "listing_ids": [one.listing_id for one in questions],
    }
    await conn.execute(
        """
        insert into listing (id, user_id, company, position, description, content_hash, created_at, updated_at, version)
        select id, user_id, 'Analytical Engines', 'Programmer', 'You need Python and Postgres.', repeat('c', 64),
               now(), now(), 1
          from unnest(%(user_ids)s::uuid[], %(listing_ids)s::uuid[]) as made (user_id, id)
        """,
        columns,
    )
    await conn.execute(
        """
        insert into analysis (id, user_id, resume_id, listing_id, state, provider, model, prompt_version, resume_hash,
                              listing_hash, inputs_hash, created_at)
        select id, user_id, resume_id, listing_id, 'queued', 'local', 'rules', '1', repeat('b', 64), repeat('c', 64),
               repeat('d', 64), now()
          from unnest(%(ids)s::uuid[], %(user_ids)s::uuid[], %(resume_ids)s::uuid[], %(listing_ids)s::uuid[])
            as made (id, user_id, resume_id, listing_id)
        """,
        columns,
    )


def _new_id() -> UUID:
    return UUID(int=uuid_utils.uuid7().int)
