"""The ports of accounts, resumes and analyses, and of what is remembered of requests. `ports` has them all."""

from collections.abc import Collection, Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Protocol

from jatify_core.analysis import Analysis, AnalysisId, Judgement
from jatify_core.dead_letter import Dropped
from jatify_core.event import Batch, Change
from jatify_core.idempotency import KeyedRequest, Taken
from jatify_core.job import End, Job
from jatify_core.listing import ListingId
from jatify_core.paging import Page, Window
from jatify_core.resume import Kept, Resume, ResumeFilter, ResumeId
from jatify_core.throttle import Attempts
from jatify_core.user import Session, SessionId, User, UserId


class Users(Protocol):
    """Accounts."""

    async def add(self, user: User) -> None:
        """Store a new account. Raises `Conflict` if its e-mail is taken, without regard to case."""

    async def by_email(self, email: str, *, lock: bool = False) -> User | None:
        """The account with this e-mail, without regard to case; with *lock* nobody else changes it meanwhile."""

    async def save(self, user: User) -> None:
        """Replace all of a stored account but its id, its e-mail and its creation."""

    async def get(self, user_id: UserId, *, lock: bool = False) -> User:
        """One account; with *lock* nobody else changes it before the transaction ends."""

    async def page(self, window: Window) -> Page[User]:
        """Every account there is."""

    async def remove(self, user_id: UserId) -> None:
        """Delete an account with all that is its own, in every table; what runs for it meanwhile records nothing.

        Raises `Contended`, and has done nothing, where it gave way to a worker that was ending the user's jobs.
        """

    async def lock(self, user_id: UserId) -> None:
        """Until this transaction ends, hold up all others that lock this user: what he has may be counted now.

        Before any other lock, lest two transactions wait for each other.
        """


class Sessions(Protocol):
    """Logins. A session that is not here is not logged in, whatever its token says."""

    async def add(self, session: Session) -> None:
        """Store a new session."""

    async def find(self, session_id: SessionId) -> tuple[Session, User] | None:
        """The session and its user in one round trip, or None; expired ones are found too."""

    async def remove(self, user_id: UserId, session_id: SessionId) -> bool:
        """End a session; whether it was still there."""

    async def remove_all(self, user_id: UserId, but: SessionId | None = None) -> None:
        """End every session of a user *but* one."""

    async def page(self, user_id: UserId, window: Window, at: datetime | None = None) -> Page[Session]:
        """A user's sessions that have not ended by *at*; with None all that are stored."""

    async def touch(self, session_id: SessionId, at: datetime) -> None:
        """Note that a session was used *at* an instant, if it is `unnoticed`. Waits for nobody."""

    async def drop_ended(self, at: datetime, limit: int) -> int:
        """Drop up to *limit* sessions, whosever, that have ended by *at*; return how many. Waits for nobody."""

    async def living(self, session_ids: Collection[SessionId]) -> Set[SessionId]:
        """Those of them that are here; expired ones too."""


class Resumes(Protocol):
    """Resumes: the facts, the file and the text, of which the last two are read only when asked for."""

    async def add(self, resume: Resume, content: bytes, text: str) -> None:
        """Store a new resume with its file and text."""

    async def get(self, user_id: UserId, resume_id: ResumeId, *, lock: bool = False) -> Resume:
        """The facts about one resume."""

    async def content(self, user_id: UserId, resume_id: ResumeId) -> bytes:
        """The file exactly as uploaded."""

    async def text(self, user_id: UserId, resume_id: ResumeId) -> str:
        """The text exactly as analyzers see it."""

    async def save(self, resume: Resume) -> None:
        """Replace the name of a stored resume that was read with a lock."""

    async def remove(self, user_id: UserId, resume_id: ResumeId) -> None:
        """Delete a resume with its analyses, jobs and dead letters, told of.

        Applications keep their row and what they know of it, unlinked and one version on.
        """

    async def page(self, user_id: UserId, where: ResumeFilter) -> Page[Resume]:
        """Resumes that match."""

    async def kept(self, user_id: UserId) -> Kept:
        """How many files the user keeps, and their bytes together."""


class Analyses(Protocol):
    """Analyses. `running`, the attempts so far and the start are read off the job while it lives."""

    async def add_or_get(self, analysis: Analysis, job: Job) -> Analysis:
        """Store *analysis* if *job* is its own; else return the analysis whose job that is."""

    async def get(self, user_id: UserId, analysis_id: AnalysisId) -> Analysis:
        """One analysis."""

    async def newest(self, user_id: UserId, resume_id: ResumeId, listing_id: ListingId | None) -> Analysis:
        """The newest analysis of this pair, or of the resume on its own."""

    async def succeeded(
        self, user_id: UserId, resume_id: ResumeId, listing_id: ListingId | None, inputs_hash: str
    ) -> Analysis | None:
        """The newest analysis of this pair, or of the resume on its own, that succeeded on the very same inputs."""

    async def page(self, user_id: UserId, resume_id: ResumeId, window: Window) -> Page[Analysis]:
        """Every analysis of a resume."""

    async def of_listing(self, user_id: UserId, listing_id: ListingId, limit: int) -> Sequence[Judgement]:
        """In brief the newest analyses against a listing, of any resume, newest first."""

    async def record(self, ends: Sequence[End]) -> None:
        """Write what settled jobs mean for their analyses, in the same transaction: a report, a failure, or nothing.

        Each analysis that ends by it has its event.
        """

    async def drop(self, user_id: UserId, analysis_id: AnalysisId) -> Dropped:
        """Cancel an analysis that has not ended, with its job; delete one that has, with its dead letter."""

    async def reopen(self, analysis_ids: Sequence[AnalysisId]) -> None:
        """Make failed analyses queued again; their jobs live again in this transaction."""

    async def take_in(self, analyses: Sequence[Analysis]) -> None:
        """Store analyses that have ended as they are, reports included: nothing is queued, nothing told."""

    async def begun(self, job: Job) -> Analysis:
        """The analysis that *job* is to carry out. While its claim holds, an event tells that it runs."""


class Asks(Protocol):
    """How often each user has asked for an analysis, whatever has become of it. Count and add with the user locked."""

    async def since(self, user_id: UserId, at: datetime) -> int:
        """How many there were after *at*."""

    async def newest_but(self, user_id: UserId, count: int) -> datetime | None:
        """When the newest was but for *count* later ones; None where there were no more than those."""

    async def add(self, user_id: UserId, count: int, at: datetime, forget: datetime) -> None:
        """Note *count* more, at *at*; what was not later than *forget* need not be kept."""


class Idempotency(Protocol):
    """Keys of requests that may arrive twice, each user's own. All instants are the store's own clock's."""

    async def take(self, request: KeyedRequest, lease: timedelta, life: timedelta) -> Taken | None:
        """Take the key for *request*'s owner; or return what it stands for already, which stays.

        A key is free that is new, whose *life* is over, or whose *lease* has lapsed without an answer.
        """

    async def answer(self, request: KeyedRequest, answer: bytes) -> None:
        """Keep *answer* as long as the key lives. Raises `UnderWay` unless it is still *request*'s owner's."""

    async def release(self, request: KeyedRequest) -> None:
        """Free the key, if it is still *request*'s owner's and has no answer."""

    async def sweep(self, limit: int) -> int:
        """Forget up to *limit* keys of everybody's whose life is over; return how many."""


class Events(Protocol):
    """What changed, for those who watch: kept for a day, and gone with the user."""

    async def add(self, changes: Sequence[Change]) -> None:
        """Have watchers told of *changes* once this transaction, which has the things' rows, commits."""

    async def read(self, user_ids: Collection[UserId], after: int | None, limit: int) -> Batch:
        """Up to *limit* events of these users after the number *after*, oldest first; with None only how far they go.

        Whatever order transactions commit in, nothing appears later that a reader who goes on from `upto` would miss.
        A number that has not been given yet counts as the newest.
        """

    async def forget(self, limit: int) -> int:
        """Delete up to *limit* events that are older than a day; return how many there were."""


class Throttle(Protocol):
    """What is remembered of attempts, by keys that are digests; its instants are the store's own clock's."""

    async def get(self, keys: Sequence[bytes], *, lock: bool = False) -> tuple[datetime, Mapping[bytes, Attempts]]:
        """The time, and the tallies that *keys* have and that are not forgotten.

        With *lock* nobody else gets one of *keys* with a lock before the transaction ends, with a tally or without.
        """

    async def save(self, tallies: Mapping[bytes, Attempts | None]) -> None:
        """Replace tallies that were read with a lock; None is for no tally. Forgotten ones go away by and by."""

    async def prolong(self, key: bytes, until: datetime) -> None:
        """Have a tally wait until then, if it waits less; this waits for nobody who changes it just now."""
