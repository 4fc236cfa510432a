"""The export: a ZIP that is written while it is sent, so that neither its size nor a slow reader matters.

Things change while it is read, page by page. So what refers comes after what it refers to, and what has come to be in
between, and refers to what was not there yet, is left out: whatever is in the ZIP holds together.
"""

import re
from collections.abc import AsyncIterator, Callable, Container, Iterable
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final, TypeVar
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import anyio.to_thread
import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from jatify_core.analysis import Analysis, AnalysisId
from jatify_core.application import Application, ResumeCopy
from jatify_core.dead_letter import DeadLetter
from jatify_core.listing import Listing, ListingId
from jatify_core.ports import Ports
from jatify_core.resume import Resume, ResumeId
from jatify_core.use_cases import archive_out as everything
from jatify_core.user import User
from jatify_http.archive_items import VERSION, Manifest, written
from jatify_http.schemas import utc
from jatify_http.schemas.users import SessionView, UserView

T = TypeVar("T")
N = TypeVar("N", Listing, Analysis)

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
    told = _Known()
    with ZipFile(sink, "w") as archive:
        for name, thing in (
            ("manifest.json", Manifest("jatify-export", VERSION, utc(at))),
            ("profile.json", UserView.of(user)),
        ):
            with archive.open(_entry(name, at), "w") as entry:
                entry.write(msgspec.json.encode(thing))
        async for resume, content, text in everything.own_contents(ports, user.id):
            # The file as it is: PDF and DOCX are compressed already.
            for info, data in (
                (_entry(file_path(resume), at, ZIP_STORED), content),
                (_entry(text_path(resume), at), text.encode()),
            ):
                with archive.open(info, "w") as entry:
                    await anyio.to_thread.run_sync(entry.write, data)
                yield sink.taken()
            told.resumes[resume.id] = resume
        for name, items in _lists(ports, user, told).items():
            async for piece in _listed(archive, sink, _entry(name, at), items):
                yield piece
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


class _Known(Struct):
    """What the ZIP has already, that later things may refer to."""

    resumes: dict[ResumeId, Resume] = field(default_factory=dict)
    listings: set[ListingId] = field(default_factory=set)
    analyses: set[AnalysisId] = field(default_factory=set)


def _lists(ports: Ports, user: User, told: _Known) -> dict[str, AsyncIterator[bytes]]:
    return {
        "statuses.json": _encoded(everything.own_statuses(ports, user.id), written),
        "resumes.json": _encoded(_each(told.resumes.values()), _resume),
        "jobs.json": _encoded(_noting(everything.own_listings(ports, user.id), told.listings), written),
        "applications.json": _encoded(_applications(ports, user, told), written),
        "analyses.json": _encoded(_noting(_analyses(ports, user, told), told.analyses), written),
        "dead_letters.json": _encoded(_dead_letters(ports, user, told), written),
        "sessions.json": _encoded(everything.own_sessions(ports, user.id), SessionView.of),
    }


async def _applications(ports: Ports, user: User, told: _Known) -> AsyncIterator[Application]:
    async for application in everything.own_applications(ports, user.id):
        if application.listing.id in told.listings:
            yield without_unknown(application, told.resumes)


def without_unknown(application: Application, resumes: Container[ResumeId | None]) -> Application:
    """*application* without the ids of resumes that are none of *resumes*: of those the names alone remain."""

    def known(copy: ResumeCopy | None) -> ResumeCopy | None:
        return copy if copy is None or copy.resume_id in resumes else replace(copy, resume_id=None)

    sent = application.sent_resume
    return replace(
        application,
        resume_id=application.resume_id if application.resume_id in resumes else None,
        history=tuple(replace(step, resume=known(step.resume)) for step in application.history),
        links=tuple(replace(link, resume=known(link.resume)) for link in application.links),
        sent_resume=sent and replace(sent, resume=known(sent.resume) or sent.resume),
    )


async def _analyses(ports: Ports, user: User, told: _Known) -> AsyncIterator[Analysis]:
    async for analysis in everything.own_analyses(ports, user.id):
        known = analysis.listing_id is None or analysis.listing_id in told.listings
        if known and analysis.resume_id in told.resumes:
            yield analysis


async def _dead_letters(ports: Ports, user: User, told: _Known) -> AsyncIterator[DeadLetter]:
    async for letter in everything.own_dead_letters(ports, user.id):
        if letter.analysis_id in told.analyses:
            yield letter


async def _each(items: Iterable[T]) -> AsyncIterator[T]:
    for item in items:
        yield item


async def _noting(items: AsyncIterator[N], ids: set[Any]) -> AsyncIterator[N]:
    async for item in items:
        ids.add(item.id)
        yield item


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


def _resume(resume: Resume) -> dict[str, object]:
    """As it is stored, and where its file and its text are in the ZIP."""
    return {**written(resume), "file": file_path(resume), "text": text_path(resume)}


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
