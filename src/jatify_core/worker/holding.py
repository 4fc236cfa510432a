"""The jobs that a worker holds: each from its claim until its end is settled or its lease is lost."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import anyio

from jatify_core.job import End, Job, JobId, Lease


class Held:
    """One leased job; `run` is the scope it runs in, `end` what became of it. All instants are monotonic."""

    __slots__ = ("claimed_at", "end", "job", "overdue", "renewed_at", "run")

    def __init__(self, job: Job, claimed_at: float) -> None:
        self.job = job
        self.claimed_at = self.renewed_at = claimed_at
        self.overdue = False
        self.run: anyio.CancelScope | None = None
        self.end: End | None = None

    def cancel(self) -> None:
        """Stop the run, if it runs."""
        if self.run:
            self.run.cancel()


class Holding:
    """Everything one worker holds."""

    def __init__(self) -> None:
        self._held: dict[JobId, Held] = {}

    def __len__(self) -> int:
        return len(self._held)

    @property
    def quarantined(self) -> bool:
        """Whether the one job held is a suspect, which runs alone."""
        return len(self._held) == 1 and next(iter(self._held.values())).job.is_suspect

    @property
    def running(self) -> Sequence[Held]:
        """Those that have no end yet."""
        return [held for held in self._held.values() if held.end is None]

    def take(self, job: Job, claimed_at: float) -> Held:
        """Hold a job claimed at *claimed_at*, read before the claim was sent."""
        held = self._held[job.id] = Held(job, claimed_at)
        return held

    def owns(self, held: Held) -> bool:
        """Whether *held* has not been lost meanwhile."""
        return self._held.get(held.job.id) is held

    def of(self, end: End) -> Held | None:
        """Whose *end* this is, if it is held."""
        held = self._held.get(end.lease.job_id)
        return held if held and held.end is end else None

    def drop(self, ends: Iterable[End]) -> None:
        """Hold the jobs of settled ends no longer."""
        for end in ends:
            if self.of(end):
                del self._held[end.lease.job_id]

    def lose(self, held: Held) -> None:
        """Stop a run whose lease is gone; nothing of it will be recorded."""
        if self.owns(held):
            del self._held[held.job.id]
        held.cancel()

    @property
    def leases(self) -> Sequence[Lease]:
        """The leases to renew."""
        return [held.job.lease for held in self._held.values()]

    def renewed(self, asked: Sequence[Lease], still: Iterable[JobId], at: float) -> Sequence[Held]:
        """Note a renewal of the *asked* leases sent at *at*; return the running jobs whose lease is gone."""
        kept = set(still)
        gone: list[Held] = []
        for lease in asked:
            mine = self._held.get(lease.job_id)
            if mine is None or mine.job.run != lease.run:
                continue
            if lease.job_id in kept:
                mine.renewed_at = at
            elif mine.end is None:
                gone.append(mine)
        return gone

    def lapsing(self, now: float, within: timedelta) -> Sequence[Held]:
        """Running jobs that were not renewed *within* that time: another worker may have them soon."""
        return [held for held in self.running if now - held.renewed_at >= within.total_seconds()]

    def overdue(self, now: float, limit: timedelta) -> Sequence[Held]:
        """Running jobs that were claimed longer ago than one run may take."""
        return [held for held in self.running if now - held.claimed_at >= limit.total_seconds()]

    def leftovers(self) -> Sequence[End]:
        """An end for everything still held: the known one, or a release."""
        return [held.end or End.released(held.job) for held in self._held.values()]
