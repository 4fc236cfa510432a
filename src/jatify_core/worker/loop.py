"""The worker: one task group with a listener, a claimer, a crew, a settler, a renewer and a rescuer."""

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Literal

import anyio
import anyio.lowlevel
from msgspec import Struct

from jatify_core.analysis import Outage
from jatify_core.errors import Unavailable
from jatify_core.job import End, Job, Verb
from jatify_core.ports import Store
from jatify_core.worker.breaker import Breaker
from jatify_core.worker.crew import Crew
from jatify_core.worker.ends import Answer, Handler, end_of
from jatify_core.worker.holding import Held, Holding
from jatify_core.worker.pace import Pace
from jatify_core.worker.settler import Settler
from jatify_core.worker.upkeep import rescue_lost, settle, sweep_now_and_then

log = logging.getLogger("jatify.worker")

POLL_WHILE_DEAF = timedelta(seconds=1)
RESCUE_EVERY = timedelta(milliseconds=500)
SETTLERS = 2
"""How many groups of ends may be under way: while one is on the wire, the store works on another."""
LAST_WORDS = timedelta(seconds=5)
"""How long a leaving worker tries to settle what it still holds."""
OVERDUE = Outage("timeout", "The analysis took longer than the limit for one run.")
SURPRISE = Outage("internal", "Something unexpected happened on our side.")


Watch = Callable[[str, Verb | Literal["lost"]], None]
"""Is told the kind of a job and what became of one claim of it."""


class WorkerSettings(Struct, frozen=True):
    """How one worker process behaves; the names are those of the settings."""

    slots: int = 10
    poll_interval: timedelta = timedelta(seconds=5)
    lease: timedelta = timedelta(seconds=30)
    job_timeout: timedelta = timedelta(seconds=300)
    drain: timedelta = timedelta(seconds=25)
    name: str = "worker"


class Worker:
    """Takes the first available jobs and brings each to one end, whatever happens to the jobs or to the store.

    `run` returns after `stop`, once what was under way has ended or been given back.
    """

    def __init__(
        self,
        store: Store,
        handlers: Mapping[str, Handler],
        settings: WorkerSettings | None = None,
        dice: Callable[[], float] = random.random,
        watch: Watch | None = None,
    ) -> None:
        """*watch* is told what became of each claim."""
        self._store = store
        self._handlers = dict(handlers)
        self._kinds = tuple(handlers)
        self._breakers = {kind: Breaker(store, kind) for kind in handlers}
        self._settings = settings or WorkerSettings()
        self._dice = dice
        self._watch = watch
        self._pace = Pace(self._settings.slots)
        self._holding = Holding()
        self._crew = Crew(self._run_job, self._cut_short)
        self._settler = Settler(store, self._settled, self._backoff)
        self._drained = anyio.Event()
        self._wake = anyio.Event()
        self._rung = True
        self._stopping = False
        self._shift = anyio.CancelScope()
        self._claim = anyio.CancelScope()

    async def run(self) -> None:
        """Work until `stop`. Whatever ends it, what is still under way is given back before this returns."""
        try:
            async with anyio.create_task_group() as tasks:
                for _ in range(self._settings.slots):
                    tasks.start_soon(self._crew.work)
                tasks.start_soon(self._store.listen, self.poke, self.give_up)
                for _ in range(SETTLERS):
                    tasks.start_soon(self._settler.work)
                tasks.start_soon(self._renew_leases)
                tasks.start_soon(self._watch_runs)
                tasks.start_soon(self._rescue_lost)
                tasks.start_soon(sweep_now_and_then, self._store)
                with self._shift:
                    await self._claim_jobs()
                    await self._drained.wait()
                tasks.cancel_scope.cancel()
        finally:
            await self._give_back()

    def poke(self) -> None:
        """Look for jobs now."""
        self._rung = True
        self._wake.set()

    def give_up(self) -> None:
        """Cancel every run: other processes take this one for dead, and its jobs with it."""
        self._lose(self._holding.running)

    def stop(self, *, hurry: bool = False) -> None:
        """Claim nothing more; leave when what runs has ended or the drain is over, or at once in a *hurry*."""
        if not self._stopping:
            self._stopping = True
            self._shift.deadline = anyio.current_time() + self._settings.drain.total_seconds()
        if hurry:
            self._shift.deadline = anyio.current_time()
        self._claim.deadline = self._shift.deadline + LAST_WORDS.total_seconds()
        self._wake.set()
        self._note_drained()

    async def _claim_jobs(self) -> None:
        """Claim while there is room and a reason to look: a poke, a job that falls due, a claim that was filled."""
        failures = 0
        next_look = anyio.current_time()
        while not self._stopping:
            # Made anew before looking: a poke that arrives while a claim is under way is not lost.
            self._wake = anyio.Event()
            if self._rung and self._room > 0:
                if len(self._holding):
                    await anyio.lowlevel.checkpoint()  # jobs that end together make one claim
                try:
                    next_look = anyio.current_time() + (await self._claim_once()).total_seconds()
                    failures = 0
                except Exception as error:  # noqa: BLE001  # the loop outlives whatever the store raises
                    failures += 1
                    log.warning("claiming failed: %s", error)
                    await anyio.sleep(self._backoff(failures))
                    self._rung = True
                continue
            with anyio.move_on_after(next_look - anyio.current_time()) as waited:
                await self._wake.wait()
            if waited.cancelled_caught:
                self._rung = True
                next_look = anyio.current_time() + self._settings.poll_interval.total_seconds()

    @property
    def _room(self) -> int:
        """How many more jobs may run. Ends that wait to be settled take no room, but may not pile up."""
        if self._holding.quarantined:
            return 0
        held = len(self._holding)
        return min(self._pace.allowed - (held - self._settler.pending), (SETTLERS + 1) * self._settings.slots - held)

    @property
    def _trusted(self) -> timedelta:
        """How long a lease is relied on: some time before others may have the job."""
        return self._settings.lease * 5 / 6

    async def _claim_once(self) -> timedelta:
        """Fill the room; return how long there is nothing to look for unless somebody pokes."""
        settings, wanted, sent_at = self._settings, self._room, anyio.current_time()
        self._rung = False
        # Shielded: a claim that is cut off by the end of the drain may have been granted already.
        jobs: Sequence[Job] = ()
        with anyio.CancelScope(shield=True) as self._claim:
            jobs = await self._store.jobs.claim(self._kinds, wanted, settings.lease, settings.name)
        if anyio.current_time() - sent_at >= self._trusted.total_seconds():
            log.warning("the answer to a claim came too late; %d jobs are left to their lease", len(jobs))
            self._rung = True
            return settings.poll_interval
        self._start(jobs, sent_at)
        if len(jobs) == wanted:
            self._rung = True
            return settings.poll_interval
        await anyio.lowlevel.checkpoint()  # the jobs start before anything else is asked of the store
        return await self._look_ahead()

    def _start(self, jobs: Sequence[Job], claimed_at: float) -> None:
        self._crew.hand_out([self._holding.take(job, claimed_at) for job in jobs])

    async def _look_ahead(self) -> timedelta:
        """Probe what is paused, and run what must run alone; return the time to the next look."""
        settings = self._settings
        poll = settings.poll_interval if self._store.listening else min(POLL_WHILE_DEAF, settings.poll_interval)
        usual = poll * (0.8 + 0.4 * self._dice())
        for breaker in self._breakers.values():
            sent_at = anyio.current_time()
            if self._room > 0 and (job := await breaker.probe(settings.lease, settings.name)):
                self._start([job], sent_at)
        if not len(self._holding):
            sent_at = anyio.current_time()
            if suspect := await self._store.jobs.claim_suspect(self._kinds, settings.lease, settings.name):
                self._start([suspect], sent_at)
        # What is due and was left is being claimed by somebody else; the bell tells of anything newer.
        due = await self._store.jobs.next_due(self._kinds)
        return usual if due is None else min(usual, max(due, timedelta(milliseconds=50)))

    def _settled(self, ends: Sequence[End], lost: Sequence[End]) -> None:
        if self._watch:
            for end in ends:
                if held := self._holding.of(end):
                    self._watch(held.job.kind, "lost" if end in lost else end.verb)
        self._holding.drop(ends)
        self._wake.set()
        if any(end.delay for end in ends):
            self.poke()  # to look when the next of them is due
        self._note_drained()

    def _note_drained(self) -> None:
        if self._stopping and not len(self._holding):
            self._drained.set()

    async def _run_job(self, held: Held) -> None:
        if self._holding.owns(held):
            try:
                answer = await self._handlers[held.job.kind](held.job)
            except Unavailable as error:
                # Our own store, not the provider: no attempt is spent on it.
                log.warning("job %s is given back: %s", held.job.id, error)
                self._breakers[held.job.kind].forget(held.job)
                self._end(held, End.released(held.job))
                return
            except Exception:
                # One poisonous job must not cancel its neighbours' paid calls.
                log.exception("job %s failed unexpectedly", held.job.id)
                answer = SURPRISE
            await self._conclude(held, answer)

    async def _cut_short(self, held: Held) -> None:
        """A run was cancelled: because it took too long, or because the job is not ours any more."""
        self._breakers[held.job.kind].forget(held.job)
        if held.overdue and self._holding.owns(held):
            await self._conclude(held, OVERDUE)

    async def _conclude(self, held: Held, answer: Answer) -> None:
        breaker, paused, failed = self._breakers[held.job.kind], False, isinstance(answer, Outage)
        self._pace.heed(answer, held.claimed_at, anyio.current_time() if failed else 0.0)
        if failed or breaker.alert:
            try:
                paused = await breaker.heed(held.job, answer)
            except Exception as error:  # noqa: BLE001  # the job's own end matters more; the next outage tries again
                log.warning("could not pause or resume %s: %s", held.job.kind, error)
        self._end(held, end_of(held.job, answer, self._dice(), paused=paused))

    def _end(self, held: Held, end: End) -> None:
        held.end = end
        self._settler.add(end)
        self._wake.set()

    async def _renew_leases(self) -> None:
        """Renew each third of a lease; cancel a run that lost its lease."""
        settings = self._settings
        pause = settings.lease / 3
        while True:
            await anyio.sleep(pause.total_seconds())
            pause = settings.lease / 3
            leases, sent_at = self._holding.leases, anyio.current_time()
            try:
                with anyio.fail_after(pause.total_seconds()):
                    # Longer than a run may take: that is for `_watch_runs` to say, who records it; this is for a hang.
                    hung_after = settings.job_timeout + settings.lease
                    held = await self._store.jobs.renew(leases, settings.lease, hung_after)
                gone = self._holding.renewed(leases, held, sent_at)
            except Exception as error:  # noqa: BLE001  # what cannot be renewed is given up below, in time
                log.warning("renewing %d leases failed: %s", len(leases), error)
                gone, pause = (), settings.lease / 15
            self._lose(gone)

    async def _watch_runs(self) -> None:
        """Cut a run that takes too long; cancel one that could not be renewed, before another worker may have it."""
        limit = self._settings.job_timeout
        while True:
            await anyio.sleep(min(1.0, limit.total_seconds() / 4))
            for held in self._holding.overdue(anyio.current_time(), limit):
                held.overdue = True
                held.cancel()
            self._lose(self._holding.lapsing(anyio.current_time(), self._trusted))

    def _lose(self, jobs: Sequence[Held]) -> None:
        for mine in jobs:
            log.warning("job %s is no longer ours; its run is cancelled", mine.job.id)
            self._holding.lose(mine)
            if self._watch:
                self._watch(mine.job.kind, "lost")
            self.poke()

    async def _rescue_lost(self) -> None:
        while True:
            try:
                await rescue_lost(self._store)
            except Exception as error:  # noqa: BLE001  # upkeep comes round again
                log.warning("rescuing failed: %s", error)
            await anyio.sleep((RESCUE_EVERY * (0.8 + 0.4 * self._dice())).total_seconds())

    async def _give_back(self) -> None:
        leftovers = self._holding.leftovers()
        with anyio.move_on_after(LAST_WORDS.total_seconds(), shield=True):
            try:
                if leftovers:
                    await settle(self._store, leftovers)
            except Exception as error:  # noqa: BLE001  # their leases lapse and others rescue them
                log.warning("giving %d jobs back failed: %s", len(leftovers), error)

    def _backoff(self, failures: int) -> float:
        longest = min(timedelta(seconds=5), timedelta(milliseconds=200) * (1 << min(failures - 1, 16)))
        return (longest * (0.5 + self._dice() / 2)).total_seconds()
