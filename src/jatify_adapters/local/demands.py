"""What a listing asks for: known skills, tools that it names, and phrases of its own where we know no skill."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from jatify_adapters.local.advert import BULLET, Advert, Clause
from jatify_adapters.local.education import DEGREE
from jatify_adapters.local.lexicon import Hit, hits, lexicon
from jatify_adapters.local.words import Token, clip, telling, tokens
from jatify_core.findings import Importance

WEIGHTS: Final[Mapping[Importance, float]] = {"required": 2.0, "preferred": 1.0, "mentioned": 0.5}
SOFT: Final = 0.25
"""Everybody claims soft skills, and nobody can show them in a line."""
PHRASE: Final = 0.5
"""A phrase can be met in other words, which rules do not understand."""
MOST: Final = 60
TELLING: Final = 1.5
"""A phrase tells at least as much as one rare word and two common ones."""
ALTERNATIVES: Final = re.compile(r"[\s,()/]*\b(?:or|and/or)\b[\s,()/]*|\s*/\s*")
COMMA: Final = re.compile(r"\s*,\s*")
NAMED_TOOL: Final = re.compile(
    r"\b(?:such as|like|including|experience (?:with|in)|knowledge of|proficien\w+ (?:with|in)|familiar\w* with|using)"
    r"\s+(?:the\s+)?([A-Z][\w.+#-]*\w(?:\s[A-Z][\w.+#-]*\w){0,2})"
)
OPENING: Final = re.compile(
    r"^(?:(?:you(?:'ll| will| have| are)?|we|must|should|be|able to|ability to|proven|demonstrated|excellent|strong|"
    r"solid|good|deep|hands-on|working|experience|experienced|knowledge|understanding|familiarity|proficiency|proficient|familiar|"
    r"with|in|of|to|a|an|the|at least|minimum|responsible for|act as)\s+)+",
    re.IGNORECASE,
)


class Demand(Struct, frozen=True):
    """One thing asked for: any of the `skills`, or the word `stems` of a phrase or a tool we do not know."""

    name: str
    importance: Importance
    weight: float
    quote: str
    skills: tuple[str, ...] = ()
    stems: tuple[tuple[str, float], ...] = ()
    soft: bool = False
    titled: bool = False
    """Whether the position's own name asks for it."""


def demands(listing: Advert, *, english: bool) -> list[Demand]:
    """What *listing* asks for, each once, with the greatest importance it is given anywhere; weightiest first.

    Phrases are only understood between *english* texts; names of skills in all.
    """
    found: dict[tuple[str, ...], Demand] = {}
    title = Clause(listing.title, "required", listed=False)
    for clause in (title, *listing.clauses):
        for made in _in_clause(clause, phrases=english):
            demand = replace(made, titled=clause is title)
            key = demand.skills or tuple(stem for stem, _ in demand.stems)
            known = found.get(key)
            if known is None or known.weight < demand.weight:
                found[key] = demand
    single = {demand.skills[0] for demand in found.values() if len(demand.skills) == 1}
    kept = (d for d in found.values() if len(d.skills) < 2 or not single.issuperset(d.skills))
    return sorted(kept, key=lambda demand: -demand.weight)[:MOST]


def _in_clause(clause: Clause, *, phrases: bool) -> Iterator[Demand]:
    words = tokens(clause.text)
    named = hits(clause.text, words)
    known = lexicon().skills
    for group in _groups(clause.text, named):
        soft = all(known[skill].category == "soft" for skill in group)
        weight = WEIGHTS[clause.importance] * (SOFT if soft else 1)
        yield Demand(_either(group), clause.importance, weight, clause.text[:600], skills=group, soft=soft)
    hard = [hit for hit in named if known[hit.skill].category != "soft"]
    tools = list(_tools(clause, named))
    yield from tools
    if phrases and clause.listed and not hard and not tools:
        yield from _phrase(clause, words)


def _groups(text: str, named: Sequence[Hit]) -> Iterator[tuple[str, ...]]:
    """Skills one by one, but those that an "or" joins together: any of them will do."""
    group: list[Hit] = []
    joined = False
    for hit in named:
        between = text[group[-1].end : hit.start] if group else ""
        alternative = bool(ALTERNATIVES.fullmatch(between))
        if group and (alternative or (not joined and COMMA.fullmatch(between))):
            joined = joined or alternative
            group.append(hit)
            continue
        yield from _split(group, joined=joined)
        group, joined = [hit], False
    yield from _split(group, joined=joined)


def _split(group: Sequence[Hit], *, joined: bool) -> Iterator[tuple[str, ...]]:
    skills = tuple(dict.fromkeys(hit.skill for hit in group))
    if joined:
        yield skills
    else:
        yield from ((skill,) for skill in skills)


def _either(skills: Sequence[str]) -> str:
    return clip(" or ".join([", ".join(skills[:-1]), skills[-1]] if len(skills) > 1 else skills), 100)


def _tools(clause: Clause, named: Sequence[Hit]) -> Iterator[Demand]:
    for match in NAMED_TOOL.finditer(clause.text):
        if any(hit.start < match.end(1) and match.start(1) < hit.end for hit in named):
            continue
        stems = tuple(telling(tokens(match.group(1))).items())
        if stems and all(weight == 1 for _, weight in stems):
            weight = WEIGHTS[clause.importance]
            yield Demand(clip(match.group(1), 100), clause.importance, weight, clause.text[:600], stems=stems)


def _phrase(clause: Clause, words: Sequence[Token]) -> Iterator[Demand]:
    stems = {stem: weight for stem, weight in telling(words).items() if weight > 0.1}
    if max(stems.values(), default=0) < 1 or sum(stems.values()) < TELLING or DEGREE.search(clause.text):
        return
    name = clip(OPENING.sub("", BULLET.sub("", " ".join(clause.text.split()))).rstrip(" .,:"), 60)
    if name:
        weight = WEIGHTS[clause.importance] * PHRASE
        yield Demand(name, clause.importance, weight, clause.text[:600], stems=tuple(stems.items()))
