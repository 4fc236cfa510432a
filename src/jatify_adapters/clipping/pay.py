"""What a position pays, as people write it in English and German."""

import re
from itertools import islice
from typing import Final

from jatify_core.listing import Salary

CURRENCIES: Final = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "$": "USD", "us$": "USD", "usd": "USD", "£": "GBP", "gbp": "GBP",
    "chf": "CHF", "fr.": "CHF", "c$": "CAD", "ca$": "CAD", "cad": "CAD", "a$": "AUD", "au$": "AUD", "aud": "AUD",
    "¥": "JPY", "jpy": "JPY", "₹": "INR", "inr": "INR", "zł": "PLN", "pln": "PLN", "sek": "SEK", "dkk": "DKK",
    "nok": "NOK", "sgd": "SGD",
}  # fmt: skip
PERIODS: Final = (
    ("hour", r"hour|hr\b|h\b|stunde|std\b|hourly|stündlich"),
    ("day", r"day|daily|tag\b|täglich|tagessatz|day rate"),
    ("week", r"week|weekly|woche"),
    ("month", r"month|monthly|mo\b|monat|mtl"),
    ("year", r"year|yr\b|annum|annual|annually|jahr|jährlich|p\.\s?a\.|pa\b"),
)
_CURRENCY: Final = (
    r"(?:US\$|CA\$|AU\$|C\$|A\$|[€$£¥₹]|zł|Fr\.|(?:EUR|Euro|USD|GBP|CHF|CAD|AUD|JPY|INR|PLN|SEK|DKK|NOK|SGD)\b)"
)
_AMOUNT: Final = r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?|\d{1,7}(?:[.,]\d{1,2})?"
_THOUSAND: Final = r"\s?(?:k\b|K\b|Tsd\.?|tausend\b|T€)"
_RANGE: Final = re.compile(
    rf"(?<![\w.,])(?P<c1a>{_CURRENCY})?\s?(?P<n1>{_AMOUNT})(?P<k1>{_THOUSAND})?\s?(?P<c1b>{_CURRENCY})?"
    r"(?:\s?(?:[-–—]|to\b|bis\b|and\b|und\b)\s?"
    rf"(?P<c2a>{_CURRENCY})?\s?(?P<n2>{_AMOUNT})(?P<k2>{_THOUSAND})?\s?(?P<c2b>{_CURRENCY})?)?",
    re.IGNORECASE,
)
_CUE: Final = re.compile(
    r"salary|compensation|pay\b|wage|gehalt|vergütung|verdienst|lohn|brutto|package|base|ote|rate\b|range",
    re.IGNORECASE,
)
_NOT_PAY: Final = re.compile(
    r"\s*(?:million|mio|mrd|bn\b|billion|m\b|bonus|budget|revenue|arr\b|funding|series|in funding|sign|%)",
    re.IGNORECASE,
)
MARKS: Final = ("c1a", "c1b", "c2a", "c2b")
LEAST: Final = {"hour": 3, "day": 50, "week": 100, "month": 300, "year": 5_000}
MOST: Final = {"hour": 1_000, "day": 10_000, "week": 30_000, "month": 300_000, "year": 100_000_000}
LONGEST: Final = 60_000
MOST_AMOUNTS: Final = 300
"""Amounts of money that are looked at; a listing names a few."""


def find_pay(text: str) -> Salary | None:
    """The first amount in *text* that can be a position's pay; a range before a single one."""
    single: Salary | None = None
    told = (match for match in _RANGE.finditer(text[:LONGEST]) if any(match[mark] for mark in MARKS))
    for match in islice(told, MOST_AMOUNTS):
        if (pay := _read(match, text)) is None:
            continue
        if pay.min is not None and pay.max is not None:
            return pay
        single = single or pay
    return single


def read_amount(value: object) -> float | None:
    """A number, or a text that is one."""
    match value:
        case bool():
            return None
        case int() | float() if 0 <= value < 10**9:
            return float(value)
        case str() if found := re.search(rf"({_AMOUNT})({_THOUSAND})?", value[:100]):
            return _number(found[1]) * (1_000 if found[2] else 1)
        case _:
            return None


def read_period(text: str) -> str | None:
    """The period that *text* names first."""
    found = [
        (match.start(), name)
        for name, words in PERIODS
        if (match := re.search(rf"(?<![\w]){words}", text, re.IGNORECASE))
    ]
    return min(found)[1] if found else None


def read_currency(text: str) -> str | None:
    """The currency that *text* is, by its sign or its code."""
    code = CURRENCIES.get(text.strip().lower())
    return code or (text.strip().upper() if re.fullmatch(r"\s*[A-Za-z]{3}\s*", text) else None)


def guess_period(amount: float) -> str | None:
    """The period for which such an amount is paid, where nothing says so."""
    return "year" if amount >= 15_000 else "month" if amount >= 1_500 else "hour" if amount < 150 else None


def _read(match: re.Match[str], text: str) -> Salary | None:
    marks = [match[name] for name in MARKS if match[name]]
    before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() : match.end() + 30]
    before = before.rpartition("\n")[2] or before.strip()
    if _NOT_PAY.match(after):
        return None
    low = _number(match["n1"]) * (1_000 if match["k1"] or (match["k2"] and _number(match["n1"]) < 1_000) else 1)
    high = _number(match["n2"]) * (1_000 if match["k2"] else 1) if match["n2"] else None
    if match["k1"] and high is not None and high < 1_000:
        high *= 1_000
    told = read_period(after.split("\n", maxsplit=1)[0]) or read_period(before)
    period = told or guess_period(low)
    if not period or not (told or _CUE.search(before) or high is not None or low >= 15_000):
        return None
    if not LEAST[period] <= low <= (high or low) <= MOST[period]:
        return None
    up_to = re.search(r"(?:up to|bis zu|max\.?|bis)\s*$", before, re.IGNORECASE)
    least, most = (None, low) if up_to and high is None else (low, high)
    return Salary(_whole(least), _whole(most), CURRENCIES[marks[0].lower()], period)  # type: ignore[arg-type]


def _number(written: str) -> float:
    digits = re.sub(r"[\s'’\u00a0\u202f]", "", written)
    if cents := re.fullmatch(r"(.*?)[.,](\d{1,2})", digits):
        return float(re.sub(r"[.,]", "", cents[1]) + "." + cents[2])
    return float(re.sub(r"[.,]", "", digits))


def _whole(amount: float | None) -> int | None:
    return None if amount is None else round(amount)
