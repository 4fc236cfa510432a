"""The words of listings in English and German: where one works, how much of the week, and days."""

import re
from datetime import date, timedelta
from typing import Final

LONGEST: Final = 60_000

_HYBRID: Final = re.compile(
    (
        r"\bhybrid(?:e[rs]?|es)?\b|teilweise (?:im )?home\s?-?office|\d\s+(?:days?|"
        r"tage?)\b[^.\n]{0,30}\b(?:home\s?-?office|remote|from home)|(?:partly|partially) remote"
    ),
    re.IGNORECASE,
)
_REMOTE: Final = re.compile(
    (
        r"\bremote\b|work(?:ing)? from (?:home|anywhere)|\btelecommut|\bfully distributed\b|"
        r"\b100\s?% home\s?-?office|ortsunabhängig|\bhome\s?-?office\b"
    ),
    re.IGNORECASE,
)
_NOT_REMOTE: Final = re.compile(
    (
        r"\b(?:not|no|non|kein\w*|nicht)[\s-]+(?:a )?(?:remote|home\s?-?office)|\bremote[\s-]+(?:control|"
        r"sens|desktop|monitor|hands)"
    ),
    re.IGNORECASE,
)
_ONSITE: Final = re.compile(r"\bon[\s-]?site\b|\bin[\s-]office\b|\bvor ort\b|\bpräsenz\b", re.IGNORECASE)

EMPLOYMENT: Final = (
    ("internship", r"\bintern(?:ship)?\b|\bpraktik(?:um|ant(?:in)?)\b"),
    ("working student", r"\bworking student\b|\bwerkstudent(?:in)?\b"),
    ("apprenticeship", r"\bapprentice(?:ship)?\b|\bausbildung zu[mr]\b"),
    ("freelance", r"\bfreelance\w*|\bfreiberuflich\w*"),
    ("full time", r"\bfull[\s-]?time\b|\bvollzeit\b"),
    ("part time", r"\bpart[\s-]?time\b|\bteilzeit\b|\bminijob\b"),
    ("temporary", r"\btemporary\b|\bbefristet\w*|\bfixed[\s-]term\b"),
    ("contract", r"\bcontract(?:or)?\b(?! law| manage| negot)"),
)
SCHEMA_TYPES: Final = {
    "full_time": "full time", "fulltime": "full time", "part_time": "part time", "parttime": "part time",
    "contractor": "contract", "contract": "contract", "temporary": "temporary", "intern": "internship",
    "internship": "internship", "volunteer": "volunteer", "per_diem": "per diem", "permanent": "permanent",
}  # fmt: skip

MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar jänner", "feb february februar", "mar march mär märz mrz", "apr april", "may mai",
            "jun june juni", "jul july juli", "aug august", "sep sept september", "oct october okt oktober",
            "nov november", "dec december dez dezember",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_ISO: Final = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})")
_GERMAN: Final = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b")
_SLASHES: Final = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_DAY_MONTH: Final = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?([A-Za-zäÄ]{3,9})\.?,?\s+(\d{4})\b")
_MONTH_DAY: Final = re.compile(r"\b([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_AGO: Final = re.compile(
    r"\b(?:(\d{1,3}|an?|einem|einer)\+?\s+(minute|hour|day|week|month)s?\s+ago|vor\s+(\d{1,3}|einem|einer)\s+(minute|stunde|tag|woche|monat)(?:e?n)?)\b",
    re.IGNORECASE,
)
_DAYS: Final = {
    "minute": 0, "hour": 0, "stunde": 0, "day": 1, "tag": 1, "week": 7, "woche": 7, "month": 30, "monat": 30,
}  # fmt: skip


def find_workplace(text: str) -> str | None:
    """`hybrid`, `remote` or `onsite`, where *text* says so."""
    text = _NOT_REMOTE.sub(" on-site ", text[:LONGEST]) if _NOT_REMOTE.search(text[:LONGEST]) else text[:LONGEST]
    if _HYBRID.search(text):
        return "hybrid"
    return "remote" if _REMOTE.search(text) else "onsite" if _ONSITE.search(text) else None


def find_employment(text: str) -> str | None:
    """The kinds of employment that *text* names, at most two."""
    found = [name for name, words in EMPLOYMENT if re.search(words, text[:LONGEST], re.IGNORECASE)]
    return ", ".join(found[:2]) or None


def read_employment(value: object) -> str | None:
    """What schema.org's `employmentType` says, in words."""
    values = value if isinstance(value, list) else str(value).split(",") if value else []
    names = (str(one).strip().rpartition("/")[2] for one in values[:5])
    told = (SCHEMA_TYPES.get(re.sub(r"[\s-]", "_", name.lower()), name.replace("_", " ").lower()) for name in names)
    return ", ".join(dict.fromkeys(name for name in told if name and name != "other")) or None


def find_day(text: str, today: date) -> date | None:
    """The first day in *text*, written out or so many days ago."""
    text = text[:300]
    for pattern, order in (
        (_ISO, "ymd"),
        (_GERMAN, "dmy"),
        (_DAY_MONTH, "dmy"),
        (_MONTH_DAY, "mdy"),
        (_SLASHES, "mdy"),
    ):
        if (match := pattern.search(text)) and (day := _day(dict(zip(order, match.groups(), strict=True)))):
            return day
    if day := find_ago(text, today):
        return day
    if re.search(r"\b(?:today|heute|just now|just posted)\b", text, re.IGNORECASE):
        return today
    return today - timedelta(days=1) if re.search(r"\b(?:yesterday|gestern)\b", text, re.IGNORECASE) else None


def find_ago(text: str, today: date) -> date | None:
    """The day that is so long ago as *text* says first."""
    if not (match := _AGO.search(text[:4_000])):
        return None
    count, unit = match[1] or match[3], (match[2] or match[4]).lower()
    return today - timedelta(days=(int(count) if count.isdecimal() else 1) * _DAYS[unit])


def _day(parts: dict[str, str]) -> date | None:
    month = int(parts["m"]) if parts["m"].isdigit() else MONTHS.get(parts["m"].lower(), 0)
    try:
        return date(int(parts["y"]), month, int(parts["d"]))
    except ValueError:
        pass
    try:  # thirteenth month: it was the other way round
        return date(int(parts["y"]), int(parts["d"]), month)
    except ValueError:
        return None
