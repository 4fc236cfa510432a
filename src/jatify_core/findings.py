"""What an analyzer proposes: claims and quotes. The core checks and scores them; see `report`."""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

Source = Literal["resume", "listing"]
Importance = Literal["required", "preferred", "mentioned"]
Priority = Literal["high", "medium", "low"]

Percent = Annotated[int, Meta(ge=0, le=100)]
Short = Annotated[str, Meta(max_length=400)]
QuoteText = Annotated[str, Meta(min_length=1, max_length=600)]
SkillName = Annotated[str, Meta(min_length=1, max_length=100)]

LISTING_WEIGHTS: Final = {
    "skills": 35,
    "experience": 20,
    "keywords": 15,
    "education": 10,
    "impact": 10,
    "structure": 10,
}
REVIEW_WEIGHTS: Final = {"impact": 35, "structure": 25, "clarity": 20, "skills_breadth": 20}


class Quote(Struct, frozen=True, forbid_unknown_fields=True):
    """Words that an analyzer says stand in a source."""

    source: Source
    text: QuoteText


class ProposedScore(Struct, frozen=True, forbid_unknown_fields=True):
    """One aspect: `score` 0 to 100, or None where it does not apply."""

    key: str
    score: Percent | None
    explanation: Short
    evidence: Annotated[list[Quote], Meta(max_length=5)] = []


class ProposedSkill(Struct, frozen=True, forbid_unknown_fields=True):
    """A skill the listing asks for: found in the resume, or not."""

    name: SkillName
    importance: Importance
    evidence: Annotated[list[Quote], Meta(max_length=5)] = []


class ProposedPoint(Struct, frozen=True, forbid_unknown_fields=True):
    """A strength or a gap."""

    text: Short
    evidence: Annotated[list[Quote], Meta(max_length=5)] = []


class Suggestion(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to change, and in which section of the resume."""

    priority: Priority
    text: Short
    section: Annotated[str, Meta(max_length=60)]


class Proposal(Struct, frozen=True, forbid_unknown_fields=True):
    """An analyzer's whole answer. The keys of `sub_scores` are those of the weights that apply.

    There is no total: the core computes it. `warnings` are codes, `language` is an ISO 639-1 code.
    """

    sub_scores: Annotated[list[ProposedScore], Meta(min_length=1, max_length=12)]
    matched_skills: Annotated[list[ProposedSkill], Meta(max_length=60)]
    missing_skills: Annotated[list[ProposedSkill], Meta(max_length=60)]
    strengths: Annotated[list[ProposedPoint], Meta(max_length=12)]
    gaps: Annotated[list[ProposedPoint], Meta(max_length=12)]
    suggestions: Annotated[list[Suggestion], Meta(max_length=20)]
    summary: Annotated[str, Meta(max_length=800)]
    language: Annotated[str, Meta(max_length=8)] = "en"
    warnings: Annotated[list[str], Meta(max_length=12)] = []


def weights(*, against_listing: bool) -> dict[str, int]:
    """The aspects that count and how much, in percent: against a listing, or for a general review."""
    return dict(LISTING_WEIGHTS if against_listing else REVIEW_WEIGHTS)
