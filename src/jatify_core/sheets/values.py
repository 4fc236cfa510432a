"""What a cell of each field means, and what is said of one that means nothing."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from jatify_core.listing import Workplace
from jatify_core.sheets.cells import StepCell, parted_steps, parted_tags
from jatify_core.sheets.columns import Field, folded
from jatify_core.sheets.dates import DateOrder, Unclear, read_date, read_instant
from jatify_core.text import Url

SHORT: Final = 200
NOTE: Final = 500
LONG: Final = 40_000
MOST_TAGS: Final = 50
LONGEST_TAG: Final = 50
TAGS_CELL: Final = MOST_TAGS * 2 * (LONGEST_TAG + 2)
MOST_PAY: Final = 1_000_000_000
NONE: Final = frozenset({"n/a", "na", "none", "null", "nil", "-", "–", "—"})  # noqa: RUF001  # as they stand there
"""How tables write that there is nothing."""
PLACES: Final[Mapping[str, Workplace | None]] = {
    "remote": "remote",
    "fully remote": "remote",
    "home office": "remote",
    "yes": "remote",
    "true": "remote",
    "hybrid": "hybrid",
    "partly remote": "hybrid",
    "onsite": "onsite",
    "on site": "onsite",
    "in person": "onsite",
    "in office": "onsite",
    "office": "onsite",
    "vor ort": "onsite",
    "no": None,
    "false": None,
}
Period = Literal["hour", "day", "week", "month", "year"]
PERIODS: Final[Mapping[str, Period]] = {
    **{period: period for period in ("hour", "day", "week", "month", "year")},
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "yearly": "year",
    "annual": "year",
    "per hour": "hour",
    "per month": "month",
    "per year": "year",
    "annually": "year",
    "annum": "year",
}
SIGNS: Final = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
NUMBER: Final = re.compile(r"(?P<whole>\d{1,3}(?:[.,' ]\d{3})+|\d+)(?:[.,](?P<cents>\d{1,2}))?\s?(?P<k>[kK])?")
AROUND: Final = re.compile(r"[\s$€£¥₹]|^[A-Z]{3}\s|\s[A-Z]{3}$")
HOST: Final = re.compile(r"[\w-]+(\.[\w-]+)+([/?#:].*)?")


class Unfit(Exception):
    """A cell that means nothing in its field."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Reading(Struct, frozen=True):
    """How the cells of a column are read: in which order its dates stand, and whether our export wrote them."""

    order: DateOrder | None = None
    ours: bool = False


def read_cell(field: Field, cell: str, reading: Reading) -> Any:
    """What *cell* means in *field*; None where it is empty. Raises `Unfit`."""
    if field not in PROSE and not reading.ours:
        cell = cell.strip()
        if cell.lower() in NONE and field not in {"company", "position"}:
            return None
    return READERS[field](cell, reading) if cell.strip() else None


def _text(most: int) -> Callable[[str, Reading], str]:
    def read(cell: str, _: Reading) -> str:
        if len(cell) > most:
            raise Unfit("too_long", f"Use at most {most} characters; this has {len(cell)}.")
        return cell

    return read


def _url(cell: str, _: Reading) -> str:
    text = cell.strip()
    for given in (text, f"https://{text}") if HOST.fullmatch(text[:2_000]) else (text,):
        try:
            return str(msgspec.convert(given, Url))
        except msgspec.ValidationError:
            continue
    raise Unfit("wrong_format", "This is no address. One begins with https:// and has at most 2000 characters.")


def _date(cell: str, reading: Reading) -> date:
    day: date = _dated(lambda: read_date(cell, reading.order), cell)
    return day


def _instant(cell: str, reading: Reading) -> datetime:
    instant: datetime = _dated(lambda: read_instant(cell, reading.order), cell)
    return instant


def _dated(read: Callable[[], Any], cell: str) -> Any:
    shown = cell.strip()[:40]
    try:
        return read()
    except Unclear:
        words = (
            f"“{shown}” can be two dates, and the column as a whole does not tell which. Say in date_order how it is "
            "written: dmy (31/01/2026) or mdy (01/31/2026)."
        )
        raise Unfit("ambiguous_date", words) from None
    except (ValueError, OverflowError):
        words = f"“{shown}” is no date from 1900 to 2199. Write it as 2026-01-31."
        raise Unfit("wrong_format", words) from None


def _tags(cell: str, _: Reading) -> list[str]:
    if len(cell) > TAGS_CELL:
        raise Unfit("too_long", f"Use at most {MOST_TAGS} tags of {LONGEST_TAG} characters each.")
    tags = parted_tags(cell)
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        raise Unfit("too_long", f"Use at most {MOST_TAGS} tags of {LONGEST_TAG} characters each.")
    return tags


def _steps(cell: str, reading: Reading) -> list[StepCell]:
    try:
        steps = parted_steps(cell)
        for step in steps:
            read_instant(step.at.isoformat(), reading.order)
    except (ValueError, OverflowError, msgspec.DecodeError):
        words = "This is no history. Write it as: 2026-01-05T10:00:00Z applied; 2026-01-12T09:00:00Z rejected."
        raise Unfit("wrong_format", words) from None
    if any(step.note is not None and len(step.note) > LONG for step in steps):
        raise Unfit("too_long", f"A note may have at most {LONG} characters.")
    return steps


def _workplace(cell: str, _: Reading) -> Workplace | None:
    try:
        return PLACES[folded(cell)]
    except KeyError:
        raise Unfit("unknown_value", "Write onsite, hybrid or remote.") from None


def _pay(cell: str, _: Reading) -> int:
    match = NUMBER.fullmatch(AROUND.sub("", cell.strip()[:SHORT]))
    if match is None:
        raise Unfit("wrong_format", "This is no amount. Write one number, such as 60000.")
    amount = int(re.sub(r"\D", "", match["whole"])) * (1_000 if match["k"] else 1)
    if match["k"] and match["cents"]:
        amount += int(match["cents"].ljust(3, "0"))
    if amount > MOST_PAY:
        raise Unfit("out_of_range", f"An amount may be at most {MOST_PAY}.")
    return amount


def _currency(cell: str, _: Reading) -> str:
    code = SIGNS.get(cell.strip(), cell.strip().upper())
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise Unfit("wrong_format", "Write a currency's three letters, such as EUR.")
    return code


def _period(cell: str, _: Reading) -> Period:
    try:
        return PERIODS[folded(cell)]
    except KeyError:
        raise Unfit("unknown_value", "Write hour, day, week, month or year.") from None


_line, _note, _prose = _text(SHORT), _text(NOTE), _text(LONG)
READERS: Final[Mapping[Field, Callable[[str, Reading], Any]]] = {
    "company": _line,
    "position": _line,
    "status": _line,
    "location": _line,
    "source": _line,
    "employment_type": _line,
    "resume": _line,
    "notes": _prose,
    "cover_letter": _prose,
    "description": _prose,
    "url": _url,
    "applied_on": _date,
    "follow_up_on": _date,
    "follow_up_note": _note,
    "deadline_on": _date,
    "posted_on": _date,
    "created_at": _instant,
    "tags": _tags,
    "history": _steps,
    "workplace": _workplace,
    "salary_min": _pay,
    "salary_max": _pay,
    "salary_currency": _currency,
    "salary_period": _period,
}
PROSE: Final = frozenset({"notes", "cover_letter", "description"})
DATES: Final = frozenset({"applied_on", "follow_up_on", "deadline_on", "posted_on", "created_at"})
