"""How often something may be tried: pure rules over what is remembered of earlier attempts.

An attempt is counted before it is made, so that a hundred at once are a hundred; what turned out well is taken back.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

SECOND: Final = timedelta(seconds=1)
HOST_BITS: Final = 64
"""Of an IPv6 address: one customer holds a whole /64, and may come from another address each time."""
_DOUBLINGS: Final = 30


class Attempts(Struct, frozen=True):
    """What is remembered of attempts."""

    failures: int
    recent: tuple[datetime, ...]
    """When attempts were admitted that still matter, in the order in which that happened."""
    waits_until: datetime | None
    """When the next attempt may be made; None for any time."""
    forget_at: datetime


class Ruling(Struct, frozen=True):
    """What an attempt leads to: what is remembered from now on, and how long to wait; None for not at all."""

    tally: Attempts | None
    wait: timedelta | None


class Limit(Protocol):
    """A rule about attempts of one kind, by one somebody."""

    def ruling(self, tally: Attempts | None, now: datetime) -> Ruling:
        """Whether an attempt may be made *now*; if so it counts from now on."""

    def forgiven(self, tally: Attempts | None, at: datetime) -> Attempts | None:
        """The tally after the attempt that was admitted *at* has turned out well."""


class Backoff(Struct, frozen=True):
    """*free* failures at once, then waits that double from one second up to *longest*; a success clears the count.

    A wait begins anew with each attempt that it refuses, until *burst* after the last admitted one: guesses that rain
    for seconds are one burst, however slowly a busy server gets to see them.
    """

    free: int = 5
    longest: timedelta = timedelta(seconds=900)
    burst: timedelta = timedelta(seconds=10)
    memory: timedelta = timedelta(days=1)
    """How long after the last attempt the count is forgotten."""

    def ruling(self, tally: Attempts | None, now: datetime) -> Ruling:
        """Whether an attempt may be made *now*."""
        if tally and tally.waits_until and now < tally.waits_until:
            return self._refused(tally, tally.waits_until, now)
        failures = tally.failures + 1 if tally else 1
        waits_until = now + self._wait(failures) if failures >= self.free else None
        return Ruling(Attempts(failures, (now,), waits_until, now + self.memory), None)

    def forgiven(self, tally: Attempts | None, at: datetime) -> None:
        """Nothing: a success clears the count."""

    def _refused(self, tally: Attempts, until: datetime, now: datetime) -> Ruling:
        wait = self._wait(tally.failures)
        later = min(now + wait, tally.recent[-1] + self.burst)
        # Not for each little while: every move is a write.
        if later - until >= wait / 4:
            tally, until = replace(tally, waits_until=later), later
        return Ruling(tally, until - now)

    def _wait(self, failures: int) -> timedelta:
        return min(SECOND * (1 << min(failures - self.free, _DOUBLINGS)), self.longest)


class Window(Struct, frozen=True):
    """At most *most* attempts in any *per*."""

    most: int
    per: timedelta

    def ruling(self, tally: Attempts | None, now: datetime) -> Ruling:
        """Whether an attempt may be made *now*."""
        recent = tuple(at for at in tally.recent if at > now - self.per) if tally else ()
        if len(recent) >= self.most:
            return Ruling(tally, recent[-self.most] + self.per - now)
        return Ruling(Attempts(0, (*recent, now), None, now + self.per), None)

    def forgiven(self, tally: Attempts | None, at: datetime) -> Attempts | None:
        """The same without this attempt: only failures count."""
        if tally is None or at not in tally.recent:
            return tally
        recent = list(tally.recent)
        recent.remove(at)
        return replace(tally, recent=tuple(recent)) if recent else None


class Attempt(Struct, frozen=True):
    """What an attempt counts against, and by which rule."""

    key: bytes
    """A digest, so that no address of a person stands where attempts are remembered."""
    limit: Limit


def key_of(kind: str, whom: str) -> bytes:
    """The key of attempts of one *kind* by or at *whom*."""
    return sha256(f"{kind}\n{whom}".encode()).digest()


def neighbourhood(address: str) -> str:
    """Whom an *address* stands for: itself, or for IPv6 its /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> HOST_BITS << HOST_BITS))
