"""A worker process for the chaos tests: the real store and the real worker, and an analyzer that obeys its resume."""

import argparse
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import anyio
import uuid_utils

from jatify_adapters.memory.extractor import PlainExtractor
from jatify_adapters.memory.passwords import PlainPasswords
from jatify_adapters.memory.reader import PlainReader
from jatify_adapters.memory.tokens import PlainTokens
from jatify_adapters.postgres import open_store
from jatify_core.analysis import Findings, Identity, Material, Outcome
from jatify_core.findings import Proposal, ProposedPoint, ProposedScore, ProposedSkill, Quote, weights
from jatify_core.job import ANALYSIS, Job
from jatify_core.policy import Policy
from jatify_core.ports import Analyzer, Ports, Store
from jatify_core.use_cases.analyses import carry_out
from jatify_core.worker import Worker, WorkerSettings
from tests.chaos.asking import CHORE
from tests.chaos.orders import orders_in

READY = "ready for jobs"
HOUR = timedelta(hours=1)

log = logging.getLogger("chaos")


class ObedientAnalyzer:
    """Does what the resume tells it, then quotes the first lines of both texts: an answer that fits no other job."""

    def __init__(self, name: str, calls: str, *, hasty: bool) -> None:
        self._name = name
        self._calls = os.open(calls, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._hasty = hasty

    @property
    def identity(self) -> Identity:
        return Identity("chaos", "obedient", "1")

    async def analyze(self, material: Material) -> Outcome:
        orders = orders_in(material.resume)
        self._note("began", material)
        if orders.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            await anyio.sleep(0 if self._hasty else orders.seconds)
        except BaseException:
            self._note("cancelled", material)
            raise
        if orders.frozen and not self._hasty:
            os.kill(os.getpid(), signal.SIGSTOP)
        self._note("ended", material)
        return Findings(_proposal(material), self._name)

    def _note(self, what: str, material: Material) -> None:
        # Unbuffered: a process that is killed has said everything that it did.
        os.write(self._calls, f"{what} {material.analysis_id} {self._name} {time.monotonic()}\n".encode())


def _proposal(material: Material) -> Proposal:
    mine = [Quote("resume", material.resume.splitlines()[0])]
    asked = [Quote("listing", material.listing.splitlines()[0])] if material.listing else []
    aspects = weights(against_listing=material.listing is not None)
    return Proposal(
        sub_scores=[ProposedScore(key, 80, "It shows.", mine) for key in aspects],
        matched_skills=[],
        missing_skills=[ProposedSkill("Juggling", "preferred", asked)] if asked else [],
        strengths=[ProposedPoint("Says who it is about.", mine)],
        gaps=[],
        suggestions=[],
        summary=str(material.analysis_id),
    )


def ports(store: Store, analyzer: Analyzer, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Ports:
    """Everything a use case needs, with a user's limits out of the way."""
    return Ports(
        store=store,
        analyzer=analyzer,
        extractor=PlainExtractor(),
        passwords=PlainPasswords(),
        tokens=PlainTokens(),
        reader=PlainReader(),
        clock=clock,
        new_id=lambda: UUID(int=uuid_utils.uuid7().int),
        policy=Policy(daily_analyses=1_000_000, max_waiting=1_000_000, max_resumes=1_000_000),
    )


def jumping_clock(first: timedelta) -> Callable[[], datetime]:
    """A wall clock that is wrong by *first*, then by as much the other way, and so on."""
    wrong = [first, -first]

    def now() -> datetime:
        wrong.reverse()
        return datetime.now(UTC) + wrong[1]

    return now


async def main() -> None:
    """Work until SIGTERM; a second one hurries."""
    given = _arguments()
    async with open_store(given.conninfo, listen_conninfo=given.listen, pool_size=given.connections) as store:
        analyzer = ObedientAnalyzer(given.name, given.calls, hasty=given.hasty)
        world = ports(store, analyzer, jumping_clock(HOUR * given.clock))
        settings = WorkerSettings(
            slots=given.slots,
            lease=timedelta(seconds=given.lease),
            poll_interval=timedelta(seconds=given.poll),
            drain=timedelta(seconds=given.drain),
            name=given.name,
        )
        worker = Worker(store, {ANALYSIS: partial(carry_out, world), CHORE: _nothing}, settings)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_stop_on_signal, worker)
            log.info(READY)
            await worker.run()
            tasks.cancel_scope.cancel()


async def _nothing(_: Job) -> None:
    """Leave nothing behind."""


async def _stop_on_signal(worker: Worker) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM) as signals:
        hurry = False
        async for _ in signals:
            worker.stop(hurry=hurry)
            hurry = True


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("conninfo")
    parser.add_argument("--calls", required=True, help="the file for what calls began, ended and were cancelled")
    parser.add_argument("--name", default="worker")
    parser.add_argument("--listen", help="where to LISTEN, if not where the store is")
    parser.add_argument("--slots", type=int, default=10)
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument("--lease", type=float, default=30)
    parser.add_argument("--poll", type=float, default=5)
    parser.add_argument("--drain", type=float, default=25)
    parser.add_argument("--clock", type=int, default=0, help="hours by which the wall clock is wrong")
    parser.add_argument("--hasty", action="store_true", help="take no time for any job")
    return parser.parse_args()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    anyio.run(main)
