"""How jobs are claimed: each claim is one statement, which locks what it takes and passes over what others lock.

In the table `claim` it notes what it took: that is how running jobs are found, without an index that every claim and
every end would have to keep.

A planner's trap: to statistics from a time when every job ran, `status = 'pending'` is true of none, and so they
invite to read and sort all jobs. `status || '' <> 'processing'` says the same and is taken to be true of nearly all, so
that the first ones are found along the index of places.
"""

from collections.abc import Sequence
from datetime import timedelta
from operator import itemgetter

import msgspec
from msgspec import Struct
from psycopg.rows import TupleRow

from jatify_adapters.postgres.connection import Connection, Params
from jatify_adapters.postgres.process import Process
from jatify_core.job import Job, JobError


class Claimant(Struct, frozen=True):
    """Who claims, of which kinds, and for how long."""

    kinds: tuple[str, ...]
    lease: timedelta
    worker: str


async def claim(db: Connection, process: Process, claimant: Claimant, limit: int) -> Sequence[Job]:
    """Lease due jobs, first in, first out, from the front of the queue on."""
    # The array is built once, whatever the plan: a join could run its sub-query, and lock, more than *limit* times.
    front = process.front
    floor = front.floor(claimant.kinds)
    rows = await db.rows(
        """
        with open as materialized (
          select kind from unnest(%(kinds)s::text[]) as wanted (kind)
           where not exists (select from queue_pause where queue_pause.kind = wanted.kind)
        ), taken as materialized (
          select array(
            select id from job
             where status || '' <> 'processing' and sort_at >= %(floor)s and available_at <= now() and crashes < 2
               and exists (select from open) and kind = any(array(select kind from open))
             order by sort_at, seq
             limit %(limit)s
             for update skip locked) as ids
        ), noted as (
          insert into claim (job_ids) select ids from taken where ids <> '{}'
        )
        update job
           set status = 'processing', run = run + 1, attempt = attempt + 1, claimed_at = now(),
               lease_expires_at = now() + %(lease)s, locked_by = %(worker)s, owner = %(owner)s
         where id = any((select ids from taken)::uuid[])
        returning id, user_id, kind, payload::text, dedup_key, max_attempts, attempt, run, snoozes, requeues,
                  crashes, nullif(errors, '[]')::text, enqueued_at, claimed_at, sort_at, seq
        """,
        {**_params(process, claimant), "limit": limit, "floor": floor},
    )
    rows.sort(key=itemgetter(-2, -1))  # an update returns its rows in any order
    front.seen(claimant.kinds, floor, rows[-1][-2] if rows else None, rows[-1][-3] if rows else None)
    return [job_of(row[:-2]) for row in rows]


async def claim_suspect(db: Connection, process: Process, claimant: Claimant) -> Job | None:
    """Lease a suspect that is due."""
    # The number is `SUSPECT_CRASHES`, written out so that the index of suspects, nearly always empty, is fit.
    row = await db.row(
        """
        with taken as materialized (
          select id from job
           where status || '' <> 'processing' and crashes >= 2 and available_at <= now()
             and kind = any(%(kinds)s::text[])
             and not exists (select from queue_pause where queue_pause.kind = job.kind)
           order by sort_at, seq
           limit 1
           for update skip locked
        ), noted as (
          insert into claim (job_ids) select array[id] from taken
        )
        update job
           set status = 'processing', run = run + 1, attempt = attempt + 1, claimed_at = now(),
               lease_expires_at = now() + %(lease)s, locked_by = %(worker)s, owner = %(owner)s
         where id = (select id from taken)
        returning id, user_id, kind, payload::text, dedup_key, max_attempts, attempt, run, snoozes, requeues,
                  crashes, nullif(errors, '[]')::text, enqueued_at, claimed_at
        """,
        _params(process, claimant),
    )
    return job_of(row) if row else None


async def next_due(db: Connection, process: Process, kinds: tuple[str, ...]) -> timedelta | None:
    """How long until `claim` finds something."""
    # Of the first in line alone: that is where a job stands that is due, and a poll finds the others.
    row = await db.row(
        """
        with open as materialized (
          select kind from unnest(%(kinds)s::text[]) as wanted (kind)
           where not exists (select from queue_pause where queue_pause.kind = wanted.kind)
        ), first as (
          select available_at from job
           where status || '' <> 'processing' and sort_at >= %(floor)s and crashes < 2
             and kind = any(array(select kind from open))
           order by sort_at, seq
           limit 100
        )
        select greatest(min(available_at) - now(), interval '0') from first having count(*) > 0
        """,
        {"kinds": list(kinds), "floor": process.front.floor(kinds)},
    )
    return row[0] if row else None


async def probe(db: Connection, process: Process, claimant: Claimant, again_after: timedelta) -> Job | None:
    """Claim one job of the claimant's only kind, which is paused, when its probe is due and there is one to claim."""
    row = await db.row(
        """
        with due as materialized (
          select kind from queue_pause where kind = %(kind)s and probe_at <= now() for update skip locked
        ), taken as materialized (
          select id from job
           where status || '' <> 'processing' and available_at <= now()
             and exists (select from due) and kind = (select kind from due)
           order by sort_at, seq
           limit 1
           for update skip locked
        ), probed as (
          update queue_pause set probe_at = now() + %(again_after)s
           where kind = (select kind from due) and exists (select from taken)
        ), noted as (
          insert into claim (job_ids) select array[id] from taken
        )
        update job
           set status = 'processing', run = run + 1, attempt = attempt + 1, claimed_at = now(),
               lease_expires_at = now() + %(lease)s, locked_by = %(worker)s, owner = %(owner)s
         where id = (select id from taken)
        returning id, user_id, kind, payload::text, dedup_key, max_attempts, attempt, run, snoozes, requeues,
                  crashes, nullif(errors, '[]')::text, enqueued_at, claimed_at
        """,
        {**_params(process, claimant), "kind": claimant.kinds[0], "again_after": again_after},
    )
    return job_of(row) if row else None


def _params(process: Process, claimant: Claimant) -> Params:
    return {
        "kinds": list(claimant.kinds),
        "lease": claimant.lease,
        "worker": claimant.worker,
        "owner": process.lines.identity,
    }


def job_of(row: TupleRow) -> Job:
    """The job of a row as the statements above return it."""
    # JSON comes as text, and no errors as null: a claim of many spends a third of its time on it otherwise.
    id_, user_id, kind, payload, dedup_key, max_attempts, attempt, run, snoozes, requeues, crashes, errors, *at = row
    enqueued_at, claimed_at = at
    return Job(
        id=id_,
        user_id=user_id,
        kind=kind,
        payload=msgspec.json.decode(payload),
        dedup_key=dedup_key,
        max_attempts=max_attempts,
        attempt=attempt,
        run=run,
        snoozes=snoozes,
        requeues=requeues,
        crashes=crashes,
        errors=msgspec.json.decode(errors, type=tuple[JobError, ...]) if errors else (),
        enqueued_at=enqueued_at,
        claimed_at=claimed_at,
    )
