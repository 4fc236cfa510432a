"""Skills: what the listing asks for and the resume shows, names, or lacks."""

from collections.abc import Sequence
from typing import Final

from jatify_adapters.local.advert import BULLET
from jatify_adapters.local.aspects import Aspect, judged, out_of_listing, quotes
from jatify_adapters.local.coverage import NAMED, SHOWN, WHOLE, Met, share
from jatify_adapters.local.demands import Demand
from jatify_adapters.local.lexicon import lexicon
from jatify_adapters.local.outline import Passage
from jatify_adapters.local.words import clip, count, listed
from jatify_core.findings import Priority, ProposedPoint, ProposedSkill, Suggestion

MOST_ADVICE: Final = 3
FULL: Final = 0.85
"""Rules miss what is said in other words, so that nobody meets everything: this share is full marks."""


def skills(every: Sequence[Met], spoken: int) -> Aspect:
    """Judge the skills. None where the listing asks for none that rules can find.

    Where it asks for few, how far its words are *spoken* (0 to 100) stands for what the rules could not find.
    """
    covered = share(every)
    if covered is None:
        return Aspect(judged("skills", None, "The listing names no skills that rules can find."))
    shown = [m for m in every if m.credit == SHOWN]
    named = [m for m in every if m.credit == NAMED]
    absent = [m for m in every if not m.credit]
    reason = (
        f"The listing asks for {count(len(every), 'thing')}. Shown by lines about your work: {len(shown)}; only named: "
        f"{len(named)}; not in the resume: {len(absent)}. What is required counts double, a bare mention half."
    )
    score = 100 * min(1.0, covered / FULL)
    found = min(1.0, sum(m.demand.weight for m in every) / WHOLE)
    if found < 1:
        score = found * score + (1 - found) * spoken
        reason += " That is little, so that the words which the resume shares with the listing count here as well."
    evidence = quotes(passage for m in shown[:5] for passage in m.passages[:1])
    return Aspect(
        judged("skills", score, reason, evidence),
        _strengths(shown),
        _gaps(absent),
        (*_add(absent), *_show(named)),
    )


def proposed(every: Sequence[Met]) -> list[ProposedSkill]:
    """The demands as the report lists them: with the lines that meet them, or the listing's own words."""
    return [
        ProposedSkill(
            m.demand.name,
            m.demand.importance,
            quotes(m.passages) if m.credit else out_of_listing(m.demand.quote),
        )
        for m in every
    ]


def _strengths(shown: Sequence[Met]) -> tuple[ProposedPoint, ...]:
    best = [m for m in shown if not m.demand.soft and m.passages][:4]
    return tuple(
        ProposedPoint(f"{_call(m)}: asked for, and the resume shows it.", quotes(m.passages[:2])) for m in best
    )


def _gaps(absent: Sequence[Met]) -> tuple[ProposedPoint, ...]:
    worst = [m for m in absent if m.demand.importance == "required" and not m.demand.soft][:5]
    return tuple(
        ProposedPoint(f"{_call(m)}: required, and not in the resume.", out_of_listing(m.demand.quote)) for m in worst
    )


def _add(absent: Sequence[Met]) -> list[Suggestion]:
    hard = [m for m in absent if not m.demand.soft]
    advice = []
    for m in hard[:MOST_ADVICE]:
        what, section = _remedy(m)
        priority: Priority = "high" if m.demand.importance == "required" and m.demand.skills else "medium"
        advice.append(Suggestion(priority, clip(f"{_asked(m.demand)} {what}", 400), section))
    rest = [_call(m) for m in hard[MOST_ADVICE:]]
    if rest:
        advice.append(
            Suggestion("medium", clip(f"Also asked for and not in the resume: {listed(rest, 8)}.", 400), "Skills")
        )
    return advice


def _asked(demand: Demand) -> str:
    """What the listing asks for, in its own words."""
    said = clip(BULLET.sub("", demand.quote), 110)
    if demand.titled and demand.skills:
        return f'The position is called "{said}", and the resume shows no {demand.name}.'
    wanted = {"required": "requires", "preferred": "would like", "mentioned": "mentions"}[demand.importance]
    return f'The listing {wanted} {demand.name} ("{said}").' if demand.skills else f'The listing {wanted} "{said}".'


def _remedy(m: Met) -> tuple[str, str]:
    """What to do about a demand that is not met, and in which section."""
    category = lexicon().skills[m.demand.skills[0]].category if m.demand.skills else ""
    if category == "language":
        return "If you speak it, add it with your level; if not, leave it out.", "Languages"
    if category == "licence":
        return "If you hold it, add it with its year and number or class; if not, leave it out.", "Certifications"
    did = "If you have done this, add a bullet that says where and what came of it; if not, leave it out."
    return did, "Experience"


def _show(named: Sequence[Met]) -> list[Suggestion]:
    hard = [m for m in named if not m.demand.soft]
    if not hard:
        return []
    where = _place(hard[0].passages)
    text = (
        f"{listed([_call(m) for m in hard], 5)} {'is' if len(hard) == 1 else 'are'} only named{where}. Under the "
        f"position where you used {'it' if len(hard) == 1 else 'them'}, add a bullet that says what for: what a line "
        "about your work shows counts twice as much."
    )
    return [Suggestion("medium", clip(text, 400), "Experience")]


def _place(passages: Sequence[Passage]) -> str:
    section = passages[0].section if passages else "other"
    return {"skills": " in your skills list", "summary": " in your summary", "head": " at the top"}.get(section, "")


def _call(m: Met) -> str:
    return m.demand.name if m.demand.skills else f'"{m.demand.name}"'
