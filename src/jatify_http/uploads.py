"""Uploads: the form in which a resume arrives.

Read by ourselves, because a part may name any charset there is, and decoding some of them takes hours for what fits
into an upload: here a text is UTF-8 and short.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from litestar import Request
from msgspec import Struct
from multipart import MultipartSegment, PushMultipartParser

from jatify_core.errors import Invalid, Malformed, Unavailable, Violation
from jatify_core.resume import Upload
from jatify_core.text import refuse_nul
from jatify_core.user import UserId
from jatify_http.requests import StrictRequest

MULTIPART: Final = "multipart/form-data"
NAME_LENGTH: Final = 200
PARTS: Final = 16
UTF_8: Final = frozenset({"utf-8", "utf8", "us-ascii"})
TEXT: Final = 4 * 1024
"""Bytes of a part that is no file; what is longer is cut, and then too long as a name."""

EXAMPLE: Final = "Ada Lovelace\nEngineer\n\n" + "Built engines in Python and PostgreSQL, and led a team of four.\n" * 4
FORM_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "file": {
            "type": "string",
            "format": "binary",
            "contentMediaType": "application/octet-stream",
            "minLength": 1,
            "description": "With its file name. How much is taken at most, the installation decides: usually 5 MiB.",
        },
        "name": {"type": "string", "maxLength": NAME_LENGTH, "description": "Without one, the file's."},
    },
    "required": ["file"],
    "additionalProperties": False,
    "examples": [{"file": EXAMPLE, "name": "Backend, short"}],
}


class ResumeForm(Struct, frozen=True):
    """A file, and the name to keep it under; None is the file's own."""

    upload: Upload
    name: str | None


class Room:
    """How many uploads may be under way at once, each of them whole in our memory: in all, and of one user."""

    def __init__(self, in_all: int = 64, of_one: int = 24) -> None:
        self._in_all = in_all
        self._of_one = of_one
        self._under_way: Counter[UserId] = Counter()

    @contextmanager
    def taken(self, user_id: UserId) -> Iterator[None]:
        """Take a place for the block. Raises `Unavailable` where there is none."""
        if self._under_way.total() >= self._in_all or self._under_way[user_id] >= self._of_one:
            raise Unavailable("Too many uploads are under way. Send this one again in a few seconds.")
        self._under_way[user_id] += 1
        try:
            yield
        finally:
            self._under_way[user_id] -= 1
            if not self._under_way[user_id]:
                del self._under_way[user_id]


class _Part(Struct):
    """One part of a form; with a file name it is a file."""

    name: str
    filename: str | None
    media_type: str | None
    content: bytearray
    longest: int = TEXT

    def add(self, more: bytes | bytearray) -> None:
        if self.filename or len(self.content) <= self.longest:
            self.content += more


async def received_form(request: Request[Any, Any, Any]) -> AsyncGenerator[ResumeForm, None]:
    """The form in a request, which takes its room until the request is answered."""
    room: Room = request.app.state.uploads
    with room.taken(request.user.user_id):
        yield await read_form(request)


async def read_form(request: Request[Any, Any, Any]) -> ResumeForm:
    """The form in a request. Raises `Unsupported`, `Malformed`, and `Invalid` for anything but one file and a name."""
    if isinstance(request, StrictRequest):
        request.require_type(MULTIPART)
    try:
        parts = await _parts(request)
        files = [part for part in parts if part.name == "file" and part.filename]
        names = [part.content[: TEXT + 1].decode() for part in parts if part.name == "name" and not part.filename]
    except ValueError:  # the parser's own errors, too
        raise Malformed("The form cannot be read.") from None
    violations = [*_strange(parts), *_faults(files, names)]
    if violations:
        raise Invalid(violations)
    file = files[0]
    return ResumeForm(Upload(file.filename or "", file.media_type, bytes(file.content)), names[0] if names else None)


async def read_file_and_texts(
    request: Request[Any, Any, Any], texts: Collection[str], longest: int
) -> tuple[Upload, dict[str, str]]:
    """The one file of a form, and those of its *texts* that are there, each of *longest* bytes at most.

    Raises `Unsupported`, `Malformed`, and `Invalid` for whatever else is in it.
    """
    if isinstance(request, StrictRequest):
        request.require_type(MULTIPART)
    try:
        parts = await _parts(request, longest)
        given = [(part.name, part.content.decode()) for part in parts if part.name != "file" and not part.filename]
    except ValueError:  # the parser's own errors, too
        raise Malformed("The form cannot be read.") from None
    files = [part for part in parts if part.name == "file" and part.filename]
    strange = [part for part in parts if part.filename and part.name != "file"]
    violations = [*_strange(parts, ("file", *texts)), *_strange(strange, ()), *_faults(files, [])]
    violations += [
        Violation(f"/{name}", "repeated", "Give this once.")
        for name, times in Counter(name for name, _ in given).items()
        if times > 1
    ]
    violations += [
        Violation(f"/{name}", "too_long", f"Use at most {longest} bytes.")
        for name, text in given
        if len(text.encode()) > longest
    ]
    if violations:
        raise Invalid(violations)
    refuse_nul(dict(given))
    file = files[0]
    return Upload(file.filename or "", file.media_type, bytes(file.content)), dict(given)


async def _parts(request: Request[Any, Any, Any], longest: int = TEXT) -> list[_Part]:
    _, options = request.content_type
    parts: list[_Part] = []
    with PushMultipartParser(options.get("boundary", ""), max_segment_count=PARTS, strict=True) as parser:
        async for chunk in request.stream():
            for event in parser.parse(chunk) if chunk else ():
                if isinstance(event, MultipartSegment):
                    if not event.filename and (event.charset or "utf-8").lower() not in UTF_8:
                        raise Malformed("Send the texts of a form in UTF-8.")
                    parts.append(_Part(event.name, event.filename, event.content_type or None, bytearray(), longest))
                elif event:
                    parts[-1].add(event)
    return parts


def _strange(parts: list[_Part], known: Collection[str] = ("file", "name")) -> list[Violation]:
    strange = dict.fromkeys(part.name for part in parts if part.name not in known)
    return [Violation(f"/{name}", "unknown_member", "There is no such field in this form.") for name in strange]


def _faults(files: list[_Part], names: list[str]) -> list[Violation]:
    found = []
    if len(files) != 1:
        code = "repeated" if files else "missing"
        found.append(Violation("/file", code, "Send exactly one file, with its file name, in this field."))
    if len(names) > 1:
        found.append(Violation("/name", "repeated", "Give one name."))
    if any(len(name) > NAME_LENGTH for name in names):
        found.append(Violation("/name", "too_long", f"Use at most {NAME_LENGTH} characters."))
    return found
