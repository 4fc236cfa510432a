"""Words of a text: tokens with their place, stems, and how much each tells."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from msgspec import Struct

TOKEN: Final = re.compile(r"(?:(?<![^\W_])\.(?=[A-Za-z]))?[^\W_]+(?:[.'\u2019][^\W_]+)*[+#]*")
CONTACT: Final = re.compile(r"\S{1,64}@\S{1,255}|(?:https?:|www\.)\S*|\b[\w.-]{1,100}\.(?:com|org|net|io|dev|me)/\S*")
PRONOUNS: Final = re.compile(
    r"\(\s*(?:he|she|they|ze|xe|hers?|him|his|them|theirs?)(?:\s*/\s*\w+)*\s*\)", re.IGNORECASE
)
VOWEL: Final = re.compile(r"[aeiouy]")
UNKNOWN_WEIGHT: Final = 1.0


class Token(Struct, frozen=True, gc=False):
    """A word: as written, in lower case, its stem, and where it stands."""

    text: str
    low: str
    stem: str
    start: int
    end: int


def lines_of(name: str) -> Iterator[str]:
    """The lines of a word list beside this module, without comments and blanks."""
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line.strip() and not line.startswith("#"))


def tokens(text: str) -> list[Token]:
    """The words of *text* in order; C++, C#, .NET and Node.js are one word each, hyphens and slashes part words."""
    found = []
    for match in TOKEN.finditer(text):
        word = match[0]
        low, stemmed = _forms(word)
        found.append(Token(word, low, stemmed, match.start(), match.end()))
    return found


def says_anything(text: str, least: int) -> bool:
    """Whether *text* has at least *least* different words that tell something. Reads no further than it must."""
    found: set[str] = set()
    for match in TOKEN.finditer(text):
        stemmed = _forms(match[0])[1]
        if weight(stemmed) > 0:
            found.add(stemmed)
        if len(found) >= least:
            return True
    return False


def stem(word: str) -> str:
    """The part of a lower-case English word that its inflections share.

    Our own, and light: Snowball's takes 80 µs a word in pure Python and makes one stem of *excellence* and *Excel*.
    """
    if len(word) <= 3 or not word.isalpha():
        return word.removesuffix("'s")
    return _without_ending(_without_inflection(_singular(word))).removesuffix("e")


@cache
def weights() -> Mapping[str, float]:
    """How much each known stem tells; a stem that is not here weighs `UNKNOWN_WEIGHT`."""
    found: dict[str, float] = {}
    weight = UNKNOWN_WEIGHT
    for line in lines_of("words.txt"):
        if line.startswith("="):
            weight = float(line.removeprefix("="))
            continue
        for word in line.split():
            found.setdefault(stem(word), weight)
    return found


@cache
def trades() -> dict[str, str]:
    """What people are called at work, by stem, with the first name of the trade."""
    rows = [[stem(word) for word in line.split()] for line in lines_of("titles.txt")]
    return {word: row[0] for row in rows for word in row}


@lru_cache(maxsize=50_000)
def weight(stemmed: str) -> float:
    """How much the word with this stem tells, 0 to 1."""
    if len(stemmed) == 1 or stemmed[0].isdigit():
        return 0.0
    return weights().get(stemmed, UNKNOWN_WEIGHT)


def telling(found: Iterable[Token]) -> dict[str, float]:
    """The stems of *found* that tell anything, with their weights, in order."""
    weighed = ((token.stem, weight(token.stem)) for token in found)
    return {stemmed: value for stemmed, value in weighed if value > 0}


def without_identity(text: str) -> str:
    """*text* with e-mail and web addresses and stated pronouns blanked, every other character in its place."""
    blanked = CONTACT.sub(lambda match: " " * len(match.group()), text)
    return PRONOUNS.sub(lambda match: " " * len(match.group()), blanked)


def clip(text: str, length: int) -> str:
    """*text* on one line, cut at a word with an ellipsis where it is longer than *length*."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut).rstrip(" ,;:-\u2013\u2014(") + "…"


def count(number: int, singular: str, plural: str | None = None) -> str:
    """*number* with the noun in the right form."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def listed(names: Iterable[str], most: int) -> str:
    """Names as a person would list them, at most *most* of them."""
    every = list(names)
    shown = every[:most]
    if len(every) > most:
        return f"{', '.join(shown)} and {len(every) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


@lru_cache(maxsize=50_000)
def _forms(word: str) -> tuple[str, str]:
    low = word.lower().replace("\u2019", "'")
    return low, stem(low)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _without_inflection(word: str) -> str:
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and VOWEL.search(rest):
            doubled = rest[-1] == rest[-2] and rest[-1] not in "lsz"
            return rest[:-1] if doubled else rest
    return word.removesuffix("ly") if len(word) > 5 else word


def _without_ending(word: str) -> str:
    if word.endswith(("tion", "sion")) and len(word) > 6:
        return word[:-3]
    # Endings of agents stay: a developer's "product managers" are not product management.
    rest = word.removesuffix("ment")
    return rest if len(rest) >= 4 else word
