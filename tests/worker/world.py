"""A worker over the memory store in virtual time: an hour of waiting passes in a moment, and in the same order."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial, wraps
from typing import Any, ParamSpec

import anyio
import trio
import trio.testing
from msgspec import Struct

from jatify_adapters.memory import MemoryStore, MovableClock, ScriptedAnalyzer, memory_ports
from jatify_core.analysis import Analysis, Outcome
from jatify_core.dead_letter import DeadLetter, DeadLetterFilter
from jatify_core.job import ANALYSIS, Job
from jatify_core.listing import ListingDraft
from jatify_core.paging import Sort, Window
from jatify_core.policy import Policy
from jatify_core.ports import Analyzer, Ports
from jatify_core.resume import Upload
from jatify_core.use_cases.analyses import analyze, carry_out, read_analysis
from jatify_core.use_cases.dead_letters import list_dead_letters
from jatify_core.use_cases.listings import create_listing
from jatify_core.use_cases.resumes import add_resume
from jatify_core.use_cases.users import register
from jatify_core.user import Registration, User
from jatify_core.worker import Worker, WorkerSettings

P = ParamSpec("P")

START = datetime(2026, 1, 1, tzinfo=UTC)


class VirtualClock(MovableClock):
    """The event loop's own time, as a date: it passes by sleeping."""

    def __call__(self) -> datetime:
        return START + timedelta(seconds=anyio.current_time())


class World(Struct, frozen=True):
    ports: Ports
    store: MemoryStore
    user: User

    async def ask(self, number: int = 1) -> list[Analysis]:
        """Queue *number* analyses, each of a resume of its own."""
        return [await self._ask_one(n) for n in range(number)]

    async def _ask_one(self, number: int) -> Analysis:
        content = f"Resume {number}. ".encode() * 30
        resume = await add_resume(self.ports, self.user.id, Upload(f"{number}.txt", None, content))
        new = await create_listing(self.ports, self.user.id, ListingDraft("Loaf & Co", "Baker"))
        return (await analyze(self.ports, self.user.id, resume.id, new.listing.id)).analysis

    async def seen(self, analysis: Analysis) -> Analysis:
        return await read_analysis(self.ports, self.user.id, analysis.id)

    async def ended(self, analyses: Iterable[Analysis], within: float = 3_600) -> list[Analysis]:
        """The analyses once all of them have ended."""
        with anyio.fail_after(within):
            while not all([(await self.seen(a)).ended for a in analyses]):
                await anyio.sleep(0.25)
        return [await self.seen(a) for a in analyses]

    async def letters(self) -> tuple[DeadLetter, ...]:
        where = DeadLetterFilter(Window(Sort("failed_at", descending=True), limit=100))
        return (await list_dead_letters(self.ports, self.user.id, where)).items

    def worker(self, **settings: object) -> Worker:
        return Worker(
            self.store,
            {ANALYSIS: partial(carry_out, self.ports)},
            WorkerSettings(**{"slots": 4, **settings}),  # type: ignore[arg-type]  # a test's few settings
            dice=lambda: 0.5,
        )


async def a_world(script: Iterable[Outcome | Exception] = (), analyzer: Analyzer | None = None) -> World:
    clock = VirtualClock()
    store = MemoryStore(clock)
    policy = Policy(max_resumes=1_000)
    ports = memory_ports(clock=clock, store=store, analyzer=analyzer or ScriptedAnalyzer(script), policy=policy)
    user = await register(ports, Registration("ada@example.org", "correct horse battery", "Ada"), "192.0.2.1")
    return World(ports, store, user)


@asynccontextmanager
async def working(*workers: Worker) -> AsyncIterator[None]:
    """Workers that run as long as the block and drain at its end."""
    async with anyio.create_task_group() as tasks:
        for worker in workers:
            tasks.start_soon(worker.run)
        yield
        for worker in workers:
            worker.stop()


def in_virtual_time(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run *test* on a clock that jumps to the next thing that happens.

    Not by the anyio plugin: it would reuse the loop of whatever fixture of the session is still open.
    """

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        trio.run(partial(test, *args, **kwargs), clock=trio.testing.MockClock(autojump_threshold=0))

    return run


class Calls:
    """A handler that never ends by itself and tells what happens to it."""

    def __init__(self) -> None:
        self.begun = anyio.Event()
        self.cancelled = anyio.Event()

    async def __call__(self, job: Job) -> None:
        self.begun.set()
        try:
            await anyio.sleep_forever()
        finally:
            self.cancelled.set()
