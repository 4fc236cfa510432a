"""How jobs come in: one at a time, unless a job with the same key lives, and in bulk."""

from collections.abc import Sequence

import msgspec

from jatify_adapters.postgres.arrays import instants, integers, texts, uuids
from jatify_adapters.postgres.claiming import job_of
from jatify_adapters.postgres.connection import Connection, Params, Ring
from jatify_adapters.postgres.process import Process
from jatify_core.job import ANALYSIS, Job


async def enqueue(db: Connection, process: Process, job: Job) -> Job:
    """Insert *job*, or return the living one that has its key."""
    while not await _insert(db, process, job):
        if live := await _by_key(db, job):
            return live
        # That job ended between the two statements, so its key is free again.
    return job


async def enqueue_many(db: Connection, process: Process, jobs: Sequence[Job]) -> int:
    """Insert *jobs*; return how many of them were inserted."""
    if not any(job.dedup_key for job in jobs) and not process.fair_spacing:
        return await _insert_bulk(db, jobs)
    return sum([await _insert(db, process, job) for job in jobs])


async def _insert(db: Connection, process: Process, job: Job) -> bool:
    told = process.hints.take()
    row = {**_row(job), "tells": told}
    if process.fair_spacing:
        inserted = await _insert_spaced(db, {**row, "spacing": process.fair_spacing})
    elif job.dedup_key:
        inserted = await _insert_keyed(db, row)
    else:
        inserted = await _insert_keyless(db, row)
    if inserted:
        db.ring(Ring(told=told))
    return bool(inserted)


async def _insert_keyed(db: Connection, row: Params) -> int:
    return await db.change(
        """
        insert into job (id, user_id, kind, payload, dedup_key, max_attempts, enqueued_at, analysis_id)
        values (%(id)s, %(user_id)s, %(kind)s, %(payload)s, %(dedup_key)s, %(max_attempts)s, %(enqueued_at)s,
                %(analysis_id)s)
        on conflict (dedup_key) where dedup_key is not null do nothing
        returning case when %(tells)s then pg_notify('jatify_queue', '') end
        """,
        row,
    )


async def _insert_keyless(db: Connection, row: Params) -> int:
    # What may conflict is inserted in two steps, and costs a tenth more.
    return await db.change(
        """
        insert into job (id, user_id, kind, payload, max_attempts, enqueued_at, analysis_id)
        values (%(id)s, %(user_id)s, %(kind)s, %(payload)s, %(max_attempts)s, %(enqueued_at)s, %(analysis_id)s)
        returning case when %(tells)s then pg_notify('jatify_queue', '') end
        """,
        row,
    )


async def _insert_spaced(db: Connection, row: Params) -> int:
    # The user's next job sorts behind the last that he has waiting, which only orders the two and delays none.
    return await db.change(
        """
        insert into job (id, user_id, kind, payload, dedup_key, max_attempts, enqueued_at, analysis_id, sort_at)
        values (
          %(id)s, %(user_id)s, %(kind)s, %(payload)s, %(dedup_key)s, %(max_attempts)s, %(enqueued_at)s,
          %(analysis_id)s,
          greatest(now(), (
            select max(sort_at) + %(spacing)s from job where user_id = %(user_id)s and status = 'pending'))
        )
        on conflict (dedup_key) where dedup_key is not null do nothing
        returning case when %(tells)s then pg_notify('jatify_queue', '') end
        """,
        row,
    )


async def _insert_bulk(db: Connection, jobs: Sequence[Job]) -> int:
    # A COPY is refused where row security is asked.
    inserted = await db.change(
        """
        insert into job (id, user_id, kind, payload, max_attempts, enqueued_at, analysis_id)
        select id, user_id, kind, payload::jsonb, max_attempts, enqueued_at, case when kind = 'analysis' then id end
          from unnest(%(ids)s::uuid[], %(user_ids)s::uuid[], %(kinds)s::text[], %(payloads)s::text[],
                      %(max_attempts)s::integer[], %(enqueued_at)s::timestamptz[])
            as row (id, user_id, kind, payload, max_attempts, enqueued_at)
        """,
        _columns(jobs),
    )
    db.ring(Ring())
    return inserted


async def _by_key(db: Connection, job: Job) -> Job | None:
    row = await db.row(
        """
        select id, user_id, kind, payload::text, dedup_key, max_attempts, attempt, run, snoozes, requeues,
               crashes, nullif(errors, '[]')::text, enqueued_at, claimed_at
          from job
         where dedup_key = %(dedup_key)s
        """,
        {"dedup_key": job.dedup_key},
    )
    return job_of(row) if row else None


def _row(job: Job) -> Params:
    return {
        "id": job.id,
        "user_id": job.user_id,
        "kind": job.kind,
        "payload": msgspec.json.encode(job.payload).decode(),
        "dedup_key": job.dedup_key,
        "max_attempts": job.max_attempts,
        "enqueued_at": job.enqueued_at,
        "analysis_id": job.id if job.kind == ANALYSIS else None,
    }


def _columns(jobs: Sequence[Job]) -> Params:
    return {
        "ids": uuids(job.id for job in jobs),
        "user_ids": uuids(job.user_id for job in jobs),
        "kinds": texts(job.kind.encode() for job in jobs),
        "payloads": texts(msgspec.json.encode(job.payload) for job in jobs),
        "max_attempts": integers(job.max_attempts for job in jobs),
        "enqueued_at": instants(job.enqueued_at for job in jobs),
    }
