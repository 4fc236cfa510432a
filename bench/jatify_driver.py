"""Jatify's own driver for the queue benchmark: the commands and events of the peers' drivers, over its real path.

Run as `python -m bench.jatify_driver`, with the database in PB_DSN, the file for events in PB_LOG, and in PB_EXPECT how
many jobs there will be.
"""

import argparse
import json
import os
import random
import signal
from datetime import UTC, datetime
from time import monotonic_ns

import anyio

from bench.queueing.questions import Question, ask
from bench.queueing.recorder import Recorder
from bench.queueing.result import result_of
from jatify_adapters.postgres import PostgresStore, migrate, open_store
from jatify_core.job import ANALYSIS, Job, JobId
from jatify_core.user import UserId
from jatify_core.worker import Answer, Worker, WorkerSettings

BARE = "bench"
"""A kind of job that leaves nothing behind."""


async def main() -> None:
    """Do what the command line says."""
    options = _options()
    conninfo = os.environ["PB_DSN"]
    if options.command == "setup":
        await migrate(conninfo)
    elif options.command == "enqueue":
        await _enqueue(conninfo, options)
    else:
        await _work(conninfo, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="create the tables")
    enqueue = commands.add_parser("enqueue", help="enqueue jobs and print how long it took")
    enqueue.add_argument("--mode", choices=("single", "bulk", "paced"), default="bulk")
    enqueue.add_argument("-n", type=int, default=1_000)
    enqueue.add_argument("--ms", type=int, default=0, help="how long each job takes")
    enqueue.add_argument("--kind", default="n", help="what a job writes down: n nothing, m its start, c start and end")
    enqueue.add_argument("--batch", type=int, default=1_000, help="jobs in one bulk")
    enqueue.add_argument("--recorded", action="store_true", help="each job has an analysis, made before the clock runs")
    worker = commands.add_parser("worker", help="run jobs until SIGTERM")
    worker.add_argument("-c", "--slots", type=int, default=10)
    worker.add_argument("--recorded", action="store_true", help="run the jobs of analyses, and record their results")
    return parser.parse_args()


async def _enqueue(conninfo: str, options: argparse.Namespace) -> None:
    questions = await ask(conninfo, options.n, with_analyses=options.recorded)
    jobs = [_job(question, number, options) for number, question in enumerate(questions)]
    async with open_store(conninfo) as store:
        if options.mode == "paced":
            print(json.dumps({"n": len(jobs), "times": [await _paced(store, job) for job in jobs]}))
            return
        began = monotonic_ns()
        if options.mode == "single":
            for job in jobs:
                await store.jobs.enqueue(job)
        else:
            for first in range(0, len(jobs), options.batch):
                await store.jobs.enqueue_many(jobs[first : first + options.batch])
        print(json.dumps({"n": len(jobs), "secs": (monotonic_ns() - began) / 1e9}))


async def _paced(store: PostgresStore, job: Job) -> tuple[int, int, int]:
    """Enqueue after a short while; return the job's number, and when the call began and returned."""
    await anyio.sleep(random.uniform(0.08, 0.12))  # noqa: S311  # no secret
    began = monotonic_ns()
    await store.jobs.enqueue(job)
    return int(job.payload["i"]), began, monotonic_ns()


def _job(question: Question, number: int, options: argparse.Namespace) -> Job:
    key = f"{ANALYSIS}:{question.resume_id}:{question.listing_id}"
    return Job(
        id=JobId(question.id),
        user_id=UserId(question.user_id),
        kind=ANALYSIS if options.recorded else BARE,
        payload={"i": str(number), "ms": str(options.ms), "k": options.kind},
        dedup_key=key if options.recorded else None,
        enqueued_at=datetime.now(UTC),
    )


async def _work(conninfo: str, options: argparse.Namespace) -> None:
    recorder = Recorder(os.environ["PB_LOG"], int(os.environ.get("PB_EXPECT", "0")))

    async def run(job: Job) -> Answer:
        await recorder.run(job.payload["i"], int(job.payload["ms"]), job.payload["k"])
        return result_of(job) if options.recorded else None

    async with open_store(conninfo) as store, anyio.create_task_group() as tasks:
        kind = ANALYSIS if options.recorded else BARE
        worker = Worker(store, {kind: run}, WorkerSettings(slots=options.slots, name=f"bench:{os.getpid()}"))
        tasks.start_soon(_stop_on_signal, worker)
        await worker.run()
        tasks.cancel_scope.cancel()


async def _stop_on_signal(worker: Worker) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM) as signals:
        async for _ in signals:
            worker.stop(hurry=True)


if __name__ == "__main__":
    anyio.run(main, backend_options={"use_uvloop": True})
