"""Analyses on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from jatify_core.analysis import Analysis, Failure, Identity, State, Usage
from jatify_core.findings import Percent
from jatify_core.listing import ListingId
from jatify_core.report import Report
from jatify_http.schemas import MOST, Count, utc, utc_or_none
from jatify_http.schemas.lists import ListQuery


class AnalyzeRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What to compare a resume with: a listing, or null for a general review; *force* asks for a fresh answer."""

    job_id: ListingId | None = None
    force: bool = False


class UsageView(Struct, frozen=True):
    """What an analysis cost; null where the provider did not say."""

    input_tokens: Count | None
    output_tokens: Count | None
    cost_usd: Annotated[float, Meta(ge=0, le=MOST)] | None

    @classmethod
    def of(cls, usage: Usage) -> "UsageView":
        """How *usage* looks."""
        cost = None if usage.cost_usd is None else float(usage.cost_usd)
        return cls(usage.input_tokens, usage.output_tokens, cost)


class AnalysisView(Struct, frozen=True, kw_only=True):
    """An analysis; `stale` tells that the resume or the listing has changed since."""

    id: UUID
    resume_id: UUID
    job_id: UUID | None
    state: State
    score: Percent | None
    result: Report | None
    error: Failure | None
    analyzer: Identity
    usage: UsageView
    attempts: Count
    stale: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, analysis: Analysis) -> "AnalysisView":
        """How *analysis* looks."""
        return cls(
            id=analysis.id,
            resume_id=analysis.resume_id,
            job_id=analysis.listing_id,
            state=analysis.state,
            score=analysis.report.score if analysis.report else None,
            result=analysis.report,
            error=analysis.error,
            analyzer=analysis.identity,
            usage=UsageView.of(analysis.usage),
            attempts=analysis.attempts,
            stale=analysis.stale,
            created_at=utc(analysis.created_at),
            started_at=utc_or_none(analysis.started_at),
            finished_at=utc_or_none(analysis.finished_at),
        )


class AnalysisQuery(ListQuery, frozen=True, kw_only=True):
    """Which analyses of a resume."""

    sort: Literal["created_at", "-created_at"] = "-created_at"
