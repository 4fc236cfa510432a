"""Processes of the chaos tests: started, watched, killed, and never left behind."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

import anyio
import anyio.to_thread
from msgspec import Struct

from tests.chaos.watching import until
from tests.chaos.worker_program import READY
from tests.running import COMMAND, PATIENCE, environment

PROJECT = Path(__file__).parents[2]


class Call(Struct, frozen=True):
    """What an obedient analyzer noted down; `at` is on the clock that all processes of a machine share."""

    what: str
    id: UUID
    worker: str
    at: float


class Program:
    """A process that runs, and what it logged."""

    def __init__(self, log: Path, command: Sequence[str | Path], settings: Mapping[str, str]) -> None:
        self._log = log
        cwd = log.parent if command[0] == COMMAND else PROJECT
        with log.open("ab") as out:
            self._began = out.tell()
            self.process = subprocess.Popen(command, cwd=cwd, env=environment(**settings), stdout=out, stderr=out)

    @property
    def log(self) -> str:
        """What this very process has said."""
        return self._log.read_bytes()[self._began :].decode(errors="replace")

    def wait_for(self, words: str, within: float = PATIENCE) -> None:
        end = time.monotonic() + within
        while words not in self.log:
            assert self.process.poll() is None, self.log
            assert time.monotonic() < end, f"no {words!r} in\n{self.log}"
            time.sleep(0.02)

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it as an operator would; its exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE)


class Workers:
    """Starts worker programs over one database, and reads what their analyzers noted."""

    def __init__(self, folder: Path, conninfo: str, stack: ExitStack) -> None:
        self._folder = folder
        self._conninfo = conninfo
        self._stack = stack
        self._calls = folder / "calls"
        self._calls.touch()

    async def start(self, name: str, *options: str, conninfo: str | None = None) -> Program:
        """A worker that is about to claim."""
        command = worker_command(conninfo or self._conninfo, self._calls, name, *options)
        program = self._stack.enter_context(running(self._folder / f"{name}.log", command))
        await anyio.to_thread.run_sync(program.wait_for, READY)
        return program

    @property
    def calls(self) -> list[Call]:
        return read_calls(self._calls)

    async def wait_for(self, what: str, number: int = 1) -> list[Call]:
        """The calls of that kind, once there are so many."""
        await until(lambda: len(self.of(what)) >= number, PATIENCE, f"{number} calls {what}")
        return self.of(what)

    def of(self, what: str) -> list[Call]:
        """The calls of that kind so far."""
        return [call for call in self.calls if call.what == what]


def worker_command(conninfo: str, calls: Path, name: str, *options: str) -> list[str | Path]:
    module = "tests.chaos.worker_program"
    return [sys.executable, "-m", module, conninfo, "--calls", calls, "--name", name, *options]


def read_calls(path: Path) -> list[Call]:
    lines = [line.split() for line in path.read_text().splitlines()]
    return [Call(what, UUID(id_), worker, float(at)) for what, id_, worker, at in lines]


@contextmanager
def running(log: Path, command: Sequence[str | Path], **settings: str) -> Iterator[Program]:
    """A process that does not outlive the block."""
    program = Program(log, command, settings)
    try:
        yield program
    finally:
        program.kill()
