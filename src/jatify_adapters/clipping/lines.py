"""What the lines of a text say of a listing: labels with their values, and sentences that name who hires for what."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from jatify_adapters.clipping.pay import find_pay
from jatify_adapters.clipping.titles import is_role, looks_like_place, read_title
from jatify_adapters.clipping.words import find_ago, find_day, find_employment, find_workplace

LABELS: Final[Mapping[str, str]] = {
    "company": r"company(?: name)?|employer|organi[sz]ation|unternehmen|arbeitgeber|firma|hiring company",
    "position": (
        r"position(?: title)?|job title|title|role|stelle|stellenbezeichnung|stellentitel|jobtitel|"
        r"vacancy|subject|betreff"
    ),
    "location": (
        r"(?:job |office |work )?locations?|office|standorte?|(?:arbeits|einsatz|dienst)?ort|where|city|"
        r"place of work|primary location"
    ),
    "workplace": (
        r"workplace(?: type)?|work(?:ing)? (?:model|mode)|remote(?: type| work| policy)?|arbeitsmodell|"
        r"homeoffice|home office"
    ),
    "employment_type": (
        r"employment(?: type)?|job type|time type|contract(?: type)?|type of employment|anstellungsart|"
        r"beschäftigungsart|arbeitszeit|vertragsart|commitment|schedule"
    ),
    "salary": (
        r"(?:base |annual )?(?:salary|pay)(?: range)?|compensation|gehalt(?:sspanne)?|vergütung|"
        r"jahresgehalt|rate|hourly rate"
    ),
    "posted_on": (
        r"(?:date )?posted(?: on| date)?|published(?: on)?|posting date|veröffentlicht(?: am)?|"
        r"online seit|erschienen(?: am)?|eingestellt am|date"
    ),
    "deadline_on": (
        r"(?:application )?deadline|apply (?:by|before)|closing date|closes(?: on)?|applications close|"
        r"bewerbungs(?:frist|schluss)|bewerben bis|bewerbung bis|end date|frist|valid through"
    ),
}
_LABELLED: Final = {
    name: re.compile(rf"^[^\w\n]{{0,8}}(?:{words})\s*(?::|$|–|\t)\s*(?P<value>.*)$", re.IGNORECASE)
    for name, words in LABELS.items()
}
_DATED: Final = {
    "posted_on": re.compile(
        r"\b(?:posted|published|veröffentlicht|erschienen|online seit|eingestellt)\b[^.\n]{0,60}", re.IGNORECASE
    ),
    "deadline_on": re.compile(
        (
            r"\b(?:deadline|apply by|before|closing date|closes on|until|bewerbungsfrist|"
            r"bewerbungsschluss|bis (?:zum|spätestens)|bewirb dich bis|"
            r"bewerben sie sich bis)\b[^.\n]{0,20}(?:\d|[A-Z])[^\n]{0,30}"
        ),
        re.IGNORECASE,
    ),
}
_NAME: Final = r"[A-ZÄÖÜ][\w&.'’+-]*(?:[ ](?:[A-ZÄÖÜ&][\w&.'’+-]*|of|und|and|für)){0,4}"
_HIRERS: Final = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        (
            rf"(?:^[^\w\n]{{0,6}}|[.!?] )(?P<company>{_NAME}) "
            r"(?:is|are) (?:now )?(?:hiring|building|looking for|seeking|searching|recruiting)"
        ),
        rf"(?:^|[.!?] )(?:Die |Der |Das )?(?P<company>{_NAME}) (?:sucht|stellt ein)\b",
        (
            rf"(?:^|\s)(?:[Jj]oin|[Bb]ei|[Ww]ork(?:ing)? (?:at|for)|[Ww]e at|role (?:here )?at|position at|"
            rf"[Ww]ir bei)(?: der| dem)? (?P<company>{_NAME})"
        ),
        rf"^(?:#+ )?(?:About|Über|Who is|Why|Warum) (?P<company>{_NAME})\??$",
        rf"(?:^|[.!?] )(?P<company>{_NAME}) (?:is an?|is the|ist ein[e]?|ist der|ist die) ",
    )
)
_POSITIONS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        (
            r"(?:looking for|hiring|seeking|recruiting(?: for)?|suchen(?: wir)?(?: ab sofort)?|"
            r"sucht(?: ab sofort)?)\s+(?:an?|the|einen?|"
            r"eine[nr]?)\s+(?P<position>[^.,;:!?\n]{3,80}?)(?=\s+(?:to|for|in|who|at|with|für|zur|zum|an|am|"
            r"join|mit|bei|that)\s|[.,;:!?\n]|$)"
        ),
        r"(?:position|role|stelle|opening)\s+(?:of|as|for|als)\s+(?:an?\s+|the\s+)?(?P<position>[^.,;:!?\n]{3,80}?)(?=\s+(?:in|at|with|bei|on)\s|[.,;:!?\n]|$)",
    )
)
_RUNNING: Final = re.compile(
    r"(?i:^(?:we|you|our|as an?|are you|an?|the|join|wir|du|unsere?[mnrs]?|als|eine?[nmr]?)\s)|"
    r"(?i:\b(?:looking for|seeking|suchen|sucht)\s)|;|^(?:\S+\s+){12}|^[a-zäöü](?:\S*\s+){10}"
)
"""How a line goes that is a piece of a sentence, and no title: as sentences begin, or longer than titles are."""
_PLACES: Final = re.compile(
    (
        r"(?:based|located|office|offices|team|sitting|standort|büro|"
        r"sitz) (?:is )?in (?P<location>[A-ZÄÖÜ][\w-]+(?:[ ][A-ZÄÖÜ][\w-]+){0,2}"
        r"(?:, [A-ZÄÖÜ]\w+(?: [A-ZÄÖÜ]\w+)?)?)"
    ),
    re.IGNORECASE,
)
_NOBODY: Final = frozenset(
    "us uns we wir you your dich sie the this our it they the role the job the team die stelle the position".split()
)
_APART: Final = re.compile(r"\s+[·•|–—]\s+|\s*[·•|]\s*")
_WORKPLACE: Final = re.compile(
    r"\s*\(?\b(?:hybrid|remote|on-?site|vor ort|home\s?office)\b\)?\s*(?:[-–,/]|or\b|oder\b)?\s*", re.IGNORECASE
)
MOST_LINES: Final = 3_000
HEAD: Final = 25
"""Lines at the top in which a listing says what it is."""


def read_lines(text: str, today: date) -> dict[str, object]:
    """What is found in *text*, line by line, then sentence by sentence."""
    lines = [line for line in text[:200_000].split("\n") if line][:MOST_LINES]
    told = _labelled(lines)
    found: dict[str, object] = {}
    for name in ("company", "location"):
        if told.get(name):
            found[name] = told[name] if name == "company" else place(told[name])
    if subject := told.get("position"):
        found = {**read_title(subject), **found} if read_title(subject) else {**found, "position": subject}
    for name, value in _headed(lines).items():
        found.setdefault(name, value)
    for name, value in _in_sentences(text[:60_000]).items():
        found.setdefault(name, value)
    pay = find_pay(told.get("salary", "")) or find_pay(text)
    facts = {
        "workplace": find_workplace(told.get("workplace", ""))
        or find_workplace(told.get("location", ""))
        or find_workplace(text),
        "employment_type": find_employment(told.get("employment_type", "")) or find_employment(text),
        "salary": pay,
        "posted_on": _day("posted_on", told, text, today),
        "deadline_on": _day("deadline_on", told, text, today),
    }
    return {name: value for name, value in {**found, **facts}.items() if value}


def place(words: str) -> str | None:
    """A place without the words that say whether one has to be there."""
    bare = _WORKPLACE.sub(" ", words).strip(" ,-–·|()/")
    return " ".join(bare.split())[:200] or None


def _labelled(lines: Sequence[str]) -> dict[str, str]:
    """The value of each label: beside it, or in the line below."""
    told: dict[str, str] = {}
    for index, line in enumerate(lines):
        if len(line) > 200:
            continue
        for name, pattern in _LABELLED.items():
            if name not in told and (match := pattern.match(line)):
                below = lines[index + 1] if index + 1 < len(lines) else ""
                value = match["value"].strip() or (below if len(below) <= 120 else "")
                if value and not _is_label(value):
                    told[name] = value.lstrip("-# ").strip()
    return told


def _is_label(line: str) -> bool:
    return line.rstrip().endswith(":") or line.startswith("##")


def _headed(lines: Sequence[str]) -> dict[str, str]:
    """What the first lines say: a role, then mostly the company, and a place, or all of them with dots between."""
    head = [line.lstrip("#- ").strip() for line in lines[:HEAD]]
    found: dict[str, str] = {}
    at = next((n for n, line in enumerate(head) if _is_title(line)), None)
    if at is None:
        return found
    found.update(read_title(head[at]) or {"position": head[at]})
    beside = [part for line in (head[at + 1 : at + 5] + head[max(0, at - 2) : at]) for part in _APART.split(line)]
    for part in (part.strip() for part in beside):
        if looks_like_place(part):
            found.setdefault("location", place(part) or part)
        elif _is_name(part):
            found.setdefault("company", part)
    return found


def _is_title(line: str) -> bool:
    return len(line) <= 120 and is_role(line) and not line.endswith(".") and not _RUNNING.search(line)


def _is_name(words: str) -> bool:
    """Whether *words* may be a company's name, and nothing that listings say beside it."""
    plain = re.fullmatch(rf"{_NAME}(?:,? (?:GmbH|AG|SE|Inc\.?|Ltd\.?|LLC|KG|Corp\.?|Co\.?|& Co\. KG|e\.V\.))*", words)
    said = (
        find_workplace(words)
        or find_employment(words)
        or re.search(r"ago$|apply|save|share|views?\b|^vor ", words, re.IGNORECASE)
    )
    return bool(plain) and not said and not is_role(words) and words.lower() not in _NOBODY and ":" not in words


def _day(name: str, told: Mapping[str, str], text: str, today: date) -> date | None:
    if day := find_day(told.get(name, ""), today):
        return day
    matches = _DATED[name].finditer(text[:60_000])
    if day := next((day for match in matches if (day := find_day(match[0], today))), None):
        return day
    # What was posted says so many days ago among its first lines, and often nothing beside it.
    return find_ago("\n".join(text.split("\n", HEAD)[:HEAD]), today) if name == "posted_on" else None


def _in_sentences(text: str) -> dict[str, str]:
    """Who hires, for what and where, as running text tells it."""
    found: dict[str, str] = {}
    names = (match["company"].rstrip(".'’") for pattern in _HIRERS for match in pattern.finditer(text))
    companies = (name for name in names if name.lower() not in _NOBODY and name.split()[0].lower() not in _NOBODY)
    roles = (match["position"].strip() for pattern in _POSITIONS for match in pattern.finditer(text))
    if company := next((name for name in companies if not is_role(name)), None):
        found["company"] = company
    if position := next((role for role in roles if is_role(role)), None):
        found["position"] = position
    if match := _PLACES.search(text):
        found["location"] = match["location"]
    return found
