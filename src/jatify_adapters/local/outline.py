"""The parts of a resume: sections, and in them bullets, prose, entries and lists."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, Literal

from msgspec import Struct

from jatify_adapters.local.headings import Section, announced, heading, labelled, marginal, unfolded
from jatify_adapters.local.timeline import has_span
from jatify_adapters.local.words import Token, lines_of, stem, tokens, trades, weight, without_identity

Kind = Literal["bullet", "prose", "entry", "list"]

BULLET: Final = re.compile(r"\s*(?:[•●▪◦·∙‣○■□➢➤✓▸►*\uf0b7\uf0a7\u2013\u2014-]|\d{1,2}[.)])\s+(?=\S)")
NAME: Final = re.compile(r"[^\W\d_][^\d@|,;:/]*")
POSITION: Final = re.compile(r"[^:]{8,120}:(?=\s\S)")
LABEL: Final = re.compile(r"[\w &/-]{2,40}:\s")
FULL_STOP: Final = re.compile(r"(?<=[a-z\d%)]\.)\s(?=[A-Z])")
PARAGRAPH: Final = 24
SENTENCE_END: Final = re.compile(r"(?<=[a-z\d%)][.!?;])\s+(?=[A-Z])")
ITEM_END: Final = re.compile(r"[,;|•·/]")
CLUSTER: Final = 3
"""So many headings in a row, with nothing between, are a side bar: what follows belongs to none of them."""
WRAPPED: Final = 50
"""A line shorter than this was not broken for want of room."""
TITLES_OF_PAGES: Final = frozenset({"resume", "résumé", "cv", "curriculum vitae"})
DOING: Final = frozenset({"experience", "projects", "volunteering", "other"})
CLAIMING: Final = frozenset({"head", "summary", "interests", "references"})
_LIKE_DEEDS: Final = (
    "advanced accredited certified dedicated detailed embedded experienced licensed motivated qualified registered "
    "seasoned skilled speed talented united varied unlimited related limited"
)
ADJECTIVES: Final = frozenset(_LIKE_DEEDS.split())
LEAST: Final = 3
"""A line of fewer words says nothing of what was done."""
GRAMMAR: Final = 2
"""So many words that only join others make a sentence of any length; a shorter one has one in ten."""
LINKING: Final = frozenset({"and", "or", "of"})
HEADLINE: Final = 12
"""A line of fewer words above the first heading names somebody or something; more tell of it."""


class Passage(Struct, frozen=True):
    """A bullet, a paragraph, an entry's line or a list.

    `text` is as it stands; `read` is the same without any identity, which is all that is scored; `words` are its words,
    `stems` their stems. `tells` says whether it tells what was done or held, which a bare name in a list does not.
    """

    text: str
    read: str
    words: tuple[Token, ...]
    start: int
    kind: Kind
    section: Section
    tells: bool
    stems: frozenset[str]


class Outline(Struct, frozen=True):
    """A resume in its parts. `text` is the whole, of which every passage is a piece.

    `statements` are what it says was done, sentence by sentence.
    """

    text: str
    passages: tuple[Passage, ...]
    sections: frozenset[Section]
    statements: tuple[Passage, ...]

    def section_at(self, place: int) -> Section:
        """The section in which the character at *place* stands."""
        before = [passage.section for passage in self.passages if passage.start <= place]
        return before[-1] if before else "head"


class _Line(Struct, frozen=True):
    text: str
    read: str
    words: tuple[Token, ...]
    start: int
    kind: Kind
    section: Section


def outline(text: str) -> Outline:
    """The parts of *text*, a resume."""
    read = _without_name(without_identity(text))
    lines = list(_lines(text, read))
    titled = (announced(line.strip()) for line in text.split("\n"))
    sections = {line.section for line in lines}.union(*titled)
    passages = tuple(_passages(text, read, lines))
    told = (passage for passage in passages if passage.kind != "entry" and passage.tells)
    statements = tuple(piece for passage in told for piece in _sentences(passage))
    return Outline(text, passages, frozenset(sections - {"head", "other"}), statements)


@cache
def verbs() -> tuple[frozenset[str], frozenset[str]]:
    """Verbs that begin a line about something done: as written, and their stems."""
    words = frozenset(word for line in lines_of("verbs.txt") for word in line.replace("-", " ").split())
    return words, frozenset(stem(word) for word in words)


def starts_with_verb(words: Sequence[Token]) -> bool:
    """Whether the first word, but for pronouns and adverbs, is a verb of doing."""
    written, stems = verbs()
    for token in words[:3]:
        # "Development" and "developed" share a stem, but only one of them is a deed.
        known = token.low in written or (token.stem in stems and not token.low.endswith(("ment", "ion")))
        if known or (token.low.endswith("ed") and len(token.low) > 4 and token.low not in ADJECTIVES):
            return True
        if not token.low.endswith("ly") and (weight(token.stem) > 0 or not token.low.isalpha()):
            return False
    return False


def _without_name(read: str) -> str:
    """*read* with its first line, where a name stands, blanked here and in the page footers.

    Whatever the name, the score is the same: Mary Carpenter is no carpenter for it.
    """
    for match in re.finditer(r"[^\n]*\S[^\n]*", read):
        line = match.group().strip()
        if line.lower() in TITLES_OF_PAGES:
            continue
        if heading(line) or not NAME.fullmatch(line) or len(line.split()) > 4:
            return read
        blanked = read[: match.start()] + " " * len(match.group()) + read[match.end() :]
        return blanked.replace(line, " " * len(line)) if " " in line else blanked
    return read


def _lines(text: str, read: str) -> Iterator[_Line]:
    section: Section = "head"
    in_a_row = 0
    scattered = False
    lines = [part for line in text.split("\n") for piece in unfolded(line) for part in _parted(piece)]
    untitled = not any(_opened(line) == "experience" for line in lines)
    if untitled:
        lines = [part for line in lines for sentence in _spoken(line) for part in _parted(sentence)]
    in_margin = len({marginal(line.strip()) for line in lines} - {None}) >= CLUSTER
    start = 0
    for raw in lines:
        line = raw.strip()
        titled = heading(line)
        section = (marginal(line) if in_margin else None) or section
        if titled:
            in_a_row += 1
            scattered = scattered or in_a_row >= CLUSTER
            section = "other" if scattered else titled
        elif line:
            in_a_row = 0
            # Above the first heading a bullet is work, and all that follows a position with its dates.
            section = "other" if section == "head" and has_span(line) else section
            works = section == "head" and (BULLET.match(line) or (untitled and len(line.split()) > HEADLINE))
            yield _line(raw, read[start : start + len(raw)], start, "other" if works else section)
        start += len(raw) + 1


def _parted(line: str) -> list[str]:
    """*line* as it is, or where a position and its dates stand before what was done there, both, a blank between."""
    match = POSITION.match(line)
    return [line[: match.end()], line[match.end() + 1 :]] if match and has_span(match.group()) else [line]


def _spoken(line: str) -> list[str]:
    """A paragraph in its sentences, a blank between each."""
    return FULL_STOP.split(line) if len(line.split()) > PARAGRAPH and not BULLET.match(line) else [line]


def _opened(line: str) -> Section | None:
    return heading(line.strip()) or marginal(line.strip())


def _line(text: str, read: str, start: int, section: Section) -> _Line:
    words = tuple(tokens(read))
    label = labelled(text)
    kind = "list" if label else _kind(text.strip(), words, section)
    return _Line(text, read, words, start, kind, label or section)


def _kind(line: str, words: Sequence[Token], section: Section) -> Kind:
    if BULLET.match(line):
        return "bullet" if starts_with_verb(words) or section != "skills" else "list"
    if len(words) <= 24 and (has_span(line) or (section in DOING and _is_title(line, words))):
        return "entry"
    items = ITEM_END.split(line)
    if len(items) > 2 and (LABEL.match(line) or len(words) <= 3 * len(items)) and not line.endswith("."):
        return "list"
    return "prose" if _is_sentence(words) else "list"


def _is_title(line: str, words: Sequence[Token]) -> bool:
    named = any(token.stem in trades() for token in words) and len(ITEM_END.split(line)) <= 4
    return named and len(words) <= 8 and not line.endswith(".") and not starts_with_verb(words)


def _is_sentence(words: Sequence[Token]) -> bool:
    if starts_with_verb(words):
        return len(words) >= LEAST
    grammar = [token for token in words if weight(token.stem) == 0 and len(token.low) > 1 and token.low.isalpha()]
    return len(words) > LEAST and sum(token.low not in LINKING for token in grammar) >= min(GRAMMAR, 0.1 * len(words))


def _passages(text: str, read: str, lines: Sequence[_Line]) -> Iterator[Passage]:
    """Lines that were broken for want of room joined again."""
    group: list[_Line] = []
    for line in lines:
        if group and not _continues(group, line):
            yield _passage(text, read, group)
            group = []
        group.append(line)
    if group:
        yield _passage(text, read, group)


def _continues(group: Sequence[_Line], line: _Line) -> bool:
    last = group[-1]
    touching = last.start + len(last.text) + 1 == line.start
    if not touching or last.section != line.section or BULLET.match(line.text) or has_span(line.text):
        return False
    before, here = last.text.rstrip(), line.text.lstrip()
    if group[0].kind == "list":
        return line.section == "skills" and len(before) >= WRAPPED
    if group[0].kind == "entry":
        return False
    if here[:1].islower():
        return True
    open_end = not before.endswith((".", "!", "?", ":"))
    return open_end and len(before) >= WRAPPED and not starts_with_verb(line.words)


def _passage(text: str, read: str, group: Sequence[_Line]) -> Passage:
    first, last = group[0], group[-1]
    end = last.start + len(last.text)
    seen = read[first.start : end]
    words = first.words if len(group) == 1 else tuple(tokens(seen))
    return _made(text[first.start : end].strip(), seen, words, first.start, first.kind, first.section)


def _made(text: str, read: str, words: tuple[Token, ...], start: int, kind: Kind, section: Section) -> Passage:
    stems = frozenset(token.stem for token in words)
    return Passage(text, read, words, start, kind, section, _tells(words, kind, section), stems)


def _tells(words: Sequence[Token], kind: Kind, section: Section) -> bool:
    if kind == "entry":
        return section in DOING
    if kind == "list" or len(words) < LEAST or section in CLAIMING:
        return False
    return starts_with_verb(words) or (section in DOING and _is_sentence(words))


def _sentences(passage: Passage) -> Iterator[Passage]:
    if passage.kind == "bullet":
        yield passage
        return
    place = 0
    for piece in SENTENCE_END.split(passage.text):
        place = passage.text.index(piece, place)
        words = tuple(tokens(piece))
        if len(words) >= LEAST:
            yield _made(piece, piece, words, passage.start + place, passage.kind, passage.section)
        place += len(piece)
