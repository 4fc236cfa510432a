"""Conditional requests (RFC 9110, 13): the tags of versions, `If-Match`, and `If-None-Match`."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec
from litestar import Request

from jatify_core.errors import Malformed

TAG: Final = re.compile(r'(?P<weak>W/)?"(?P<opaque>[\x21\x23-\x7e\x80-\xff]*)"')
VERSION: Final = re.compile(r"v(\d{1,9})(?:\.[0-9a-f]{24})?")
LONGEST_HEADER: Final = 2_000
"""Characters of a header that is read; a longer one cannot be meant seriously."""
NO_VERSION: Final = 0
"""No stored thing has this version: whoever expects it is always too late."""


def version_tag(version: int) -> str:
    """The tag of a thing that counts its versions."""
    return f'"v{version}"'


def content_tag(view: object) -> str:
    """The tag of a thing that does not: a digest of how it looks."""
    return f'"{_digest(view)}"'


def joint_tag(version: int, beside: object) -> str:
    """The tag of a thing with its versions that is shown with what is *beside* it, if anything is.

    `If-Match` heeds the version alone.
    """
    return f'"v{version}.{_digest(beside)}"' if beside else version_tag(version)


def _digest(view: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(view), digest_size=12).hexdigest()


async def if_match(request: Request[Any, Any, Any]) -> int | None:
    """The version that the caller's change is meant for; None if any will do.

    Of several tags the newest version counts: the others can only be older. Raises `Malformed` for a header
    beyond `LONGEST_HEADER`.
    """
    header = bounded_header(request, "if-match")
    if header is None or header.strip() == "*":
        return None
    strong = (tag["opaque"] for tag in TAG.finditer(header) if not tag["weak"])
    versions = (VERSION.fullmatch(opaque) for opaque in strong)
    return max((int(version[1]) for version in versions if version), default=NO_VERSION)


def bounded_header(request: Request[Any, Any, Any], name: str) -> str | None:
    """What the header *name* says, all its lines as one. Raises `Malformed` beyond `LONGEST_HEADER`."""
    lines = request.headers.getall(name, [])
    header = ", ".join(lines)
    if len(header) > LONGEST_HEADER:
        raise Malformed(f"The header {name} is longer than {LONGEST_HEADER} characters.")
    return header if lines else None


def unchanged(etag: str, if_none_match: Iterable[str]) -> bool:
    """Whether the caller has what *etag* names already; weak and strong tags compare alike here."""
    header = ", ".join(if_none_match)
    opaque = etag.removeprefix("W/").strip('"')
    return header.strip() == "*" or any(tag["opaque"] == opaque for tag in TAG.finditer(header))
