"""Impact: how many lines about work state a number and begin with a deed."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from jatify_adapters.local.aspects import Aspect, judged, quotes
from jatify_adapters.local.outline import BULLET, Outline, Passage, starts_with_verb
from jatify_adapters.local.timeline import DATE
from jatify_adapters.local.words import clip, count
from jatify_core.findings import ProposedPoint, Suggestion

FIGURE: Final = re.compile(
    r"(?<![\w.])[$€£]?\d[\d.,]*\s?(?:%|percent|k\b|m\b|x\b|\+|million|thousand|billion)?"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million|"
    r"dozens?|half|doubl\w+|tripl\w+|twice|zero|halv\w+)\b",
    re.IGNORECASE,
)
WEAK: Final = re.compile(
    r"(?:was |were )?(?:responsible for|duties (?:included|include)|helped|assisted|participated|"
    r"worked (?:on|with|closely)|working on|tasked with|involved in|in charge of|played a)\b",
    re.IGNORECASE,
)
NUMBER: Final = 0.6
DEED: Final = 0.4
FULL: Final = 0.75
"""The mean at which nothing is wanting: not every line of a good resume can state a number."""
FEW: Final = 3


class Weighed(Struct, frozen=True):
    """A line about work, and what it has."""

    passage: Passage
    number: bool
    deed: bool

    @property
    def worth(self) -> float:
        """0 to 1."""
        return NUMBER * self.number + DEED * self.deed


def impact(resume: Outline, asked_for: Callable[[Passage], bool] = lambda _: False) -> Aspect:
    """Judge the lines about work. A line that shows what the listing asks for (*asked_for*) never counts against them.

    That is a promise: whoever adds a line about a skill in demand must not lose points because it states no number.
    """
    weighed = [_weighed(passage) for passage in resume.statements]
    needed = sorted((w for w in weighed if asked_for(w.passage)), key=lambda w: -w.worth)
    others = [w for w in weighed if not asked_for(w.passage)]
    means = [_mean([*others, *needed[:extra]]) for extra in range(len(needed) + 1)]
    score = 100 * min(1.0, max(means) / FULL)
    numbered, deeds = [w for w in weighed if w.number], [w for w in weighed if w.deed]
    reason = (
        f"{len(numbered)} of {count(len(weighed), 'line')} about your work {_verb(len(numbered), 'state')} a number, "
        f"and {len(deeds)} {_verb(len(deeds), 'begin')} with what you did."
    )
    if not weighed:
        reason = "The resume has no lines that say what you did at work."
    evidence = quotes(w.passage for w in sorted(weighed, key=lambda w: -w.worth)[:3] if w.number)
    return Aspect(judged("impact", score, reason, evidence), *_points(weighed, reason))


def _verb(number: int, word: str) -> str:
    return word + "s" if number == 1 else word


def _weighed(passage: Passage) -> Weighed:
    text = BULLET.sub("", DATE.sub(" ", passage.read))
    # "user experience by 30": the figure counts, whatever its unit; "HTML5" and dates are no figures.
    return Weighed(passage, bool(FIGURE.search(text)), starts_with_verb(passage.words) and not WEAK.match(text.strip()))


def _mean(weighed: Sequence[Weighed]) -> float:
    return sum(w.worth for w in weighed) / len(weighed) if weighed else 0.0


def _points(
    weighed: Sequence[Weighed], reason: str
) -> tuple[tuple[ProposedPoint, ...], tuple[ProposedPoint, ...], tuple[Suggestion, ...]]:
    if not weighed:
        text = "Write three to five bullets under each position: begin with what you did, and say how much or how many."
        return (), (ProposedPoint(reason, []),), (Suggestion("high", text, "Experience"),)
    numbered = [w for w in weighed if w.number]
    plain = [w for w in weighed if not w.number and len(w.passage.words) >= 5]
    weak = [w for w in plain if WEAK.match(BULLET.sub("", w.passage.text))]
    advice = []
    if plain and len(numbered) < 0.6 * len(weighed):
        quoted = " and ".join(f'"{_short(w)}"' for w in plain[:2])
        state = (
            f"{len(numbered)} of {count(len(weighed), 'line')} about your work {_verb(len(numbered), 'state')} a number"
        )
        advice.append(
            Suggestion(
                "medium",
                clip(f"{state}. Add a figure (how many, how often, how much better) to {quoted}.", 400),
                "Experience",
            )
        )
    if weak:
        text = f'Begin "{_short(weak[0])}" with what you yourself did, and say what came of it.'
        advice.append(Suggestion("low", clip(text, 400), "Experience"))
    strong = [w.passage for w in numbered if w.deed]
    if len(strong) >= FEW:
        text = f"{count(len(strong), 'line')} about your work begin with a deed and state a number."
        return (ProposedPoint(text, quotes(strong[:3])),), (), tuple(advice)
    if len(weighed) >= FEW and len(numbered) < 0.3 * len(weighed):
        return (), (ProposedPoint(reason, quotes(w.passage for w in plain[:2])),), tuple(advice)
    return (), (), tuple(advice)


def _short(weighed: Weighed) -> str:
    return clip(BULLET.sub("", weighed.passage.text), 90).rstrip(".")
