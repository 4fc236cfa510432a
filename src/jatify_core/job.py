"""A job: a unit of queued work, leased to one worker at a time until it comes to one end."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, NewType
from uuid import UUID

from msgspec import Struct

from jatify_core.analysis import Analysis, Completed, Reason
from jatify_core.listing import ListingId
from jatify_core.resume import ResumeId
from jatify_core.user import UserId

JobId = NewType("JobId", UUID)

ANALYSIS: Final = "analysis"
"""The kind of job that runs an analysis of the same id."""

MAX_CRASHES: Final = 3
SUSPECT_CRASHES: Final = MAX_CRASHES - 1
"""A job that was lost so often is a suspect: it runs alone, so that no other is buried for what one job does."""
MAX_SNOOZES: Final = 20
KEPT_ERRORS: Final = 10
FARTHEST_PLACE: Final = 1_000
"""Who stands further back is told no more than this."""

Verb = Literal["complete", "retry", "snooze", "release", "bury"]


class JobError(Struct, frozen=True):
    """What went wrong in one attempt. `message` is safe to show: never a provider's raw body."""

    attempt: int
    at: datetime
    reason: Reason
    message: str


class Lease(Struct, frozen=True):
    """The right to speak for a job: it holds only while `run`, which grows with every claim, is the job's own."""

    job_id: JobId
    run: int


class Job(Struct, frozen=True, kw_only=True):
    """A live job. `attempt` counts tries and may be given back; `run` counts claims and never falls."""

    id: JobId
    user_id: UserId
    kind: str
    payload: Mapping[str, str] = {}
    dedup_key: str | None = None
    max_attempts: int = 5
    attempt: int = 0
    run: int = 0
    snoozes: int = 0
    requeues: int = 0
    crashes: int = 0
    errors: tuple[JobError, ...] = ()
    enqueued_at: datetime
    claimed_at: datetime | None = None

    @classmethod
    def for_analysis(cls, analysis: Analysis, max_attempts: int) -> "Job":
        """The job that runs *analysis*; one live job for each pair of resume and listing."""
        return cls(
            id=JobId(analysis.id),
            user_id=analysis.user_id,
            kind=ANALYSIS,
            dedup_key=dedup_key(analysis.resume_id, analysis.listing_id),
            max_attempts=max_attempts,
            enqueued_at=analysis.created_at,
        )

    @property
    def lease(self) -> Lease:
        """The lease of this very claim."""
        return Lease(self.id, self.run)

    @property
    def is_suspect(self) -> bool:
        """Whether its next crash is its last, and it must run alone."""
        return self.crashes >= SUSPECT_CRASHES


def dedup_key(resume_id: ResumeId, listing_id: ListingId | None) -> str:
    """What no two live jobs have in common: their pair of resume and listing."""
    return f"{ANALYSIS}:{resume_id}:{listing_id or 'review'}"


class End(Struct, frozen=True, kw_only=True):
    """What became of one claim. Made by the constructors below; `verb` says which members count."""

    lease: Lease
    verb: Verb
    attempt: int
    completed: Completed | None = None
    reason: Reason | None = None
    message: str = ""
    delay: timedelta = timedelta(0)

    @classmethod
    def succeeded(cls, job: Job, completed: Completed | None = None) -> "End":
        """The job is done and goes; its result, if it has one, is recorded with it."""
        return cls(lease=job.lease, verb="complete", attempt=job.attempt, completed=completed)

    @classmethod
    def retried(cls, job: Job, reason: Reason, message: str, delay: timedelta) -> "End":
        """The attempt is spent; the job may be claimed again after *delay*."""
        return cls(lease=job.lease, verb="retry", attempt=job.attempt, reason=reason, message=message, delay=delay)

    @classmethod
    def snoozed(cls, job: Job, reason: Reason, message: str, delay: timedelta) -> "End":
        """The attempt is given back; the job may be claimed again after *delay*."""
        return cls(lease=job.lease, verb="snooze", attempt=job.attempt, reason=reason, message=message, delay=delay)

    @classmethod
    def released(cls, job: Job) -> "End":
        """The attempt is given back and the job keeps its place: the worker is leaving."""
        return cls(lease=job.lease, verb="release", attempt=job.attempt)

    @classmethod
    def buried(cls, job: Job, reason: Reason, message: str) -> "End":
        """The job becomes a dead letter."""
        return cls(lease=job.lease, verb="bury", attempt=job.attempt, reason=reason, message=message)


class Rescued(Struct, frozen=True):
    """What a rescue found: how many jobs went back to the queue, and the ends of those that crashed too often."""

    requeued: int = 0
    buried: tuple[End, ...] = ()


class QueuedJob(Struct, frozen=True, kw_only=True):
    """A live job as an operator sees it: whose and how it fares, and nothing of what it is about.

    `last_reason` is the code of its last error.
    """

    id: JobId
    user_id: UserId
    kind: str
    running: bool
    attempt: int
    crashes: int
    requeues: int
    enqueued_at: datetime
    due_at: datetime
    last_reason: Reason | None = None


class Place(Struct, frozen=True):
    """Where a live job stands: `ahead` counts everybody's waiting jobs before it, up to `FARTHEST_PLACE`.

    `turn`, the claim's own order as text, is where a list of places is read on. An analysis' pair stands with it.
    """

    job_id: JobId
    running: bool
    ahead: int
    attempt: int
    enqueued_at: datetime
    due_at: datetime
    turn: str
    resume_id: ResumeId | None = None
    listing_id: ListingId | None = None


class Turn(Struct, frozen=True):
    """What claims are ordered by."""

    at: datetime
    number: int

    def __str__(self) -> str:
        """The turn as text."""
        return f"{self.at.isoformat()}/{self.number}"

    @classmethod
    def read(cls, text: str) -> "Turn":
        """The turn in *text*. Raises `ValueError` if there is none."""
        at, _, number = text.partition("/")
        turn = cls(datetime.fromisoformat(at), int(number))
        if turn.at.tzinfo is None or not 0 <= turn.number < 2**63:
            raise ValueError(text)
        return turn


class Tally(Struct, frozen=True):
    """How the whole queue stands: jobs that wait and run, and dead letters for each reason.

    `waited` is how long ago the job was enqueued whose turn is next.
    """

    waiting: int
    running: int
    waited: timedelta
    dead: Mapping[str, int] = {}


class Pause(Struct, frozen=True):
    """A kind of job that nobody claims for now, why, and when the next probe is due. Shared by all processes."""

    kind: str
    reason: Reason
    message: str
    since: datetime
    probe_at: datetime
    probes: int = 0
