"""The result that a benchmark's analysis gets: a small report, made and checked as every other."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from jatify_core.analysis import Completed, Identity, Usage
from jatify_core.findings import Proposal, ProposedPoint, ProposedScore, ProposedSkill, Quote, Suggestion, weights
from jatify_core.job import Job
from jatify_core.report import Report

_RESUME: Final = "Ada Lovelace\n2019 to 2024: wrote the first program, cut run time by 40 %.\nPython, Postgres."
_LISTING: Final = "You need Python and Postgres."
_SKILLS: Final = Quote("resume", "Python, Postgres.")


def result_of(job: Job) -> Completed:
    """What is recorded when *job* has run."""
    return Completed(
        report=_REPORT,
        identity=Identity("local", "rules", "1"),
        usage=Usage(1_200, 340, Decimal("0.001234")),
        resume_hash="b" * 64,
        listing_hash="c" * 64,
        inputs_hash="d" * 64,
        started_at=job.claimed_at or datetime.now(UTC),
    )


def _report() -> Report:
    proposal = Proposal(
        sub_scores=[
            ProposedScore(key, None if key == "education" else 80, "It shows.", [_SKILLS])
            for key in weights(against_listing=True)
        ],
        matched_skills=[ProposedSkill("Python", "required", [_SKILLS])],
        missing_skills=[ProposedSkill("Go", "mentioned")],
        strengths=[ProposedPoint("Measures what she does.", [Quote("resume", "cut run time by 40 %")])],
        gaps=[ProposedPoint("No degree is named.")],
        suggestions=[Suggestion("high", "Name your degree.", "Education")],
        summary="A good match.",
    )
    return Report.checked(proposal, _RESUME, _LISTING)


_REPORT: Final = _report()
