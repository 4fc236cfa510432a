"""Cursors: where a page ended, in an opaque form that fits only the list it came from.

The check is against mix-ups, not against forgery: whatever a cursor says, a query finds only the caller's own rows.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

import msgspec

from jatify_core.errors import Invalid

CHECK: Final = 12
"""Bytes of the digest; a wrong cursor passes once in 2^96."""


def sealed(mark: tuple[str, ...], scope: bytes) -> str:
    """A cursor for *mark*, good only with the same *scope*: the user, the list, its filters and its sort."""
    content = msgspec.json.encode(mark)
    return urlsafe_b64encode(_check(content, scope) + content).decode().rstrip("=")


def opened(cursor: str, scope: bytes) -> tuple[str, ...]:
    """The mark in *cursor*. Raises `Invalid` if it is mangled or of another list, user, filter or sort."""
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        mark = msgspec.json.decode(raw[CHECK:], type=tuple[str, ...])
    except (ValueError, msgspec.MsgspecError):
        raise _foreign() from None
    if sealed(mark, scope) != cursor:
        raise _foreign()
    return mark


def _check(content: bytes, scope: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=CHECK, key=hashlib.sha256(scope).digest()).digest()


def _foreign() -> Invalid:
    return Invalid.at("/cursor", "unknown_cursor", "This cursor is not one of this list. Start again without it.")
