"""A report: a score with its reasons, computed here from an analyzer's proposal; every quote is checked."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from jatify_core.echoes import Echoes
from jatify_core.errors import Invalid
from jatify_core.findings import (
    Importance,
    Percent,
    Proposal,
    ProposedPoint,
    ProposedScore,
    ProposedSkill,
    Short,
    SkillName,
    Suggestion,
    weights,
)
from jatify_core.quotes import Evidence, QuoteCheck
from jatify_core.suspicion import INJECTION

Band = Literal["strong", "good", "partial", "weak"]

BANDS: Final[tuple[tuple[int, Band], ...]] = ((75, "strong"), (60, "good"), (40, "partial"), (0, "weak"))
SKILLS_CAP: Final = 85
"""The most that `skills` can reach while a required skill is missing."""
TOTAL_CAP: Final = 70
"""The most that the total can reach without evidence of experience."""
WARNING_LENGTH: Final = 100
"""Characters of a warning: they are codes, and what a model proposes instead is cut."""
UNVERIFIED: Final = "unverified_evidence"
DISAGREES: Final = "score_disagrees"
DISAGREEMENT: Final = 35
"""A total that lies further above a second opinion's is doubted."""


class SubScore(Struct, frozen=True, forbid_unknown_fields=True):
    """One aspect: `score` is None where it does not apply; `weight` is its share of the total in percent."""

    key: Annotated[str, Meta(max_length=40)]
    score: Percent | None
    weight: Annotated[float, Meta(ge=0, le=100)]
    explanation: Short
    evidence: Annotated[tuple[Evidence, ...], Meta(max_length=5)]


class Skill(Struct, frozen=True, forbid_unknown_fields=True):
    """A skill that the listing asks for, and how much."""

    name: SkillName
    importance: Importance
    evidence: Annotated[tuple[Evidence, ...], Meta(max_length=5)]


class Point(Struct, frozen=True, forbid_unknown_fields=True):
    """A strength or a gap, and where it shows."""

    text: Short
    evidence: Annotated[tuple[Evidence, ...], Meta(max_length=5)]


class Report(Struct, frozen=True, forbid_unknown_fields=True):
    """How well a resume fits a listing, or stands on its own; why; and what to change."""

    score: Percent
    band: Band
    summary: Annotated[str, Meta(max_length=800)]
    sub_scores: Annotated[tuple[SubScore, ...], Meta(max_length=12)]
    matched_skills: Annotated[tuple[Skill, ...], Meta(max_length=60)]
    missing_skills: Annotated[tuple[Skill, ...], Meta(max_length=60)]
    strengths: Annotated[tuple[Point, ...], Meta(max_length=12)]
    gaps: Annotated[tuple[Point, ...], Meta(max_length=12)]
    suggestions: Annotated[tuple[Suggestion, ...], Meta(max_length=20)]
    warnings: Annotated[tuple[Annotated[str, Meta(max_length=WARNING_LENGTH)], ...], Meta(max_length=100)]
    language: Annotated[str, Meta(max_length=8)]

    @classmethod
    def checked(cls, proposal: Proposal, resume: str, listing: str | None, warnings: Iterable[str] = ()) -> "Report":
        """Score *proposal* and keep only what the texts *resume* and *listing* bear out.

        A quote that does not occur is dropped and `unverified_evidence` warned of; so is one out of a line that tells
        a model what to do, together with whatever repeats such a line, and `prompt_injection_suspected` warned of.
        Raises `Invalid` where the proposal lacks an aspect or scores none: such an answer never becomes a number.
        """
        check = QuoteCheck(resume, listing)
        proposal = _hushed(proposal, check.orders) if check.orders else proposal
        sub_scores = _weighed(proposal, check, against_listing=listing is not None)
        score = _total(sub_scores, against_listing=listing is not None)
        matched = tuple(_skill(s, check) for s in proposal.matched_skills)
        missing = tuple(_skill(s, check) for s in proposal.missing_skills)
        strengths = tuple(_point(p, check) for p in proposal.strengths)
        gaps = tuple(_point(p, check) for p in proposal.gaps)
        noted = [*warnings, *proposal.warnings]
        noted += [UNVERIFIED] if check.invented else []
        noted += [INJECTION] if check.orders else []
        return cls(
            score=score,
            band=band(score),
            summary=proposal.summary,
            sub_scores=sub_scores,
            matched_skills=matched,
            missing_skills=missing,
            strengths=strengths,
            gaps=gaps,
            suggestions=tuple(proposal.suggestions),
            warnings=tuple(dict.fromkeys(code[:WARNING_LENGTH] for code in noted)),
            language=proposal.language,
        )

    def doubted(self, second: "Report") -> "Report":
        """This report, with a warning if its score lies far above the *second* opinion's."""
        if self.score - second.score <= DISAGREEMENT:
            return self
        return replace(self, warnings=tuple(dict.fromkeys([*self.warnings, DISAGREES])))


def band(score: int) -> Band:
    """The word for a score."""
    return next(name for least, name in BANDS if score >= least)


def _hushed(proposal: Proposal, orders: Sequence[str]) -> Proposal:
    """*proposal* without words that only repeat one of *orders*."""
    echoes = Echoes(orders)
    return replace(
        proposal,
        sub_scores=[replace(s, explanation=echoes.without(s.explanation)) for s in proposal.sub_scores],
        matched_skills=[s for s in proposal.matched_skills if not echoes.among(s.name)],
        missing_skills=[s for s in proposal.missing_skills if not echoes.among(s.name)],
        strengths=[p for p in proposal.strengths if not echoes.among(p.text)],
        gaps=[p for p in proposal.gaps if not echoes.among(p.text)],
        suggestions=[s for s in proposal.suggestions if not echoes.among(s.text, s.section)],
        summary=echoes.without(proposal.summary),
    )


def _weighed(proposal: Proposal, check: QuoteCheck, *, against_listing: bool) -> tuple[SubScore, ...]:
    wanted = weights(against_listing=against_listing)
    proposed = {s.key: s for s in proposal.sub_scores}
    if set(proposed) != set(wanted) or len(proposal.sub_scores) != len(wanted):
        raise Invalid.at("/sub_scores", "wrong_aspects", f"The aspects must be exactly {', '.join(wanted)}.")
    scores = {key: _capped(proposed[key], proposal) for key in wanted}
    total = sum(weight for key, weight in wanted.items() if scores[key] is not None)
    if not total:
        raise Invalid.at("/sub_scores", "no_score", "No aspect was scored.")
    return tuple(
        SubScore(
            key=key,
            score=scores[key],
            weight=0.0 if scores[key] is None else round(100 * weight / total, 1),
            explanation=proposed[key].explanation,
            evidence=check.evidence(proposed[key].evidence),
        )
        for key, weight in wanted.items()
    )


def _capped(proposed: ProposedScore, proposal: Proposal) -> int | None:
    lacks_required = any(s.importance == "required" for s in proposal.missing_skills)
    if proposed.key == "skills" and proposed.score is not None and lacks_required:
        return min(proposed.score, SKILLS_CAP)
    return proposed.score


def _total(sub_scores: Sequence[SubScore], *, against_listing: bool) -> int:
    counted = [(s.score, weights(against_listing=against_listing)[s.key]) for s in sub_scores if s.score is not None]
    total = round(sum(score * weight for score, weight in counted) / sum(weight for _, weight in counted))
    evidenced = any(e.source == "resume" for s in sub_scores if s.key == "experience" for e in s.evidence)
    return min(total, TOTAL_CAP) if against_listing and not evidenced else total


def _skill(skill: ProposedSkill, check: QuoteCheck) -> Skill:
    return Skill(skill.name, skill.importance, check.evidence(skill.evidence))


def _point(point: ProposedPoint, check: QuoteCheck) -> Point:
    return Point(point.text, check.evidence(point.evidence))
