"""Dates as people and programs write them. What could be two is decided by its whole column, or not at all."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final, Literal

DateOrder = Literal["dmy", "mdy", "ymd"]

ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
SHORT: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
DAY_FIRST: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+([^\W\d_]{3,12})\.?,?[\s-]+(\d{4})")
MONTH_FIRST: Final = re.compile(r"([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
WEEKDAY: Final = re.compile(r"^[^\W\d_]{2,10}\.?,\s+(?=.*\d)")
TIME: Final = re.compile(
    r"(?:T|,?\s+(?:at\s+)?)\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s*(?:[ap]\.?m\.?|Z|UTC|GMT|[+-]\d{2}:?\d{2})*\s*$",
    re.IGNORECASE,
)
MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar jänner janvier",
            "feb february februar février",
            "mar march mär märz mars",
            "apr april avril",
            "may mai",
            "jun june juni juin",
            "jul july juli juillet",
            "aug august août",
            "sep sept september septembre",
            "oct october okt oktober octobre",
            "nov november novembre",
            "dec december dez dezember décembre",
        ),
        start=1,
    )
    for name in names.split()
}
LONGEST: Final = 64
EARLIEST: Final = 1900
LATEST: Final = 2199


class Unclear(ValueError):
    """This could be two dates."""


def order_of(cells: Iterable[str]) -> DateOrder | None:
    """In which order the dates of a column stand, as far as they tell: those that can be read in one way alone."""
    told: set[DateOrder] = set()
    for cell in cells:
        if match := SHORT.fullmatch(_without_time(cell)):
            first, mark, second = int(match[1]), match[2], int(match[3])
            if mark == "." or first > 12 >= second:
                told.add("dmy")
            elif second > 12 >= first:
                told.add("mdy")
    return told.pop() if len(told) == 1 else None


def read_date(cell: str, order: DateOrder | None) -> date:
    """The date in *cell*. Raises `Unclear` where *order* would decide and is None, and `ValueError` for no date."""
    text = _without_time(cell)
    if match := ISO.fullmatch(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := SHORT.fullmatch(text):
        return _ordered(match, order)
    if match := DAY_FIRST.fullmatch(text):
        return _date(int(match[3]), _month(match[2]), int(match[1]))
    if match := MONTH_FIRST.fullmatch(text):
        return _date(int(match[3]), _month(match[1]), int(match[2]))
    raise ValueError(text)


def read_instant(cell: str, order: DateOrder | None) -> datetime:
    """The instant in *cell*; without a zone it is UTC's, without a time its day's beginning. Raises as `read_date`."""
    try:
        at = datetime.fromisoformat(cell.strip()[:LONGEST])
    except ValueError:
        day = read_date(cell, order)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    _date(at.year, at.month, at.day)
    return at.astimezone(UTC)


def _without_time(cell: str) -> str:
    text = cell.strip()
    if len(text) > LONGEST:
        return ""
    return WEEKDAY.sub("", TIME.sub("", text))


def _ordered(match: re.Match[str], order: DateOrder | None) -> date:
    first, mark, second, last = int(match[1]), match[2], int(match[3]), match[4]
    year = int(last) + (2000 if len(last) == 2 else 0)
    if order == "ymd" and len(last) == 2:
        return _date(first + 2000, second, int(last))
    if order is None and mark == ".":
        order = "dmy"
    if order in {None, "ymd"}:
        if first <= 12 and second <= 12 and first != second:
            raise Unclear(match[0])
        order = "mdy" if second > 12 else "dmy"
    return _date(year, second, first) if order == "dmy" else _date(year, first, second)


def _month(name: str) -> int:
    try:
        return MONTHS[name.casefold()]
    except KeyError:
        raise ValueError(name) from None


def _date(year: int, month: int, day: int) -> date:
    if not EARLIEST <= year <= LATEST:
        raise ValueError(year)
    return date(year, month, day)
