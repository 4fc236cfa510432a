"""Everything the memory store holds, and one open transaction's own copy of it."""

from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from msgspec import Struct

from jatify_core.analysis import Analysis, AnalysisId, Reason
from jatify_core.application import Application, ApplicationId
from jatify_core.dead_letter import DeadLetterId
from jatify_core.errors import NotFound
from jatify_core.job import Job, JobId, Pause
from jatify_core.listing import Listing, ListingId
from jatify_core.resume import Resume, ResumeId
from jatify_core.throttle import Tally
from jatify_core.user import Session, SessionId, User, UserId


class StoredApplication(Struct, frozen=True):
    """An application with its whole history; hidden once it was removed."""

    application: Application
    hidden_at: datetime | None = None

    @property
    def user_id(self) -> UserId:
        """Whose it is."""
        return self.application.user_id


class StoredResume(Struct, frozen=True):
    """A resume with its file and text."""

    resume: Resume
    content: bytes
    text: str

    @property
    def user_id(self) -> UserId:
        """Whose it is."""
        return self.resume.user_id


class LiveJob(Struct, frozen=True, kw_only=True):
    """A job and its place in the queue; it waits while nobody has a lease on it."""

    job: Job
    sequence: int
    sort_at: datetime
    available_at: datetime
    lease_ends_at: datetime | None = None


class Letter(Struct, frozen=True, kw_only=True):
    """A job that failed for good, kept whole so that it can live again."""

    id: DeadLetterId
    job: Job
    reason: Reason
    message: str
    failed_at: datetime

    @property
    def user_id(self) -> UserId:
        """Whose it is."""
        return self.job.user_id


@dataclass
class Tables:
    """The rows, all of them frozen values: a copy of the dictionaries is a snapshot."""

    users: dict[UserId, User] = field(default_factory=dict)
    sessions: dict[SessionId, Session] = field(default_factory=dict)
    listings: dict[ListingId, Listing] = field(default_factory=dict)
    applications: dict[ApplicationId, StoredApplication] = field(default_factory=dict)
    resumes: dict[ResumeId, StoredResume] = field(default_factory=dict)
    analyses: dict[AnalysisId, Analysis] = field(default_factory=dict)
    jobs: dict[JobId, LiveJob] = field(default_factory=dict)
    letters: dict[DeadLetterId, Letter] = field(default_factory=dict)
    pauses: dict[str, Pause] = field(default_factory=dict)
    tallies: dict[bytes, Tally] = field(default_factory=dict)
    sequence: int = 0

    def snapshot(self) -> "Tables":
        """The same rows, to be changed apart from these."""
        return Tables(**{name: copy(rows) for name, rows in vars(self).items()})

    def forget(self, analyses: Collection[AnalysisId]) -> None:
        """Drop analyses with their jobs and dead letters."""
        for analysis_id in analyses:
            del self.analyses[analysis_id]
            self.jobs.pop(JobId(analysis_id), None)
        jobs = {JobId(analysis_id) for analysis_id in analyses}
        self.letters = {key: letter for key, letter in self.letters.items() if letter.job.id not in jobs}


class Draft:
    """The tables as one open transaction sees and changes them. Its time stands still, as a database's does."""

    def __init__(self, tables: Tables, now: datetime, fair_spacing: timedelta, new_id: Callable[[], UUID]) -> None:
        self._tables = tables
        self._ended = False
        self._locked: set[UUID] = set()
        self.now = now
        self.fair_spacing = fair_spacing
        self.new_id = new_id
        self.rings = False

    @property
    def tables(self) -> Tables:
        """The rows. Raises `RuntimeError` once the transaction has ended."""
        if self._ended:
            raise RuntimeError("This transaction has ended; open another one.")
        return self._tables

    @property
    def ended(self) -> bool:
        """Whether the transaction has committed or rolled back."""
        return self._ended

    def end(self) -> None:
        """Refuse to be used from now on."""
        self._ended = True

    def lock(self, row_id: UUID) -> None:
        """Note that a row was read with a lock, or is new."""
        self._locked.add(row_id)

    def require_lock(self, row_id: UUID) -> None:
        """Raise `RuntimeError` unless the row was locked: two such saves at once would lose one of them."""
        if row_id not in self._locked:
            raise RuntimeError("Read a row with lock=True before you save it, in the same transaction.")


class Owned(Protocol):
    """A row that belongs to a user."""

    @property
    def user_id(self) -> UserId:
        """Whose it is."""


K = TypeVar("K")
R = TypeVar("R", bound=Owned)


def owned(rows: Mapping[K, R], user_id: UserId, key: K) -> R:
    """The user's own row, or `NotFound`."""
    row = rows.get(key)
    if row is None or row.user_id != user_id:
        raise NotFound
    return row


_current: ContextVar[Draft | None] = ContextVar("current", default=None)


def enter(draft: Draft | None) -> None:
    """Make *draft* the transaction that this task is in."""
    _current.set(draft)


def refuse_inside_transaction(what: str) -> None:
    """Raise `RuntimeError` if this task, or the one that started it, is inside an open transaction."""
    draft = _current.get()
    if draft is not None and not draft.ended:
        raise RuntimeError(f"{what} inside an open transaction. Let the transaction end first.")
