"""Uploads: the form in which a resume arrives."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request
from litestar.datastructures import UploadFile
from msgspec import Struct

from jatify_core.errors import Invalid, Malformed, Violation
from jatify_core.resume import Upload
from jatify_http.requests import StrictRequest

MULTIPART: Final = "multipart/form-data"
NAME_LENGTH: Final = 200

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


async def read_form(request: Request[Any, Any, Any]) -> ResumeForm:
    """The form in a request. Raises `Unsupported`, `Malformed`, and `Invalid` for anything but one file and a name."""
    if isinstance(request, StrictRequest):
        request.require_type(MULTIPART)
    try:
        form = await request.form()
    except (ValueError, LookupError):  # a boundary or a text that is none, an encoding nobody knows
        raise Malformed("The form cannot be read.") from None
    fields = [*form.multi_items()]
    files = [value for name, value in fields if name == "file" and isinstance(value, UploadFile)]
    names = [value for name, value in fields if name == "name" and isinstance(value, str)]
    violations = [*_strange(fields), *_faults(files, names)]
    if violations:
        raise Invalid(violations)
    file = files[0]
    return ResumeForm(Upload(file.filename, file.content_type or None, await file.read()), names[0] if names else None)


def _strange(fields: list[tuple[str, Any]]) -> list[Violation]:
    strange = dict.fromkeys(name for name, _ in fields if name not in {"file", "name"})
    return [Violation(f"/{name}", "unknown_member", "There is no such field in this form.") for name in strange]


def _faults(files: list[UploadFile], names: list[str]) -> list[Violation]:
    found = []
    if len(files) != 1:
        code = "repeated" if files else "missing"
        found.append(Violation("/file", code, "Send exactly one file, with its file name, in this field."))
    if len(names) > 1:
        found.append(Violation("/name", "repeated", "Give one name."))
    if any(len(name) > NAME_LENGTH for name in names):
        found.append(Violation("/name", "too_long", f"Use at most {NAME_LENGTH} characters."))
    return found
