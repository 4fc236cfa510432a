"""A calendar link: the secret address under which one's calendar is read without a login."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from jatify_core.user import UserId

READS_APART: Final = timedelta(minutes=1)
"""How exactly `last_read_at` is kept: noting every read would make each of them a write."""


class CalendarLink(Struct, frozen=True):
    """A user's one link. Of its token the digest alone is kept: who reads the store cannot read the calendar."""

    user_id: UserId
    digest: bytes
    created_at: datetime
    last_read_at: datetime | None = None

    @classmethod
    def to(cls, token: str, user_id: UserId, at: datetime) -> "CalendarLink":
        """A new link that *token*, 256 random bits or more, opens."""
        return cls(user_id, digest_of(token), at)

    def unnoticed(self, at: datetime) -> bool:
        """Whether a read *at* that instant is worth noting."""
        return self.last_read_at is None or at - self.last_read_at >= READS_APART


def digest_of(token: str) -> bytes:
    """What is kept of *token*: SHA-256, which nobody turns back as long as tokens are random."""
    return hashlib.sha256(token.encode()).digest()
