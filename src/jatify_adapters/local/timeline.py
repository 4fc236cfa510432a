"""Dates in a resume: ranges of months, however they are written, and how many months they cover together."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_YEAR: Final = r"(?:19[5-9]\d|20\d\d)"


def _date(side: str) -> str:
    return (
        rf"(?:(?P<{side}_name>{_NAME})\.?,?\s{{1,3}}(?P<{side}_named>{_YEAR})"
        rf"|(?P<{side}_month>0?[1-9]|1[0-2])\s?[/.]\s?(?P<{side}_of>{_YEAR})"
        rf"|(?P<{side}_year>{_YEAR})(?:\s?[/.-]\s?(?P<{side}_in>0[1-9]|1[0-2])(?![\d]))?)"
    )


_NOW: Final = r"(?P<now>present|now|current(?:ly)?|today|ongoing|date|(?=\s{0,3}[):;,\n]|\s{0,3}$))"
"""Or nothing at all: "2019 -" in brackets, or where the line ends."""
_SHORT: Final = r"(?P<till_short>\d\d)(?![\d/-]|\.\d)"
_RANGE: Final = re.compile(
    rf"(?<![\w/.-]){_date('from')}\s{{0,3}}(?:[-\u2010-\u2015]|\bto\b|\buntil\b|\btill\b)\s{{0,3}}(?:{_date('till')}|{_SHORT}|{_NOW})(?![\w/])",
    re.IGNORECASE,
)
_SINCE: Final = re.compile(rf"\bsince\s{{1,3}}{_date('from')}(?![\w/])", re.IGNORECASE)
DATE: Final = re.compile(rf"\b(?:{_NAME}\.?,?\s{{1,3}})?{_YEAR}\b", re.IGNORECASE)


_FOUR_DIGITS: Final = re.compile(r"\d{4}")
"""No date goes without a year; most lines do."""


class Span(NamedTuple):
    """Months from `first` up to, not including, `after`, counted since year 0; and where they are written."""

    first: int
    after: int
    start: int
    end: int


def spans(text: str, today: date) -> list[Span]:
    """The ranges of dates in *text*, in order. What is not over yet ends with the month of *today*.

    Month for month the last one counts whole; between bare years the difference counts. The future counts nothing.
    """
    return sorted(_spans(text, today), key=lambda span: span.start)


def has_span(line: str) -> bool:
    """Whether a range of dates stands in *line*."""
    return bool(_FOUR_DIGITS.search(line) and (_RANGE.search(line) or _SINCE.search(line)))


def covered(found: Iterable[Span]) -> int:
    """How many months *found* cover together, each counted once."""
    months = 0
    reached = 0
    for span in sorted(found):
        months += max(span.after - max(span.first, reached), 0)
        reached = max(reached, span.after)
    return months


def in_years(months: int) -> str:
    """Months in words."""
    if months < 12:
        return "1 month" if months == 1 else f"{months} months"
    years = round(months / 12, 1)
    return "1 year" if years == 1 else f"{years:g} years"


def _spans(text: str, today: date) -> Iterator[Span]:
    this_month = today.year * 12 + today.month
    for match in (*_RANGE.finditer(text), *_SINCE.finditer(text)):
        parts = match.groupdict()
        year, month = _read(parts, "from")
        first = year * 12 + (month or 1) - 1
        after = _end(parts, first, this_month)
        if first < after:
            yield Span(first, after, match.start(), match.end())


def _end(parts: dict[str, str | None], first: int, this_month: int) -> int:
    if not any(value for name, value in parts.items() if name.startswith("till_")):
        return this_month
    year, month = _read(parts, "till")
    if parts["till_short"]:
        year = first // 12 // 100 * 100 + int(parts["till_short"])  # "2012-24"
    after = year * 12 + (month or 0)
    if not month and after <= first:
        # "2020 - 2020", "May 2020 - 2020": some of that year, and half of it is the fairest guess.
        after = first + 6 if year * 12 + 12 > first else first
    return min(after, this_month)


def _read(parts: dict[str, str | None], side: str) -> tuple[int, int | None]:
    named, numbered = parts[f"{side}_named"], parts[f"{side}_of"]
    if named:
        return int(named), _MONTHS.index((parts[f"{side}_name"] or "")[:3].lower()) + 1
    if numbered:
        return int(numbered), int(parts[f"{side}_month"] or 1)
    month = parts[f"{side}_in"]
    return int(parts[f"{side}_year"] or 0), int(month) if month else None
