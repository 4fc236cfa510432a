"""The job queue in Postgres."""

from collections.abc import Sequence, Set
from datetime import UTC, datetime, timedelta
from typing import Final

from psycopg.rows import TupleRow

from jatify_adapters.postgres import claiming, enqueueing, settling
from jatify_adapters.postgres.arrays import integers, uuids
from jatify_adapters.postgres.claiming import Claimant
from jatify_adapters.postgres.connection import Connection, Ring
from jatify_adapters.postgres.pages import Pages
from jatify_adapters.postgres.process import Process
from jatify_core.analysis import Reason
from jatify_core.job import (
    FARTHEST_PLACE,
    End,
    Job,
    JobId,
    Lease,
    Pause,
    Place,
    QueuedJob,
    Rescued,
    Tally,
    Turn,
)
from jatify_core.paging import Page, Position, Window
from jatify_core.user import UserId

_FIRST_TURN: Final = Turn(datetime.min.replace(tzinfo=UTC), 0)
"""Before everybody's."""


class Jobs:
    """Implements `jatify_core.ports.Jobs`. Its clock is the database's `now()`, which stands in a transaction."""

    def __init__(self, db: Connection, process: Process) -> None:
        self._db = db
        self._process = process

    async def enqueue(self, job: Job) -> Job:
        """Make *job* claimable once the transaction commits, unless one with its key lives."""
        return await enqueueing.enqueue(self._db, self._process, job)

    async def enqueue_many(self, jobs: Sequence[Job]) -> int:
        """Make all *jobs* claimable but those whose key is taken."""
        return await enqueueing.enqueue_many(self._db, self._process, jobs)

    async def waiting(self, user_id: UserId) -> int:
        """How many of the user's jobs wait or run."""
        return await self._db.count("select count(*) from job where user_id = %(user_id)s", {"user_id": user_id})

    async def places(self, user_id: UserId, window: Window) -> Page[Place]:
        """Where the user's jobs stand."""
        after = Turn.read(window.after.key) if window.after else _FIRST_TURN
        # The front of the queue is walked once, and no further, however many wait and however many are the user's. It
        # is others' jobs for the most part, which only that function sees.
        rows = await self._db.rows(
            """
            select job.id, job.status = 'processing',
                   case when job.status = 'processing' then 0 else coalesce(front.ahead, %(farthest)s) end,
                   job.attempt, job.enqueued_at, job.available_at, analysis.resume_id, analysis.listing_id,
                   job.sort_at, job.seq
              from job
              left join jatify_places_ahead(%(user_id)s, %(farthest)s) as front on front.seq = job.seq
              left join analysis on analysis.user_id = job.user_id and analysis.id = job.analysis_id
             where job.user_id = %(user_id)s and (job.sort_at, job.seq) > (%(after)s, %(seq)s)
             order by job.sort_at, job.seq
             limit %(limit)s
            """,
            {
                "user_id": user_id,
                "farthest": FARTHEST_PLACE,
                "after": after.at,
                "seq": after.number,
                "limit": window.limit + 1,
            },
        )
        places = tuple(_place(row) for row in rows[: window.limit])
        more = len(rows) > window.limit
        return Page(places, Position(places[-1].turn, places[-1].job_id) if more else None)

    async def tally(self, most: int) -> Tally:
        """How the whole queue stands."""
        row = await self._db.row(
            """
            select (select count(*) from (select from job where status = 'pending' limit %(most)s) as counted),
                   (select count(*) from (
                      select from job
                       where id = any(array(select unnest(job_ids) from claim)) and status = 'processing'
                       limit %(most)s) as counted),
                   coalesce((select now() - enqueued_at from job
                              where status || '' <> 'processing' order by sort_at, seq limit 1), interval '0'),
                   (select coalesce(json_object_agg(reason, number), '{}') from (
                      select reason, count(*) as number from (select reason from dead_letter limit %(most)s) as counted
                       group by reason) as reasons)
            """,
            {"most": most},
        )
        if row is None:
            raise RuntimeError("a select without a from gives a row")
        waiting, running, waited, dead = row
        return Tally(waiting, running, max(waited, timedelta(0)), dead)

    async def claim(self, kinds: Sequence[str], limit: int, lease: timedelta, worker: str) -> Sequence[Job]:
        """Lease due jobs, first in, first out."""
        return await claiming.claim(self._db, self._process, Claimant(tuple(kinds), lease, worker), limit)

    async def claim_suspect(self, kinds: Sequence[str], lease: timedelta, worker: str) -> Job | None:
        """Lease a suspect that is due."""
        return await claiming.claim_suspect(self._db, self._process, Claimant(tuple(kinds), lease, worker))

    async def renew(self, held: Sequence[Lease], lease: timedelta, limit: timedelta) -> Set[JobId]:
        """Prolong leases; return the jobs still held."""
        # `lease_expires_at` is in no index, so that this rewrites rows in place. "status || ''" as in `settling`.
        rows = await self._db.rows(
            """
            update job set lease_expires_at = now() + %(lease)s, owner = %(owner)s
              from unnest(%(ids)s::uuid[], %(runs)s::integer[]) as held (id, run)
             where job.id = held.id and job.run = held.run and job.status || '' = 'processing'
               and job.claimed_at > now() - %(limit)s
            returning job.id
            """,
            {
                "lease": lease,
                "owner": self._process.lines.identity,
                "limit": limit,
                "ids": uuids(one.job_id for one in held),
                "runs": integers(one.run for one in held),
            },
        )
        return {JobId(id_) for (id_,) in rows}

    async def settle(self, ends: Sequence[End]) -> Sequence[End]:
        """Record what became of claimed jobs; return the ends that came too late."""
        return await settling.settle(self._db, ends)

    async def rescue(self, limit: int) -> Rescued:
        """Take jobs back whose lease has lapsed or whose worker is dead."""
        rescued = await settling.rescue(self._db, limit, await self._process.roll.dead(self._db))
        if rescued.requeued:
            self._db.ring(Ring(back=True))
        return rescued

    async def next_due(self, kinds: Sequence[str]) -> timedelta | None:
        """How long until `claim` finds something."""
        return await claiming.next_due(self._db, self._process, tuple(kinds))

    async def pauses(self) -> Sequence[Pause]:
        """The kinds that nobody claims, and why."""
        rows = await self._db.rows(
            "select kind, reason, message, since, probe_at, probes from queue_pause order by kind", {}
        )
        return [Pause(*row) for row in rows]

    async def pause(self, kind: str, reason: Reason, message: str, probes: int, probe_after: timedelta) -> None:
        """Stop claims of *kind*."""
        await self._db.change(
            """
            insert into queue_pause (kind, reason, message, probe_at, probes)
            values (%(kind)s, %(reason)s, %(message)s, now() + %(probe_after)s, %(probes)s)
            on conflict (kind) do update
               set reason = excluded.reason, message = excluded.message, probe_at = excluded.probe_at,
                   probes = excluded.probes
            """,
            {"kind": kind, "reason": reason, "message": message, "probes": probes, "probe_after": probe_after},
        )

    async def probe(self, kind: str, lease: timedelta, worker: str, again_after: timedelta) -> Job | None:
        """Claim one job of a paused kind, when its probe is due and there is one to claim."""
        return await claiming.probe(self._db, self._process, Claimant((kind,), lease, worker), again_after)

    async def resume(self, kind: str) -> None:
        """Let a kind be claimed again."""
        await self._db.change("delete from queue_pause where kind = %(kind)s", {"kind": kind})
        self._db.ring(Ring(back=True))

    async def everybodys(self, window: Window) -> Page[QueuedJob]:
        """Every live job of every user."""
        return await _EVERYBODYS.page(self._db, window, {})


def _place(row: TupleRow) -> Place:
    job_id, running, ahead, attempt, enqueued_at, due_at, resume_id, listing_id, sort_at, seq = row
    turn = str(Turn(sort_at, seq))
    return Place(job_id, running, ahead, attempt, enqueued_at, due_at, turn, resume_id, listing_id)


def _queued(row: TupleRow) -> QueuedJob:
    id_, user_id, kind, running, attempt, crashes, requeues, enqueued_at, due_at, last_reason = row
    return QueuedJob(
        id=id_,
        user_id=user_id,
        kind=kind,
        running=running,
        attempt=attempt,
        crashes=crashes,
        requeues=requeues,
        enqueued_at=enqueued_at,
        due_at=due_at,
        last_reason=last_reason,
    )


# By id, which a million jobs are kept in the order of already: an index more would cost every enqueue and every claim.
_EVERYBODYS: Final = Pages(
    """
select id, user_id, kind, status = 'processing', attempt, crashes, requeues, enqueued_at, available_at,
       errors -> -1 ->> 'reason'
  from job
 where true
""",
    keys={"id": "id"},
    id_="id",
    read=_queued,
)
