"""The jobs that a worker holds, and the ends that wait to be settled."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import anyio

from jatify_core.job import End, Job, JobId, Lease


class Held:
    """One leased job: how to cancel its run, and when its lease is known to have been prolonged last."""

    def __init__(self, job: Job, renewed_at: float) -> None:
        self.job = job
        self.renewed_at = renewed_at
        self.scope = anyio.CancelScope()
        self.end: End | None = None


class Holding:
    """Everything one worker holds. A job is held from its claim until its end is settled or its lease is lost."""

    def __init__(self) -> None:
        self._held: dict[JobId, Held] = {}

    def __len__(self) -> int:
        return len(self._held)

    def take(self, job: Job, claimed_at: float) -> Held:
        """Hold a job claimed at *claimed_at* (monotonic, read before the claim was sent)."""
        held = self._held[job.id] = Held(job, claimed_at)
        return held

    def drop(self, ends: Iterable[End]) -> None:
        """Hold the jobs of settled ends no longer."""
        for end in ends:
            held = self._held.get(end.lease.job_id)
            if held and held.job.lease == end.lease:
                del self._held[end.lease.job_id]

    def lose(self, held: Held) -> None:
        """Stop a run whose lease is gone; nothing of it will be recorded."""
        if self._held.get(held.job.id) is held:
            del self._held[held.job.id]
        held.scope.cancel()

    def owns(self, held: Held) -> bool:
        """Whether *held* has not been lost meanwhile."""
        return self._held.get(held.job.id) is held

    @property
    def leases(self) -> Sequence[Lease]:
        """The leases to renew."""
        return [held.job.lease for held in self._held.values()]

    @property
    def ended(self) -> Sequence[End]:
        """Ends that wait to be settled."""
        return [held.end for held in self._held.values() if held.end]

    def renewed(self, asked: Sequence[Lease], held: Iterable[JobId], at: float) -> Sequence[Held]:
        """Note a renewal of the *asked* leases sent at *at*; return the jobs whose lease turned out to be gone."""
        still = set(held)
        gone: list[Held] = []
        for lease in asked:
            mine = self._held.get(lease.job_id)
            if mine is None or mine.job.lease != lease:
                continue
            if lease.job_id in still:
                mine.renewed_at = at
            elif mine.end is None:
                gone.append(mine)
        return gone

    def lapsing(self, now: float, within: timedelta) -> Sequence[Held]:
        """Running jobs that were not renewed *within* that time: another worker may have them soon."""
        return [h for h in self._held.values() if h.end is None and now - h.renewed_at >= within.total_seconds()]

    def leftovers(self) -> Sequence[End]:
        """An end for everything still held: the known one, or a release."""
        return [held.end or End.released(held.job) for held in self._held.values()]
