"""The moves that one job may make between two commits, each with all that it must leave as it was."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from jatify_adapters.memory.tables import Letter, LiveJob
from jatify_core.job import KEPT_ERRORS, MAX_CRASHES, Job

Place = LiveJob | Letter | None
"""Where a job is: waiting or leased, dead, or gone."""

Move = Literal[
    "enqueued",
    "claimed",
    "renewed",
    "retried",
    "snoozed",
    "released",
    "rescued",
    "buried",
    "lost for good",
    "requeued",
    "gone from the queue",
    "gone from the dead letters",
]

HOLDERS_OWN = frozenset({"renewed", "retried", "snoozed", "released", "buried"})
"""Moves that only the process may make that claimed the job."""


class Illegal(Exception):
    """No move leads from the one place to the other."""


class Step(Struct, frozen=True):
    """What one commit did to one job."""

    move: Move
    run: int


def moved(before: Place, after: Place, now: datetime) -> Step:
    """Name the move. Raises `Illegal` for everything that is none."""
    match before, after:
        case None, LiveJob():
            return _enqueued(after)
        case LiveJob(), LiveJob():
            return _in_the_queue(before, after, now)
        case LiveJob(), Letter():
            return _buried(before, after, now)
        case LiveJob(), None:
            return Step("gone from the queue", before.job.run)
        case Letter(), LiveJob():
            return _requeued(before, after, now)
        case Letter(), None:
            return Step("gone from the dead letters", before.job.run)
        case _:
            raise Illegal(f"from {before} to {after}")


def _enqueued(new: LiveJob) -> Step:
    job = new.job
    _require(new.lease_ends_at is None, "it begins leased")
    _require((job.attempt, job.run, job.snoozes, job.crashes, job.requeues, job.errors) == (0, 0, 0, 0, 0, ()), "used")
    return Step("enqueued", 0)


def _in_the_queue(before: LiveJob, after: LiveJob, now: datetime) -> Step:
    old, new = before.job, after.job
    if before.lease_ends_at is None:
        return _claimed(before, after, now)
    if after.lease_ends_at is not None:
        _require(new == old and after.lease_ends_at >= before.lease_ends_at, "a lease was changed, not prolonged")
        _require(before.sort_at == after.sort_at, "a renewal moved it")
        return Step("renewed", new.run)
    _require(new.run == old.run and new.claimed_at is None, "its run changed without a claim")
    if new.crashes > old.crashes:
        return _rescued(before, after, now)
    if new.snoozes > old.snoozes:
        _same(old, new, attempt=old.attempt - 1, snoozes=old.snoozes + 1, errors=new.errors)
        _one_more_error(old, new)
        return Step("snoozed", old.run)
    if len(new.errors) > len(old.errors) or new.errors[-1:] != old.errors[-1:]:
        _same(old, new, errors=new.errors)
        _one_more_error(old, new)
        _require(new.attempt < new.max_attempts, "it is to be tried again with all its attempts spent")
        return Step("retried", old.run)
    _same(old, new, attempt=old.attempt - 1)
    _require(after.sort_at == before.sort_at and after.available_at <= now, "a release moved it")
    return Step("released", old.run)


def _claimed(before: LiveJob, after: LiveJob, now: datetime) -> Step:
    old, new = before.job, after.job
    _require(after.lease_ends_at is not None and after.lease_ends_at > now, "it waited and changed")
    _require(new.run > old.run, "a claim did not raise its run")
    _same(old, new, run=new.run, attempt=old.attempt + 1)
    _require(before.available_at <= now, "it was claimed before it was due")
    _require(new.attempt <= new.max_attempts, "it has more attempts than it may have")
    return Step("claimed", new.run)


def _rescued(before: LiveJob, after: LiveJob, now: datetime) -> Step:
    old, new = before.job, after.job
    _require(before.lease_ends_at is not None and before.lease_ends_at < now, "it was rescued from a living lease")
    _same(old, new, crashes=old.crashes + 1, errors=new.errors)
    _one_more_error(old, new)
    _require(not _is_spent(old), "it crashed too often to live")
    _require(now <= after.available_at <= now + timedelta(minutes=2), "it is not due soon")
    return Step("rescued", old.run)


def _buried(before: LiveJob, after: Letter, now: datetime) -> Step:
    old, new = before.job, after.job
    _require(before.lease_ends_at is not None, "it died waiting")
    _require(new.run == old.run, "its run changed as it died")
    _same(old, new, errors=new.errors)
    _one_more_error(old, new)
    _require(new.errors[-1].reason == after.reason, "it died of something else")
    if after.reason != "worker_lost":
        _require(after.reason not in {"unauthorized", "insufficient_credits"}, "it died of a matter of the house")
        return Step("buried", old.run)
    _require(before.lease_ends_at is not None and before.lease_ends_at < now, "it was taken from a living lease")
    _require(_is_spent(old), "it was given up too early")
    return Step("lost for good", old.run)


def _requeued(before: Letter, after: LiveJob, now: datetime) -> Step:
    old, new = before.job, after.job
    _require(after.lease_ends_at is None and after.available_at <= now, "it lives again but cannot be claimed")
    _require(new.run == old.run, "its run fell")
    _same(old, new, attempt=0, crashes=0, snoozes=0, requeues=old.requeues + 1)
    return Step("requeued", old.run)


def _is_spent(job: Job) -> bool:
    return job.attempt >= job.max_attempts or job.crashes + 1 >= MAX_CRASHES


def _same(old: Job, new: Job, **but: object) -> None:
    expected = replace(old, **but, claimed_at=new.claimed_at)
    wrong = [name for name in Job.__struct_fields__ if getattr(new, name) != getattr(expected, name)]
    told = [f"{name} is {getattr(new, name)}, not {getattr(expected, name)}" for name in wrong]
    _require(not told, "; ".join(told))


def _one_more_error(old: Job, new: Job) -> None:
    kept = old.errors[-KEPT_ERRORS + 1 :]
    _require(new.errors[:-1] == kept and new.errors[-1].attempt == old.attempt, "its errors are not its history")


def _require(holds: bool, otherwise: str) -> None:  # noqa: FBT001  # a condition is what it takes
    if not holds:
        raise Illegal(otherwise)
