"""Keywords: how much of the listing's vocabulary the resume speaks, by how telling each word is."""

from collections import Counter
from collections.abc import Sequence
from math import log, sqrt
from typing import Final

from jatify_adapters.local.advert import Advert
from jatify_adapters.local.aspects import Aspect, judged, quotes
from jatify_adapters.local.outline import Outline, Passage
from jatify_adapters.local.words import listed, telling, tokens

NAMED: Final = 0.5
MOST: Final = 6
"""So many words are named."""
CHANCE: Final = 0.38
"""What two texts about different work have in common."""
FULL: Final = 0.78
"""Nobody repeats a whole listing; a good resume that answers one comes this far."""


def keywords(listing: Advert, resume: Outline, *, english: bool) -> Aspect:
    """Judge the vocabulary: the cosine of the listing's words with those of them that the resume uses.

    Words the listing lacks do not count against a resume, so that a line more never lowers the score; a word outside
    any sentence counts half, and no word counts twice.
    """
    if not english:
        return Aspect(judged("keywords", None, "Words are only compared between English texts."))
    text = "\n".join((listing.title, *(clause.text for clause in listing.clauses)))
    words = tokens(text)
    weights = telling(words)
    times = Counter(token.stem for token in words)
    wanted = {stem: (weight * (1 + log(times[stem]))) ** 2 for stem, weight in weights.items() if weight > 0.1}
    total = sum(wanted.values())
    if not total:
        return Aspect(judged("keywords", None, "The listing has no words that tell its kind of work from others."))
    held = _held(resume)
    cosine = sqrt(sum(weight * held.get(stem, 0.0) for stem, weight in wanted.items()) / total)
    written = {token.stem: token.low for token in reversed(words)}
    rare = sorted((stem for stem in wanted if weights[stem] == 1), key=lambda stem: -wanted[stem])
    shared = [written[stem] for stem in rare if stem in held]
    absent = [written[stem] for stem in rare if stem not in held]
    score = 100 * (cosine - CHANCE) / (FULL - CHANCE)
    return Aspect(
        judged("keywords", score, _reason(shared, absent, by_chance=score <= 0), quotes(_lines(resume, rare)[:3]))
    )


def _held(resume: Outline) -> dict[str, float]:
    held: dict[str, float] = {}
    for passage in resume.passages:
        credit = 1.0 if passage.tells or (passage.kind == "prose" and passage.section == "summary") else NAMED
        for stem in passage.stems:
            if credit > held.get(stem, 0.0):
                held[stem] = credit
    return held


def _reason(shared: list[str], absent: list[str], *, by_chance: bool) -> str:
    common = f"The resume uses {len(shared)} of the {len(shared) + len(absent)} words that set this listing apart"
    named = listed(shared[:MOST], MOST)
    uses = f", among them {named}" if len(shared) > MOST else f": {named}" if shared else ""
    chance = "; other resumes share as many by chance" if shared and by_chance else ""
    lacks = f". It does not use {listed(absent[:MOST], MOST)}." if absent else "."
    return common + uses + chance + lacks


def _lines(resume: Outline, rare: Sequence[str]) -> list[Passage]:
    wanted = set(rare)
    counted = [(len(wanted & p.stems), p) for p in resume.passages if p.tells]
    return [p for count, p in sorted(counted, key=lambda pair: -pair[0]) if count > 1]
