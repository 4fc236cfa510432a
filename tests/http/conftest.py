"""An application over memory, two people who use it, and a worker's work done by hand."""

from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar

from jatify_adapters.memory import MemoryStore, MovableClock, ScriptedAnalyzer, memory_ports
from jatify_core.analysis import Completed, Outage, Refusal
from jatify_core.job import ANALYSIS, End
from jatify_core.policy import Policy
from jatify_core.ports import Ports
from jatify_core.use_cases.analyses import carry_out
from jatify_http.app import create_app
from tests.http.people import Person, client_of, newcomer

LEASE = timedelta(seconds=30)

RunJobs = Callable[[], Coroutine[Any, Any, None]]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def store(clock: MovableClock) -> MemoryStore:
    return MemoryStore(clock)


@pytest.fixture
def analyzer() -> ScriptedAnalyzer:
    return ScriptedAnalyzer()


@pytest.fixture
def ports(clock: MovableClock, store: MemoryStore, analyzer: ScriptedAnalyzer) -> Ports:
    return memory_ports(clock=clock, store=store, analyzer=analyzer, policy=Policy(max_upload=10_000))


@pytest.fixture
async def nobody(ports: Ports) -> AsyncIterator[Person]:
    async with client_of(ports) as client:
        yield Person(client)


@pytest.fixture
async def app(ports: Ports) -> AsyncIterator[Litestar]:
    """An application that is up, so that live changes are told."""
    app = create_app(ports)
    async with app.lifespan():
        yield app


@pytest.fixture
async def ann(nobody: Person) -> Person:
    return await newcomer(nobody, "ann@example.com", "Ann")


@pytest.fixture
async def bob(nobody: Person) -> Person:
    return await newcomer(nobody, "bob@example.com", "Bob")


@pytest.fixture
def run_jobs(ports: Ports) -> RunJobs:
    """Do what a worker does with everything that waits; whoever fails fails for good."""

    async def run() -> None:
        async with ports.store.transaction() as tx:
            jobs = await tx.jobs.claim([ANALYSIS], 100, LEASE, "by hand")
        for job in jobs:
            outcome = await carry_out(ports, job)
            match outcome:
                case Completed():
                    end = End.succeeded(job, outcome)
                case Refusal() | Outage():
                    end = End.buried(job, outcome.reason, outcome.message)
                case _:
                    raise AssertionError(outcome)
            async with ports.store.transaction() as tx:
                await tx.jobs.settle([end])
                await tx.analyses.record([end])

    return run
