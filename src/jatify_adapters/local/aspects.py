"""An aspect judged: a score with its reason, the lines behind it, and what to do about it."""

from collections.abc import Iterable

from msgspec import Struct

from jatify_adapters.local.outline import Passage
from jatify_adapters.local.words import clip
from jatify_core.findings import ProposedPoint, ProposedScore, Quote, Suggestion

MOST_QUOTES = 5
LONGEST_QUOTE = 600


class Aspect(Struct, frozen=True):
    """One aspect judged: its score, and the strengths, gaps and suggestions that go with it."""

    score: ProposedScore
    strengths: tuple[ProposedPoint, ...] = ()
    gaps: tuple[ProposedPoint, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


def judged(key: str, score: float | None, explanation: str, evidence: Iterable[Quote] = ()) -> ProposedScore:
    """A score from 0 to 100, or None where the aspect does not apply, with its reason and at most five quotes."""
    bounded = None if score is None else max(0, min(100, round(score)))
    return ProposedScore(key, bounded, clip(explanation, 400), list(evidence)[:MOST_QUOTES])


def quotes(passages: Iterable[Passage]) -> list[Quote]:
    """The lines of *passages*, each once, as quotes out of the resume."""
    texts = dict.fromkeys(passage.text[:LONGEST_QUOTE].strip() for passage in passages)
    return [Quote("resume", text) for text in texts if text][:MOST_QUOTES]


def out_of_listing(text: str) -> list[Quote]:
    """A quote out of the listing."""
    return [Quote("listing", text)] if text else []
