"""Signing keys, and why some of them protect nothing: whoever can guess one makes himself anybody's token."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from msgspec import Struct

KEY_BYTES: Final = 32
LEAST_DIFFERENT: Final = 8
"""Different bytes; 32 random ones have about thirty, 64 hexadecimal digits sixteen."""
ADVICE: Final = "use 32 random bytes or more, as from `openssl rand -base64 32`"
PUBLISHED: Final = frozenset(
    urlsafe_b64decode(key)
    for key in (
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcjUuTwjAzZr1Z9CAow==",  # RFC 7515, A.1
        "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg=",  # RFC 7520, 3.5
    )
)
WORDS: Final = re.compile(
    rb"secret|passw|change.?me|example|jatify|default|insecure|replace|256.?bit|01234567|12345678|abcdefg|qwerty",
    re.IGNORECASE,
)
"""What examples and placeholders are made of; long enough to be in no text of random letters."""


class WeakKeyError(ValueError):
    """A signing key that would not protect anything. Its text says what to do and never shows the key."""


class SigningKey(Struct, frozen=True):
    """A secret of 32 bytes or more, and the public name by which tokens refer to it."""

    kid: str
    secret: bytes

    def __repr__(self) -> str:
        """Without the secret."""
        return f"SigningKey(kid={self.kid!r})"


def refuse_weak(keys: Sequence[SigningKey]) -> None:
    """Raise `WeakKeyError` unless there are *keys*, all of them good and each with a name of its own."""
    if not keys:
        raise WeakKeyError(f"there is no signing key: {ADVICE}")
    for key in keys:
        if reason := _weakness(key.secret):
            raise WeakKeyError(f"the signing key {key.kid!r} is {reason}: {ADVICE}")
    if len({key.kid for key in keys}) < len(keys):
        raise WeakKeyError("two signing keys have the same name: give each a name of its own")


def _weakness(secret: bytes) -> str | None:
    if len(secret) < KEY_BYTES:
        return f"shorter than {KEY_BYTES} bytes"
    if len(set(secret)) < LEAST_DIFFERENT or _repeats(secret) or _counts(secret):
        return "too regular"
    if secret in PUBLISHED or (secret.isascii() and WORDS.search(secret)):
        return "one that others know or guess"
    return None


def _repeats(secret: bytes) -> bool:
    """Whether it is one piece over and over."""
    return any(secret[:-period] == secret[period:] for period in range(1, len(secret) // 2 + 1))


def _counts(secret: bytes) -> bool:
    """Whether each byte is as far from the one before."""
    return len({(later - byte) % 256 for byte, later in pairwise(secret)}) == 1
