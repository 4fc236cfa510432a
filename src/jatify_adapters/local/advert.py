"""A listing taken apart: its title, and clauses with the importance that its own wording gives them."""

import re
from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Struct

from jatify_adapters.local.words import TOKEN, clip
from jatify_core.findings import Importance

Part = Literal["required", "preferred", "mentioned", "skipped"]

BULLET: Final = re.compile(r"\s*(?:[•●▪◦·∙‣○■□➢➤✓▸►*\uf0b7\uf0a7\u2013\u2014-]|\d{1,2}[.)])\s+(?=\S)")
CLAUSE_END: Final = re.compile(r"(?<=[a-z\d)%+][.!?])\s+(?=[A-Z•])|;\s*|\n")
REQUIRED: Final = re.compile(
    r"\b(?:must|required?|requires|requirements?|needs?|essential|mandatory|minimum|at least|you have|you bring|"
    r"you are|ability|able to|experience (?:with|in)|years|knowledge|proficien\w+|proven|"
    r"expert\w*|strong|solid|deep|hands-on|"
    r"familiar\w*|fluen\w+|licen[sc]ed?|certified|requisitos?)\b",
    re.IGNORECASE,
)
PREFERRED: Final = re.compile(
    r"\b(?:nice to have|a plus|plus|preferred|preferab\w+|preference|bonus points?|desirable|desired|ideal(?:ly)?|"
    r"advantageous|an advantage|an asset|optional|beneficial|appreciated|would be great|good to have|welcome)\b",
    re.IGNORECASE,
)
NOT_NEEDED: Final = re.compile(
    r"\b(?:not (?:required|necessary|needed|essential)|no \w+ (?:required|needed))\b", re.IGNORECASE
)
_HEADINGS: Final[tuple[tuple[Part, re.Pattern[str]], ...]] = (
    (
        "skipped",
        re.compile(
            r"about (?:us|the company|our)|benefits|perks|what we offer|we offer|our offer|compensation|salary|"
            r"how to apply|equal opportunity|who we are|why (?:join|work)|beneficios|cómo aplicar|"
            r"sobre nosotros|company overview|"
            r"our (?:values|culture|mission)|application process|diversity",
            re.IGNORECASE,
        ),
    ),
    (
        "preferred",
        re.compile(
            r"nice[ -]to[ -]have|preferred|bonus|desirable|pluses|good to have|extra credit|"
            r"ideal(?:ly)?|optional|advantage",
            re.IGNORECASE,
        ),
    ),
    (
        "required",
        re.compile(
            r"require|qualification|must[ -]have|what you(?:'ll)? (?:need|bring|have)|you have|who you are|essential|"
            r"minimum|skills|about you|your profile|looking for|experience|education|requisitos|competenc",
            re.IGNORECASE,
        ),
    ),
    (
        "mentioned",
        re.compile(
            r"responsibilit|what you(?:'ll| will)? (?:do|be doing)|dut(?:y|ies)|the role|role|job description|"
            r"description|your (?:mission|tasks|day)|day[ -]to[ -]day|tasks|overview|summary|responsabilidades|"
            r"position|the team|job",
            re.IGNORECASE,
        ),
    ),
)
# What an employer gives, or says of itself, is no demand on the seeker.
GIFT: Final = re.compile(
    r"\b(?:401k|401\(k\)|insurance|retirement|pto|paid time|vacation|holidays?|lunch|catered|snacks|game room|league|"
    r"commuter|fsa|referral|sign[- ]on|bonus(?:es)?|competitive salary|salary range|equal opportunity|employer|"
    r"stock options|parental leave|gym|wellness|discounts?|life balance|work[- ]life|seguro|apply (?:now|today|online)|"
    r"about the company|life critical care|home daily|rewarding)\b",
    re.IGNORECASE,
)
LABEL: Final = re.compile(r"\s*(?P<label>[A-Z][A-Za-z'\u2019 /&-]{2,40}):(?:\s+(?P<rest>\S.*))?$", re.DOTALL)
PREFIX: Final = re.compile(
    r"^(?:job (?:description|title)|position|title|role|puesto de trabajo)\s*:\s*", re.IGNORECASE
)
WRAPPED: Final = 60


class Clause(Struct, frozen=True):
    """A clause of a listing, as it stands, and how much it asks."""

    text: str
    importance: Importance
    listed: bool
    """Whether it stands as a point of its own: a bullet, a key phrase, a clause under a heading."""


class Advert(Struct, frozen=True):
    """A listing: the position it names, if it does, and its clauses."""

    title: str
    clauses: tuple[Clause, ...]
    key_phrases: bool
    """Whether it is a list of phrases without grammar, one a line."""


def advert(text: str) -> Advert:
    """*text*, a listing, taken apart. What the employer gives or says of itself is left out."""
    title, body = _titled(text)
    key_phrases = not re.search(r"[.,;:]", body)
    clauses = tuple(_clauses(_blocks(body, joined=not key_phrases), key_phrases=key_phrases))
    named = PREFIX.sub("", title).split("(")[0].strip()
    return Advert(named or _named(body), clauses, key_phrases)


def _titled(text: str) -> tuple[str, str]:
    """The head of a listing, which is its position and perhaps its company, and the rest."""
    head, blank, body = text.strip().partition("\n\n")
    lines = head.split("\n")
    short = len(TOKEN.findall(lines[0])) <= 14 and not lines[0].rstrip().endswith((".", ";"))
    if short and (len(lines) <= 2 or not blank):
        return lines[0].strip(), body if blank else "\n".join(lines[1:])
    return (lines[0].strip() if short else ""), text


def _named(body: str) -> str:
    """The position as a sentence names it."""
    match = re.search(
        r"\b(?:looking for|seeking|hiring|recruiting|join (?:us|our team) as|seek)\s+(?:an?\s+|our\s+)?"
        r"([^.,;\n]{3,80}?)\s+(?:to|who|that|with|for|in)\b",
        body,
    )
    return " ".join(match.group(1).split()) if match else ""


def _blocks(body: str, *, joined: bool) -> Iterator[str]:
    """Paragraphs and points; lines that were broken for want of room are joined."""
    block = ""
    for line in body.split("\n"):
        runs_on = joined and block.strip() and len(block.rsplit("\n", 1)[-1]) >= WRAPPED and block[-1] not in ".!?:"
        fresh = not line.strip() or BULLET.match(line) or not runs_on or LABEL.match(line)
        if fresh and not (joined and block and line[:1].islower()):
            if block.strip():
                yield block
            block = line
        else:
            block = f"{block}\n{line}"
    if block.strip():
        yield block


def _clauses(blocks: Iterator[str], *, key_phrases: bool) -> Iterator[Clause]:
    part: Part = "mentioned"
    titled = False
    for block in blocks:
        opened, rest = _opened(block)
        if opened:
            part, titled = opened, True
        if part == "skipped" or not rest:
            continue
        listed = key_phrases or bool(BULLET.match(rest)) or (titled and part != "mentioned")
        for text in CLAUSE_END.split(rest) if "\n" not in rest else _unwrapped(rest):
            if text.strip() and not GIFT.search(text) and not (part == "mentioned" and _is_address(text)):
                yield Clause(text.strip(), _importance(text, part), listed)


def _is_address(text: str) -> bool:
    """Whether it is nothing but names, as of a company and its town."""
    words = re.findall(r"[^\W\d_]+", text)
    return "," in text and not any(word[0].islower() for word in words) and not BULLET.match(text)


def _unwrapped(block: str) -> Iterator[str]:
    """The clauses of a block of several lines, each an exact piece of it."""
    start = 0
    for match in re.finditer(r"(?<=[a-z\d)%+][.!?])\s+(?=[A-Z•])|;\s*", block):
        yield block[start : match.start()]
        start = match.end()
    yield block[start:]


def _opened(block: str) -> tuple[Part | None, str]:
    """The part that *block* opens with a heading, and what is left of it."""
    label = LABEL.match(block)
    heading, rest = (label["label"], label["rest"] or "") if label else (block, "")
    heading = heading.strip().strip("#*• ").strip()
    if not label and (
        len(heading.split()) > 6 or heading.endswith((".", ",", ";")) or BULLET.match(block) or block.islower()
    ):
        return None, block
    if label and len(heading.split()) > 6:
        return None, block
    found = next((part for part, pattern in _HEADINGS if pattern.search(heading)), None)
    return (found, rest) if found else (None, block)


def _importance(text: str, part: Part) -> Importance:
    if PREFERRED.search(text) or NOT_NEEDED.search(text):
        return "preferred"
    if part == "preferred":
        return "preferred"
    return "required" if part == "required" or REQUIRED.search(text) else "mentioned"


def quoted(clause: Clause) -> str:
    """The clause on one short line, for an explanation."""
    return clip(BULLET.sub("", clause.text), 90)
