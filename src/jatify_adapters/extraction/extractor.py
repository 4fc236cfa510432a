"""The extractor: every file is read by a process of its own, with limits, and that process is thrown away."""

import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL
from tempfile import TemporaryFile
from typing import IO, Final

import msgspec
from anyio import (
    BrokenResourceError,
    CancelScope,
    ClosedResourceError,
    EndOfStream,
    Semaphore,
    fail_after,
    move_on_after,
    open_process,
)
from anyio.abc import Process
from msgspec import Struct

from jatify_adapters.extraction.advice import unreadable
from jatify_core.errors import Unavailable
from jatify_core.resume import Extracted, Extraction, Upload

_log: Final = logging.getLogger(__name__)

_START: Final = "import sys; sys.path += sys.argv[1:]; from jatify_adapters.extraction.child import main; main()"
_MAX_ANSWER: Final = 512 * 1024
"""Bytes: 60,000 characters of four bytes, with escapes and room."""


_FULL: Final = "Too many files are being read at the moment. Send this one again in a few seconds."
_MOST_CHILDREN: Final = 8


class _Answer(Struct, frozen=True):
    """What a child says: a document, or the code why there is none."""

    document: Extracted | None = None
    code: str | None = None


class DocumentExtractor:
    """Implements `Extractor` for PDF, DOCX, plain text and Markdown.

    At most *max_children* files are read at once, each for at most *wall* seconds. At most *queue* more wait for their
    turn, for *patience* seconds: who comes later than they, or waits longer, gets `Unavailable`. So nobody hears that
    later than *patience*, and no answer takes more than *wall* and *patience*. Who is cancelled leaves his place.
    """

    def __init__(
        self, max_children: int | None = None, wall: float = 25.0, patience: float = 1.5, queue: int = 16
    ) -> None:
        self._turns = Semaphore(max_children or _cores())
        self._wall = wall
        self._patience = patience
        self._queue = queue
        # -I and -S leave nothing on the path but the standard library; the child needs these two beside it.
        roots = dict.fromkeys(_home_of(package) for package in ("jatify_adapters", "pypdfium2_raw"))
        self._command = [sys.executable, "-I", "-S", "-c", _START, *roots]

    async def extract(self, upload: Upload) -> Extraction:
        """Text, or why there is none. Raises `Unavailable` while too many other files wait."""
        if self._turns.statistics().tasks_waiting >= self._queue:
            raise Unavailable(_FULL)
        try:
            with fail_after(self._patience):
                await self._turns.acquire()
        except TimeoutError:
            raise Unavailable(_FULL) from None
        try:
            return await self._read(upload)
        finally:
            self._turns.release()

    async def _read(self, upload: Upload) -> Extraction:
        answer, ended = b"", "timed out"
        with move_on_after(self._wall):
            with _letter(upload) as letter:
                async with _child(self._command, letter) as process:
                    answer = await _answer_of(process)
                ended = f"ended with {await process.wait()}"
        extraction = _understood(answer) if ended == "ended with 0" else None
        if extraction is None:
            _log.warning("the reader of a document %s", ended)
            return unreadable("unreadable_document")
        return extraction


def _cores() -> int:
    """As many readers as there are cores for them, within reason: each of them keeps one busy."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST_CHILDREN)


def _home_of(package: str) -> str:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    return str(Path(spec.origin).parent.parent)


@contextmanager
def _letter(upload: Upload) -> Iterator[IO[bytes]]:
    """What a child reads: a file that has no name, and on Linux no disk, gone when the block ends.

    Not a pipe: one that breaks because the child was killed leaves an error behind in asyncio before Python 3.11.5.
    """
    header = json.dumps({"filename": upload.filename, "media_type": upload.media_type}).encode()
    with os.fdopen(os.memfd_create("upload"), "w+b") if hasattr(os, "memfd_create") else TemporaryFile() as letter:
        letter.write(header + b"\n")
        letter.write(upload.content)
        letter.seek(0)
        yield letter


@asynccontextmanager
async def _child(command: list[str], letter: IO[bytes]) -> AsyncIterator[Process]:
    """A process that reads *letter*, and is gone when the block ends, however it ends, and its group with it."""
    process = await open_process(command, stdin=letter, stderr=DEVNULL, env={}, start_new_session=True)
    try:
        yield process
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        with CancelScope(shield=True):
            await process.aclose()


async def _answer_of(process: Process) -> bytes:
    """The child's answer, unless it is longer than any document's."""
    answer = bytearray()
    if process.stdout is None:
        raise RuntimeError("A child without pipes.")
    with suppress(EndOfStream, BrokenResourceError, ClosedResourceError):
        while len(answer) <= _MAX_ANSWER:
            answer += await process.stdout.receive()
    return bytes(answer)


def _understood(answer: bytes) -> Extraction | None:
    try:
        said = msgspec.json.decode(answer, type=_Answer)
        return said.document or unreadable(said.code or "")
    except (msgspec.MsgspecError, KeyError, UnicodeDecodeError):
        return None
