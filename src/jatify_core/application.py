"""An application: where a job seeker stands with one listing, and how he got there."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, NewType
from uuid import UUID

from msgspec import Meta, Struct, field

from jatify_core.errors import Invalid
from jatify_core.listing import ListingBrief, ListingId
from jatify_core.paging import Window
from jatify_core.resume import Resume, ResumeId
from jatify_core.text import Prose, Tag
from jatify_core.user import UserId

ApplicationId = NewType("ApplicationId", UUID)
StatusId = NewType("StatusId", str)
StepId = NewType("StepId", UUID)

StatusCode = Annotated[str, Meta(min_length=1, max_length=64)]
Category = Literal["open", "interview", "offer", "closed"]
FollowUpNote = Annotated[str, Meta(max_length=500)]


class Status(Struct, frozen=True):
    """One station of a user's pipeline. Which ones there are is data; only the store knows them."""

    id: StatusId
    label: str
    category: Category
    terminal: bool
    position: int
    own: bool = False  # added by the user, not shipped
    retired: bool = False  # kept where it was used, and nothing moves there any more
    version: int = 1


class ResumeCopy(Struct, frozen=True):
    """What a resume was at some time; `resume_id` is None once it was deleted."""

    resume_id: ResumeId | None
    name: str
    filename: str
    sha256: str

    @classmethod
    def of(cls, resume: Resume) -> "ResumeCopy":
        """What *resume* is now."""
        return cls(resume.id, resume.name, resume.filename, resume.sha256)


class ResumeLink(Struct, frozen=True):
    """From `at` on the application had this resume, or none."""

    at: datetime
    resume: ResumeCopy | None


class SentResume(Struct, frozen=True):
    """The resume that was sent with an application, and when."""

    resume: ResumeCopy
    sent_at: datetime


class StatusChange(Struct, frozen=True, kw_only=True):
    """One step of an application's history; the first has no `from_status_id`.

    `at` and `from_status_id` follow from the steps around it: only `history.told` knows them. `claimed_at` is when it
    happened as its owner said, `resume` what was linked then, `dated` the `applied_on` that it set by itself.
    """

    id: StepId
    status_id: StatusId
    from_status_id: StatusId | None = None
    at: datetime
    claimed_at: datetime
    recorded_at: datetime
    note: str | None = None
    resume: ResumeCopy | None = None
    dated: date | None = None


class ApplicationDraft(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The members of an application that its owner writes; the API says `job_id` for its listing."""

    listing_id: ListingId = field(name="job_id")
    resume_id: ResumeId | None = None
    status_id: StatusCode = "saved"
    applied_on: date | None = None
    cover_letter: Prose | None = None
    notes: Prose | None = None
    tags: Annotated[list[Tag], Meta(max_length=50)] = []
    follow_up_on: date | None = None
    follow_up_note: FollowUpNote | None = None


class Application(Struct, frozen=True, kw_only=True):
    """A stored application with the brief of its listing; `history` is filled where one is read alone."""

    id: ApplicationId
    user_id: UserId
    listing: ListingBrief
    resume_id: ResumeId | None
    status_id: StatusId
    applied_on: date | None
    cover_letter: str | None
    notes: str | None
    tags: tuple[str, ...]
    follow_up_on: date | None
    follow_up_note: str | None = None
    created_at: datetime
    updated_at: datetime
    version: int = 1
    history: tuple[StatusChange, ...] = ()
    deleted_at: datetime | None = None  # hidden since then
    sent_resume: SentResume | None = None
    status_since: datetime | None = None  # when the newest step of its history happened
    links: tuple[ResumeLink, ...] = ()  # filled with the history, oldest first

    @property
    def draft(self) -> ApplicationDraft:
        """The writable members as they are now."""
        return ApplicationDraft(
            listing_id=self.listing.id,
            resume_id=self.resume_id,
            status_id=self.status_id,
            applied_on=self.applied_on,
            cover_letter=self.cover_letter,
            notes=self.notes,
            tags=list(self.tags),
            follow_up_on=self.follow_up_on,
            follow_up_note=self.follow_up_note,
        )


class ApplicationFilter(Struct, frozen=True):
    """Which applications; dates are inclusive, `q` searches company, position, notes and cover letter."""

    window: Window
    q: str | None = None
    status_id: str | None = None
    listing_id: ListingId | None = None
    resume_id: ResumeId | None = None
    tag: str | None = None
    applied_from: date | None = None
    applied_to: date | None = None
    follow_up_before: date | None = None


SORT_KEYS = ("created_at", "updated_at", "applied_on")


def known_status(code: str, statuses: Sequence[Status]) -> StatusId:
    """Return *code* as one of *statuses*, the pipeline in order, else raise `Invalid`."""
    for status in statuses:
        if status.id == code:
            return status.id
    raise unknown_status(statuses)


def unknown_status(statuses: Sequence[Status]) -> Invalid:
    """What to tell somebody who named none of *statuses*."""
    known = ", ".join(status.id for status in statuses)
    return Invalid.at("/status_id", "unknown_status", f"There is no such status. There are: {known}.")
