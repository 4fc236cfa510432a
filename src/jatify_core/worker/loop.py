"""The loop: one task group with a listener, a dispatcher, runners, a settler, a renewer and a rescuer."""

import logging
import random
from collections.abc import Callable, Mapping
from datetime import timedelta

import anyio
from anyio.abc import ObjectReceiveStream
from msgspec import Struct

from jatify_core.analysis import Outage
from jatify_core.job import Job
from jatify_core.ports import Store
from jatify_core.worker.breaker import Breaker
from jatify_core.worker.ends import Answer, Handler, end_of
from jatify_core.worker.holding import Held, Holding
from jatify_core.worker.upkeep import rescue_lost, settle

log = logging.getLogger("jatify.worker")

RESCUE_EVERY = timedelta(seconds=10)
POLL_WHILE_DEAF = timedelta(seconds=1)
LAST_WORDS = timedelta(seconds=5)
"""How long a leaving worker tries to settle what it still holds."""


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
    ) -> None:
        self._store = store
        self._handlers = dict(handlers)
        self._breakers = {kind: Breaker(store, kind) for kind in handlers}
        self._settings = settings or WorkerSettings()
        self._dice = dice
        self._holding = Holding()
        self._wake = anyio.Event()
        self._ended = anyio.Event()
        self._hurried = False
        self._stopping = False
        self._outbox, self._inbox = anyio.create_memory_object_stream[Held](self._settings.slots)

    async def run(self) -> None:
        """Work until `stop`. Whatever ends it, what is still under way is given back before this returns."""
        try:
            async with self._outbox, self._inbox, anyio.create_task_group() as tasks:
                for _ in range(self._settings.slots):
                    tasks.start_soon(self._run_jobs, self._inbox.clone())
                tasks.start_soon(self._store.listen, self.poke)
                tasks.start_soon(self._settle_ends)
                tasks.start_soon(self._renew_leases)
                tasks.start_soon(self._rescue_lost)
                await self._claim_jobs()
                await self._drain()
                tasks.cancel_scope.cancel()
        finally:
            await self._give_back()

    def poke(self) -> None:
        """Look for jobs now."""
        self._wake.set()

    def stop(self, *, hurry: bool = False) -> None:
        """Claim nothing more; leave when what runs has ended or the drain is over, or at once in a *hurry*."""
        self._stopping = True
        self._hurried |= hurry
        self.poke()

    async def _claim_jobs(self) -> None:
        failures = 0
        while not self._stopping:
            # Made anew before the claim: a poke that arrives while the claim is under way is not lost.
            self._wake = anyio.Event()
            try:
                pause = await self._claim_once()
                failures = 0
            except Exception as error:  # noqa: BLE001  # the loop outlives whatever the store raises
                failures += 1
                pause = self._backoff(failures)
                log.warning("claiming failed, again in %.1f s: %s", pause.total_seconds(), error)
            with anyio.move_on_after(pause.total_seconds()):
                await self._wake.wait()

    async def _claim_once(self) -> timedelta:
        """Fill the free slots; return how long there is nothing to do unless somebody pokes."""
        settings, sent_at = self._settings, anyio.current_time()
        free = settings.slots - len(self._holding)
        if not free:
            return settings.poll_interval
        async with self._store.transaction() as tx:
            jobs = list(await tx.jobs.claim(tuple(self._handlers), free, settings.lease, settings.name))
            due = await tx.jobs.next_due(tuple(self._handlers)) if len(jobs) < free else None
            for breaker in self._breakers.values():
                probe = await breaker.probe(tx, settings.lease, settings.name) if len(jobs) < free else None
                jobs += [probe] if probe else []
        for job in jobs:
            self._outbox.send_nowait(self._holding.take(job, sent_at))
        poll = settings.poll_interval if self._store.listening else min(POLL_WHILE_DEAF, settings.poll_interval)
        # What is due and was left is being claimed by somebody else; the bell tells of anything newer.
        return min(self._spread(poll), due) if due else self._spread(poll)

    async def _run_jobs(self, inbox: ObjectReceiveStream[Held]) -> None:
        async with inbox:
            async for held in inbox:
                with held.scope:
                    answer = await self._answer(held.job)
                    held.end = end_of(held.job, answer, self._dice(), paused=await self._heed(held.job, answer))
                if held.end is None:
                    self._breakers[held.job.kind].forget(held.job)
                self._ended.set()

    async def _answer(self, job: Job) -> Answer:
        """Run the handler. Nothing it raises gets out: one poisonous job must not cancel its neighbours' paid calls."""
        answer: Answer = Outage("timeout", "The analysis took longer than the limit for one run.")
        with anyio.move_on_after(self._settings.job_timeout.total_seconds()):
            try:
                answer = await self._handlers[job.kind](job)
            except Exception:
                log.exception("job %s failed unexpectedly", job.id)
                answer = Outage("internal", "Something unexpected happened on our side.")
        return answer

    async def _heed(self, job: Job, answer: Answer) -> bool:
        try:
            return await self._breakers[job.kind].heed(job, answer)
        except Exception as error:  # noqa: BLE001  # the job's own end matters more; the next outage tries again
            log.warning("could not pause or resume %s: %s", job.kind, error)
            return False

    async def _settle_ends(self) -> None:
        """Settle whatever ended while the last settling was under way: groups form by themselves, without a timer."""
        failures = 0
        while True:
            self._ended = anyio.Event()
            ends = self._holding.ended
            if not ends:
                await self._ended.wait()
                continue
            try:
                self._holding.drop(await settle(self._store, ends))
                failures = 0
            except Exception as error:  # noqa: BLE001  # the ends are kept and tried again while their leases hold
                failures += 1
                log.warning("settling %d jobs failed: %s", len(ends), error)
                await anyio.sleep(self._backoff(failures).total_seconds())
            self.poke()

    async def _renew_leases(self) -> None:
        """Renew each third of a lease; cancel a run that lost its lease, or that could not be renewed in time."""
        settings = self._settings
        pause = settings.lease / 3
        while True:
            await anyio.sleep(pause.total_seconds())
            pause = settings.lease / 3
            leases, sent_at = self._holding.leases, anyio.current_time()
            try:
                with anyio.fail_after(pause.total_seconds()):
                    async with self._store.transaction() as tx:
                        held = await tx.jobs.renew(leases, settings.lease, settings.job_timeout * 1.1)
                gone = self._holding.renewed(leases, held, sent_at)
            except Exception as error:  # noqa: BLE001  # what cannot be renewed is given up below, in time
                log.warning("renewing %d leases failed: %s", len(leases), error)
                gone, pause = [], settings.lease / 15
            for mine in [*gone, *self._holding.lapsing(anyio.current_time(), settings.lease * 5 / 6)]:
                log.warning("job %s is no longer ours; its run is cancelled", mine.job.id)
                self._holding.lose(mine)
                self.poke()

    async def _rescue_lost(self) -> None:
        while True:
            try:
                await rescue_lost(self._store)
            except Exception as error:  # noqa: BLE001  # upkeep comes round again
                log.warning("rescuing failed: %s", error)
            await anyio.sleep(self._spread(RESCUE_EVERY).total_seconds())

    async def _drain(self) -> None:
        """Wait for what runs, at most the drain, and not at all when hurried."""
        with anyio.move_on_after(self._settings.drain.total_seconds()):
            while len(self._holding) and not self._hurried:
                self._wake = anyio.Event()
                await self._wake.wait()

    async def _give_back(self) -> None:
        leftovers = self._holding.leftovers()
        with anyio.move_on_after(LAST_WORDS.total_seconds(), shield=True):
            try:
                self._holding.drop(await settle(self._store, leftovers) if leftovers else ())
            except Exception as error:  # noqa: BLE001  # their leases lapse and others rescue them
                log.warning("giving %d jobs back failed: %s", len(leftovers), error)

    def _spread(self, interval: timedelta) -> timedelta:
        return interval * (0.8 + 0.4 * self._dice())

    def _backoff(self, failures: int) -> timedelta:
        longest = min(timedelta(seconds=5), timedelta(milliseconds=200) * (1 << min(failures - 1, 16)))
        return longest * (0.5 + self._dice() / 2)
