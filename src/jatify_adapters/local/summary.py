"""The report in a few sentences."""

from collections.abc import Sequence

from jatify_adapters.local.aspects import Aspect
from jatify_adapters.local.coverage import NAMED, SHOWN, Met
from jatify_adapters.local.words import clip, listed
from jatify_core.findings import Suggestion


def summary(aspects: Sequence[Aspect], every: Sequence[Met], advice: Sequence[Suggestion]) -> str:
    """What was found, what is missing, and what to do first, in plain words."""
    sentences = _of_demands(every) if every else []
    sentences += [aspect.score.explanation for aspect in aspects if aspect.score.key in {"experience", "impact"}]
    if advice:
        sentences.append(f"To do first ({advice[0].section}): {advice[0].text}")
    return clip(" ".join(sentences), 800)


def _of_demands(every: Sequence[Met]) -> list[str]:
    known = [m for m in every if m.demand.skills and not m.demand.soft]
    shown = [m.demand.name for m in known if m.credit == SHOWN]
    named = [m.demand.name for m in known if m.credit == NAMED]
    absent = [m.demand.name for m in known if not m.credit]
    parts = [
        f"The resume shows {listed(shown, 5)}."
        if shown
        else "No line about your work shows a professional skill that is asked for.",
        f"Only named: {listed(named, 4)}." if named else "",
        f"Asked for and not found: {listed(absent, 5)}." if absent else "",
    ]
    return [part for part in parts if part]
