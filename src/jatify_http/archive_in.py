"""The import: the ZIP of an export, received onto the disk and read from there, page by page, beside the loop."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from itertools import count
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, TypeVar

import anyio.to_thread
import msgspec
from litestar import Request
from msgspec import Struct
from msgspec.structs import replace
from multipart import MultipartSegment, PushMultipartParser

from jatify_core.analysis import Analysis
from jatify_core.application import Application, Status
from jatify_core.archive import Left
from jatify_core.dead_letter import DeadLetter
from jatify_core.errors import Invalid, Malformed, Violation
from jatify_core.listing import Listing
from jatify_core.resume import Resume
from jatify_core.user import UserId
from jatify_http.archive_items import VERSION, Manifest, read_back
from jatify_http.archive_zip import NO_EXPORT, Entries
from jatify_http.requests import StrictRequest
from jatify_http.uploads import MULTIPART, Room

T = TypeVar("T")

MOST: Final = 100 * 1024 * 1024
"""Bytes of a ZIP."""
IN_MEMORY: Final = 1024 * 1024
"""Bytes of it that are kept in memory; what is larger goes to the disk."""
PAGE_ROWS: Final = 20
PAGE_BYTES: Final = 1024 * 1024
"""A page ends with the row that fills it."""
TEXT_BYTES: Final = 4 * 60_000

MANIFEST: Final = "manifest.json"
FILES: Final[Mapping[type[Struct], str]] = {
    Status: "statuses",
    Listing: "jobs",
    Resume: "resumes",
    Application: "applications",
    Analysis: "analyses",
    DeadLetter: "dead_letters",
}
LEFT: Final = (
    Left("profile", 1, "This account keeps its own name and e-mail."),
    Left("sessions", 1, "Logins are no luggage."),
)
"""What an export has that is not taken in, and why."""
FOLDER: Final = "resumes/"
OPENS: Final = b'{"items": ['
CLOSES: Final = b"]}"

FORM_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "file": {
            "type": "string",
            "format": "binary",
            "contentMediaType": "application/zip",
            "minLength": 1,
            "maxLength": MOST,
            "description": "The ZIP that `GET /api/user/export` gave, as it is, of at most 100 MiB.",
        },
    },
    "required": ["file"],
    "additionalProperties": False,
    "examples": [{"file": "PK…"}],
}


class ZippedArchive:
    """The port `Archive` over the ZIP in *file*, for the user who takes it in."""

    def __init__(self, entries: Entries, user_id: UserId) -> None:
        self._entries = entries
        self._user_id = user_id
        self._left = tuple(_counted(entries, one) for one in LEFT if f"{one.kind}.json" in entries.names)
        self._files = {name[len(FOLDER) :][:36]: name for name in entries.names if _is_file(name)}

    @classmethod
    async def opened(cls, file: IO[bytes], user_id: UserId) -> "ZippedArchive":
        """The archive in *file*. Raises `Invalid` unless it is one of a format that is known here."""
        return await anyio.to_thread.run_sync(_opened, file, user_id)

    def left(self) -> tuple[Left, ...]:
        """What of it is not taken in."""
        return self._left

    async def pages(self, kind: type[T]) -> AsyncIterator[Sequence[T]]:
        """Every row of a *kind*."""
        pages = _pages(self._entries, FILES[kind], kind, self._user_id)  # type: ignore[index]  # the six kinds
        while page := await anyio.to_thread.run_sync(next, pages, None):
            yield page

    async def content(self, resume: Resume) -> tuple[bytes, str | None]:
        """The file and the text of *resume*."""
        return await anyio.to_thread.run_sync(self._content, resume)

    def _content(self, resume: Resume) -> tuple[bytes, str | None]:
        name, text_name = self._files.get(str(resume.id), ""), f"{FOLDER}{resume.id}.txt"
        if not name or self._entries.size(name) != resume.size:
            raise Invalid.at(
                "/file", "damaged", f"The file of the resume {resume.id} is not in this ZIP, or not whole."
            )
        content = self._entries.content(name)
        if text_name not in self._entries.names or self._entries.size(text_name) > TEXT_BYTES:
            return content, None
        return content, self._entries.content(text_name).decode(errors="replace")


async def received_archive(request: Request[Any, Any, Any]) -> AsyncGenerator[ZippedArchive, None]:
    """The ZIP in a request's form, which is there, and takes its room, until the request is answered."""
    room: Room = request.app.state.archives
    with room.taken(request.user.user_id), SpooledTemporaryFile(IN_MEMORY) as file:
        await _receive(request, file)
        yield await ZippedArchive.opened(file, request.user.user_id)


async def _receive(request: Request[Any, Any, Any], file: IO[bytes]) -> None:
    """Write the one file of the form into *file*. Raises `Unsupported`, `Malformed`, and `Invalid` for other forms."""
    if isinstance(request, StrictRequest):
        request.require_type(MULTIPART)
    _, options = request.content_type
    parts: list[tuple[str, bool]] = []
    try:
        with PushMultipartParser(options.get("boundary", ""), max_segment_count=16, strict=True) as parser:
            async for chunk in request.stream():
                for event in parser.parse(chunk) if chunk else ():
                    if isinstance(event, MultipartSegment):
                        parts.append((event.name, bool(event.filename)))
                    elif event and parts == [("file", True)]:
                        await anyio.to_thread.run_sync(file.write, event)
    except ValueError:  # the parser's own errors, too
        raise Malformed("The form cannot be read.") from None
    strange = dict.fromkeys(name for name, _ in parts if name != "file")
    faults = [Violation(f"/{name}", "unknown_member", "There is no such field in this form.") for name in strange]
    files = [is_file for name, is_file in parts if name == "file"]
    if files != [True]:
        code = "repeated" if len(files) > 1 else "missing"
        faults.append(Violation("/file", code, "Send exactly one file, with its file name, in this field."))
    if faults:
        raise Invalid(faults)


def _opened(file: IO[bytes], user_id: UserId) -> ZippedArchive:
    entries = Entries(file)
    known = {MANIFEST, *(f"{name}.json" for name in (*FILES.values(), *(one.kind for one in LEFT)))}
    if MANIFEST not in entries.names:
        raise Invalid.at("/file", "no_export", NO_EXPORT)
    manifest = _manifest(entries)
    if manifest.version > VERSION:
        words = f"This ZIP has the format {manifest.version} of a newer Jatify; here {VERSION} is the newest known."
        raise Invalid.at("/file", "no_export", words)
    if strange := [name for name in entries.names if name not in known and not name.startswith(FOLDER)]:
        raise Invalid.at(
            "/file", "no_export", f"There is something in this ZIP that no export has: {strange[0][:100]!r}."
        )
    return ZippedArchive(entries, user_id)


def _counted(entries: Entries, left: Left) -> Left:
    name = f"{left.kind}.json"
    return left if left.kind == "profile" else replace(left, count=sum(1 for _ in _items(entries, name)))


def _manifest(entries: Entries) -> Manifest:
    try:
        return msgspec.json.decode(b"".join(entries.lines(MANIFEST)), type=Manifest)
    except (ValueError, RecursionError):
        raise Invalid.at("/file", "no_export", NO_EXPORT) from None


def _pages(entries: Entries, many: str, kind: type[T], user_id: UserId) -> Iterator[list[T]]:
    page: list[T] = []
    size = 0
    numbers = count()
    for line in _items(entries, f"{many}.json"):
        page.append(_row(line, f"/{many}/{next(numbers)}", kind, user_id))
        size += len(line)
        if len(page) == PAGE_ROWS or size > PAGE_BYTES:
            yield page
            page, size = [], 0
    if page:
        yield page


def _items(entries: Entries, name: str) -> Iterator[bytes]:
    """The items of a list, each of which stands on a line of its own, as the export writes them."""
    lines = entries.lines(name)
    first = next(lines, b"").strip()
    if first == OPENS + CLOSES:
        return
    if first != OPENS:
        raise _not_as_written(name)
    ended = False
    for line in map(bytes.strip, lines):
        if ended:
            raise _not_as_written(name)
        ended = line == CLOSES
        if not ended:
            yield line.removesuffix(b",")
    if not ended:
        raise _not_as_written(name)


def _row(line: bytes, pointer: str, kind: type[T], user_id: UserId) -> T:
    try:
        item = msgspec.json.decode(line)
    except (ValueError, RecursionError):
        raise Invalid.at(pointer, "wrong_format", "This is no JSON that can be read.") from None
    try:
        return read_back(item, kind, user_id)  # type: ignore[type-var]  # the six kinds are structs
    except Invalid as fault:
        raise fault.below(pointer) from None


def _is_file(name: str) -> bool:
    """Whether an entry is a resume's file: its name begins with the resume's id."""
    return name.startswith(FOLDER) and name[len(FOLDER) + 36 : len(FOLDER) + 37] == "-"


def _not_as_written(name: str) -> Invalid:
    words = f"{name} is not as an export writes it, one item on each line. Export again, and send that file as it is."
    return Invalid.at("/file", "no_export", words)
