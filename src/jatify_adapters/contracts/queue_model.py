"""What a queue should know and answer, kept as simply as can be: the model that `queue_machine` holds a store to."""

from collections.abc import Callable, Iterable, Sequence, Set
from datetime import timedelta
from operator import attrgetter
from typing import Final, Literal
from uuid import UUID

from msgspec import Struct

from jatify_core.analysis import Reason
from jatify_core.dead_letter import DeadLetterId
from jatify_core.job import KEPT_ERRORS, MAX_CRASHES, SUSPECT_CRASHES, Lease, Verb

Where = Literal["waiting", "running", "dead", "succeeded", "failed", "cancelled", "gone"]

PAIRS: Final = 2
"""A resume and a listing each: few, so that what happens happens to the same ones."""
LIVE: Final = frozenset[Where]({"waiting", "running"})

# The clock moves in steps of ten minutes and no duration is a multiple of that, so that the moments that pass between
# two calls never decide anything but which came first.
STEP: Final = timedelta(minutes=10)
LEASE: Final = timedelta(minutes=15)
LIMIT: Final = timedelta(minutes=45)
DELAYS: Final = (timedelta(0), timedelta(minutes=7), timedelta(minutes=25))
_MOMENT: Final = timedelta(microseconds=1)


class Known(Struct, kw_only=True):
    """One analysis with its job, whose id is the same. It is in one place at a time, because `where` has one value."""

    id: UUID
    pair: int
    max_attempts: int
    sequence: int
    sort_at: timedelta
    due_at: timedelta
    where: Where = "waiting"
    attempt: int = 0
    run: int = 0
    crashes: int = 0
    requeues: int = 0
    errors: int = 0
    claimed_at: timedelta = timedelta(0)
    lease_ends_at: timedelta = timedelta(0)
    failed_at: timedelta = timedelta(0)
    reason: Reason | None = None
    letter: DeadLetterId | None = None

    @property
    def outcome(self) -> tuple[str, str]:
        """The state that the analysis shows, and the claim whose result."""
        match self.where:
            case "waiting":
                return "queued", ""
            case "dead":
                return "failed", ""
            case "succeeded":
                return "succeeded", f"run {self.run}"
            case where:
                return where, ""


class Expected(Struct, frozen=True):
    """What one end should do: whether it counts, and for what."""

    lease: Lease
    verb: Verb
    reason: Reason
    delay: timedelta


class QueueModel:
    """Every analysis ever asked for, and the time since the beginning."""

    def __init__(self) -> None:
        self.known: dict[UUID, Known] = {}
        self._now = timedelta(0)
        self._sequence = 0

    def advance(self, by: timedelta = _MOMENT) -> None:
        """Let time pass; a moment of it before each call, so that no two happen at the same time."""
        self._now += by

    def live(self, pair: int) -> Known | None:
        """The job of *pair* that waits or runs."""
        return next((one for one in self.known.values() if one.pair == pair and one.where in LIVE), None)

    def all_in(self, where: Where) -> list[Known]:
        """Everything that is *where*, in the order of claiming."""
        found = (one for one in self.known.values() if one.where == where)
        return sorted(found, key=attrgetter("sort_at", "sequence"))

    def enqueue(self, id_: UUID, pair: int, max_attempts: int) -> None:
        """A new job at the end of the queue."""
        self.known[id_] = Known(
            id=id_, pair=pair, max_attempts=max_attempts, sequence=self._next(), sort_at=self._now, due_at=self._now
        )

    def claim(self, limit: int) -> Sequence[Known]:
        """The jobs that are claimed now, in that order."""
        return self._leased([one for one in self._due() if one.crashes < SUSPECT_CRASHES][:limit])

    def claim_suspect(self) -> Sequence[Known]:
        """The job, if there is one, that was lost so often that it runs alone."""
        return self._leased([one for one in self._due() if one.crashes >= SUSPECT_CRASHES][:1])

    def _due(self) -> list[Known]:
        return [one for one in self.all_in("waiting") if one.due_at <= self._now]

    def _leased(self, claimed: Sequence[Known]) -> Sequence[Known]:
        for one in claimed:
            one.where = "running"
            one.run += 1
            one.attempt += 1
            one.claimed_at, one.lease_ends_at = self._now, self._now + LEASE
        return claimed

    def held(self, lease: Lease) -> Known | None:
        """The job that *lease* speaks for, if it still does."""
        one = self.known.get(lease.job_id)
        return one if one and one.where == "running" and one.run == lease.run else None

    def renew(self, leases: Iterable[Lease]) -> Set[UUID]:
        """The jobs that are still held."""
        held = (one for one in map(self.held, leases) if one and one.claimed_at > self._now - LIMIT)
        renewed = {one.id: one for one in held}
        for one in renewed.values():
            one.lease_ends_at = self._now + LEASE
        return set(renewed)

    def settle(self, ends: Iterable[Expected]) -> Sequence[Lease]:
        """The leases that had been lost."""
        lost = []
        for end in ends:
            if one := self.held(end.lease):
                self._ended(one, end)
            else:
                lost.append(end.lease)
        return lost

    def rescue(self) -> tuple[int, Set[UUID]]:
        """How many jobs are put back, and those that are buried."""
        lapsed = [one for one in self.all_in("running") if one.lease_ends_at < self._now]
        for one in lapsed:
            if one.attempt >= one.max_attempts or one.crashes + 1 >= MAX_CRASHES:
                self._bury(one, "worker_lost")
            else:
                one.where = "waiting"
                one.due_at = self._now + timedelta(seconds=2**one.crashes - 1)
                one.crashes += 1
                one.errors += 1
        buried = {one.id for one in lapsed if one.where == "dead"}
        return len(lapsed) - len(buried), buried

    def drop(self, id_: UUID) -> bool:
        """Cancel what lives, forget what has ended; False if it is forgotten already."""
        one = self.known[id_]
        was, one.where = one.where, "cancelled" if one.where in LIVE else "gone"
        return was != "gone"

    def remove(self, letter: DeadLetterId) -> bool:
        """Delete a dead letter; False if it is none any more."""
        removed = self.letters(lambda one: one.letter == letter)
        for one in removed:
            one.where = "failed"
        return bool(removed)

    def letters(self, selects: Callable[[Known], bool]) -> Sequence[Known]:
        """The dead letters that *selects* takes, oldest failure first; those of one moment in no order."""
        dead = (one for one in self.known.values() if one.where == "dead" and selects(one))
        return sorted(dead, key=attrgetter("failed_at"))

    def requeue(self, letters: Sequence[Known]) -> tuple[Sequence[Known], Sequence[Known]]:
        """Those of *letters* that live again, and those whose pair lives already."""
        reborn = []
        for one in letters:
            if not self.live(one.pair):
                one.where, one.sequence = "waiting", self._next()
                one.attempt = one.crashes = 0
                one.requeues += 1
                one.sort_at = one.due_at = self._now
                reborn.append(one)
        return reborn, [one for one in letters if one.where == "dead"]

    def _ended(self, one: Known, end: Expected) -> None:
        match end.verb:
            case "complete":
                one.where = "succeeded"
            case "bury":
                self._bury(one, end.reason)
            case "release":
                one.where, one.due_at = "waiting", self._now
                one.attempt -= 1
            case "retry" | "snooze":
                one.where = "waiting"
                one.sort_at = one.due_at = self._now + end.delay
                one.errors += 1
                one.attempt -= end.verb == "snooze"

    def _bury(self, one: Known, reason: Reason) -> None:
        one.where, one.reason, one.failed_at = "dead", reason, self._now
        one.errors += 1

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence


def kept(errors: int) -> int:
    """How many of so many errors are kept."""
    return min(errors, KEPT_ERRORS)
