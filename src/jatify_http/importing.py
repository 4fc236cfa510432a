"""The form in which a table arrives, read beside the loop: a large one takes a core for a good part of a second."""

from collections.abc import AsyncGenerator, Callable, Mapping
from functools import partial
from pathlib import PureWindowsPath
from typing import Any, Final, Literal, TypeVar, get_args

import anyio.to_thread
import msgspec
from litestar import Request
from litestar.di import NamedDependency
from msgspec import Struct

from jatify_core.errors import Invalid, TooLarge
from jatify_core.sheets.columns import FIELDS
from jatify_core.sheets.dates import DateOrder
from jatify_core.sheets.sheet import Sheet, understood
from jatify_core.sheets.table import MOST_ROWS, read_table
from jatify_core.use_cases.imports import Choices
from jatify_http.encodings import decoded
from jatify_http.uploads import NAME_LENGTH, Room, read_file_and_texts

T = TypeVar("T")
W = TypeVar("W", bound=str)

LARGEST: Final = 5 * 1024 * 1024
"""Bytes of a table."""
TEXT: Final = 64 * 1024
"""Bytes of a mapping."""
FORM: Final = 2 * TEXT
"""Bytes that a form may have besides its file."""

YesNo = Literal["true", "false"]
Duplicates = Literal["skip", "create"]
Errors = Literal["refuse", "skip"]

EXAMPLE: Final = (
    "Company,Job title,Status,Date applied,Link\n"
    "Analytical Engines,Backend engineer,Applied,2026-11-20,https://example.com/jobs/7\n"
    "Initech,Archivist,Rejected,2026-10-02,\n"
)
FORM_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "file": {
            "type": "string",
            "format": "binary",
            "contentMediaType": "application/octet-stream",
            "minLength": 1,
            "description": (
                f"CSV with its file name: up to 5 MiB and {MOST_ROWS} rows below one that names the columns. In UTF-8, "
                "UTF-16 with a mark, or as older programs write; between commas, semicolons, tabs or bars."
            ),
        },
        "mapping": {
            "type": "string",
            "maxLength": TEXT,
            "contentMediaType": "application/json",
            "description": (
                "JSON: an object from names of columns to fields (null leaves a column out). Without it, guessed by "
                f"the names. Fields: {', '.join(FIELDS)}."
            ),
        },
        "date_order": {
            "enum": [*get_args(DateOrder)],
            "description": "How dates such as 03/04/2026 are meant. Without it, the column as a whole decides.",
        },
        "dry_run": {"enum": [*get_args(YesNo)], "description": "`true`: only tell what would happen. The default."},
        "duplicates": {
            "enum": [*get_args(Duplicates)],
            "description": "What to do with an application that is there already. Without it: `skip`.",
        },
        "errors": {
            "enum": [*get_args(Errors)],
            "description": "`refuse` imports nothing where a row has a fault, `skip` all others. Without it: `refuse`.",
        },
    },
    "required": ["file"],
    "additionalProperties": False,
    "examples": [{"file": EXAMPLE, "dry_run": "false"}],
}


class ImportForm(Struct, frozen=True):
    """A table that was understood, and what to do with it."""

    sheet: Sheet
    filename: str
    dry_run: bool
    choices: Choices


InImport = NamedDependency[ImportForm]


async def received_import(request: Request[Any, Any, Any]) -> AsyncGenerator[ImportForm, None]:
    """The form in a request, which takes its room until the request is answered."""
    room: Room = request.app.state.uploads
    with room.taken(request.user.user_id):
        yield await _read(request)


async def beside(work: Callable[[], T]) -> T:
    """What *work* gives, done in a thread."""
    return await anyio.to_thread.run_sync(work)


async def _read(request: Request[Any, Any, Any]) -> ImportForm:
    names = ("mapping", "date_order", "dry_run", "duplicates", "errors")
    upload, texts = await read_file_and_texts(request, names, TEXT)
    if len(upload.content) > LARGEST:
        raise TooLarge(f"A table may have at most {LARGEST} bytes; this one has {len(upload.content)}. Split it.")
    order = _one_of(texts, "date_order", get_args(DateOrder), None)
    dry_run = _one_of(texts, "dry_run", get_args(YesNo), "true") == "true"
    choices = Choices(
        skip_duplicates=_one_of(texts, "duplicates", get_args(Duplicates), "skip") == "skip",
        skip_errors=_one_of(texts, "errors", get_args(Errors), "refuse") == "skip",
    )
    sheet = await beside(partial(_sheet, upload.content, _mapping(texts), order))
    return ImportForm(sheet, _plain(upload.filename), dry_run, choices)


def _sheet(content: bytes, mapping: Mapping[str, object] | None, order: DateOrder | None) -> Sheet:
    text, encoding = decoded(content)
    return understood(read_table(text), mapping, order, encoding)


def _mapping(texts: Mapping[str, str]) -> Mapping[str, object] | None:
    if not texts.get("mapping", "").strip():
        return None
    try:
        return msgspec.json.decode(texts["mapping"], type=dict[str, object])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        words = 'Send a JSON object from names of columns to fields, such as {"Employer": "company"}.'
        raise Invalid.at("/mapping", "wrong_format", words) from None


def _one_of(texts: Mapping[str, str], name: str, allowed: tuple[W, ...], default: W | None) -> Any:
    given = texts.get(name, "")
    if not given:
        return default
    if given not in allowed:
        raise Invalid.at(f"/{name}", "unknown_value", f"Use {' or '.join(allowed)}.")
    return given


def _plain(filename: str) -> str:
    """The last part of a claimed name, whatever system it comes from: never a path, never empty, bounded."""
    return PureWindowsPath(filename).name.strip(". ")[:NAME_LENGTH] or "table.csv"


"""The import: the ZIP of an export, received onto the disk and read from there, page by page, beside the loop."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from itertools import count
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, TypeVar

from litestar import Request
from msgspec import Struct
from msgspec.structs import replace
from multipart import MultipartSegment, PushMultipartParser

from jatify_core.analysis import Analysis
from jatify_core.application import Application, Status
from jatify_core.archive import Left
from jatify_core.dead_letter import DeadLetter
from jatify_core.errors import Malformed, Violation
from jatify_core.listing import Listing
from jatify_core.resume import Resume
from jatify_core.user import UserId
from jatify_http.archiving import VERSION, Manifest, read_back
from jatify_http.requests import StrictRequest
from jatify_http.unzipping import NO_EXPORT, Entries
from jatify_http.uploads import MULTIPART

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
    room: Room = request.app.state.imports
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
