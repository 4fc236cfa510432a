"""What 500 calls of a model at once cost the process that makes them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from uuid import uuid4

import anyio

from bench.queueing.contenders import ROOT
from bench.queueing.processes import memory
from jatify_adapters.openrouter import OpenRouterAnalyzer, OpenRouterSettings, open_openrouter
from jatify_core.analysis import AnalysisId, Findings, Material, Outcome

CALLS: Final = 500
WARM: Final = 20
DELAY: Final = 8.0
"""Seconds that the provider takes for each answer: until all calls are in flight, and some more."""
SETTLED: Final = 5.0
RESUME: Final = (
    "Ada Park\nExperience\n2019 - 2024 Baker at Loaf & Co\n" + "Baked 400 loaves a day, all of sourdough.\n" * 60
)
LISTING: Final = "Baker\n" + "You must know sourdough and get up early.\n" * 30


def measure() -> Mapping[str, float]:
    """CPU and memory a call in flight, and how many failed on our side."""
    script = [{"times": WARM}, {"delay": DELAY, "times": None}]
    with _provider(script) as url:
        return anyio.run(_call, url, backend_options={"use_uvloop": True})


async def _call(url: str) -> dict[str, float]:
    settings = OpenRouterSettings(api_key="sk-bench", base_url=url, profile="openrouter")
    async with open_openrouter(settings) as analyzer:
        await _ask(analyzer, WARM)
        pid, before = os.getpid(), time.process_time()
        idle, crowded = memory(pid, "VmRSS"), 0.0
        outcomes: list[Outcome] = []

        async def look() -> None:
            nonlocal crowded
            await anyio.sleep(SETTLED)
            crowded = memory(pid, "VmRSS")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(look)
            outcomes += await _ask(analyzer, CALLS)
        spent = time.process_time() - before
    return {
        "cpu_ms_a_call": 1_000 * spent / CALLS,
        "kb_a_call": 1_024 * (crowded - idle) / CALLS,
        "calls_failed": sum(not isinstance(outcome, Findings) for outcome in outcomes),
    }


async def _ask(analyzer: OpenRouterAnalyzer, number: int) -> list[Outcome]:
    outcomes: list[Outcome] = []

    async def one() -> None:
        outcomes.append(await analyzer.analyze(Material(AnalysisId(uuid4()), RESUME, LISTING, "somebody")))

    async with anyio.create_task_group() as tasks:
        for _ in range(number):
            tasks.start_soon(one)
    return outcomes


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
