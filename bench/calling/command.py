"""The command line of the benchmark of calls."""

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from typing import Any, Final

from bench.calling.crowd import Figures, Setting, TooSlow, measure
from bench.queueing.tell import tell

DESCRIPTION: Final = """
Opens many calls at once through Jatify's own analyzer, against a provider on loopback that is a process of its own and
answers only when all of them wait. Each round is a fresh process, so that none profits from another's memory.
"""

GOALS: Final[Mapping[str, str]] = {
    "cpu_ms_a_call": "<= 1",
    "kb_a_call_in_flight": "<= 40",
    "failed": "0",
}


def main() -> None:
    """Measure what the command line asks for, and print it."""
    parser = argparse.ArgumentParser(prog="bench/calls.py", description=DESCRIPTION)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--calls", type=int, default=500, help="calls at once")
    parser.add_argument("--rounds", type=int, default=3, help="how often; the figures are medians, failures a sum")
    parser.add_argument("--delay", type=float, default=4.0, help="seconds that the provider takes for each answer")
    options = parser.parse_args()
    setting = Setting(options.calls, options.delay)
    try:
        rounds = []
        for number in range(1, options.rounds + 1):
            tell(f"round {number} of {options.rounds}")
            rounds.append(measured_apart(setting))
    except TooSlow as problem:
        sys.exit(str(problem))
    result = {"figures": _together(rounds), "setting": _told(setting, options.rounds, rounds[0])}
    print(json.dumps(result, indent=2) if options.json else _table(result))


def measured_apart(setting: Setting) -> Figures:
    """One crowd, in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        return fresh.submit(measure, setting).result()


def _together(rounds: Sequence[Figures]) -> dict[str, float]:
    medians = {name: statistics.median(getattr(one, name) for one in rounds) for name in GOALS}
    return medians | {"failed": sum(one.failed for one in rounds)}


def _told(setting: Setting, rounds: int, one: Figures) -> dict[str, Any]:
    packages = {name: version(name) for name in ("httpx", "httpx-aiohttp", "aiohttp", "uvloop")}
    return {
        "calls": setting.calls,
        "delay_s": setting.delay,
        "rounds": rounds,
        "most_at_once": one.most_at_once,
        "request_bytes": one.request_bytes,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        **packages,
    }


def _table(result: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [f"{name:<22}{value:>10,.4g}   {GOALS[name]}".rstrip() for name, value in result["figures"].items()]
    return "\n".join(
        [*rows, "", "setting: " + ", ".join(f"{name} {value}" for name, value in result["setting"].items())]
    )
