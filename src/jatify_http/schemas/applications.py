"""Applications on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from jatify_core.application import (
    Application,
    ApplicationDraft,
    ApplicationFilter,
    FollowUpNote,
    StatusChange,
    StatusCode,
)
from jatify_core.listing import ListingBrief, ListingId
from jatify_core.resume import ResumeId
from jatify_core.text import Prose, Tag, Word
from jatify_core.use_cases.applications import Step
from jatify_core.user import UserId
from jatify_http.decoding import strictly
from jatify_http.schemas import MOST, Version, utc
from jatify_http.schemas.lists import ListQuery, Search

Instant = Annotated[datetime, Meta(tz=True)]
STEP: frozenset[str] = frozenset({"status_note", "status_at"})


class JobBrief(Struct, frozen=True):
    """The listing of an application, in brief."""

    id: UUID
    company: Word
    position: Word

    @classmethod
    def of(cls, brief: ListingBrief) -> "JobBrief":
        """How *brief* looks."""
        return cls(brief.id, brief.company, brief.position)


class StatusChangeView(Struct, frozen=True):
    """One step of an application's history; the first has no `from_status_id`."""

    status_id: StatusCode
    from_status_id: StatusCode | None
    at: datetime
    note: Prose | None

    @classmethod
    def of(cls, change: StatusChange) -> "StatusChangeView":
        """How *change* looks."""
        return cls(change.status_id, change.from_status_id, utc(change.at), change.note)


class ApplicationView(Struct, frozen=True):
    """An application; `history`, oldest first, is there where one is read alone."""

    id: UUID
    job_id: UUID
    resume_id: UUID | None
    status_id: StatusCode
    applied_on: date | None
    cover_letter: Prose | None
    notes: Prose | None
    tags: Annotated[tuple[Tag, ...], Meta(max_length=50)]
    follow_up_on: date | None
    follow_up_note: FollowUpNote | None
    created_at: datetime
    updated_at: datetime
    version: Version
    job: JobBrief
    history: Annotated[tuple[StatusChangeView, ...], Meta(max_length=MOST)] | UnsetType = UNSET

    @classmethod
    def of(cls, application: Application) -> "ApplicationView":
        """How *application* looks when it is read alone."""
        return cls._with(application, tuple(StatusChangeView.of(change) for change in application.history))

    @classmethod
    def in_list(cls, application: Application) -> "ApplicationView":
        """How *application* looks among others."""
        return cls._with(application, UNSET)

    @classmethod
    def _with(cls, application: Application, history: tuple[StatusChangeView, ...] | UnsetType) -> "ApplicationView":
        return cls(
            id=application.id,
            job_id=application.listing.id,
            resume_id=application.resume_id,
            status_id=application.status_id,
            applied_on=application.applied_on,
            cover_letter=application.cover_letter,
            notes=application.notes,
            tags=application.tags,
            follow_up_on=application.follow_up_on,
            follow_up_note=application.follow_up_note,
            created_at=utc(application.created_at),
            updated_at=utc(application.updated_at),
            version=application.version,
            job=JobBrief.of(application.listing),
            history=history,
        )


class StepTaken(Struct, frozen=True, forbid_unknown_fields=True):
    """What goes into the history with a new status: a note, and when it happened."""

    status_note: Prose | None = None
    status_at: Instant | None = None

    @property
    def step(self) -> Step:
        """The same as the core understands it."""
        return Step(self.status_note, self.status_at)


class ApplicationChange(ApplicationDraft, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An application's writable members, with what goes into its history if the status changes."""

    status_note: Prose | None = None
    status_at: Instant | None = None

    @property
    def step(self) -> Step:
        """What to write into the history."""
        return Step(self.status_note, self.status_at)


def parted(patch: dict[str, Any]) -> tuple[dict[str, Any], Step]:
    """A patch of the application itself, and what it says for the history."""
    taken = strictly({name: value for name, value in patch.items() if name in STEP}, StepTaken)
    return {name: value for name, value in patch.items() if name not in STEP}, taken.step


class ApplicationQuery(ListQuery, frozen=True, kw_only=True):
    """Which applications: dates are inclusive, `q` searches company, position, notes and cover letter."""

    q: Search | None = None
    status_id: StatusCode | None = None
    job_id: ListingId | None = None
    resume_id: ResumeId | None = None
    tag: Tag | None = None
    applied_from: date | None = None
    applied_to: date | None = None
    follow_up_before: date | None = None
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "applied_on", "-applied_on"] = "-created_at"

    def where(self, user_id: UserId) -> ApplicationFilter:
        """The same as the core understands it."""
        return ApplicationFilter(
            self.window(user_id),
            q=self.q,
            status_id=self.status_id,
            listing_id=self.job_id,
            resume_id=self.resume_id,
            tag=self.tag,
            applied_from=self.applied_from,
            applied_to=self.applied_to,
            follow_up_before=self.follow_up_before,
        )
