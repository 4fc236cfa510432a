"""How far a resume meets what a listing asks for: fully where a line shows it, half where it is only named."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import Final

from msgspec import Struct

from jatify_adapters.local.demands import Demand
from jatify_adapters.local.lexicon import hits, lexicon, neighbours, shown_by
from jatify_adapters.local.outline import Outline, Passage

SHOWN: Final = 1.0
NAMED: Final = 0.5
NEEDS_NO_BULLET: Final = frozenset({"language", "licence"})
MOST_IN_TITLE: Final = 3
ONLY_NAMED: Final = 0.25
"""What bare mentions can earn of the whole beyond what the work shows: a list of everything proves nothing."""
NEAR: Final = 0.6
"""Work that shows two fifths of what is asked for is of the same kind."""
WHOLE: Final = 6.0
"""The weight of three required skills: what asks for less in all is not told by its skills alone."""
EVERYBODYS: Final = frozenset({"soft", "office", "management", "language"})
"""Fields in which everybody works a little."""
FIELDS: Final = {
    **dict.fromkeys(("software", "data", "cloud", "security"), "technology"),
    **dict.fromkeys(("health", "pharmacy"), "health"),
    **dict.fromkeys(("lab", "science"), "science"),
    **dict.fromkeys(("trades", "electrical", "manufacturing", "engineering"), "trades"),
    **dict.fromkeys(("driving", "logistics"), "transport"),
    **dict.fromkeys(("sales", "marketing"), "market"),
}
"""Categories of skills that are one field of work; any other is a field of its own."""
ENOUGH: Final = 4
"""Who shows so many skills of a field works in it."""
FIELD_ASKED: Final = 4.0
"""The weight of two required skills: a listing that asks for less in all names no field for certain."""
SAME_LINE: Final = 0.6
WHOLE_TEXT: Final = 0.75
LONG: Final = 7
"""A phrase of more telling words than this is seldom repeated whole: a good part of it will do."""
LESS: Final = 0.15


class Met(Struct, frozen=True):
    """A demand, how far it is met (0, 0.5 or 1), and the lines that show or name it."""

    demand: Demand
    credit: float
    passages: tuple[Passage, ...] = ()


class Knowledge(Struct, frozen=True):
    """What a resume shows: skills with the credit each earns, and the passages that earn it.

    `pairs` are words close together in lines that tell what was done, for skills told in another order of words.
    """

    credits: Mapping[str, float]
    passages: Mapping[str, Sequence[Passage]]
    pairs: Mapping[frozenset[str], Sequence[Passage]]


def knowledge(resume: Outline) -> Knowledge:
    """The skills that *resume* names or shows. However often it names one, that counts once."""
    earned: dict[str, float] = {}
    where: dict[str, list[Passage]] = {}
    known = lexicon().skills
    for passage in resume.passages:
        named = list(dict.fromkeys(hit.skill for hit in hits(passage.read, passage.words)))
        if not named:
            continue
        told = shown_by(named[: _most(passage)]) if passage.tells else set[str]()
        for skill in sorted(shown_by(named)):
            shown = skill in told or known[skill].category in NEEDS_NO_BULLET or passage.section == "certifications"
            credit = SHOWN if shown else NAMED
            if credit > earned.get(skill, 0):
                earned[skill], where[skill] = credit, []
            if credit == earned[skill]:
                where[skill].append(passage)
    return Knowledge(earned, where, _pairs(resume))


def met(demands: Sequence[Demand], resume: Outline, known: Knowledge) -> list[Met]:
    """How far *resume* meets each of *demands*."""
    every = frozenset[str]().union(*(passage.stems for passage in resume.passages))
    return [
        _by_skill(demand, known) if demand.skills else _by_words(demand, resume.passages, every) for demand in demands
    ]


def share(every: Sequence[Met]) -> float | None:
    """How much of what is asked for is met, by weight; None if nothing is asked for."""
    total = sum(m.demand.weight for m in every)
    return (_shown(every) + min(_named(every), ONLY_NAMED * total + _shown(every))) / total if total else None


def kinship(every: Sequence[Met]) -> float:
    """How near the work comes to what is asked for, 0 to 1: a bare mention only strengthens what the work shows."""
    hard = [m for m in every if not m.demand.soft]
    total = sum(m.demand.weight for m in hard)
    # A licence or a language may stand alone in a list, but is no work.
    shown = _shown([m for m in hard if any(passage.tells for passage in m.passages)])
    near = 1.5 * shown + min(_named(hard), shown) / 2
    # Steeper than the share itself: one common skill is no kinship, many are.
    return min(1.0, near / (NEAR * max(total, WHOLE))) ** 1.5 if total else 0.0


def affinity(every: Sequence[Met], known: Knowledge) -> float:
    """How far the work lies in the fields that the listing asks for, 0 to 1, though it may show other skills of them.

    A developer of another language is a developer. Whoever shows more has never less of it.
    """
    skills = lexicon().skills
    asked: dict[str, float] = {}
    for m in every:
        fields = {_field(skills[skill].category) for skill in m.demand.skills} - EVERYBODYS
        for field in fields:
            asked[field] = asked.get(field, 0.0) + m.demand.weight / len(fields)
    held = Counter(
        _field(skills[skill].category)
        for skill, credit in known.credits.items()
        if credit == SHOWN and any(passage.tells for passage in known.passages[skill])
    )
    total = max(sum(asked.values()), FIELD_ASKED)
    return sum(weight * min(1.0, held[field] / ENOUGH) for field, weight in asked.items()) / total


def _field(category: str) -> str:
    return FIELDS.get(category, category)


def _shown(every: Sequence[Met]) -> float:
    return sum(m.demand.weight for m in every if m.credit == SHOWN)


def _named(every: Sequence[Met]) -> float:
    return sum(m.demand.weight * NAMED for m in every if m.credit == NAMED)


def _pairs(resume: Outline) -> dict[frozenset[str], list[Passage]]:
    found: dict[frozenset[str], list[Passage]] = {}
    for passage in resume.passages:
        for pair in neighbours(passage.words) if passage.tells else ():
            found.setdefault(pair, []).append(passage)
    return found


def _most(passage: Passage) -> int:
    """How many skills a line can show: one that names more is a list, whatever its form."""
    return MOST_IN_TITLE if passage.kind == "entry" else max(MOST_IN_TITLE + 1, len(passage.words) // 2)


def _by_skill(demand: Demand, known: Knowledge) -> Met:
    best = max(demand.skills, key=lambda skill: known.credits.get(skill, 0.0))
    direct = Met(demand, known.credits.get(best, 0.0), tuple(known.passages.get(best, ())))
    if direct.credit == SHOWN:
        return direct
    pairs = frozenset[frozenset[str]]().union(*(lexicon().pairs[skill] for skill in demand.skills))
    told = {passage.start: passage for pair in pairs for passage in known.pairs.get(pair, ())}
    return Met(demand, SHOWN, tuple(told[start] for start in sorted(told))) if told else direct


def _by_words(demand: Demand, passages: Sequence[Passage], every: Set[str]) -> Met:
    total = sum(weight for _, weight in demand.stems)
    least = total * (SAME_LINE - (LESS if len(demand.stems) > LONG else 0))
    near = [passage for passage in passages if _answers(demand, passage.stems, least)]
    told = [passage for passage in near if passage.tells]
    if told or near:
        return Met(demand, SHOWN if told else NAMED, tuple(told or near))
    most = total * (WHOLE_TEXT - (LESS if len(demand.stems) > LONG else 0))
    return Met(demand, NAMED if _answers(demand, every, most) else 0.0)


def _answers(demand: Demand, stems: Set[str], least: float) -> bool:
    """Whether *stems* say enough of what is asked for: of a phrase, one word alone never does."""
    found = [weight for stem, weight in demand.stems if stem in stems]
    return sum(found) >= least and len(found) >= min(2, len(demand.stems))
