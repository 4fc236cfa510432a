"""The queue's benchmark measures what it says it measures; its figures are nobody's business here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.hard

ROOT = Path(__file__).resolve().parents[1]
FIGURES = {
    "drain_recorded",
    "drain_bare",
    "enqueue_single",
    "enqueue_bulk",
    "wake_p50_ms",
    "wake_p95_ms",
    "burst_over_ideal",
    "crash_s",
    "crash_lost",
    "crash_recorded_twice",
    "rss_mb",
}


def test_the_benchmark_gives_every_figure_of_jatifys_own() -> None:
    scenarios = "drain,enqueue,wake,burst,crash,rss"  # not the floor, which needs Debian's pgbench
    options = ["--json", "--rounds", "1", "--peers", "none", "-n", "1000", "--only", scenarios]
    command = [sys.executable, "bench/queue.py", *options]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    given = json.loads(ran.stdout)
    assert set(given["jatify"]) >= FIGURES
    assert (given["jatify"]["crash_lost"], given["jatify"]["crash_recorded_twice"]) == (0, 0)
