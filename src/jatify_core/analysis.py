"""An analysis: one question about a resume, on its way from the queue to a report or a failure."""

import hashlib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal, NewType
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import replace

from jatify_core.findings import Proposal
from jatify_core.listing import Listing, ListingId
from jatify_core.report import Report
from jatify_core.resume import Resume, ResumeId
from jatify_core.user import UserId

AnalysisId = NewType("AnalysisId", UUID)

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]

Reason = Literal[
    "timeout",
    "network",
    "rate_limited",
    "provider_unavailable",
    "provider_error",
    "insufficient_credits",
    "unauthorized",
    "model_not_found",
    "context_too_long",
    "refused",
    "invalid_output",
    "resume_unreadable",
    "listing_empty",
    "cancelled",
    "worker_lost",
    "internal",
]
"""Why an analysis has no report; the codes of analysis.md, 4."""


Name = Annotated[str, Meta(max_length=1_000)]


class Identity(Struct, frozen=True):
    """Which analyzer: its provider, the model asked for or that answered, the version of the prompt or the rules."""

    provider: Name
    model: Name
    prompt_version: Name


class Usage(Struct, frozen=True):
    """What one analysis cost; None where the provider did not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Decimal | None = None


class Material(Struct, frozen=True):
    """What an analyzer reads. Resume and listing are untrusted text; `pseudonym` stands for the user."""

    analysis_id: AnalysisId
    resume: str
    listing: str | None
    pseudonym: str


class Findings(Struct, frozen=True):
    """The world answered: a proposal, the model that really made it, and what it cost."""

    proposal: Proposal
    model: str
    usage: Usage = Usage()


class Refusal(Struct, frozen=True):
    """It will never work as asked; trying again would only cost."""

    reason: Reason
    message: str


class Outage(Struct, frozen=True):
    """It did not work this time.

    `retry_after` is the time the provider asked for: the job comes back then, and no attempt is burned unless it
    `spends` one, as where the provider is not asked too often but out of order.
    `pauses` means that every call would fail alike (a wrong key, an empty account): the whole queue waits.
    `tries` limits how often this very reason may recur before it is for good; None leaves it to the attempts.
    """

    reason: Reason
    message: str
    retry_after: timedelta | None = None
    pauses: bool = False
    tries: int | None = None
    spends: bool = False


Outcome = Findings | Refusal | Outage


class Failure(Struct, frozen=True):
    """Why there is no report: a code, and words safe to show."""

    code: Reason
    message: Annotated[str, Meta(max_length=2_000)]


class Completed(Struct, frozen=True):
    """A report and its provenance: what the analysis row keeps when its job ends well."""

    report: Report
    identity: Identity
    usage: Usage
    resume_hash: str
    listing_hash: str | None
    inputs_hash: str
    started_at: datetime


class Analysis(Struct, frozen=True, kw_only=True):
    """One analysis. Its id is also its job's.

    The hashes name what was asked; `stale` tells that the resume or the listing reads otherwise now.
    """

    id: AnalysisId
    user_id: UserId
    resume_id: ResumeId
    listing_id: ListingId | None
    state: State
    report: Report | None = None
    error: Failure | None = None
    identity: Identity
    usage: Usage = Usage()
    attempts: int = 0
    stale: bool = False
    resume_hash: str
    listing_hash: str | None
    inputs_hash: str
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @classmethod
    def queued(
        cls, analysis_id: AnalysisId, resume: Resume, listing: Listing | None, identity: Identity, at: datetime
    ) -> "Analysis":
        """A new analysis of *resume*, against *listing* or on its own."""
        listing_hash = listing.content_hash if listing else None
        return cls(
            id=analysis_id,
            user_id=resume.user_id,
            resume_id=resume.id,
            listing_id=listing.id if listing else None,
            state="queued",
            identity=identity,
            resume_hash=resume.text_hash,
            listing_hash=listing_hash,
            inputs_hash=inputs_hash(resume.text_hash, listing_hash, identity),
            created_at=at,
        )

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in {"succeeded", "failed", "cancelled"}

    def succeeded(self, completed: Completed, attempts: int, at: datetime) -> "Analysis":
        """This analysis with its report."""
        return replace(
            self,
            state="succeeded",
            report=completed.report,
            error=None,
            identity=completed.identity,
            usage=completed.usage,
            attempts=attempts,
            resume_hash=completed.resume_hash,
            listing_hash=completed.listing_hash,
            inputs_hash=completed.inputs_hash,
            started_at=completed.started_at,
            finished_at=at,
        )

    def failed(self, failure: Failure, attempts: int, at: datetime) -> "Analysis":
        """This analysis, given up."""
        return replace(self, state="failed", error=failure, attempts=attempts, finished_at=at)

    def requeued(self) -> "Analysis":
        """This failed analysis, waiting once more."""
        return replace(self, state="queued", error=None, attempts=0, started_at=None, finished_at=None)


class Judgement(Struct, frozen=True):
    """An analysis in brief: of which resume, what became of it, and when that was."""

    id: AnalysisId
    resume_id: ResumeId
    resume_name: str
    state: State
    score: int | None
    at: datetime


def inputs_hash(resume_hash: str, listing_hash: str | None, identity: Identity) -> str:
    """SHA-256 (hex) over everything that decides a report: both texts, the analyzer asked, its prompt version."""
    parts = (resume_hash, listing_hash or "", identity.provider, identity.model, identity.prompt_version)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
