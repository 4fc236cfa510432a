"""The `Analyzer` port by rules: explainable, the same every time, without key, network or model."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Final

from msgspec.structs import replace

from jatify_adapters.local.advert import Advert, advert
from jatify_adapters.local.aspects import Aspect
from jatify_adapters.local.clarity import breadth, clarity
from jatify_adapters.local.coverage import Knowledge, Met, affinity, kinship, knowledge, met
from jatify_adapters.local.demands import demands
from jatify_adapters.local.education import education
from jatify_adapters.local.experience import History, experience, history
from jatify_adapters.local.hygiene import only_for_people, without_instructions
from jatify_adapters.local.impact import impact
from jatify_adapters.local.keywords import keywords
from jatify_adapters.local.language import language
from jatify_adapters.local.outline import Outline, Passage, outline
from jatify_adapters.local.skills import proposed, skills
from jatify_adapters.local.structure import structure
from jatify_adapters.local.summary import summary
from jatify_adapters.local.words import says_anything
from jatify_core.analysis import Findings, Identity, Material, Outcome, Refusal, Usage
from jatify_core.findings import Proposal

PROVIDER: Final = "local"
MODEL: Final = "rules/1"
RULES_VERSION: Final = "2026-11-24.3"
"""Raised whenever rules or lists change what a report says."""
NOT_ENGLISH: Final = "language_not_english"
LEAST: Final = 2
"""Fewer telling words than this give nothing to compare."""
MOST_POINTS: Final = 12
MOST_ADVICE: Final = 12
VOCABULARY: Final = 0.6
"""Who speaks of the same things in full does work partly alike, though no skill of the list may show it."""
FIELD: Final = 0.6
"""Nor may it show any skill that is asked for, where it shows others of the same field."""
_RANK: Final = {"high": 0, "medium": 1, "low": 2}


class LocalAnalyzer:
    """Judges resumes by rules.

    One thing outside the texts decides a report: *today*, whose month ends what is "Present". It is asked once an
    analysis; give a fixed date for reports that never change.
    """

    def __init__(self, today: Callable[[], date] = lambda: datetime.now(UTC).date()) -> None:
        self._today = today

    @property
    def identity(self) -> Identity:
        """The rules and their version."""
        return Identity(PROVIDER, MODEL, RULES_VERSION)

    async def analyze(self, material: Material) -> Outcome:
        """Judge *material* at once: a pair takes milliseconds. Costs nothing and never fails for what the world did."""
        return judge(material.resume, material.listing, self._today())


def judge(resume: str, listing: str | None, today: date) -> Findings | Refusal:
    """The findings about *resume*, against *listing* or on its own; the same texts and month give the same ones."""
    asked = without_instructions(listing) if listing is not None else None
    if asked is not None and not says_anything(asked.text, LEAST):
        return Refusal("listing_empty", "The listing has too few words to compare a resume with. Paste its full text.")
    seen = only_for_people(resume, asked.text if asked else None)
    if not says_anything(seen.text, LEAST):
        return Refusal(
            "resume_unreadable", "The resume has too few readable words. Upload one whose text can be selected."
        )
    written = language(seen.text)
    foreign = written != "en" or (asked is not None and language(asked.text) != "en")
    codes = (*seen.warnings, *(asked.warnings if asked else ()), *([NOT_ENGLISH] if foreign else []))
    parts = outline(seen.text)
    known = knowledge(parts)
    against = advert(asked.text) if asked else None
    past = history(parts, today)
    proposal = _against(against, parts, known, past, english=not foreign) if against else _review(parts, known)
    return Findings(replace(proposal, language=written, warnings=list(dict.fromkeys(codes))), MODEL, Usage())


def _against(listing: Advert, resume: Outline, known: Knowledge, past: History, *, english: bool) -> Proposal:
    every = met(demands(listing, english=english), resume, known)
    spoken = keywords(listing, resume, english=english)
    near = max(kinship(every), VOCABULARY * (spoken.score.score or 0) / 100, FIELD * affinity(every, known))
    aspects = [
        skills(every, spoken.score.score or 0),
        experience(listing, resume, past, near),
        spoken,
        education(listing, resume, past.months),
        impact(resume, _shows(every)),
        structure(resume),
    ]
    return _proposal(aspects, every)


def _review(resume: Outline, known: Knowledge) -> Proposal:
    return _proposal([impact(resume), structure(resume), clarity(resume), breadth(known)])


def _proposal(aspects: Sequence[Aspect], every: Sequence[Met] = ()) -> Proposal:
    advice = sorted((s for aspect in aspects for s in aspect.suggestions), key=lambda s: _RANK[s.priority])
    return Proposal(
        sub_scores=[aspect.score for aspect in aspects],
        matched_skills=proposed([m for m in every if m.credit]),
        missing_skills=proposed([m for m in every if not m.credit]),
        strengths=[point for aspect in aspects for point in aspect.strengths][:MOST_POINTS],
        gaps=[point for aspect in aspects for point in aspect.gaps][:MOST_POINTS],
        suggestions=advice[:MOST_ADVICE],
        summary=summary(aspects, every, advice),
    )


def _shows(every: Sequence[Met]) -> Callable[[Passage], bool]:
    """Whether a line belongs to a passage that meets a demand."""
    places = {place for m in every for p in m.passages for place in range(p.start, p.start + len(p.read))}
    return lambda line: line.start in places
