"""The export: a ZIP that is written while it is sent, so that neither its size nor a slow reader matters."""

import re
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import PurePath
from typing import Final, TypeVar
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import anyio.to_thread
import msgspec

from jatify_core.application import Application
from jatify_core.ports import Ports
from jatify_core.resume import Resume
from jatify_core.use_cases import export
from jatify_core.user import User
from jatify_http.schemas import utc_or_none
from jatify_http.schemas.analyses import AnalysisView
from jatify_http.schemas.applications import ApplicationView
from jatify_http.schemas.dead_letters import DeadLetterView
from jatify_http.schemas.listings import JobView
from jatify_http.schemas.resumes import ResumeView
from jatify_http.schemas.statuses import StatusView
from jatify_http.schemas.users import SessionView, UserView

T = TypeVar("T")

ZIP: Final = "application/zip"
CHUNK: Final = 128 * 1024
"""Bytes that gather before they are sent."""
LARGE: Final = 32 * 1024
"""Bytes from which on a piece is compressed beside the loop."""
NAME_BYTES: Final = 120
"""Of a file's own name: with the id in front it fits every file system."""
UNFIT: Final = re.compile(r"[^\w .()+,=@-]")


async def zipped(ports: Ports, user: User) -> AsyncIterator[bytes]:
    """All that is the user's own, as the pieces of a ZIP; no more than a page of rows or one file is in memory."""
    sink = _Sink()
    at = ports.clock()
    with ZipFile(sink, "w") as archive:
        with archive.open(_entry("profile.json", at), "w") as entry:
            entry.write(msgspec.json.encode(UserView.of(user)))
        for name, items in _lists(ports, user).items():
            async for piece in _listed(archive, sink, _entry(name, at), items):
                yield piece
        async for resume, content, text in export.own_contents(ports, user.id):
            # The file as it is: PDF and DOCX are compressed already.
            for info, data in (
                (_entry(file_path(resume), at, ZIP_STORED), content),
                (_entry(text_path(resume), at), text.encode()),
            ):
                with archive.open(info, "w") as entry:
                    await anyio.to_thread.run_sync(entry.write, data)
                yield sink.taken()
    yield sink.taken()


def file_path(resume: Resume) -> str:
    """Where the file of *resume* is in the ZIP: under a name that no other has and that no system takes amiss."""
    return f"resumes/{resume.id}-{_harmless(resume.filename)}"


def text_path(resume: Resume) -> str:
    """Where its text is."""
    return f"resumes/{resume.id}.txt"


class _Sink:
    """What the ZIP is written to; a stream that cannot seek, so that nothing has to be kept for later."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing: what was written is there to be taken."""

    def close(self) -> None:
        """Nothing: who reads decides when it is over."""

    def taken(self) -> bytes:
        """What has been written since the last time."""
        pieces, self._pieces, self.size = self._pieces, [], 0
        return b"".join(pieces)


def _lists(ports: Ports, user: User) -> dict[str, AsyncIterator[bytes]]:
    return {
        "jobs.json": _encoded(export.own_listings(ports, user.id), JobView.of),
        "applications.json": _encoded(export.own_applications(ports, user.id), _application),
        "resumes.json": _encoded(export.own_resumes(ports, user.id), _resume),
        "analyses.json": _encoded(export.own_analyses(ports, user.id), AnalysisView.of),
        "dead_letters.json": _encoded(export.own_dead_letters(ports, user.id), DeadLetterView.of),
        "statuses.json": _encoded(export.own_statuses(ports, user.id), StatusView.of),
        "sessions.json": _encoded(export.own_sessions(ports, user.id), SessionView.of),
    }


async def _encoded(items: AsyncIterator[T], view: Callable[[T], object]) -> AsyncIterator[bytes]:
    async for item in items:
        yield msgspec.json.encode(view(item))


async def _listed(archive: ZipFile, sink: _Sink, info: ZipInfo, items: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Write an entry `{"items": [...]}`, and give what has gathered of it."""
    with archive.open(info, "w") as entry:
        between = b'{"items": [\n'
        async for item in items:
            piece, between = between + item, b",\n"
            if len(piece) > LARGE:
                await anyio.to_thread.run_sync(entry.write, piece)
            else:
                entry.write(piece)
            if sink.size > CHUNK:
                yield sink.taken()
        entry.write(b"\n]}\n" if between == b",\n" else b'{"items": []}\n')
    yield sink.taken()


def _application(application: Application) -> dict[str, object]:
    """As the API shows it, and since when it has been deleted."""
    shown = msgspec.structs.asdict(ApplicationView.of(application))
    return {**shown, "deleted_at": utc_or_none(application.deleted_at)}


def _resume(resume: Resume) -> dict[str, object]:
    """As the API shows it, and where its file and its text are in the ZIP."""
    shown = msgspec.structs.asdict(ResumeView.of(resume))
    return {**shown, "file": file_path(resume), "text": text_path(resume)}


def _entry(name: str, at: datetime, compression: int = ZIP_DEFLATED) -> ZipInfo:
    info = ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    info.compress_type = compression
    return info


def _harmless(filename: str) -> str:
    """*filename* without what leads elsewhere or what a system forbids, not longer than it may be."""
    name = UNFIT.sub("_", filename).strip(". ") or "file"
    suffix = PurePath(name).suffix[-10:]
    stem = name[: len(name) - len(suffix)].encode()[: NAME_BYTES - len(suffix.encode())]
    return stem.decode(errors="ignore") + suffix
