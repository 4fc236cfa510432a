"""What Jatify asks of the outside world. Read this file first.

Use cases need nothing else. Ids, instants (UTC) and randomness come in as values. What is a user's is found with his
`user_id` alone: another's, a deleted or a missing row raises `NotFound`. Whatever is down or full raises `Unavailable`.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from jatify_core.analysis import Identity, Material, Outcome
from jatify_core.clipping import Clipping, Paste
from jatify_core.kept_ports import (
    Analyses,
    Asks,
    Events,
    Idempotency,
    Resumes,
    Sessions,
    Throttle,
    Users,
)
from jatify_core.policy import Policy
from jatify_core.queue_ports import DeadLetters, Jobs
from jatify_core.resume import Extraction, Upload
from jatify_core.search_ports import Applications, CalendarLinks, Imports, Listings, Reminders, Statuses
from jatify_core.user import Session, SessionId, UserId

__all__ = [
    "Analyses",
    "Analyzer",
    "Applications",
    "Asks",
    "CalendarLinks",
    "DeadLetters",
    "Events",
    "Extractor",
    "Idempotency",
    "Imports",
    "Jobs",
    "ListingReader",
    "Listings",
    "Passwords",
    "Ports",
    "Reminders",
    "Resumes",
    "Sessions",
    "Statuses",
    "Store",
    "Throttle",
    "Tokens",
    "Transaction",
    "Users",
]


class Transaction(Struct, frozen=True):
    """Everything stored, seen through one transaction; made by a store, valid while it is open."""

    users: Users
    sessions: Sessions
    listings: Listings
    applications: Applications
    resumes: Resumes
    analyses: Analyses
    jobs: Jobs
    dead_letters: DeadLetters
    asks: Asks
    idempotency: Idempotency
    events: Events
    throttle: Throttle
    statuses: Statuses
    reminders: Reminders
    calendar_links: CalendarLinks
    imports: Imports


class Store(Protocol):
    """The place where everything is kept."""

    def transaction(self, user_id: UserId | None = None) -> AbstractAsyncContextManager[Transaction]:
        """Commit when the block ends, roll back when it raises. Transactions do not nest.

        With a *user_id* it is that user's: what is others' is not there, whatever is asked for, and what is written for
        another is `NotFound`. Without one it is the house's own, for logins and for the worker.
        """

    @property
    def jobs(self) -> Jobs:
        """The queue outside of any transaction: each call is one of its own."""

    async def check(self) -> None:
        """Return if the store answers and is fit for this release; else raise `Unavailable` with words."""

    async def listen(self, wake: Callable[[], None], give_up: Callable[[], None]) -> None:
        """Call *wake* whenever a job may have become claimable (a hint only), and each time the line was (re)made.

        *give_up* is called before others may take this process for dead and rescue its jobs. Runs until cancelled.
        """

    @property
    def listening(self) -> bool:
        """Whether hints arrive now."""

    async def watch(self, news: Callable[[], None], ended: Callable[[], None]) -> None:
        """Call *news* whenever there may be events to read, and *ended* when sessions may have ended (hints only).

        Each time the line was (re)made both are called. Shares the line of `listen`. Runs until cancelled.
        """

    @property
    def watching(self) -> bool:
        """Whether these hints arrive now."""


class Analyzer(Protocol):
    """Whoever judges resumes: a model, or rules."""

    @property
    def identity(self) -> Identity:
        """Provider, model asked for, and prompt version: with the texts they decide a report."""

    async def analyze(self, material: Material) -> Outcome:
        """Judge, which may take minutes. Never raises for what the world did: that is a `Refusal` or an `Outage`."""


class Extractor(Protocol):
    """Whoever takes text out of files."""

    async def extract(self, upload: Upload) -> Extraction:
        """Text, or why there is none, within 30 seconds and bounded memory whatever the file holds."""


class ListingReader(Protocol):
    """Whoever finds a listing in what somebody pasted."""

    async def read(self, paste: Paste) -> Clipping:
        """What of a listing stands in *paste*, soon and in bounded memory whatever it holds; nothing is fetched."""


class Passwords(Protocol):
    """Slow, salted hashes."""

    async def hash(self, password: str) -> str:
        """Hash with today's parameters."""

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether *password* made *hashed*; if not, after the same time for each *hashed* and for None."""

    def outdated(self, hashed: str) -> bool:
        """Whether *hashed* was made with other parameters than today's."""

    def turn(self) -> AbstractContextManager[None]:
        """Hold a place while the block runs, in which `hash` and `verify` need no other, or raise `Unavailable`."""

    async def weakness(self, password: str, about: Sequence[str]) -> str | None:
        """Why somebody who knows *about* its owner guesses *password* easily, and what to do; None if nobody does."""


class Tokens(Protocol):
    """Signed bearer tokens that carry a session's id."""

    def issue(self, session: Session) -> str:
        """A token that names *session* and ends with it."""

    def read(self, token: str, at: datetime) -> SessionId:
        """The session *token* names. Raises `Unauthenticated` unless it is ours, whole and not expired at *at*."""


class Ports(Struct, frozen=True):
    """Everything a use case may ask, composed once at start-up."""

    store: Store
    analyzer: Analyzer
    extractor: Extractor
    passwords: Passwords
    tokens: Tokens
    reader: ListingReader
    clock: Callable[[], datetime]  # now, in UTC
    new_id: Callable[[], UUID]  # a fresh UUID of version 7
    policy: Policy = Policy()
    second_opinion: Analyzer | None = None  # whose score a model's should not exceed by far
