"""What operators see, on the wire: everybody's jobs and dead letters, without contents."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import Struct

from jatify_core.analysis import Reason
from jatify_core.dead_letter import BuriedJob, DeadLetterFilter
from jatify_core.job import QueuedJob
from jatify_core.user import UserId
from jatify_http.schemas import Code, Count, utc
from jatify_http.schemas.lists import ListQuery


class QueuedJobView(Struct, frozen=True, kw_only=True):
    """Somebody's job that waits or runs; `last_reason` is the code of the error that its last attempt ended with."""

    id: UUID
    user_id: UUID
    kind: Code
    state: Literal["queued", "running"]
    attempts: Count
    crashes: Count
    requeues: Count
    last_reason: Reason | None
    enqueued_at: datetime
    due_at: datetime

    @classmethod
    def of(cls, job: QueuedJob) -> "QueuedJobView":
        """How *job* looks."""
        return cls(
            id=job.id,
            user_id=job.user_id,
            kind=job.kind,
            state="running" if job.running else "queued",
            attempts=job.attempt,
            crashes=job.crashes,
            requeues=job.requeues,
            last_reason=job.last_reason,
            enqueued_at=utc(job.enqueued_at),
            due_at=utc(job.due_at),
        )


class QueuedJobQuery(ListQuery, frozen=True, kw_only=True):
    """Which jobs: there is one order, first asked first."""

    newest_first: ClassVar[str] = "id"


class BuriedJobView(Struct, frozen=True, kw_only=True):
    """Somebody's job that failed for good; `job_id` is the id it had in the queue."""

    id: UUID
    user_id: UUID
    job_id: UUID
    kind: Code
    reason: Reason
    attempts: Count
    requeues: Count
    enqueued_at: datetime
    failed_at: datetime

    @classmethod
    def of(cls, letter: BuriedJob) -> "BuriedJobView":
        """How *letter* looks."""
        return cls(
            id=letter.id,
            user_id=letter.user_id,
            job_id=letter.job_id,
            kind=letter.kind,
            reason=letter.reason,
            attempts=letter.attempts,
            requeues=letter.requeues,
            enqueued_at=utc(letter.enqueued_at),
            failed_at=utc(letter.failed_at),
        )


class BuriedJobQuery(ListQuery, frozen=True, kw_only=True):
    """Which dead letters of everybody's."""

    reason: Reason | None = None
    sort: Literal["failed_at", "-failed_at"] = "-failed_at"

    def where(self, user_id: UserId) -> DeadLetterFilter:
        """The same as the core understands it; the cursor is the operator's own."""
        return DeadLetterFilter(self.window(user_id), self.reason)
