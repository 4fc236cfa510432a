"""Passwords as argon2id hashes (RFC 9106), computed beside the event loop and never too many at once."""

import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Final

from argon2 import Parameters, PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import hash_secret_raw
from msgspec import Struct

from jatify_adapters.security.lane import Lane
from jatify_adapters.security.strength import weakness

AT_ONCE: Final = 2
QUEUE: Final = 32
"""So many may wait for a turn; the next is told to come back."""
CROWDED: Final = "Too many people are logging in right now. Try again shortly."
LEAST_KIB: Final = 8
"""Less memory argon2 does not take."""


class PasswordCost(Struct, frozen=True):
    """argon2id parameters; the defaults are OWASP's second choice: 25 ms and 19 MiB a hash."""

    passes: int = 2
    memory_kib: int = 19 * 1024
    lanes: int = 1


class Argon2Passwords:
    """`Passwords` by argon2id. At most two hashes are computed at once, whatever the callers do meanwhile."""

    def __init__(self, cost: PasswordCost | None = None) -> None:
        self._cost = cost or PasswordCost()
        self._hasher = PasswordHasher(self._cost.passes, self._cost.memory_kib, self._cost.lanes)
        # Verified in place of the hash that an unknown account does not have, so that both take the same time.
        self._nobody = self._hasher.hash(secrets.token_urlsafe())
        self._hashing = Lane("argon2", AT_ONCE, QUEUE, CROWDED)
        # Apart, because a password made to be judged slowly should not keep people from logging in.
        self._judging = Lane("zxcvbn", 1, QUEUE, CROWDED)

    async def hash(self, password: str) -> str:
        """Hash with today's parameters. Raises `Unavailable` when too many wait."""
        return await self._hashing.run(lambda: self._hasher.hash(password))

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether *password* made *hashed*. Raises `Unavailable` as `hash`."""
        matches = await self._hashing.run(lambda: self._matches(password, hashed or self._nobody))
        return matches and hashed is not None

    def outdated(self, hashed: str) -> bool:
        """Whether *hashed* was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)

    def turn(self) -> AbstractContextManager[None]:
        """Hold a place among those who hash and verify. Raises `Unavailable` as `hash`."""
        return self._hashing.turn()

    async def weakness(self, password: str, about: Sequence[str]) -> str | None:
        """Why somebody who knows *about* its owner guesses *password* easily. Raises `Unavailable` as `hash`."""
        return await self._judging.run(lambda: weakness(password, about))

    def _matches(self, password: str, hashed: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            self._spend(password, self._work - _work_of(hashed))
            return False

    @property
    def _work(self) -> int:
        return self._cost.passes * self._cost.memory_kib

    def _spend(self, password: str, work: int) -> None:
        """Take as long as so much *work* does.

        A hash of older, cheaper parameters is refused sooner than the one that stands for an unknown account, which
        would tell that there is an account. Argon2's time is the product of passes and memory.
        """
        passes, lanes = self._cost.passes, self._cost.lanes
        if work >= LEAST_KIB * passes:
            hash_secret_raw(password.encode(), secrets.token_bytes(16), passes, work // passes, lanes, 32, Type.ID)


def _work_of(hashed: str) -> int:
    """Passes times KiB of a hash; none of what is no hash."""
    try:
        made: Parameters = extract_parameters(hashed)
    except InvalidHashError:
        return 0
    return made.time_cost * made.memory_cost
