"""Dead letters on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from jatify_core.analysis import Reason
from jatify_core.dead_letter import DeadLetter, DeadLetterFilter, DeadLetterId, Requeued, Selection
from jatify_core.errors import Invalid
from jatify_core.job import KEPT_ERRORS, JobError
from jatify_core.text import Word
from jatify_core.user import UserId
from jatify_http.schemas import MOST, Count, Told, utc
from jatify_http.schemas.lists import ListQuery


class JobErrorView(Struct, frozen=True):
    """What went wrong in one attempt."""

    attempt: Count
    at: datetime
    reason: Reason
    message: Told

    @classmethod
    def of(cls, error: JobError) -> "JobErrorView":
        """How *error* looks."""
        return cls(error.attempt, utc(error.at), error.reason, error.message)


class DeadLetterView(Struct, frozen=True, kw_only=True):
    """An analysis that failed for good, why, and what was tried."""

    id: UUID
    analysis_id: UUID
    resume_id: UUID
    job_id: UUID | None
    resume_name: Word
    company: Word | None
    position: Word | None
    reason: Reason
    message: Told
    attempts: Count
    errors: Annotated[tuple[JobErrorView, ...], Meta(max_length=KEPT_ERRORS)]
    enqueued_at: datetime
    failed_at: datetime
    requeues: Count

    @classmethod
    def of(cls, letter: DeadLetter) -> "DeadLetterView":
        """How *letter* looks."""
        return cls(
            id=letter.id,
            analysis_id=letter.analysis_id,
            resume_id=letter.resume_id,
            job_id=letter.listing_id,
            resume_name=letter.resume_name,
            company=letter.company,
            position=letter.position,
            reason=letter.reason,
            message=letter.message,
            attempts=letter.attempts,
            errors=tuple(JobErrorView.of(error) for error in letter.errors),
            enqueued_at=utc(letter.enqueued_at),
            failed_at=utc(letter.failed_at),
            requeues=letter.requeues,
        )


class DeadLetterQuery(ListQuery, frozen=True, kw_only=True):
    """Which dead letters."""

    reason: Reason | None = None
    sort: Literal["failed_at", "-failed_at"] = "-failed_at"

    def where(self, user_id: UserId) -> DeadLetterFilter:
        """The same as the core understands it."""
        return DeadLetterFilter(self.window(user_id), self.reason)


class RequeueRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Which dead letters to requeue: exactly one of these `ids`, `all`, or all of a `reason`."""

    ids: Annotated[list[DeadLetterId], Meta(min_length=1, max_length=100)] | UnsetType = UNSET
    all: Annotated[bool, Meta(extra_json_schema={"const": True})] | UnsetType = UNSET
    reason: Reason | UnsetType = UNSET

    @property
    def selection(self) -> Selection:
        """The same as the core understands it. Raises `Invalid` unless exactly one way is chosen."""
        match (self.ids, self.all, self.reason):
            case (list() as ids, UnsetType(), UnsetType()):
                return Selection(ids=tuple(dict.fromkeys(ids)))
            case (UnsetType(), True, UnsetType()):
                return Selection()
            case (UnsetType(), UnsetType(), str() as reason):
                return Selection(reason=reason)
            case (UnsetType(), False, UnsetType()):
                raise Invalid.at("/all", "unknown_value", "Only true asks for something.")
            case _:
                raise Invalid.at("", "one_of", "Give exactly one of ids, all and reason.")


class SkippedView(Struct, frozen=True):
    """A dead letter that stays where it was, and why."""

    id: UUID
    reason: Literal["not_found", "already_live", "over_limit"]


class RequeuedView(Struct, frozen=True):
    """What lives again, and what does not."""

    requeued: Annotated[tuple[UUID, ...], Meta(max_length=MOST)]
    skipped: Annotated[tuple[SkippedView, ...], Meta(max_length=MOST)]

    @classmethod
    def of(cls, requeued: Requeued) -> "RequeuedView":
        """How *requeued* looks."""
        return cls(requeued.ids, tuple(SkippedView(s.id, s.reason) for s in requeued.skipped))
