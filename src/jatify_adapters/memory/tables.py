"""Everything the memory store holds, and one open transaction's own copy of it."""

from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from jatify_core.analysis import Analysis, AnalysisId, Reason
from jatify_core.application import Application, ApplicationId, Status, StatusId
from jatify_core.calendar_link import CalendarLink
from jatify_core.dead_letter import DeadLetterId
from jatify_core.errors import NotFound
from jatify_core.event import Event
from jatify_core.idempotency import KeyedRequest
from jatify_core.imports import Import, ImportId, Undone
from jatify_core.job import Job, JobId, Pause
from jatify_core.listing import Listing, ListingId
from jatify_core.resume import Resume, ResumeId
from jatify_core.throttle import Attempts
from jatify_core.user import Session, SessionId, User, UserId


class StoredApplication(Struct, frozen=True):
    """An application with its whole history; hidden once it was removed."""

    application: Application
    hidden_at: datetime | None = None

    @property
    def user_id(self) -> UserId:
        """Whose it is."""
        return self.application.user_id


class StoredStatus(Struct, frozen=True):
    """A status of a user's pipeline."""

    user_id: UserId
    status: Status


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

    @property
    def user_id(self) -> UserId:
        """Whose it is."""
        return self.job.user_id


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


class KnownKey(Struct, frozen=True, kw_only=True):
    """An idempotency key, who has it, and its answer."""

    request: KeyedRequest
    leased_until: datetime
    expires_at: datetime
    answer: bytes | None = None

    @property
    def user_id(self) -> UserId:
        """Whose it is."""
        return self.request.user_id


class KnownAsks(Struct, frozen=True):
    """When a user has asked for analyses, in order."""

    user_id: UserId
    times: tuple[datetime, ...]


class StoredImport(Struct, frozen=True):
    """An import, what came with it, and what became of that once it was undone."""

    imported: Import
    applications: frozenset[ApplicationId]
    listings: frozenset[ListingId]
    undone: Undone | None = None

    @property
    def user_id(self) -> UserId:
        """Whose it is."""
        return self.imported.user_id


class StoredEvent(Struct, frozen=True):
    """An event and when it was added."""

    event: Event
    at: datetime


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
    asks: dict[UserId, KnownAsks] = field(default_factory=dict)
    keys: dict[tuple[UserId, str], KnownKey] = field(default_factory=dict)
    events: list[StoredEvent] = field(default_factory=list)
    numbered: int = 0
    tallies: dict[bytes, Attempts] = field(default_factory=dict)
    sequence: int = 0
    statuses: dict[tuple[UserId, StatusId], StoredStatus] = field(default_factory=dict)
    calendar_links: dict[UserId, CalendarLink] = field(default_factory=dict)
    imports: dict[ImportId, StoredImport] = field(default_factory=dict)

    def snapshot(self) -> "Tables":
        """The same rows, to be changed apart from these."""
        return Tables(**{name: copy(rows) for name, rows in vars(self).items()})

    def of(self, user_id: UserId) -> "Tables":
        """That user's rows and what is everybody's, to be changed apart from these."""
        return self._where(lambda row: whose(row) in {None, user_id})

    def without(self, user_id: UserId) -> "Tables":
        """The rows of all other users, to be left alone."""
        return self._where(lambda row: whose(row) not in {None, user_id})

    def with_those_of(self, others: "Tables") -> "Tables":
        """These rows and those of *others*."""
        return Tables(**{name: _joined(getattr(others, name), rows) for name, rows in vars(self).items()})

    def _where(self, fits: Callable[[object], bool]) -> "Tables":
        return Tables(**{name: _kept(rows, fits) for name, rows in vars(self).items()})

    def require_user(self, user_id: UserId) -> None:
        """Raise `NotFound` unless there is such an account: nothing belongs to nobody."""
        if user_id not in self.users:
            raise NotFound

    def forget_user(self, user_id: UserId) -> None:
        """Drop whatever is the user's own."""
        for name, rows in vars(self).items():
            if isinstance(rows, dict):
                others = {key: row for key, row in rows.items() if getattr(row, "user_id", None) != user_id}
                setattr(self, name, others)
        self.events = [stored for stored in self.events if stored.event.change.user_id != user_id]

    def forget(self, analyses: Collection[AnalysisId]) -> None:
        """Drop analyses with their jobs and dead letters."""
        for analysis_id in analyses:
            del self.analyses[analysis_id]
            self.jobs.pop(JobId(analysis_id), None)
        jobs = {JobId(analysis_id) for analysis_id in analyses}
        self.letters = {key: letter for key, letter in self.letters.items() if letter.job.id not in jobs}


def whose(row: object) -> UserId | None:
    """To whom a row belongs; None for what is everybody's."""
    return row.id if isinstance(row, User) else getattr(row, "user_id", None)


def _kept(rows: Any, fits: Callable[[object], bool]) -> Any:
    return {key: row for key, row in rows.items() if fits(row)} if isinstance(rows, dict) else copy(rows)


def _joined(others: Any, rows: Any) -> Any:
    return others | rows if isinstance(rows, dict) else rows


class Draft:
    """The tables as one open transaction sees and changes them. Its time stands still, as a database's does."""

    def __init__(
        self,
        tables: Tables,
        now: datetime,
        fair_spacing: timedelta,
        new_id: Callable[[], UUID],
        user_id: UserId | None = None,
    ) -> None:
        """With a *user_id* only that user's part of *tables* is seen."""
        self._user_id = user_id
        self._tables = tables.snapshot() if user_id is None else tables.of(user_id)
        self._others = Tables() if user_id is None else tables.without(user_id)
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
    def queue(self) -> list[LiveJob]:
        """Everybody's jobs, by which a user's own are counted."""
        return [*self._others.jobs.values(), *self.tables.jobs.values()]

    def whole(self) -> Tables:
        """Everybody's rows as they are after this. Raises `NotFound` where one was written for another user."""
        if self._user_id is None:
            return self.tables
        if any(
            row for rows in vars(self.tables.without(self._user_id)).values() if isinstance(rows, dict) for row in rows
        ):
            raise NotFound
        return self.tables.with_those_of(self._others)

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


def touch(draft: Draft, concerned: Callable[[Application], bool], at: datetime) -> None:
    """Count a version of each application in sight that looks different *at* that instant, though nobody changed it."""
    applications = draft.tables.applications
    for key, stored in applications.items():
        if stored.hidden_at is None and concerned(stored.application):
            one_on = replace(stored.application, version=stored.application.version + 1, updated_at=at)
            applications[key] = replace(stored, application=one_on)


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
