"""A request that may arrive twice and must act once: its key, and what is known of a key."""

import re
from datetime import timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from jatify_core.errors import Invalid, Malformed, UnderWay
from jatify_core.user import UserId

LIFE: Final = timedelta(hours=24)
"""How long a key is known, from its first use on."""
LEASE: Final = timedelta(minutes=1)
"""How long a request may take, until its process is taken for dead and a repetition for the first."""
AGAIN: Final = timedelta(seconds=1)
LARGEST_ANSWER: Final = 1024 * 1024
"""Bytes."""

KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
QUOTED: Final = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
ESCAPED: Final = re.compile(r"\\(.)")


class KeyedRequest(Struct, frozen=True):
    """A user's request under a key: the same `fingerprint` means the same request, another `owner` another attempt."""

    user_id: UserId
    key: str
    fingerprint: bytes
    owner: UUID


class Taken(Struct, frozen=True):
    """What a key stands for already: a request, and its answer as soon as there is one."""

    fingerprint: bytes
    answer: bytes | None

    def answer_to(self, request: KeyedRequest) -> bytes:
        """The answer that *request* gets once more. Raises `Invalid` for another request, `UnderWay` without one."""
        if self.fingerprint != request.fingerprint:
            raise Invalid.at("", "key_reused", "This Idempotency-Key came with another request before. Use a new one.")
        if self.answer is None:
            raise UnderWay("The first request with this Idempotency-Key is still under way. Ask again shortly.", AGAIN)
        return self.answer


def read_key(header: str) -> str:
    """The key in a header, which may be quoted as the draft's structured field is. Raises `Malformed`."""
    quoted = QUOTED.fullmatch(header)
    key = ESCAPED.sub(r"\1", quoted[1]) if quoted else header
    if not KEY.fullmatch(key) or (header.startswith('"') and not quoted):
        raise Malformed("An Idempotency-Key has 1 to 255 visible ASCII characters, a random UUID for instance.")
    return key


def lost() -> UnderWay:
    """The refusal of a request that took so long that its key was taken from it."""
    return UnderWay("This took too long, so that a repetition with the same Idempotency-Key came before it.", AGAIN)


def refuse_too_large(answer: bytes) -> None:
    """Raise `Invalid` where *answer* is more than is kept."""
    if len(answer) > LARGEST_ANSWER:
        raise Invalid.at(
            "",
            "answer_too_large",
            "Nothing was done: the answer would be too large to be kept. Ask for less, or without an Idempotency-Key.",
        )
