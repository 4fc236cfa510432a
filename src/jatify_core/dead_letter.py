"""A dead letter: a job that failed for good, kept with all it needs to live again."""

from datetime import datetime
from typing import Literal, NewType
from uuid import UUID

from msgspec import Struct

from jatify_core.analysis import AnalysisId, Reason
from jatify_core.job import JobError, JobId
from jatify_core.listing import ListingId
from jatify_core.paging import Window
from jatify_core.resume import ResumeId
from jatify_core.user import UserId

DeadLetterId = NewType("DeadLetterId", UUID)


class DeadLetter(Struct, frozen=True, kw_only=True):
    """A job that failed for good, as its owner sees it. `errors` are those of all attempts kept, oldest first."""

    id: DeadLetterId
    user_id: UserId
    analysis_id: AnalysisId
    resume_id: ResumeId
    listing_id: ListingId | None
    resume_name: str
    company: str | None
    position: str | None
    reason: Reason
    message: str
    attempts: int
    errors: tuple[JobError, ...]
    enqueued_at: datetime
    failed_at: datetime
    requeues: int


class BuriedJob(Struct, frozen=True, kw_only=True):
    """A dead letter as an operator sees it: whose, when and by which code, and nothing of what it was about."""

    id: DeadLetterId
    user_id: UserId
    job_id: JobId
    kind: str
    reason: Reason
    attempts: int
    enqueued_at: datetime
    failed_at: datetime
    requeues: int


class DeadLetterFilter(Struct, frozen=True):
    """Which dead letters, newest failure first."""

    window: Window
    reason: str | None = None


class Selection(Struct, frozen=True):
    """Dead letters to requeue: these `ids`, or all of a `reason`, or (with neither) all."""

    ids: tuple[DeadLetterId, ...] | None = None
    reason: str | None = None


class Skipped(Struct, frozen=True):
    """A dead letter that was not requeued.

    `not_found`, `already_live` where its pair waits or runs again, `over_limit` where the user has no room for it now.
    """

    id: DeadLetterId
    reason: Literal["not_found", "already_live", "over_limit"]


class Requeued(Struct, frozen=True):
    """What a requeue did: letters that live again with their analyses, and letters left where they were."""

    ids: tuple[DeadLetterId, ...] = ()
    analyses: tuple[AnalysisId, ...] = ()
    skipped: tuple[Skipped, ...] = ()


class Dropped(Struct, frozen=True):
    """What dropping an analysis did: cancelled it, or deleted it with its dead `letter`, if it had one."""

    cancelled: bool
    letter: DeadLetterId | None = None


SORT_KEYS = ("failed_at",)
