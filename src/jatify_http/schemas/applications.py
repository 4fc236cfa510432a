"""Applications on the wire."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from jatify_core.analysis import State
from jatify_core.application import (
    Application,
    ApplicationDraft,
    ApplicationFilter,
    FollowUpNote,
    SentResume,
    StatusChange,
    StatusCode,
)
from jatify_core.findings import Percent
from jatify_core.listing import ListingBrief, ListingId
from jatify_core.resume import ResumeId
from jatify_core.text import Prose, Tag, Word
from jatify_core.timeline import LONGEST, Moment
from jatify_core.use_cases.applications import Step, Told
from jatify_core.use_cases.histories import Correction, Forgotten
from jatify_core.user import UserId
from jatify_http.decoding import strictly
from jatify_http.schemas import MOST, Sha256, Version, utc
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


class StepView(Struct, frozen=True):
    """One step of an application's history; the first has no `from_status_id`.

    `at` is no later than that of any later step; `recorded_at` is when it was written down.
    """

    id: UUID
    status_id: StatusCode
    from_status_id: StatusCode | None
    at: datetime
    note: Prose | None
    recorded_at: datetime

    @classmethod
    def of(cls, step: StatusChange) -> "StepView":
        """How *step* looks."""
        return cls(step.id, step.status_id, step.from_status_id, utc(step.at), step.note, utc(step.recorded_at))


class SentResumeView(Struct, frozen=True):
    """The resume that was sent, as it was then; `resume_id` is null once it was deleted."""

    resume_id: UUID | None
    name: Word
    filename: Annotated[str, Meta(max_length=1_000)]
    sha256: Sha256
    sent_at: datetime

    @classmethod
    def of(cls, sent: SentResume) -> "SentResumeView":
        """How *sent* looks."""
        resume = sent.resume
        return cls(resume.resume_id, resume.name, resume.filename, resume.sha256, utc(sent.sent_at))


class MomentView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened to an application.

    `created` has no more members; `status` is a step; `resume` that another resume was linked, or none; `analysis` one
    of the application's job, with any resume.
    """

    kind: Literal["created", "status", "resume", "analysis"]
    at: datetime
    step_id: UUID | UnsetType = UNSET
    status_id: StatusCode | UnsetType = UNSET
    from_status_id: StatusCode | UnsetType | None = UNSET
    note: Prose | UnsetType | None = UNSET
    resume_id: UUID | UnsetType | None = UNSET
    resume_name: Word | UnsetType | None = UNSET
    analysis_id: UUID | UnsetType = UNSET
    state: State | UnsetType = UNSET
    score: Percent | UnsetType | None = UNSET

    @classmethod
    def of(cls, moment: Moment) -> "MomentView":
        """How *moment* looks."""
        members = ("kind", *MEMBERS[moment.kind])
        return cls(at=utc(moment.at), **{name: getattr(moment, name) for name in members})


MEMBERS: Mapping[str, tuple[str, ...]] = {
    "created": (),
    "status": ("step_id", "status_id", "from_status_id", "note"),
    "resume": ("resume_id", "resume_name"),
    "analysis": ("analysis_id", "resume_id", "resume_name", "state", "score"),
}
"""What each kind of moment tells, also where it is null."""


class ApplicationView(Struct, frozen=True):
    """An application; `history` and `timeline`, both oldest first, are there where one is read alone.

    `status_since` is when its newest step happened, `sent_resume` the resume that was linked when it became `applied`.
    Of a timeline the newest 500 moments are told.
    """

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
    status_since: datetime
    sent_resume: SentResumeView | None
    history: Annotated[tuple[StepView, ...], Meta(max_length=MOST)] | UnsetType = UNSET
    timeline: Annotated[tuple[MomentView, ...], Meta(max_length=LONGEST)] | UnsetType = UNSET

    @classmethod
    def of(cls, told: Told) -> "ApplicationView":
        """How an application looks when it is read alone."""
        shown = cls.with_history(told.application)
        return replace(shown, timeline=tuple(map(MomentView.of, told.timeline)))

    @classmethod
    def with_history(cls, application: Application) -> "ApplicationView":
        """How *application* looks in the export: with its history."""
        return cls._with(application, tuple(map(StepView.of, application.history)))

    @classmethod
    def in_list(cls, application: Application) -> "ApplicationView":
        """How *application* looks among others."""
        return cls._with(application, UNSET)

    @classmethod
    def _with(cls, application: Application, history: tuple[StepView, ...] | UnsetType) -> "ApplicationView":
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
            status_since=utc(application.status_since or application.created_at),
            sent_resume=SentResumeView.of(application.sent_resume) if application.sent_resume else None,
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
        return Step(self.status_note, self.status_at, dates=True)


class ForgottenStep(Struct, frozen=True, forbid_unknown_fields=True):
    """A step that was not written down when it happened. It takes its place in the history by `at`."""

    status_id: StatusCode
    at: Instant
    note: Prose | None = None

    @property
    def step(self) -> Forgotten:
        """The same as the core understands it."""
        return Forgotten(self.status_id, self.at, self.note)


class StepChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What may be changed of a step; another status is another step."""

    at: Instant | UnsetType = UNSET
    note: Prose | UnsetType | None = UNSET

    @property
    def correction(self) -> Correction:
        """The same as the core understands it."""
        return Correction(self.at, self.note)


def parted(patch: dict[str, Any]) -> tuple[dict[str, Any], Step]:
    """A patch of the application itself, and what it says for the history."""
    taken = strictly({name: value for name, value in patch.items() if name in STEP}, StepTaken)
    step = replace(taken.step, dates="applied_on" in patch)
    return {name: value for name, value in patch.items() if name not in STEP}, step


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
