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
from jatify_http.sheet_encodings import decoded
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
            "maxLength": LARGEST,
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
