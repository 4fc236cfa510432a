"""The disposable process: takes one file on its standard input, answers on its standard output, and ends.

It may be killed at any moment by its parent, its own alarm or the kernel's limits; all of them are answers.
"""

import json
import resource
import signal
import sys
from contextlib import suppress
from typing import Any

from jatify_adapters.extraction.document import Rejected
from jatify_adapters.extraction.kinds import kind_of
from jatify_adapters.extraction.reading import document_of, reader_of

MEMORY = 768 << 20
CPU_SECONDS = 20
WALL_SECONDS = 30
"""The alarm's, should the parent be gone that would have ended this process before."""


def main() -> None:
    """Read a header line (a JSON object with `filename` and `media_type`) and the file; write a JSON object."""
    _confine()
    header = json.loads(sys.stdin.buffer.readline())
    answer = _answer(sys.stdin.buffer.read(), header["filename"], header["media_type"])
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())


def _answer(content: bytes, filename: str, media_type: str | None) -> dict[str, Any]:
    try:
        kind = kind_of(content, filename, media_type)
        read = reader_of(kind)
        _close_doors()
        return {"document": document_of(kind, read(content))._asdict()}
    except Rejected as rejected:
        return {"code": rejected.code}


def _confine() -> None:
    signal.alarm(WALL_SECONDS)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, MEMORY)


def _close_doors() -> None:
    # Without room for one more descriptor there is no socket and no file to open: no network, nothing to read.
    _limit(resource.RLIMIT_NOFILE, 0)


def _limit(what: int, most: int) -> None:
    # macOS refuses some of these; the alarm and the parent's deadline hold there as well.
    with suppress(ValueError, OSError):
        resource.setrlimit(what, (most, most))
