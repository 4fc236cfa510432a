"""Analyses: ask for one, look it up, and the work itself as a worker does it."""

import hashlib
from collections.abc import Iterable

from msgspec import Struct

from jatify_core.analysis import Analysis, AnalysisId, Completed, Findings, Material, Outage, Refusal, inputs_hash
from jatify_core.errors import Invalid, NotFound
from jatify_core.event import Change
from jatify_core.job import Job
from jatify_core.listing import Listing, ListingId
from jatify_core.paging import Page, Window
from jatify_core.ports import Analyzer, Ports, Transaction
from jatify_core.report import Report
from jatify_core.resume import Resume, ResumeId
from jatify_core.suspicion import INJECTION
from jatify_core.use_cases.allowances import charge_analysis
from jatify_core.user import UserId


class Asked(Struct, frozen=True):
    """What asking for an analysis led to: `reused` where a finished one answers the very same question."""

    analysis: Analysis
    reused: bool = False


async def analyze(
    ports: Ports, user_id: UserId, resume_id: ResumeId, listing_id: ListingId | None, *, force: bool = False
) -> Asked:
    """Arrange for an analysis of a resume, against a listing or on its own: the row and its job, both or neither.

    While the pair waits or runs, the analysis under way is returned; a finished one on the same inputs too, unless
    *force*; neither is counted. Raises `Throttled` beyond the numbers that the policy names, and `Invalid` where the
    listing is not the user's.
    """
    now = ports.clock()
    async with ports.store.transaction(user_id) as tx:
        resume = await tx.resumes.get(user_id, resume_id)
        listing = await _listing(tx, user_id, listing_id)
        analysis = Analysis.queued(AnalysisId(ports.new_id()), resume, listing, ports.analyzer.identity, at=now)
        if not force:
            finished = await tx.analyses.succeeded(user_id, resume_id, listing_id, analysis.inputs_hash)
            if finished:
                return Asked(finished, reused=True)
        await tx.users.lock(user_id)
        job = await tx.jobs.enqueue(Job.for_analysis(analysis, ports.policy.max_attempts))
        if job.id == analysis.id:
            await charge_analysis(ports, tx, user_id)
            await tx.events.add([Change.analysis(user_id, analysis.id, "queued")])
        return Asked(await tx.analyses.add_or_get(analysis, job))


async def read_analysis(ports: Ports, user_id: UserId, analysis_id: AnalysisId) -> Analysis:
    """One analysis."""
    async with ports.store.transaction(user_id) as tx:
        return await tx.analyses.get(user_id, analysis_id)


async def newest_analysis(ports: Ports, user_id: UserId, resume_id: ResumeId, listing_id: ListingId | None) -> Analysis:
    """The newest analysis of a pair, or of a resume on its own."""
    async with ports.store.transaction(user_id) as tx:
        return await tx.analyses.newest(user_id, resume_id, listing_id)


async def list_analyses(ports: Ports, user_id: UserId, resume_id: ResumeId, window: Window) -> Page[Analysis]:
    """Every analysis of a resume."""
    async with ports.store.transaction(user_id) as tx:
        await tx.resumes.get(user_id, resume_id)
        return await tx.analyses.page(user_id, resume_id, window)


async def drop_analysis(ports: Ports, user_id: UserId, analysis_id: AnalysisId) -> None:
    """Cancel an analysis that has not ended, or delete one that has."""
    async with ports.store.transaction(user_id) as tx:
        dropped = await tx.analyses.drop(user_id, analysis_id)
        changes = [Change.analysis(user_id, analysis_id, "cancelled" if dropped.cancelled else "deleted")]
        if dropped.letter:
            changes.append(Change.letter_removed(user_id, dropped.letter, "deleted"))
        await tx.events.add(changes)


async def carry_out(ports: Ports, job: Job) -> Completed | Refusal | Outage:
    """Do what an analysis job asks for. The texts are read as they are now; no transaction spans the analyzer's call.

    Whatever the answer, nothing is stored here: the worker records it together with the job's end.
    """
    started_at = ports.clock()
    try:
        async with ports.store.transaction(job.user_id) as tx:
            analysis = await tx.analyses.begun(job)
            resume = await tx.resumes.get(job.user_id, analysis.resume_id)
            text = await tx.resumes.text(job.user_id, analysis.resume_id)
            listing = await tx.listings.get(job.user_id, analysis.listing_id) if analysis.listing_id else None
    except NotFound:
        return Refusal("cancelled", "The resume or the listing was deleted.")
    asked = ports.analyzer.identity
    material = Material(analysis.id, text, listing.text if listing else None, pseudonym(job.user_id))
    outcome = await ports.analyzer.analyze(material)
    if not isinstance(outcome, Findings):
        return outcome
    listing_hash = listing.content_hash if listing else None
    return Completed(
        report=await reported(outcome, material, _noted(resume), ports.second_opinion),
        identity=type(asked)(asked.provider, outcome.model, asked.prompt_version),
        usage=outcome.usage,
        resume_hash=resume.text_hash,
        listing_hash=listing_hash,
        inputs_hash=inputs_hash(resume.text_hash, listing_hash, asked),
        started_at=started_at,
    )


async def reported(
    findings: Findings, material: Material, warnings: Iterable[str], second_opinion: Analyzer | None
) -> Report:
    """The report of *findings*, doubted where a *second opinion* on the same texts comes out far lower.

    Raises `Invalid` where the findings are no answer.
    """
    report = Report.checked(findings.proposal, material.resume, material.listing, warnings)
    other = await second_opinion.analyze(material) if second_opinion else None
    if not isinstance(other, Findings):
        return report
    return report.doubted(Report.checked(other.proposal, material.resume, material.listing))


def pseudonym(user_id: UserId) -> str:
    """A name for the user that a provider may see and nobody can turn back."""
    return hashlib.sha256(f"jatify:{user_id}".encode()).hexdigest()[:32]


def _noted(resume: Resume) -> tuple[str, ...]:
    """The resume's own warnings that bear on how far its report can be trusted."""
    return tuple(w for w in resume.warnings if w in {"hidden_text", "truncated_input", INJECTION})


async def _listing(tx: Transaction, user_id: UserId, listing_id: ListingId | None) -> Listing | None:
    try:
        return await tx.listings.get(user_id, listing_id) if listing_id else None
    except NotFound:
        raise Invalid.at("/job_id", "unknown_reference", "You have no such job.") from None
