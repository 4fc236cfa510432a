"""Clarity and breadth: how easily a resume reads, and how many skills it names and shows."""

import re
from typing import Final

from jatify_adapters.local.aspects import Aspect, judged, quotes
from jatify_adapters.local.coverage import SHOWN, Knowledge
from jatify_adapters.local.lexicon import lexicon
from jatify_adapters.local.outline import BULLET, Outline
from jatify_adapters.local.words import clip, count, listed
from jatify_core.findings import ProposedPoint, Suggestion

BUZZWORDS: Final = re.compile(
    r"\b(?:results?[- ]driven|detail[- ]oriented|self[- ]starter|go[- ]getter|team player|hard[- ]?working|"
    r"think(?:ing)? outside the box|synerg\w+|dynamic|passionate|guru|ninja|rockstar|proven track record|track record|"
    r"highly (?:motivated|skilled)|cutting[- ]edge|best[- ]of[- ]breed|thought leader|"
    r"seasoned|world[- ]class|exceptional|innovative|robust)\b",
    re.IGNORECASE,
)
LONG_LINE: Final = 30
MANY: Final = 12
MANY_SHOWN: Final = 6


def clarity(resume: Outline) -> Aspect:
    """Judge how easily the lines about work read: short ones, as bullets, in plain words."""
    told = resume.statements
    if not told:
        return Aspect(judged("clarity", 20, "There are no full lines about your work to read."))
    long = [passage for passage in told if len(passage.words) > LONG_LINE]
    bullets = sum(passage.kind == "bullet" or len(passage.words) <= 25 for passage in told)
    empty = [match.group() for match in BUZZWORDS.finditer(resume.text)]
    score = 50 * (1 - len(long) / len(told)) + 30 * bullets / len(told) + 20 * max(0.0, 1 - len(empty) / 8)
    words = listed(dict.fromkeys(word.lower() for word in empty), 5)
    reason = f"{count(len(told), 'line')} about your work, {len(long)} of them over {LONG_LINE} words"
    reason += f"; worn phrases: {words}." if empty else "; no worn phrases."
    advice = []
    if long:
        text = f'Split "{clip(BULLET.sub("", long[0].text), 90)}" into two lines: it has {len(long[0].words)} words.'
        advice.append(Suggestion("low", text, "Experience"))
    if len(empty) > 1:
        text = f"Replace {words} by a fact that shows it: what you did, for whom, and what came of it."
        advice.append(Suggestion("low", clip(text, 400), "Summary"))
    return Aspect(judged("clarity", score, reason, quotes(long[:2])), suggestions=tuple(advice))


def breadth(known: Knowledge) -> Aspect:
    """Judge how many skills, soft ones aside, the resume names, and how many a line about work shows."""
    skills = {name: credit for name, credit in known.credits.items() if lexicon().skills[name].category != "soft"}
    direct = [name for name in skills if known.passages.get(name)]
    shown = [name for name in direct if skills[name] == SHOWN]
    score = 50 * min(1.0, len(direct) / MANY) + 50 * min(1.0, len(shown) / MANY_SHOWN)
    bare = [name for name in direct if name not in shown]
    reason = (
        f"The resume names {count(len(direct), 'skill')} that we know; lines about your work show {len(shown)} of them."
    )
    evidence = quotes(known.passages[name][0] for name in shown[:5])
    strengths = (
        (ProposedPoint(clip(f"Shown in your work, not only listed: {listed(shown, 8)}.", 400), evidence),)
        if shown
        else ()
    )
    advice = []
    if len(bare) > 1:
        text = (
            f"{listed(bare, 4)} stand in a list only. Say in a bullet where you used the ones that matter most to you."
        )
        advice.append(Suggestion("medium", clip(text, 400), "Experience"))
    return Aspect(judged("skills_breadth", score, reason, evidence), strengths=strengths, suggestions=tuple(advice))
