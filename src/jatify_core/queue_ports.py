"""The ports of the queue: jobs that live, and dead letters. `ports` has them all."""

from collections.abc import Sequence, Set
from datetime import timedelta
from typing import Protocol

from jatify_core.analysis import Reason
from jatify_core.dead_letter import BuriedJob, DeadLetter, DeadLetterFilter, DeadLetterId, Requeued, Selection
from jatify_core.job import End, Job, JobId, Lease, Pause, Place, QueuedJob, Rescued, Tally
from jatify_core.paging import Page, Window
from jatify_core.user import UserId


class Jobs(Protocol):
    """The queue, seen from inside a transaction. All its instants are the store's own clock's."""

    async def enqueue(self, job: Job) -> Job:
        """Make *job* claimable on commit, and ring the bell then; or return the live job of the same `dedup_key`."""

    async def enqueue_many(self, jobs: Sequence[Job]) -> int:
        """Make all *jobs* claimable but those whose `dedup_key` is taken; return how many were added."""

    async def waiting(self, user_id: UserId) -> int:
        """How many of the user's jobs wait or run."""

    async def places(self, user_id: UserId, window: Window) -> Page[Place]:
        """The user's jobs that wait or run, in the one order there is: that of their turns."""

    async def tally(self, most: int) -> Tally:
        """How the whole queue stands, everybody's; no number is counted further than *most*."""

    async def claim(self, kinds: Sequence[str], limit: int, lease: timedelta, worker: str) -> Sequence[Job]:
        """Lease up to *limit* due jobs of *kinds*, first in, first out; no suspect, paused kind or row under claim."""

    async def claim_suspect(self, kinds: Sequence[str], lease: timedelta, worker: str) -> Job | None:
        """Lease the first due job of *kinds* that is a suspect, for a worker that runs nothing beside it."""

    async def renew(self, held: Sequence[Lease], lease: timedelta, limit: timedelta) -> Set[JobId]:
        """Prolong leases; return the jobs that are still held. One claimed more than *limit* ago is left to lapse."""

    async def settle(self, ends: Sequence[End]) -> Sequence[End]:
        """Record the ends whose `run` is still the one that was claimed; return the others, which change nothing.

        An analysis's job that waits again has an event, and so has its dead letter.
        """

    async def rescue(self, limit: int) -> Rescued:
        """Take back up to *limit* jobs of lapsed leases and dead workers.

        They are due at once, later after a growing delay; with all attempts used or at the third crash they are buried.
        Either way an analysis's job has an event.
        """

    async def next_due(self, kinds: Sequence[str]) -> timedelta | None:
        """How long until `claim` finds something; zero if it does now, None if nothing waits for it."""

    async def pauses(self) -> Sequence[Pause]:
        """The kinds that nobody claims, and why."""

    async def pause(self, kind: str, reason: Reason, message: str, probes: int, probe_after: timedelta) -> None:
        """Stop claims of *kind*; after *probes* failed ones the next is due *probe_after* from now. `since` stays."""

    async def probe(self, kind: str, lease: timedelta, worker: str, again_after: timedelta) -> Job | None:
        """When a probe of a paused kind is due, claim one job of it, as the only one to do so for *again_after*."""

    async def resume(self, kind: str) -> None:
        """Let a kind be claimed again, and ring the bell."""

    async def everybodys(self, window: Window) -> Page[QueuedJob]:
        """Every live job of every user, by `id`, which is the order of asking."""


class DeadLetters(Protocol):
    """Jobs that failed for good. A job is live or dead, never both."""

    async def page(self, user_id: UserId, where: DeadLetterFilter) -> Page[DeadLetter]:
        """Dead letters that match."""

    async def requeue(self, user_id: UserId, selection: Selection, limit: int | None = None) -> Requeued:
        """Give dead letters a new life with fresh attempts, oldest first, and ring the bell; what is skipped stays.

        Those beyond the first *limit* are skipped; None is no limit.
        """

    async def remove(self, user_id: UserId, dead_letter_id: DeadLetterId) -> None:
        """Delete a dead letter for good; its analysis stays failed."""

    async def take_in(self, letters: Sequence[tuple[DeadLetter, Job]]) -> None:
        """Store dead letters as they are, each with the job that failed; their failed analyses are stored already."""

    async def everybodys(self, where: DeadLetterFilter) -> Page[BuriedJob]:
        """Dead letters of every user that match."""

    async def owner(self, dead_letter_id: DeadLetterId) -> UserId:
        """Whose dead letter it is. Raises `NotFound`."""
