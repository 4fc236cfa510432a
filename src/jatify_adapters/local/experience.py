"""Experience: the years, the level and the kind of work that a listing asks for against the dated positions."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Final

from msgspec import Struct

from jatify_adapters.local.advert import Advert, Clause, quoted
from jatify_adapters.local.aspects import LONGEST_QUOTE, Aspect, judged, out_of_listing, quotes
from jatify_adapters.local.outline import Outline, Passage
from jatify_adapters.local.timeline import covered, in_years, spans
from jatify_adapters.local.words import clip, stem, tokens, trades, weight
from jatify_core.findings import ProposedPoint, Quote, Suggestion

_NUMBER_WORDS: Final = "zero one two three four five six seven eight nine ten"
_NUMBERS: Final = {word: n for n, word in enumerate(_NUMBER_WORDS.split())}
YEARS: Final = re.compile(
    rf"\b(?P<least>\d{{1,2}}|{'|'.join(_NUMBERS)})\s*(?:\(\d+\)\s*)?(?:\+|plus|or more)?\s*"
    r"(?:(?:-|\u2013|to)\s*\d{1,2}\s*)?\+?\s*(?:years?|yrs?)\b(?!\s*(?:old|of age))",
    re.IGNORECASE,
)
_OF_WORK: Final = re.compile(
    r"experience|background|working|building|developing|in an?\b|of\b|professional|experiencia", re.IGNORECASE
)
_ABOUT_ITSELF: Final = re.compile(
    r"\b(?:we have|our company|founded|in business|history|for over|warranty)\b", re.IGNORECASE
)
_SCHOOL: Final = re.compile(
    r"universit|college|school|bachelor|master|ph\.?d|degree|b\.?sc|m\.?sc|diploma|academy|institute of tech",
    re.IGNORECASE,
)
LEVELS: Final = {
    0: "intern internship trainee apprentice student",
    1: "junior jr entry graduate assistant associate",
    3: "senior sr experienced ii iii",
    4: "lead principal staff supervisor head foreman",
    5: "manager director",
    6: "vp president chief cto ceo coo cfo partner founder",
}
_LEVEL: Final = {word: level for level, words in LEVELS.items() for word in words.split()}
RANKS: Final = "intern trainee junior jr entry graduate senior sr lead principal staff experienced ii iii"
_RANKS: Final = frozenset(RANKS.split())
GENERIC: Final = (
    "engineer manager assistant analyst consultant technician director coordinator representative supervisor worker "
    "operator officer administrator designer planner inspector agent clerk architect scientist connector tester editor"
)
SPECIAL: Final = 0.7
CLOSE: Final = 0.7
ALONE: Final = 5
MOST_SPANS: Final = 60
"""More dated positions than anybody has had; a bound on the work that a hostile text can make."""
HEADLINE: Final = 12
PARTLY: Final = 0.35


class History(Struct, frozen=True):
    """The dated positions of a resume: how many months they cover together, their lines, and all titles."""

    months: int
    lines: tuple[str, ...]
    titles: tuple[Passage, ...]


def history(resume: Outline, today: date) -> History:
    """The dated positions of *resume*. School and private projects are no positions."""
    work = [span for span in spans(resume.text, today)[:MOST_SPANS] if _is_work(resume, span.start, span.end)]
    lines = tuple(dict.fromkeys(_dated_line(resume.text, span.start, span.end) for span in work))
    titles = tuple(p for p in resume.passages if (p.kind == "entry" and p.tells) or _is_headline(p))
    return History(covered(work), lines, titles)


def _dated_line(text: str, start: int, end: int) -> str:
    """The line with the dates; where they stand alone, with the line below."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    if last >= 0 and len(text[first:last].split()) <= ALONE:
        below = text.find("\n", last + 1)
        last = below if below < 0 or below > last + 1 else last
    return text[first:last] if last >= 0 else text[first:]


def _is_headline(passage: Passage) -> bool:
    return passage.section == "head" and len(passage.words) <= HEADLINE


def experience(listing: Advert, resume: Outline, past: History, met: float) -> Aspect:
    """Judge the experience. *met* is how much of what is asked for the work shows, 0 to 1.

    Work of another kind counts little, however long: the score is that of years and level, times how near the work is.
    """
    asked = _years_asked(listing)
    near = max(_likeness(listing.title, past.titles), met)
    parts = [(0.25, 1.0 if past.months or resume.statements else 0.0)]
    if asked:
        parts.append((0.5, min(1.0, past.months / (12 * asked[1]))))
    else:
        parts.append((0.5, min(1.0, 0.4 + past.months / 60) if past.months else 0.2))
    wanted, reached = _level(listing.title), _reached(past)
    if wanted is not None:
        parts.append((0.25, max(0.0, 1 - 0.3 * max(wanted - reached, 0))))
    quality = sum(share * value for share, value in parts) / sum(share for share, _ in parts)
    evidence = [*_evidence(resume, past), *out_of_listing(asked[0].text[:600] if asked else "")]
    score = judged("experience", 100 * quality * (0.1 + 0.9 * near), _reason(past, asked, near), evidence)
    return Aspect(score, *_points(past, asked, near, evidence, listing.title))


def _evidence(resume: Outline, past: History) -> list[Quote]:
    if past.lines:
        return [Quote("resume", line.strip()[:LONGEST_QUOTE]) for line in past.lines[:4]]
    return quotes(p for p in resume.statements if p.section in {"experience", "other"})[:2]


def _is_work(resume: Outline, start: int, end: int) -> bool:
    section = resume.section_at(start)
    if section in {"experience", "volunteering"}:
        return True
    if section not in {"head", "summary", "other", "skills"}:
        return False
    before = resume.text[:start].rstrip("\n").split("\n")[-3:]
    after = resume.text[end:].split("\n")[:2]
    return not _SCHOOL.search("\n".join((*before, *after)))


def _years_asked(listing: Advert) -> tuple[Clause, int] | None:
    """The clause that asks for the most years, and how many; one that only prefers them does not count."""
    title = Clause(listing.title, "required", listed=False)
    found = [
        (clause, _number(match["least"]))
        for clause in (title, *listing.clauses)
        if clause.importance != "preferred" and not _ABOUT_ITSELF.search(clause.text)
        for match in YEARS.finditer(clause.text)
        if _OF_WORK.search(clause.text)
    ]
    usable = [(clause, years) for clause, years in found if 0 < years <= 30]
    return max(usable, key=lambda pair: pair[1]) if usable else None


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word.lower()]


def _likeness(title: str, titles: Sequence[Passage]) -> float:
    """How near the resume's own titles come to the position's name, 0 to 1; words of level tell nothing.

    An electrician is one anywhere; an engineer or a manager may be of any kind, so there the other words decide.
    """
    wanted = {_trade(token.stem): _name_weight(token.stem) for token in tokens(title) if token.low not in _RANKS}
    held = {_trade(stemmed) for passage in titles for stemmed in passage.stems}
    common = set(wanted) & held
    special = any(word in trades() and word not in _generic() for word in common)
    total = sum(wanted.values())
    recalled = (sum(wanted[word] for word in common) / total) ** 2 if total else 0.0
    return max(recalled, SPECIAL if special else 0.0)


def _trade(stemmed: str) -> str:
    return trades().get(stemmed, stemmed)


def _name_weight(stemmed: str) -> float:
    if stemmed in trades() and _trade(stemmed) not in _generic():
        return 1.0
    return 0.25 if stemmed in trades() else 0.1 + 0.5 * weight(stemmed)


@cache
def _generic() -> frozenset[str]:
    return frozenset(_trade(stem(word)) for word in GENERIC.split())


def _level(title: str) -> int | None:
    levels = [_LEVEL[token.low] for token in tokens(title) if token.low in _LEVEL]
    return max(levels) if levels else None


def _reached(past: History) -> int:
    """The level that titles or years reach."""
    titled = [level for passage in past.titles if (level := _level(passage.read)) is not None]
    by_years = 3 if past.months >= 60 else 2 if past.months >= 24 else 1
    return max([*titled, by_years])


def _reason(past: History, asked: tuple[Clause, int] | None, near: float) -> str:
    if past.months:
        count = f"Your dated positions cover {in_years(past.months)} without overlaps"
    else:
        count = "The resume gives no position with a start and an end date"
    years = f"; the listing asks for {in_years(12 * asked[1])}" if asked else "; the listing names no number of years"
    kinds = ((CLOSE, "close to"), (PARTLY, "partly like"), (0.0, "of another kind than"))
    kind = next(words for least, words in kinds if near >= least)
    return f"{count}{years}. What they show is {kind} what this position needs."


def _points(
    past: History, asked: tuple[Clause, int] | None, near: float, evidence: list[Quote], title: str
) -> tuple[tuple[ProposedPoint, ...], tuple[ProposedPoint, ...], tuple[Suggestion, ...]]:
    """Strengths, gaps and suggestions."""
    enough = asked is None or past.months >= 12 * asked[1]
    if not past.months:
        text = (
            'Give every position a start and an end, such as "Mar 2021 - Jun 2024" or "Mar 2021 - Present". '
            "Readers and screening software count the years from those."
        )
        return (), (), (Suggestion("high", text, "Experience"),)
    if asked and not enough:
        text = f"{in_years(past.months)} of dated work, where the listing asks for {in_years(12 * asked[1])}."
        advice = (
            f'The listing says "{quoted(asked[0])}", and your dated positions add up to {in_years(past.months)}. If '
            "earlier, part-time, freelance or voluntary work belongs here, add it with its dates."
        )
        return (), (ProposedPoint(text, evidence),), (Suggestion("medium", clip(advice, 400), "Experience"),)
    if near >= CLOSE:
        what = f"{in_years(past.months)} of dated work close to this position"
        asked_for = f", where the listing asks for {in_years(12 * asked[1])}" if asked else ""
        return (ProposedPoint(f"{what}{asked_for}.", evidence),), (), ()
    if near < PARTLY:
        advice = (
            f"Your positions are of another kind than {clip(title, 60) or 'this one'}. Say in two lines at the top "
            "what carries over from them, and put first the bullets that come closest."
        )
        return (), (), (Suggestion("medium", clip(advice, 400), "Summary"),)
    return (), (), ()
