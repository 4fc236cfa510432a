"""What the drivers write down while jobs run: one line for each event, with the time on the clock that all share."""

import os
from time import monotonic_ns

import anyio


class Recorder:
    """Runs the body of a job, and writes the events that its letter asks for.

    Lines are `F t` at the first start, `D t` when the expected number is handled, and by the job's letter `M i t` at
    its start, or `S i t` at its start and `E i t` at its end; t is the monotonic clock in nanoseconds.
    """

    def __init__(self, path: str, expected: int) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._expected = expected
        self._started = self._ended = 0

    async def run(self, number: str, milliseconds: int, letter: str) -> None:
        """Take that long, and nothing else."""
        if not self._started:
            self._write("F")
        self._started += 1
        if letter == "m":
            self._write("M", number)
        elif letter == "c":
            self._write("S", number)
        if milliseconds:
            await anyio.sleep(milliseconds / 1_000)
        if letter == "c":
            self._write("E", number)
        self._ended += 1
        if self._ended == self._expected:
            self._write("D")

    def _write(self, *event: str) -> None:
        # Unbuffered: a process that is killed has said everything that it has done.
        os.write(self._file, f"{' '.join(event)} {monotonic_ns()}\n".encode())
