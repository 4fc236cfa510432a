"""The command line of the benchmark of the console."""

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from playwright.sync_api import sync_playwright

from bench.browsing.plain import as_plain_html, hosted
from bench.browsing.search import searching
from bench.browsing.visit import Visit, board, visit_board, visit_plain
from bench.queueing.tell import tell
from tests.console.conftest import CHROMIUM, FLAGS

DESCRIPTION: Final = """
Opens the board of somebody with thousands of applications in Chromium, carries a card across its columns, and reads the
browser's own trace of it; then the same with those cards as one file of plain HTML, on which one thing follows the
pointer. Both in turn, so that they see the same weather.
"""

GOALS: Final[Mapping[str, str]] = {
    "new_first_card_ms": "",
    "new_all_cards_ms": "< 1,000",
    "first_card_ms": "",
    "all_cards_ms": "< 1,000",
    "longest_task_ms": "< 50",
    "longest_task_cpu_ms": "< 50",
    "longest_frame_ms": "< 50",
    "frames": "",
}


def main() -> None:
    """Measure what the command line asks for, and print it."""
    parser = argparse.ArgumentParser(prog="bench/console.py", description=DESCRIPTION)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--applications", type=int, default=2_000, help="cards on the board, at most 5,000")
    parser.add_argument("--rounds", type=int, default=5, help="how often; the figures are medians")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long a card is carried")
    options = parser.parse_args()
    if CHROMIUM is None:
        sys.exit("there is no Chromium on the PATH")
    result = measure(options.applications, options.rounds, options.seconds)
    print(json.dumps(result, indent=2) if options.json else _table(result))


def measure(applications: int, rounds: int, seconds: float) -> dict[str, dict[str, Any]]:
    """The medians of board and plain page, how many times as much the board took, and with what it was measured."""
    boards, plains = [], []
    with searching(applications) as seeker, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        with board(browser, seeker, applications) as page:
            html = as_plain_html(page)
        with hosted(html) as address:
            for number in range(1, rounds + 1):
                tell(f"round {number} of {rounds}")
                plains.append(_figures(visit_plain(browser, address, seconds)))
                boards.append(_figures(visit_board(browser, seeker, applications, seconds)))
        run = {"chromium": browser.version, "python": platform.python_version(), "cores": os.cpu_count()}
        browser.close()
    mine, floor = _medians(boards), _medians(plains)
    ratios = {name: mine[name] / floor[name] for name in GOALS}
    setting = {"applications": applications, "rounds": rounds, "seconds": seconds}
    return {"board": mine, "plain": floor, "ratio": ratios, "run": setting | run}


def _figures(visit: Visit) -> dict[str, float]:
    carried = visit.carried
    return {
        "new_first_card_ms": visit.new.first_card,
        "new_all_cards_ms": visit.new.all_cards,
        "first_card_ms": visit.again.first_card,
        "all_cards_ms": visit.again.all_cards,
        "longest_task_ms": carried.longest_task,
        "longest_task_cpu_ms": carried.longest_task_cpu,
        "longest_frame_ms": carried.longest_frame,
        "frames": carried.frames,
    }


def _medians(visits: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(visit[name] for visit in visits), 2) for name in GOALS}


def _table(result: Mapping[str, Mapping[str, Any]]) -> str:
    mine, floor, ratios = result["board"], result["plain"], result["ratio"]
    rows = [f"{'':<20}{'board':>10}{'plain':>10}{'ratio':>8}   goal"]
    rows += [
        f"{name:<20}{mine[name]:>10,.1f}{floor[name]:>10,.1f}{ratios[name]:>8.2f}   {goal}".rstrip()
        for name, goal in GOALS.items()
    ]
    return "\n".join([*rows, "", "run: " + ", ".join(f"{name} {value}" for name, value in result["run"].items())])
