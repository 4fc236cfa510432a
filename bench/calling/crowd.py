"""A crowd of calls that wait at once, and what it takes from the process they wait in."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.request import urlopen
from uuid import uuid4

import anyio
from msgspec import Struct

from bench.queueing.contenders import ROOT
from bench.queueing.processes import memory
from jatify_adapters.openrouter import OpenRouterAnalyzer, OpenRouterSettings, open_openrouter
from jatify_core.analysis import AnalysisId, Findings, Material, Outcome

WARM: Final = 20
"""Calls before anything is measured: whatever is made once is made then."""
BULLET: Final = "- Cut the cost of {} by {} % for a team of 12 people, with Python, Postgres and Kubernetes.\n"
FIRM: Final = "Engineer at Firm {0}, 0{0}/201{0} - 0{0}/202{0}\n"
RESUME: Final = (
    "Ada Park\nBackend engineer\nada.park@example.org | +44 20 7946 0958 | 221b Baker Street, London\n\nExperience\n"
    + "".join(FIRM.format(n) + BULLET.format("storage", 10 * n) * 7 for n in range(1, 6))
)
LISTING: Final = "Backend engineer\n" + "You must know Python, Postgres and how to keep a service up at night.\n" * 35


class Setting(Struct, frozen=True):
    """How many calls, and how many seconds the provider lets each of them wait."""

    calls: int
    delay: float


class Figures(Struct, frozen=True):
    """What one crowd took."""

    cpu_ms_a_call: float
    kb_a_call_in_flight: float
    failed: int
    most_at_once: int
    request_bytes: int


class TooSlow(Exception):
    """Some calls were answered before the last was sent; a longer delay would help."""


def measure(setting: Setting) -> Figures:
    """Open that many calls at once, and see all of them answered. To be run in a process of its own."""
    with _provider([{"times": WARM}, {"delay": setting.delay, "times": None}]) as url:
        cpu, kilobytes, failed = anyio.run(
            _crowd, url, setting.calls, setting.delay, backend_options={"use_uvloop": True}
        )
        most, requests = (_told(url, what) for what in ("most_at_once", "requests"))
    if most < setting.calls:
        raise TooSlow(f"only {most} of {setting.calls} calls were open at once; raise --delay")
    return Figures(cpu, kilobytes, failed, most, len(requests[-1]["body"]))


async def _crowd(url: str, calls: int, delay: float) -> tuple[float, float, int]:
    async with open_openrouter(OpenRouterSettings(api_key="sk-bench", base_url=url)) as analyzer:
        await _ask(analyzer, WARM)
        alone, crowded = _resident(), 0.0

        async def look() -> None:
            nonlocal crowded
            await anyio.sleep(delay * 3 / 4)
            crowded = _resident()

        spent = time.process_time()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(look)
            outcomes = await _ask(analyzer, calls)
        spent = time.process_time() - spent
    failed = sum(not isinstance(outcome, Findings) for outcome in outcomes)
    return 1_000 * spent / calls, (crowded - alone) / calls, failed


async def _ask(analyzer: OpenRouterAnalyzer, number: int) -> list[Outcome]:
    outcomes: list[Outcome] = []

    async def one() -> None:
        outcomes.append(await analyzer.analyze(Material(AnalysisId(uuid4()), RESUME, LISTING, "somebody")))

    async with anyio.create_task_group() as tasks:
        for _ in range(number):
            tasks.start_soon(one)
    return outcomes


def _resident() -> float:
    """Kilobytes of memory that this process holds."""
    return 1_024 * memory(os.getpid(), "VmRSS")


def _told(url: str, what: str) -> Any:
    with urlopen(url.replace("/api/v1", f"/_{what}"), timeout=30) as answer:  # noqa: S310  # loopback
        return json.load(answer)


@contextmanager
def _provider(script: object) -> Iterator[str]:
    """The tests' provider, as a process of its own."""
    command = [sys.executable, str(ROOT / "tests" / "provider.py"), "--script", json.dumps(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # a program of ours
        if process.stdout is None:
            raise RuntimeError("a process without its pipe")
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
