"""Sample values and sample rows: a seeker with a resume and a listing, and jobs that he waits for."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar
from uuid import UUID, uuid4, uuid5

from msgspec import Struct

from jatify_adapters.contracts.new_store import NewStore
from jatify_core.analysis import Analysis, AnalysisId, Completed, Identity, Reason, Usage
from jatify_core.application import Application, ApplicationId, StatusChange, StatusId, StepId
from jatify_core.dead_letter import DeadLetterFilter
from jatify_core.findings import Proposal, ProposedPoint, ProposedScore, ProposedSkill, Quote, Suggestion, weights
from jatify_core.imports import Import, ImportId
from jatify_core.job import ANALYSIS, End, Job
from jatify_core.listing import Listing, ListingBrief, ListingDraft, ListingId, Salary
from jatify_core.paging import Page, Position, Sort, Window
from jatify_core.ports import Transaction
from jatify_core.report import Report
from jatify_core.resume import Extracted, Resume, ResumeId, Upload
from jatify_core.user import Session, SessionId, User, UserId

T = TypeVar("T")

IDENTITY: Final = Identity("scripted", "model/1", "1")
RESUME_TEXT: Final = "Ada Lovelace\n2019 to 2024: wrote the first program, cut run time by 40 %.\nPython, Postgres."
LEASE: Final = timedelta(seconds=30)
MINUTE: Final = timedelta(minutes=1)
NEWEST_LETTERS: Final = DeadLetterFilter(Window(Sort("failed_at", descending=True)))
NEWEST_FIRST: Final = Sort("created_at", descending=True)
FULL_DRAFT: Final = ListingDraft(
    company="Analytical Engines",
    position="Programmer",
    description="You need Python and Postgres.",
    url="https://example.org/positions/1",
    location="London",
    workplace="hybrid",
    employment_type="full time",
    salary=Salary(50_000, 70_000, "GBP", "year"),
    source="a friend",
    posted_on=date(2026, 11, 2),
    deadline_on=date(2026, 12, 2),
)


def a_user(at: datetime, email: str | None = None) -> User:
    """A user nobody has met; without *email* his is unique."""
    user_id = UserId(uuid4())
    return User(user_id, email or f"{user_id}@example.org", "Ada", "hashed", at)


def a_session(user: User, at: datetime) -> Session:
    """A login of *user* that ends in a day."""
    return Session(SessionId(uuid4()), user.id, at, at, at + timedelta(days=1), "Browser/1")


def a_listing(user_id: UserId, at: datetime, draft: ListingDraft | None = None) -> Listing:
    """A listing that uses every member, or that of *draft*."""
    return Listing.of(draft or FULL_DRAFT, ListingId(uuid4()), user_id, at)


def a_resume(user_id: UserId, at: datetime, name: str = "Resume", filename: str = "ada.txt") -> Resume:
    """A resume whose file and text are `RESUME_TEXT`."""
    upload = Upload(filename, "text/plain", RESUME_TEXT.encode())
    extracted = Extracted("text/plain", RESUME_TEXT, None, ("no_sections_found",))
    return Resume.of(upload, extracted, ResumeId(uuid4()), user_id, name, at)


def an_application(listing: Listing, at: datetime, resume_id: ResumeId | None = None) -> Application:
    """An application for *listing*, not sent yet."""
    return Application(
        id=ApplicationId(uuid4()),
        user_id=listing.user_id,
        listing=ListingBrief(listing.id, listing.company, listing.position),
        resume_id=resume_id,
        status_id=StatusId("saved"),
        applied_on=None,
        cover_letter=None,
        notes=None,
        tags=(),
        follow_up_on=None,
        created_at=at,
        updated_at=at,
    )


def first_step(application: Application) -> StatusChange:
    """The step with which the history of *application* begins."""
    return a_step(application, application.status_id, application.created_at, "found it")


def a_step(application: Application, status_id: str, at: datetime, note: str | None = None) -> StatusChange:
    """A step of *application*, always the same one, written down when it happened."""
    return StatusChange(
        id=StepId(uuid5(application.id, f"{status_id} {at.isoformat()} {note}")),
        status_id=StatusId(status_id),
        at=at,
        claimed_at=at,
        recorded_at=at,
        note=note,
    )


def an_import(user_id: UserId, at: datetime, count: int = 0) -> Import:
    """An import that brought *count* applications, each with a listing."""
    return Import(ImportId(uuid4()), user_id, "applications.csv", at, count, count)


def an_analysis(resume: Resume, listing: Listing | None, at: datetime) -> Analysis:
    """A new analysis of *resume* against *listing*."""
    return Analysis.queued(AnalysisId(uuid4()), resume, listing, IDENTITY, at)


def a_completed(analysis: Analysis, at: datetime) -> Completed:
    """A result of *analysis* with a report that the texts bear out, made by another model than the one asked."""
    return Completed(
        report=a_report(),
        identity=Identity("scripted", "model/2", "1"),
        usage=Usage(1_200, 340, Decimal("0.001234")),
        resume_hash=analysis.resume_hash,
        listing_hash=analysis.listing_hash,
        inputs_hash=analysis.inputs_hash,
        started_at=at,
    )


def a_report() -> Report:
    """A report with something in each of its members."""
    quote = Quote("resume", "Python, Postgres.")
    proposal = Proposal(
        sub_scores=[
            ProposedScore(key, None if key == "education" else 80, "It shows.", [quote])
            for key in weights(against_listing=True)
        ],
        matched_skills=[ProposedSkill("Python", "required", [quote])],
        missing_skills=[ProposedSkill("Go", "mentioned")],
        strengths=[ProposedPoint("Measures what she does.", [Quote("resume", "cut run time by 40 %")])],
        gaps=[ProposedPoint("No degree named.")],
        suggestions=[Suggestion("high", "Name your degree.", "Education")],
        summary="A good match.",
    )
    return Report.checked(proposal, RESUME_TEXT, "Python", ["no_sections_found"])


class Seeker(Struct, frozen=True):
    """A stored user with one stored listing."""

    user: User
    listing: Listing


async def a_seeker(new_store: NewStore) -> Seeker:
    """Store a user and a listing of his."""
    user = a_user(new_store.now())
    listing = a_listing(user.id, new_store.now())
    async with new_store.store.transaction() as tx:
        await tx.users.add(user)
        await tx.listings.add(listing)
    return Seeker(user, listing)


async def a_stored_resume(new_store: NewStore, seeker: Seeker, name: str = "Resume") -> Resume:
    """Store a resume of *seeker*."""
    resume = a_resume(seeker.user.id, new_store.now(), name)
    async with new_store.store.transaction() as tx:
        await tx.resumes.add(resume, RESUME_TEXT.encode(), RESUME_TEXT)
    return resume


async def ask(
    new_store: NewStore, resume: Resume, listing: Listing | None, *, kind: str = ANALYSIS, max_attempts: int = 5
) -> Analysis:
    """Queue an analysis as a use case would: its row and its job in one transaction."""
    analysis = an_analysis(resume, listing, new_store.now())
    job = Job.for_analysis(analysis, max_attempts)
    async with new_store.store.transaction() as tx:
        enqueued = await tx.jobs.enqueue(with_kind(job, kind))
        return await tx.analyses.add_or_get(analysis, enqueued)


def with_kind(job: Job, kind: str) -> Job:
    """The same job of another kind."""
    return Job(
        id=job.id,
        user_id=job.user_id,
        kind=kind,
        dedup_key=job.dedup_key,
        max_attempts=job.max_attempts,
        enqueued_at=job.enqueued_at,
    )


async def queued(
    new_store: NewStore, seeker: Seeker, *, kind: str = ANALYSIS, max_attempts: int = 5, name: str = "Resume"
) -> Analysis:
    """Queue an analysis of a resume of its own, so that no other job has its key."""
    resume = await a_stored_resume(new_store, seeker, name)
    return await ask(new_store, resume, seeker.listing, kind=kind, max_attempts=max_attempts)


async def claim(new_store: NewStore, limit: int = 1, kinds: Sequence[str] = (ANALYSIS,)) -> Sequence[Job]:
    """Claim in a transaction of its own, for `LEASE`."""
    async with new_store.store.transaction() as tx:
        return await tx.jobs.claim(kinds, limit, LEASE, "worker")


async def claim_one(new_store: NewStore) -> Job:
    """Claim the one job that must be due."""
    (job,) = await claim(new_store)
    return job


async def settle(new_store: NewStore, *ends: End) -> Sequence[End]:
    """Settle as a worker does: the ends and what they mean for the analyses, in one transaction."""
    async with new_store.store.transaction() as tx:
        lost = await tx.jobs.settle(ends)
        await tx.analyses.record([end for end in ends if end not in lost])
    return lost


async def bury_next(new_store: NewStore, reason: Reason = "refused") -> Job:
    """Claim the job that is due first and bury it; return it as it was claimed."""
    job = await claim_one(new_store)
    assert not await settle(new_store, End.buried(job, reason, "It will not work."))
    return job


@asynccontextmanager
async def rolled_back(new_store: NewStore) -> AsyncIterator[Transaction]:
    """A transaction in which all goes well until it raises at its very end."""
    with suppress(ChangeOfMind):
        async with new_store.store.transaction() as tx:
            yield tx
            raise ChangeOfMind


class ChangeOfMind(Exception):
    """What makes a transaction roll back."""


async def walk(fetch: Callable[[Window], Awaitable[Page[T]]], sort: Sort, limit: int) -> list[T]:
    """Every row, page by page, as a client follows the cursors."""
    rows: list[T] = []
    after: Position | None = None
    while True:
        page = await fetch(Window(sort, limit, after))
        assert len(page.items) <= limit
        rows.extend(page.items)
        if page.next is None:
            return rows
        assert len(page.items) == limit
        after = page.next


def strangers_id() -> UserId:
    """The id of somebody who owns nothing."""
    return UserId(uuid4())


def unknown_id() -> UUID:
    """An id that nothing has."""
    return uuid4()
