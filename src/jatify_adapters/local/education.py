"""Education: the degree that a listing asks for against the one that the resume names."""

import re
from collections.abc import Sequence
from typing import Final

from jatify_adapters.local.advert import Advert, Clause, quoted
from jatify_adapters.local.aspects import Aspect, judged, out_of_listing, quotes
from jatify_adapters.local.outline import Outline, Passage
from jatify_core.findings import ProposedPoint, Suggestion

LADDER: Final = (
    "no degree",
    "a high school diploma",
    "an associate's degree",
    "a bachelor's degree",
    "a master's degree",
    "a doctorate",
)
_MASTER: Final = (
    r"master(?:['\u2019]?s)?\s(?:degree|of|in|studies)|masters?['\u2019]s|m\.?sc\b\.?|m\.s\.|\bms (?:in|degree)|mba\b|"
    r"m\.?eng\b|postgraduate|m\.a\.|m\.?ed\b"
)
_BACHELOR: Final = (
    r"bachelor\w*(?:['\u2019]s)?|b\.?sc\b\.?|b\.s\.|b\.a\.|\b(?:bs|ba) (?:in|degree|"
    r"(?-i:[A-Z\u0100-\u017e]))|b\.?eng\b|"
    r"b\.?tech\b|bsn\b|undergraduate degree|(?:college|university|four[- ]year|4[- ]year) degree|licenciatura|grado en"
)
_ASSOCIATE: Final = (
    r"associate(?:['\u2019]?s)? (?:degree|of|in (?:science|arts|applied|nursing))|two[- ]year degree|community college"
)
_STEPS: Final = (
    (5, r"ph\.?\s?d\b\.?|doctorate|doctoral|d\.?phil\b|doctor of \w+"),
    (4, _MASTER),
    (3, _BACHELOR),
    (2, _ASSOCIATE),
    (1, r"high[- ]school|secondary school|\bged\b|abitur|a-levels"),
)
_PATTERNS: Final = tuple((step, re.compile(rf"\b(?:{pattern})", re.IGNORECASE)) for step, pattern in _STEPS)
DEGREE: Final = re.compile(
    "|".join(rf"\b(?:{pattern})" for _, pattern in _STEPS) + r"|\b(?:a|relevant|college|related) degree\b",
    re.IGNORECASE,
)
_ANY_DEGREE: Final = re.compile(
    r"\b(?:a|an?\s\w+|college|university|relevant|related|technical)\s+degree\b|\bdegree (?:in|or)\b", re.IGNORECASE
)
_EQUIVALENT: Final = re.compile(
    r"\bequivalent\b|\bor (?:relevant |related |comparable |similar )?(?:work |practical |professional )?experience\b",
    re.IGNORECASE,
)
_UNDER_WAY: Final = re.compile(
    r"\b(?:expected|pursuing|in progress|candidate|currently|student|anticipated|ongoing)\b", re.IGNORECASE
)
EXPERIENCE_FOR_DEGREE: Final = 48
"""Months of dated work that stand for a degree where the listing takes an equivalent."""


def education(listing: Advert, resume: Outline, months: int) -> Aspect:
    """Judge the degree. None where the listing asks for none."""
    asked = _asked(listing)
    if asked is None:
        return Aspect(judged("education", None, "The listing asks for no degree."))
    clause, step = asked
    held, passage, under_way = _held(resume)
    said = f"The listing asks for {LADDER[step]}"
    evidence = [*quotes([passage] if passage else []), *out_of_listing(clause.text[:600])]
    if held >= step and passage and not under_way:
        met = ProposedPoint(f"The resume names {LADDER[held]}; the listing asks for {LADDER[step]}.", evidence)
        return Aspect(
            judged("education", 100, f"{said}, and the resume names {LADDER[held]}.", evidence), strengths=(met,)
        )
    if _EQUIVALENT.search(clause.text) and months >= EXPERIENCE_FOR_DEGREE:
        reason = f"{said} or equivalent experience, and the dated positions give that."
        return Aspect(judged("education", 100, reason, evidence))
    score = _short_of(step, held - under_way, optional=clause.importance == "preferred")
    begun = " still under way" if under_way else ""
    found = f"the resume names {LADDER[held]}{begun}" if passage else "the resume names none"
    return Aspect(
        judged("education", score, f"{said}; {found}.", evidence),
        gaps=(ProposedPoint(f"{said}, and {found}.", evidence),),
        suggestions=(_advice(step, clause),),
    )


def _short_of(step: int, held: int, *, optional: bool) -> int:
    if optional:
        return 70
    return max(60 - 20 * (step - held - 1), 0) if held else 20


def _advice(step: int, clause: Clause) -> Suggestion:
    text = (
        f'The listing says "{quoted(clause)}". If you hold {LADDER[step]} or are working towards one, say so with its '
        "subject, school and year; if not, put the courses or certificates that come closest where a reader sees them."
    )
    return Suggestion("medium", text[:400], "Education")


def _asked(listing: Advert) -> tuple[Clause, int] | None:
    """The clause that asks for a degree, and the lowest that will do; one that is required before one that is not."""
    found = [(clause, step) for clause in listing.clauses if (step := _lowest(clause.text))]
    found.sort(key=lambda pair: pair[0].importance == "preferred")
    return found[0] if found else None


def _lowest(text: str) -> int:
    steps = [step for step, pattern in _PATTERNS if pattern.search(text)]
    return min(steps) if steps else 3 * bool(_ANY_DEGREE.search(text))


def _held(resume: Outline) -> tuple[int, Passage | None, bool]:
    """The highest degree in the resume, where it stands, and whether it is under way: then it counts a step less."""
    found: list[tuple[int, Passage, bool]] = []
    for passage in _places(resume):
        steps = [step for step, pattern in _PATTERNS if pattern.search(passage.text)]
        if steps:
            found.append((max(steps), passage, bool(_UNDER_WAY.search(passage.text))))
    return max(found, key=lambda held: held[0] - held[2], default=(0, None, False))


def _places(resume: Outline) -> Sequence[Passage]:
    school = [passage for passage in resume.passages if passage.section == "education"]
    rest = [passage for passage in resume.passages if passage.section not in {"education", "experience"}]
    return [*school, *rest]
