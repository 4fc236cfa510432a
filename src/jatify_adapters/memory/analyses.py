"""Analyses in memory."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from msgspec.structs import replace

from jatify_adapters.memory.events import tell
from jatify_adapters.memory.pages import page
from jatify_adapters.memory.tables import Draft, owned
from jatify_core.analysis import Analysis, AnalysisId, Failure, Judgement
from jatify_core.dead_letter import Dropped
from jatify_core.errors import NotFound
from jatify_core.event import Change
from jatify_core.job import ANALYSIS, End, Job, JobId
from jatify_core.listing import ListingId
from jatify_core.paging import Page, Window
from jatify_core.resume import ResumeId
from jatify_core.user import UserId


class MemoryAnalyses:
    """The port `Analyses`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def add_or_get(self, analysis: Analysis, job: Job) -> Analysis:
        """Store *analysis* unless *job* is another's."""
        if job.id == JobId(analysis.id):
            owned(self._draft.tables.resumes, analysis.user_id, analysis.resume_id)
            if analysis.listing_id is not None:
                owned(self._draft.tables.listings, analysis.user_id, analysis.listing_id)
            self._draft.tables.analyses[analysis.id] = analysis
        return await self.get(analysis.user_id, AnalysisId(job.id))

    async def get(self, user_id: UserId, analysis_id: AnalysisId) -> Analysis:
        """One analysis."""
        return self._shown(owned(self._draft.tables.analyses, user_id, analysis_id))

    async def newest(self, user_id: UserId, resume_id: ResumeId, listing_id: ListingId | None) -> Analysis:
        """The newest of a pair."""
        newest = _newest(a for a in self._of(user_id, resume_id) if a.listing_id == listing_id)
        if newest is None:
            raise NotFound
        return newest

    async def succeeded(
        self, user_id: UserId, resume_id: ResumeId, listing_id: ListingId | None, inputs_hash: str
    ) -> Analysis | None:
        """The newest success of a pair on the same inputs."""
        pair = (a for a in self._of(user_id, resume_id) if a.listing_id == listing_id)
        return _newest(a for a in pair if a.state == "succeeded" and a.inputs_hash == inputs_hash)

    async def page(self, user_id: UserId, resume_id: ResumeId, window: Window) -> Page[Analysis]:
        """Every analysis of a resume."""
        return page(self._of(user_id, resume_id), window)

    async def of_listing(self, user_id: UserId, listing_id: ListingId, limit: int) -> Sequence[Judgement]:
        """In brief the newest analyses against a listing."""
        own = (a for a in self._draft.tables.analyses.values() if a.user_id == user_id and a.listing_id == listing_id)
        judged = sorted((self._judgement(a) for a in own), key=lambda one: (one.at, one.id), reverse=True)
        return judged[:limit]

    async def record(self, ends: Sequence[End]) -> None:
        """Write what settled jobs mean."""
        analyses = self._draft.tables.analyses
        for end in ends:
            analysis = analyses.get(AnalysisId(end.lease.job_id))
            if analysis and not analysis.ended:
                recorded = analyses[analysis.id] = self._recorded(analysis, end)
                if recorded.ended:
                    tell(self._draft, Change.analysis(analysis.user_id, analysis.id, recorded.state))

    async def drop(self, user_id: UserId, analysis_id: AnalysisId) -> Dropped:
        """Cancel an analysis whose job lives; delete one whose job is gone."""
        tables, analysis = self._draft.tables, await self.get(user_id, analysis_id)
        if tables.jobs.pop(JobId(analysis_id), None) and not analysis.ended:
            tables.analyses[analysis_id] = replace(analysis, state="cancelled", finished_at=self._draft.now)
            return Dropped(cancelled=True)
        letters = [letter.id for letter in tables.letters.values() if letter.job.id == JobId(analysis_id)]
        tables.forget([analysis_id])
        return Dropped(cancelled=False, letter=next(iter(letters), None))

    async def reopen(self, analysis_ids: Sequence[AnalysisId]) -> None:
        """Make failed analyses queued again."""
        analyses = self._draft.tables.analyses
        for analysis_id in analysis_ids:
            if analyses[analysis_id].state == "failed":
                analyses[analysis_id] = analyses[analysis_id].requeued()

    async def take_in(self, analyses: Sequence[Analysis]) -> None:
        """Store analyses that have ended."""
        for analysis in analyses:
            owned(self._draft.tables.resumes, analysis.user_id, analysis.resume_id)
            if analysis.listing_id is not None:
                owned(self._draft.tables.listings, analysis.user_id, analysis.listing_id)
            self._draft.tables.analyses[analysis.id] = analysis

    async def begun(self, job: Job) -> Analysis:
        """The analysis that *job* is to carry out."""
        analysis = await self.get(job.user_id, AnalysisId(job.id))
        live = self._draft.tables.jobs.get(job.id)
        if live and live.lease_ends_at and live.job.run == job.run and job.kind == ANALYSIS:
            tell(self._draft, Change.analysis(job.user_id, analysis.id, "running"))
        return analysis

    def _recorded(self, analysis: Analysis, end: End) -> Analysis:
        match end.verb:
            case "complete":
                done = end.completed
                return analysis.succeeded(done, end.attempt, self._draft.now) if done else analysis
            case "bury":
                failure = Failure(end.reason or "internal", end.message)
                return analysis.failed(failure, end.attempt, self._draft.now)
            case "retry" | "snooze" | "release":
                return analysis
            case _:
                assert_never(end.verb)

    def _of(self, user_id: UserId, resume_id: ResumeId) -> Iterator[Analysis]:
        for analysis in self._draft.tables.analyses.values():
            if analysis.user_id == user_id and analysis.resume_id == resume_id:
                yield self._shown(analysis)

    def _shown(self, stored: Analysis) -> Analysis:
        """*stored* with what only its job, its resume and its listing know now."""
        live = self._draft.tables.jobs.get(JobId(stored.id))
        if live is None or stored.ended:
            return replace(stored, stale=self._is_stale(stored))
        return replace(
            stored,
            state="running" if live.lease_ends_at else "queued",
            attempts=live.job.attempt,
            started_at=live.job.claimed_at,
            stale=self._is_stale(stored),
        )

    def _judgement(self, stored: Analysis) -> Judgement:
        analysis, resume = self._shown(stored), self._draft.tables.resumes[stored.resume_id].resume
        score = analysis.report.score if analysis.report else None
        at = stored.finished_at or stored.created_at
        return Judgement(analysis.id, resume.id, resume.name, analysis.state, score, at)

    def _is_stale(self, analysis: Analysis) -> bool:
        tables = self._draft.tables
        listing_hash = tables.listings[analysis.listing_id].content_hash if analysis.listing_id else None
        now = tables.resumes[analysis.resume_id].resume.text_hash, listing_hash
        return (analysis.resume_hash, analysis.listing_hash) != now


def _newest(analyses: Iterator[Analysis]) -> Analysis | None:
    return max(analyses, key=lambda analysis: (analysis.created_at, analysis.id), default=None)
