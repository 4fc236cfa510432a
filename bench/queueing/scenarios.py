"""What is measured: each scenario runs one contender once, on a fresh database, and returns figures by their names."""

import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from psycopg import Connection

from bench.queueing.cluster import Cluster
from bench.queueing.contenders import ROOT, Contender
from bench.queueing.processes import DriverFailed, call, memory, running, working

SINGLES: Final = 1_000
WAKES: Final = 100
BURST: Final = 2_000
BURST_MS: Final = 50
BURST_SLOTS: Final = 100
CRASHED: Final = 100
CRASHED_MS: Final = 2_000
PATIENCE: Final = 180.0
SETTLED: Final = 2.5
"""Seconds after which a worker has started and is idle."""

Figures = Mapping[str, float]
Scenario = Callable[[Cluster, Contender, int], Figures]


def drain(cluster: Cluster, contender: Contender, jobs: int) -> Figures:
    """Jobs a second of one worker, from the first start until the database says that none is left."""
    seconds, peak = _emptied(cluster, contender, contender.drain, jobs)
    return {f"drain{contender.suffix}": jobs / seconds, f"rss_peak_mb{contender.suffix}": peak}


def enqueue(cluster: Cluster, contender: Contender, jobs: int) -> Figures:
    """Jobs a second put in by one process: each in a transaction of its own, and in bulk."""
    url = _prepared(cluster, contender)
    single = _put_in(contender, url, "single", SINGLES)
    bulk = _put_in(contender, url, "bulk", jobs)
    return {"enqueue_single": SINGLES / single["secs"], "enqueue_bulk": jobs / bulk["secs"]}


def wake(cluster: Cluster, contender: Contender, _: int) -> Figures:
    """Milliseconds from the return of an enqueue in one process to the start of its job in another, which is idle."""
    url = _prepared(cluster, contender)
    with working(contender, url, contender.wake, cluster.folder) as worker:
        time.sleep(SETTLED)
        enqueued = _put_in(contender, url, "paced", WAKES, letter="m")["times"]
        worker.wait_for("M", WAKES)
        started = {event[0]: event[1] for event in worker.events("M")}
    latencies = sorted((started[number] - returned) / 1e6 for number, _, returned in enqueued)
    return {"wake_p50_ms": statistics.median(latencies), "wake_p95_ms": latencies[int(0.95 * WAKES) - 1]}


def burst(cluster: Cluster, contender: Contender, _: int) -> Figures:
    """How many times longer than ideal a burst of short jobs takes, measured as a drain is."""
    seconds, _peak = _emptied(cluster, contender, contender.burst, BURST, milliseconds=BURST_MS)
    return {"burst_over_ideal": seconds / (BURST * BURST_MS / 1_000 / BURST_SLOTS)}


def crash(cluster: Cluster, contender: Contender, _: int) -> Figures:
    """Seconds from the kill of a worker with all its slots busy until another has recorded every result."""
    url = _prepared(cluster, contender)
    with (
        working(contender, url, contender.burst, cluster.folder) as first,
        cluster.connect(contender.database) as conn,
    ):
        # Kept beside Jatify's own tables, of which alone its worker has rights: every time that an analysis succeeds,
        # whatever its row says later.
        conn.execute("create table recorded (id uuid)")
        conn.execute(
            """
            create function note_recorded() returns trigger language plpgsql security definer as
            $$ begin insert into recorded values (new.id); return null; end $$
            """
        )
        conn.execute(
            """
            create trigger note_recorded after update on analysis
            for each row when (new.state = 'succeeded') execute function note_recorded()
            """
        )
        _put_in(contender, url, "bulk", CRASHED, milliseconds=CRASHED_MS, letter="c")
        first.wait_for("S", CRASHED)
        with working(contender, url, contender.burst, cluster.folder):
            time.sleep(SETTLED / 2)
            if first.events("E"):
                raise DriverFailed("the first jobs ended before the other worker was up")
            first.kill()
            seconds = _until_empty(conn, contender)
        recorded, distinct = conn.execute("select count(*), count(distinct id) from recorded").fetchone() or (0, 0)
    return {"crash_s": seconds, "crash_lost": CRASHED - distinct, "crash_recorded_twice": recorded - distinct}


def rss(cluster: Cluster, contender: Contender, _: int) -> Figures:
    """MB that an idle worker holds: the real command, and the benchmark's driver, which has no command line."""
    url = _prepared(cluster, contender)
    with working(contender, url, contender.wake, cluster.folder) as worker:
        time.sleep(SETTLED)
        driver = memory(worker.process.pid, "VmRSS")
    command = [sys.executable, "-c", "from jatify_http.cli import main; main()", "worker"]
    environment = {**os.environ, **contender.environment, "JATIFY_DATABASE_URL": url, "JATIFY_ANALYZER": "local"}
    with running(command, ROOT, environment, cluster.folder / "worker.log") as process:
        time.sleep(2 * SETTLED)
        if process.poll() is not None:
            raise DriverFailed((cluster.folder / "worker.log").read_text()[-800:])
        return {"rss_mb": memory(process.pid, "VmRSS"), "rss_driver_mb": driver}


def _emptied(
    cluster: Cluster, contender: Contender, settings: str, jobs: int, milliseconds: int = 0
) -> tuple[float, float]:
    """Seconds from the first start until no job is left, and the most MB that the worker held."""
    url = _prepared(cluster, contender)
    _put_in(contender, url, "bulk", jobs, milliseconds=milliseconds)
    with cluster.connect(contender.database) as conn:
        conn.execute("vacuum analyze")
        conn.execute("checkpoint")
        with working(contender, url, settings, cluster.folder, expected=jobs) as worker:
            began = worker.wait_for("F")
            worker.wait_for("D")
            _until_empty(conn, contender)
            ended = time.monotonic_ns()
            return (ended - began) / 1e9, memory(worker.process.pid, "VmHWM")


def _prepared(cluster: Cluster, contender: Contender) -> str:
    url = cluster.fresh(contender.database)
    call(contender, url, "setup")
    return url


def _put_in(
    contender: Contender, url: str, mode: str, jobs: int, *, milliseconds: int = 0, letter: str = "n"
) -> dict[str, Any]:
    """What the driver says: `secs` that it took, or of paced ones the `times`."""
    arguments = ["--mode", mode, "-n", str(jobs), "--ms", str(milliseconds), "--kind", letter]
    answer: dict[str, Any] = call(contender, url, "enqueue", *arguments, *contender.enqueue)
    return answer


def _until_empty(conn: Connection, contender: Contender) -> float:
    """Seconds until no job is left."""
    began = time.monotonic()
    while (conn.execute(contender.left.encode()).fetchone() or [0])[0]:
        if time.monotonic() - began > PATIENCE:
            raise DriverFailed(f"jobs were left after {PATIENCE:.0f} s")
        time.sleep(0.004)
    return time.monotonic() - began
