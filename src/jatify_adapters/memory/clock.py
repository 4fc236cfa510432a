"""Time and ids that a test decides."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final
from uuid import UUID

START: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)


class MovableClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def __call__(self) -> datetime:
        """Now, in UTC."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Let *by* pass."""
        self._now += by


def uuid7s(clock: Callable[[], datetime]) -> Callable[[], UUID]:
    """A source of UUIDs of version 7 that carry the clock's time and count up, the same in every run."""
    numbers = count(1)

    def new_id() -> UUID:
        milliseconds = int(clock().timestamp() * 1000)
        return UUID(int=milliseconds << 80 | 0x7 << 76 | 0b10 << 62 | next(numbers))

    return new_id
