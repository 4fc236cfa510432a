"""Passwords as argon2id hashes (RFC 9106), computed beside the event loop and never too many at once."""

import secrets
from collections.abc import Callable
from typing import Final, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct

from jatify_core.errors import Unavailable

T = TypeVar("T")

AT_ONCE: Final = 2
QUEUE: Final = 32
"""So many may wait for a turn; the next is told to come back."""


class PasswordCost(Struct, frozen=True):
    """argon2id parameters; the defaults are OWASP's second choice: 25 ms and 19 MiB a hash."""

    passes: int = 2
    memory_kib: int = 19 * 1024
    lanes: int = 1


class Argon2Passwords:
    """`Passwords` by argon2id. At most two hashes are computed at once, whatever the callers do meanwhile."""

    def __init__(self, cost: PasswordCost | None = None) -> None:
        cost = cost or PasswordCost()
        self._hasher = PasswordHasher(cost.passes, cost.memory_kib, cost.lanes)
        # Verified in place of the hash that an unknown account does not have, so that both take the same time.
        self._nobody = self._hasher.hash(secrets.token_urlsafe())
        self._permits: CapacityLimiter | None = None
        self._inside = 0

    async def hash(self, password: str) -> str:
        """Hash with today's parameters. Raises `Unavailable` when too many wait."""
        return await self._beside_the_loop(lambda: self._hasher.hash(password))

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether *password* made *hashed*; with None, False after the same time. Raises `Unavailable` as `hash`."""
        matches = await self._beside_the_loop(lambda: self._matches(password, hashed or self._nobody))
        return matches and hashed is not None

    def outdated(self, hashed: str) -> bool:
        """Whether *hashed* was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)

    def _matches(self, password: str, hashed: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _beside_the_loop(self, work: Callable[[], T]) -> T:
        if self._permits is None:
            self._permits = CapacityLimiter(AT_ONCE)
        if self._inside >= AT_ONCE + QUEUE:
            raise Unavailable("Too many people are logging in right now.")
        self._inside += 1
        try:
            # Not abandoned on cancellation: the permit is given back when the thread is really done.
            return await anyio.to_thread.run_sync(work, limiter=self._permits)
        finally:
            self._inside -= 1
