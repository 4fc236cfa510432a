"""Titles of pages and subjects of mails, which name a position, and often a company and a place."""

import re
from collections.abc import Mapping
from typing import Final

BOARDS: Final = {
    "linkedin": "LinkedIn", "indeed": "Indeed", "greenhouse": "Greenhouse", "lever": "Lever",
    "myworkdayjobs": "Workday", "workday": "Workday", "stepstone": "StepStone", "personio": "Personio",
    "smartrecruiters": "SmartRecruiters", "notion": "Notion", "xing": "XING", "glassdoor": "Glassdoor",
    "monster": "Monster", "ashbyhq": "Ashby", "workable": "Workable", "teamtailor": "Teamtailor",
    "recruitee": "Recruitee", "bamboohr": "BambooHR", "join": "JOIN", "wellfound": "Wellfound",
    "welcometothejungle": "Welcome to the Jungle", "arbeitsagentur": "Bundesagentur für Arbeit",
    "ycombinator": "Y Combinator", "ziprecruiter": "ZipRecruiter", "dice": "Dice", "jobvite": "Jobvite",
}  # fmt: skip
"""Where listings are found, by a part of their host or of their site's name."""

_NAME: Final = r"[A-ZÄÖÜ0-9][\w&.'’+-]*(?:\s+(?:[A-ZÄÖÜ0-9&][\w&.'’+-]*|of|the|und|and|für|for|de)){0,5}"
_PREFIX: Final = re.compile(
    r"^(?:(?:fwd?|re|aw|wg|subject|betreff)\s*:\s*|job application for\s+|apply (?:for|to)\s+|stellenangebot\s*:?\s*|"
    r"job\s*:\s*|\(\d+\)\s*|now hiring\s*:?\s*|we(?:'re| are) hiring\s*:?\s*|open position\s*:?\s*|"
    r"(?:ihre|your) (?:einladung|invitation)\s*:?\s*)+",
    re.IGNORECASE,
)
_HIRING: Final = re.compile(
    r"^(?P<company>.{2,80}?) (?:is hiring|hiring)(?: an?| for)? (?P<position>.+?)(?: in (?P<location>.+))?$",
    re.IGNORECASE,
)
_AT: Final = re.compile(
    rf"^(?P<position>.{{2,120}}?)\s+(?:at|@|bei(?: der| dem)?)\s+(?P<company>{_NAME})(?:\s+in\s+(?P<location>[^|]+))?$"
)
_PARTS: Final = re.compile(r"\s+[-–—|·•:]\s+|\s*\|\s*|\s+::\s+")
_NOISE: Final = re.compile(
    (
        r"^(?:jobs?|careers?|karriere|stellen(?:angebote)?|job post|open positions?|home|apply(?: now)?|"
        r"job details?|vacanc(?:y|ies)|hiring|\d+)$"
    ),
    re.IGNORECASE,
)
_AROUND: Final = re.compile(
    r"^(?:jobs?|karriere|careers?) (?:bei|at) |\s+(?:careers?|jobs?|karriere)$|"
    r"\s+(?:in|\()\s?(?:teilzeit|vollzeit)(?: (?:oder|/) ?(?:teilzeit|vollzeit))?\)?$",
    re.IGNORECASE,
)
"""What stands around a name in a title, and is no part of it."""
_ROLE: Final = re.compile(
    r"engineer|developer|entwickler|manager|analyst|designer|architect|architekt|consultant|berater|scientist|nurse|"
    r"pfleg|driver|fahrer|assistant|assistenz|assistent|specialist|spezialist|director|leiter|lead\b|head of|intern\b|"
    r"praktik|werkstudent|administrator|technician|techniker|ingenieur|sachbearbeit|referent|kaufmann|kauffrau|"
    r"officer|coordinator|koordinator|representative|accountant|buchhalt|teacher|lehrer|mechani|electrician|elektr|"
    r"verkäufer|sales|recruiter|editor|redakteur|writer|programmer|tester|scrum|"
    r"\(?[mwfdx]/[mwfdx]/[mwfdx]\)?|\(all genders\)|"
    r"product owner|supervisor|fireman|clerk|associate",
    re.IGNORECASE,
)


def read_title(title: str) -> Mapping[str, str]:
    """Position, company and location, as far as *title* names them."""
    whole = _PREFIX.sub("", " ".join(title.split()))
    parts = [part for part in _PARTS.split(whole) if part and not _NOISE.match(part) and not board_in(part)]
    parts = [_AROUND.sub("", part) for part in parts]
    if not parts:
        return {}
    for pattern in (_HIRING, _AT):
        if match := pattern.match(parts[0]):
            return {name: value.strip() for name, value in match.groupdict().items() if value}
    if len(parts) == 1:
        return {"position": parts[0]} if is_role(parts[0]) else {}
    return _sorted(parts)


def bare_position(words: str) -> str:
    """A heading without what a site adds to every one."""
    first, *others = _PARTS.split(words)
    return first if others and all(_NOISE.match(part) for part in others) else words


def is_role(words: str) -> bool:
    """Whether *words* name what people are hired for."""
    return len(words) <= 150 and _ROLE.search(words) is not None


def board_in(name: str) -> str | None:
    """The board that a site's name or an address is of."""
    words = re.findall(r"[a-z0-9äöü]+", name.lower())
    return next((BOARDS[word] for word in words if word in BOARDS), None) if len(words) <= 6 else None


def _sorted(parts: list[str]) -> Mapping[str, str]:
    """Which part is which: the one that names a role is the position, and the company stands beside it."""
    at = next((index for index, part in enumerate(parts) if is_role(part)), 0)
    others = [part for index, part in enumerate(parts) if index != at]
    found = {"position": parts[at]}
    places = [part for part in others if looks_like_place(part)]
    if companies := [part for part in others if part not in places]:
        found["company"] = companies[0]
    if places:
        found["location"] = places[0]
    return found


def looks_like_place(words: str) -> bool:
    """Whether *words* are of the form "Berlin, Germany" or begin with a postcode."""
    return (
        re.fullmatch(
            (
                r"(?:\d{4,5}\s+)?[A-ZÄÖÜ][\w.' -]{1,40}(?:,\s*[A-ZÄÖÜ][\w.' -]{1,40}){1,3}(?:\s*\([^)]*\))?|"
                r"\d{4,5} [A-ZÄÖÜ][\wäöüß -]+"
            ),
            words,
        )
        is not None
    )
