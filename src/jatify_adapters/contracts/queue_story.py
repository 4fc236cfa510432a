"""What happens to a few jobs, told without a date: the same story whenever it happens."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, assert_never, get_args

from hypothesis import strategies as st

from jatify_adapters.contracts import samples
from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.queue_model import LEASE, LIMIT, STEP
from jatify_core.analysis import AnalysisId
from jatify_core.dead_letter import Selection
from jatify_core.job import ANALYSIS, End, Job, JobId
from jatify_core.ports import Store

Ending = Literal["complete", "retry", "snooze", "release", "bury"]
Move = Literal[Ending, "ask", "claim", "wait", "renew", "rescue", "requeue"]

PLANS: Final = st.lists(st.sampled_from(get_args(Move)), min_size=10, max_size=30)
"""Moves in any order."""

_DELAY: Final = timedelta(minutes=7)


class Shifted:
    """A store whose callers' clock is off *by* so much."""

    def __init__(self, new_store: NewStore, by: timedelta) -> None:
        self._new_store = new_store
        self._by = by

    @property
    def store(self) -> Store:
        """The same store."""
        return self._new_store.store

    async def advance(self, by: timedelta) -> None:
        """Let time pass there."""
        await self._new_store.advance(by)

    def now(self) -> datetime:
        """What the callers take for the time."""
        return self._new_store.now() + self._by


async def story(new_store: NewStore, plan: Sequence[Move]) -> Sequence[object]:
    """What each move of *plan* came to. Jobs are told by the number of their asking."""
    told = _Story(new_store, await samples.a_seeker(new_store))
    return [(move, await told.tell(move)) for move in plan]


class _Story:
    # One job at a time is claimed or rescued, so that no two have the same instant to be ordered by.

    def __init__(self, new_store: NewStore, seeker: samples.Seeker) -> None:
        self._new_store = new_store
        self._user_id = seeker.user.id
        self._seeker = seeker
        self._numbers: dict[JobId, int] = {}
        self._claimed: list[Job] = []

    async def tell(self, move: Move) -> object:
        match move:
            case "ask":
                analysis = await samples.queued(self._new_store, self._seeker, max_attempts=3)
                self._numbers[JobId(analysis.id)] = len(self._numbers)
            case "wait":
                await self._new_store.advance(STEP)
            case "claim":
                return await self._claim()
            case "renew":
                async with self._new_store.store.transaction() as tx:
                    renewed = await tx.jobs.renew([job.lease for job in self._claimed], LEASE, LIMIT)
                return {self._numbers[id_] for id_ in renewed}
            case "rescue":
                return await self._rescue()
            case "requeue":
                async with self._new_store.store.transaction() as tx:
                    requeued = await tx.dead_letters.requeue(self._user_id, Selection())
                    await tx.analyses.reopen(requeued.analyses)
                return [self._numbers[JobId(id_)] for id_ in requeued.analyses]
            case _:
                return await self._end_oldest(move)
        return None

    async def _claim(self) -> object:
        async with self._new_store.store.transaction() as tx:
            jobs = await tx.jobs.claim([ANALYSIS], 1, LEASE, "worker")
        self._claimed += jobs
        return [(self._numbers[job.id], job.run, job.attempt, len(job.errors)) for job in jobs]

    async def _rescue(self) -> object:
        async with self._new_store.store.transaction() as tx:
            rescued = await tx.jobs.rescue(1)
            await tx.analyses.record(rescued.buried)
        if rescued.requeued:
            await self._new_store.advance(STEP)  # a second crash is due a second later, which takes a moment too long
        return rescued.requeued, [self._numbers[end.lease.job_id] for end in rescued.buried]

    async def _end_oldest(self, verb: Ending) -> object:
        if not self._claimed:
            return "nothing to end"
        job = self._claimed.pop(0)
        lost = await samples.settle(self._new_store, self._end(job, verb))
        async with self._new_store.store.transaction() as tx:
            return len(lost), (await tx.analyses.get(self._user_id, AnalysisId(job.id))).state

    def _end(self, job: Job, verb: Ending) -> End:
        match verb:
            case "complete":
                return End.succeeded(job)
            case "release":
                return End.released(job)
            case "snooze":
                return End.snoozed(job, "rate_limited", "Too much.", _DELAY)
            case "retry" if job.attempt < job.max_attempts:
                return End.retried(job, "network", "It broke.", _DELAY)
            case "retry" | "bury":
                return End.buried(job, "network", "It broke for good.")
            case _:
                assert_never(verb)
