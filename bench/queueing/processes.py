"""The drivers as processes: commands that answer, and workers with the events that they write down."""

import json
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.queueing.contenders import Contender

PATIENCE = 300.0
"""Seconds after which a driver that says nothing has failed."""

GRACE = 3.0
"""Seconds that a worker has to leave before it is killed."""


class DriverFailed(Exception):
    """A driver failed, or took too long; the message is its last words."""


def call(contender: Contender, url: str, *arguments: str) -> Any:
    """What a command of the driver answers."""
    try:
        done = subprocess.run(  # noqa: S603  # a driver
            [*contender.command, *arguments],
            cwd=contender.folder,
            env=_environment(contender, {"PB_DSN": url}),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise DriverFailed(f"{' '.join(arguments)}: no answer in {PATIENCE:.0f} s") from None
    if done.returncode:
        raise DriverFailed(f"{' '.join(arguments)}: {done.stderr.strip()[-800:]}")
    lines = done.stdout.strip().splitlines()
    return json.loads(lines[-1]) if lines and lines[-1].startswith("{") else None


class Worker:
    """A running worker; made by `working`."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path, complaints: Path) -> None:
        self.process = process
        self._log = log
        self._complaints = complaints

    def events(self, letter: str) -> Sequence[tuple[int, ...]]:
        """The numbers of every event of that letter so far."""
        lines = [line.split() for line in self._log.read_text().splitlines()]
        return [tuple(map(int, numbers)) for found, *numbers in lines if found == letter]

    def wait_for(self, letter: str, count: int = 1) -> int:
        """The time of the first event of that letter, once there are *count* of them."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if len(events := self.events(letter)) >= count:
                return events[0][-1]
            if self.process.poll() is not None:
                raise DriverFailed(f"the worker ended: {self._complaints.read_text()[-800:].strip()}")
            time.sleep(0.003)
        raise DriverFailed(f"the worker wrote no {letter} in {PATIENCE:.0f} s")

    def kill(self) -> None:
        """End it without a warning."""
        self.process.kill()
        self.process.wait()


def memory(pid: int, key: str) -> float:
    """MB of memory that a process has: `VmRSS` now, `VmHWM` at most."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key)) / 1024


@contextmanager
def working(contender: Contender, url: str, settings: str, folder: Path, expected: int = 0) -> Iterator[Worker]:
    """A worker with these settings, which expects so many jobs, until the block ends."""
    command = [*contender.command, "worker", *shlex.split(settings)]
    log = folder / f"{contender.name}-{time.monotonic_ns()}.events"
    log.touch()
    variables = {"PB_DSN": url, "PB_LOG": str(log), "PB_EXPECT": str(expected)}
    with running(command, contender.folder, _environment(contender, variables), log.with_suffix(".log")) as process:
        yield Worker(process, log, log.with_suffix(".log"))


@contextmanager
def running(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], complaints: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process until the block ends, asked to leave before it is made to."""
    with complaints.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603  # a driver
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _environment(contender: Contender, variables: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **contender.environment, **variables}
