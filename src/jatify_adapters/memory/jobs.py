"""The queue in memory."""

from collections import Counter
from collections.abc import Sequence, Set
from datetime import datetime, timedelta
from typing import Final, assert_never

from msgspec.structs import replace

from jatify_adapters.memory.pages import page
from jatify_adapters.memory.queue import apart, bury, insert, tell_it_waits, twin, with_error
from jatify_adapters.memory.tables import Draft, LiveJob
from jatify_core.analysis import AnalysisId, Reason
from jatify_core.job import (
    FARTHEST_PLACE,
    MAX_CRASHES,
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

LOST: Final = "The worker stopped while it ran this."


class MemoryJobs:
    """The port `Jobs`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def enqueue(self, job: Job) -> Job:
        """Make *job* claimable, unless its twin lives."""
        live = twin(self._draft, job)
        if live is None:
            insert(self._draft, replace(job, enqueued_at=self._draft.now))
            live = self._jobs[job.id]
        return apart(live.job)

    async def enqueue_many(self, jobs: Sequence[Job]) -> int:
        """Make all *jobs* claimable whose twin does not live."""
        before = len(self._jobs)
        for job in jobs:
            await self.enqueue(job)
        return len(self._jobs) - before

    async def waiting(self, user_id: UserId) -> int:
        """How many of the user's jobs wait or run."""
        return sum(1 for live in self._jobs.values() if live.job.user_id == user_id)

    async def places(self, user_id: UserId, window: Window) -> Page[Place]:
        """Where the user's jobs stand."""
        in_order = sorted(self._draft.queue, key=_turn)
        waiting = [live.job.id for live in in_order if live.lease_ends_at is None]
        ahead = {job_id: min(before, FARTHEST_PLACE) for before, job_id in enumerate(waiting)}
        after = Turn.read(window.after.key) if window.after else None
        own = [
            self._place(live, ahead.get(live.job.id))
            for live in in_order
            if live.job.id in self._jobs
            and live.job.user_id == user_id
            and (after is None or _turn(live) > (after.at, after.number))
        ]
        places, more = tuple(own[: window.limit]), len(own) > window.limit
        return Page(places, Position(places[-1].turn, places[-1].job_id) if more else None)

    async def tally(self, most: int) -> Tally:
        """How the whole queue stands."""
        waiting = sorted((live for live in self._jobs.values() if live.lease_ends_at is None), key=_turn)
        letters = list(self._draft.tables.letters.values())[:most]
        waited = self._draft.now - waiting[0].job.enqueued_at if waiting else timedelta(0)
        return Tally(
            waiting=min(len(waiting), most),
            running=min(len(self._jobs) - len(waiting), most),
            waited=max(waited, timedelta(0)),
            dead=dict(Counter(letter.reason for letter in letters)),
        )

    async def claim(
        self,
        kinds: Sequence[str],
        limit: int,
        lease: timedelta,
        worker: str,  # noqa: ARG002  # kept by real stores for people to read
    ) -> Sequence[Job]:
        """Lease due jobs."""
        due = [live for live in self._due(self._not_paused(kinds)) if not live.job.is_suspect]
        return [self._leased(live, lease) for live in due[:limit]]

    async def claim_suspect(
        self,
        kinds: Sequence[str],
        lease: timedelta,
        worker: str,  # noqa: ARG002  # kept by real stores for people to read
    ) -> Job | None:
        """Lease a suspect that is due."""
        suspects = [live for live in self._due(self._not_paused(kinds)) if live.job.is_suspect]
        return self._leased(suspects[0], lease) if suspects else None

    async def renew(self, held: Sequence[Lease], lease: timedelta, limit: timedelta) -> Set[JobId]:
        """Prolong leases."""
        now = self._draft.now
        renewed = set[JobId]()
        for live in filter(None, map(self._held, held)):
            claimed_at = live.job.claimed_at
            if claimed_at is not None and claimed_at > now - limit:
                self._jobs[live.job.id] = replace(live, lease_ends_at=now + lease)
                renewed.add(live.job.id)
        return renewed

    async def settle(self, ends: Sequence[End]) -> Sequence[End]:
        """Record what became of claimed jobs."""
        return [end for end in ends if not self._settled(end)]

    async def rescue(self, limit: int) -> Rescued:
        """Take lapsed jobs back."""
        now = self._draft.now
        lapsed = [
            (live.lease_ends_at, live.sequence, live)
            for live in self._jobs.values()
            if live.lease_ends_at is not None and live.lease_ends_at < now
        ]
        ends = [self._taken_back(live) for _, _, live in sorted(lapsed)[:limit]]
        return Rescued(ends.count(None), tuple(filter(None, ends)))

    async def next_due(self, kinds: Sequence[str]) -> timedelta | None:
        """How long until something is due."""
        waiting = self._waiting(self._not_paused(kinds))
        due = [live.available_at for live in waiting if not live.job.is_suspect]
        return max(timedelta(0), min(due) - self._draft.now) if due else None

    async def pauses(self) -> Sequence[Pause]:
        """The kinds that nobody claims."""
        return list(self._draft.tables.pauses.values())

    async def pause(self, kind: str, reason: Reason, message: str, probes: int, probe_after: timedelta) -> None:
        """Stop claims of a kind."""
        pauses, now = self._draft.tables.pauses, self._draft.now
        since = pauses[kind].since if kind in pauses else now
        pauses[kind] = Pause(kind, reason, message, since, now + probe_after, probes)

    async def probe(
        self,
        kind: str,
        lease: timedelta,
        worker: str,  # noqa: ARG002  # kept by real stores for people to read
        again_after: timedelta,
    ) -> Job | None:
        """Claim one job of a paused kind when its probe is due."""
        pauses, now = self._draft.tables.pauses, self._draft.now
        due = self._due({kind})
        if kind not in pauses or pauses[kind].probe_at > now or not due:
            return None
        pauses[kind] = replace(pauses[kind], probe_at=now + again_after)
        return self._leased(due[0], lease)

    async def resume(self, kind: str) -> None:
        """Let a kind be claimed again."""
        self._draft.tables.pauses.pop(kind, None)
        self._draft.rings = True

    async def everybodys(self, window: Window) -> Page[QueuedJob]:
        """Every live job of every user."""
        return page(map(_queued, self._jobs.values()), window)

    @property
    def _jobs(self) -> dict[JobId, LiveJob]:
        return self._draft.tables.jobs

    def _place(self, live: LiveJob, ahead: int | None) -> Place:
        """Where a job stands that has so many *ahead* of it; None while it runs."""
        job, analysis = live.job, self._draft.tables.analyses.get(AnalysisId(live.job.id))
        return Place(
            job.id,
            ahead is None,
            ahead or 0,
            job.attempt,
            job.enqueued_at,
            live.available_at,
            str(Turn(live.sort_at, live.sequence)),
            analysis.resume_id if analysis else None,
            analysis.listing_id if analysis else None,
        )

    def _not_paused(self, kinds: Sequence[str]) -> Set[str]:
        return set(kinds) - set(self._draft.tables.pauses)

    def _waiting(self, kinds: Set[str]) -> list[LiveJob]:
        return [live for live in self._jobs.values() if live.lease_ends_at is None and live.job.kind in kinds]

    def _due(self, kinds: Set[str]) -> list[LiveJob]:
        due = (live for live in self._waiting(kinds) if live.available_at <= self._draft.now)
        return sorted(due, key=_turn)

    def _leased(self, live: LiveJob, lease: timedelta) -> Job:
        now, job = self._draft.now, live.job
        claimed = replace(job, attempt=job.attempt + 1, run=job.run + 1, claimed_at=now)
        self._jobs[job.id] = replace(live, job=claimed, lease_ends_at=now + lease)
        return apart(claimed)

    def _held(self, lease: Lease) -> LiveJob | None:
        live = self._jobs.get(lease.job_id)
        return live if live and live.job.run == lease.run and live.lease_ends_at else None

    def _settled(self, end: End) -> bool:
        live = self._held(end.lease)
        if live is None:
            return False
        job, now = live.job, self._draft.now
        reason = end.reason or "internal"
        match end.verb:
            case "complete":
                del self._jobs[job.id]
            case "release":
                self._put_back(live, replace(job, attempt=job.attempt - 1), live.sort_at, now)
            case "retry":
                self._put_back(live, with_error(job, reason, end.message, now), now + end.delay, now + end.delay)
            case "snooze":
                snoozed = replace(job, attempt=job.attempt - 1, snoozes=job.snoozes + 1)
                snoozed = replace(snoozed, errors=with_error(job, reason, end.message, now).errors)
                self._put_back(live, snoozed, now + end.delay, now + end.delay)
            case "bury":
                bury(self._draft, live, reason, end.message)
            case _:
                assert_never(end.verb)
        return True

    def _put_back(self, live: LiveJob, job: Job, sort_at: datetime, available_at: datetime) -> None:
        waiting = replace(job, claimed_at=None)
        self._jobs[job.id] = replace(live, job=waiting, sort_at=sort_at, available_at=available_at, lease_ends_at=None)
        self._draft.rings |= available_at <= self._draft.now
        tell_it_waits(self._draft, job)

    def _taken_back(self, live: LiveJob) -> End | None:
        """Put a lapsed job back, or bury it and return that end."""
        job, now = live.job, self._draft.now
        if job.attempt >= job.max_attempts or job.crashes + 1 >= MAX_CRASHES:
            bury(self._draft, live, "worker_lost", LOST)
            return End.buried(job, "worker_lost", LOST)
        crashed = replace(with_error(job, "worker_lost", LOST, now), crashes=job.crashes + 1)
        self._put_back(live, crashed, live.sort_at, now + timedelta(seconds=2**job.crashes - 1))
        return None


def _turn(live: LiveJob) -> tuple[datetime, int]:
    """What the order of claiming is by."""
    return live.sort_at, live.sequence


def _queued(live: LiveJob) -> QueuedJob:
    job = live.job
    return QueuedJob(
        id=job.id,
        user_id=job.user_id,
        kind=job.kind,
        running=live.lease_ends_at is not None,
        attempt=job.attempt,
        crashes=job.crashes,
        requeues=job.requeues,
        enqueued_at=job.enqueued_at,
        due_at=live.available_at,
        last_reason=job.errors[-1].reason if job.errors else None,
    )
