"""The breaker: pauses a whole kind of job when its provider is down or refuses us, probes, and resumes by itself."""

import logging
from datetime import timedelta
from typing import Final

from jatify_core.analysis import Outage
from jatify_core.job import Job, JobId, Pause
from jatify_core.ports import Jobs, Store
from jatify_core.worker.ends import Answer

log = logging.getLogger("jatify.worker")

STORM: Final = 5
"""So many different jobs failing in a row, for reasons that are the provider's, are an outage and not their own."""

PROVIDER_REASONS: Final = frozenset({"provider_unavailable", "network", "timeout"})

FIRST_PROBE: Final = timedelta(seconds=10)
LONGEST_PROBE: Final = timedelta(minutes=5)


class Breaker:
    """One process's view of one kind's provider. The pause itself is the store's, and so every process's."""

    def __init__(self, store: Store, kind: str) -> None:
        self._store = store
        self._kind = kind
        self._failed: dict[JobId, None] = {}
        self._probing: dict[JobId, Pause] = {}

    async def probe(self, lease: timedelta, worker: str) -> Job | None:
        """Claim one job of the kind to see whether its provider is back, if it is paused and that is due."""
        pause = await self._standing(self._store.jobs)
        if pause is None:
            return None
        job = await self._store.jobs.probe(self._kind, lease, worker, probe_gap(pause.probes + 1))
        if job:
            self._probing[job.id] = pause
        return job

    async def heed(self, job: Job, answer: Answer) -> bool:
        """Pause or resume the kind by what *job* got; True while it is paused, and no attempt should be spent."""
        probed = self._probing.pop(job.id, None)
        if isinstance(answer, Outage):
            return await self._heed_outage(answer, probed, stormy=self._is_storm(job, answer))
        self._failed.clear()
        if probed:
            async with self._store.transaction() as tx:
                await tx.jobs.resume(self._kind)
            log.info("%s jobs go on", self._kind)
        return False

    @property
    def alert(self) -> bool:
        """Whether even a success is news."""
        return bool(self._failed or self._probing)

    def forget(self, job: Job) -> None:
        """The job's run was cut short and says nothing about the provider."""
        self._probing.pop(job.id, None)

    async def _heed_outage(self, outage: Outage, probed: Pause | None, *, stormy: bool) -> bool:
        async with self._store.transaction() as tx:
            standing = await self._standing(tx.jobs)
            probes = probed.probes + 1 if probed else 0
            if probed or (stormy and standing is None):
                await tx.jobs.pause(self._kind, outage.reason, outage.message, probes, probe_gap(probes))
                log.warning("%s jobs are paused: %s", self._kind, outage.message)
        return stormy or probed is not None or standing is not None

    def _is_storm(self, job: Job, outage: Outage) -> bool:
        """Whether the whole kind should pause.

        At once where the provider refuses us altogether. Otherwise after a run of failures of different jobs: one
        job that fails again and again is that job's own misfortune, and becomes a dead letter.
        """
        if outage.reason in PROVIDER_REASONS:
            self._failed[job.id] = None
        return outage.pauses or len(self._failed) >= STORM

    async def _standing(self, jobs: Jobs) -> Pause | None:
        return next((pause for pause in await jobs.pauses() if pause.kind == self._kind), None)


def probe_gap(probes: int) -> timedelta:
    """How long to wait for the next probe after *probes* of them failed."""
    return min(LONGEST_PROBE, FIRST_PROBE * (1 << min(probes, 16)))
