"""What a caller can get wrong, and what the house can refuse.

No transport's number and no driver's exception appears here; the shell owns the one table from these to an answer.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from msgspec import Meta, Struct


class Violation(Struct, frozen=True):
    """One thing wrong with one place of the input."""

    pointer: Annotated[str, Meta(max_length=1_000)]
    """A JSON pointer into the body (`/company`), or `""` for the whole of it."""
    code: Annotated[str, Meta(max_length=64)]
    message: Annotated[str, Meta(max_length=2_000)]


class JatifyError(Exception):
    """The root of everything the core raises. Its text is safe to show to the caller."""


class Invalid(JatifyError):
    """The input can never be accepted as it is."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__("; ".join(v.message for v in violations))
        self.violations = tuple(violations)

    @classmethod
    def at(cls, pointer: str, code: str, message: str) -> "Invalid":
        """One violation at one place."""
        return cls([Violation(pointer, code, message)])

    def below(self, pointer: str) -> "Invalid":
        """The same of an input that is a part of another, where it stands at *pointer*."""
        return Invalid([Violation(pointer + v.pointer, v.code, v.message) for v in self.violations])


class Malformed(JatifyError):
    """The input could not even be read."""


class Unsupported(JatifyError):
    """The input is of a type that Jatify does not take."""


class TooLarge(JatifyError):
    """The input is larger than the limit."""


class Unauthenticated(JatifyError):
    """Nobody is logged in with what was presented."""


class NotFound(JatifyError):
    """No such thing, or not the caller's: the two are never told apart."""

    def __init__(self) -> None:
        super().__init__("There is nothing here, or it is not yours.")


class Conflict(JatifyError):
    """The request contradicts what is stored."""


class UnderWay(Conflict):
    """The same is being done already; `retry_after` says when to look again."""

    def __init__(self, message: str, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Stale(JatifyError):
    """The thing has changed since the caller read it."""

    def __init__(self) -> None:
        super().__init__("This has changed since you read it. Read it again and repeat your change.")

    @classmethod
    def unless(cls, expected: int | None, version: int) -> None:
        """Raise unless *version*, the stored one, is the one the caller *expected*; None takes any."""
        if expected not in {None, version}:
            raise cls


class Throttled(JatifyError):
    """Too much, too soon; `retry_after` says when to come back."""

    def __init__(self, message: str, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(JatifyError):
    """A part of the house is down or full; trying again later is right."""

    def __init__(self, message: str, retry_after: timedelta = timedelta(seconds=2)) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Contended(Unavailable):
    """Two transactions stood in each other's way and this one gave way; the same may work at once."""
