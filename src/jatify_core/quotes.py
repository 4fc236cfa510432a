"""Whether a quote stands in its source: word for word, or nearly so, and not in a line that speaks to a model."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from difflib import SequenceMatcher
from typing import Annotated, Final

from msgspec import Meta, Struct

from jatify_core.findings import Quote, QuoteText, Source
from jatify_core.suspicion import instructing, is_stuffed

NEARLY: Final = 0.92
"""How much of a quote and of the words in the source must agree: the ratio of Ratcliff and Obershelp (1988)."""
_ANCHORS: Final = 3
"""So many words of a quote, the longest, are looked for; where one stands, the quote may."""
_PLACES: Final = 8
"""An anchor that stands in more places says nothing about where."""
_SHORTEST: Final = 12
"""Characters. In shorter quotes one wrong letter is a different word."""
_RUN: Final = 4
"""Shorter runs of agreeing letters are chance."""
WALL: Final = 120
"""Characters. A shorter line is no wall of keywords."""
STRUCK: Final = "\0"
"""A character that no stored text holds."""
_WORD: Final = re.compile(r"\w{3,}")


class Evidence(Struct, frozen=True, forbid_unknown_fields=True):
    """Words that do stand in a source: `text` is exactly `source[start:end]`, counted in code points."""

    source: Source
    text: QuoteText
    start: Annotated[int, Meta(ge=0, le=1_000_000)]
    end: Annotated[int, Meta(ge=0, le=1_000_000)]


class QuoteCheck:
    """Finds quotes in their sources, and counts those that are not there. No line that orders is evidence."""

    def __init__(self, resume: str, listing: str | None) -> None:
        self._sources: dict[Source, str] = {"resume": resume, "listing": listing or ""}
        self._orders = {source: instructing(text) for source, text in self._sources.items()}
        self._plain = {source: _without(text, self._orders[source]) for source, text in self._sources.items()}
        self.invented = 0

    @property
    def orders(self) -> list[str]:
        """The lines of both sources that tell a model what to do."""
        texts = ((self._sources[source].split("\n"), numbers) for source, numbers in self._orders.items())
        return [lines[number] for lines, numbers in texts for number in sorted(numbers)]

    def evidence(self, quotes: Iterable[Quote]) -> tuple[Evidence, ...]:
        """What of *quotes* holds, each once."""
        return tuple(dict.fromkeys(found for quote in quotes if (found := self._check(quote))))

    def _check(self, quote: Quote) -> Evidence | None:
        plain, source = self._plain[quote.source], self._sources[quote.source]
        where = locate(quote.text, plain)
        if where is None:
            self.invented += plain is source or locate(quote.text, source) is None
            return None
        return Evidence(quote.source, source[slice(*where)], *where)


def _without(source: str, orders: Set[int]) -> str:
    """*source* with its lines that order, and those that only repeat, made unquotable, all others in their place."""
    lines = source.split("\n")
    struck = orders | {number for number, line in enumerate(lines) if len(line) >= WALL and is_stuffed(line)}
    if not struck:
        return source
    return "\n".join(STRUCK * len(line) if number in struck else line for number, line in enumerate(lines))


def locate(quote: str, source: str) -> tuple[int, int] | None:
    """Where *quote* stands in *source*, as its first and the end of its last code point; None if it does not."""
    words = quote.split()
    if not words:
        return None
    start = source.find(quote)
    if start >= 0:
        return start, start + len(quote)
    # Models rewrap lines and change case; the offsets and the text we keep are the source's own.
    loose = re.search(r"\s+".join(map(re.escape, words)), source, re.IGNORECASE)
    return loose.span() if loose else _nearly(" ".join(words), source)


def _nearly(quote: str, source: str) -> tuple[int, int] | None:
    """Where words stand that differ from *quote* by no more than a slip."""
    if len(quote) < _SHORTEST:
        return None
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(_plain(quote))
    for start, end in _places(quote, source):
        matcher.set_seq1(_plain(source[start:end]))
        agreeing = matcher.get_matching_blocks()
        runs = [block for block in agreeing if block.size >= _RUN]
        if not runs:
            continue
        # The quote begins and ends where its first and last runs put it: measured without the margin on both sides.
        first = max(0, runs[0].a - runs[0].b)
        last = min(end - start, runs[-1].a - runs[-1].b + len(quote))
        within = sum(block.size for block in agreeing if first <= block.a < last)
        if 2 * within >= NEARLY * (last - first + len(quote)):
            return _whole_words(source, start + first, start + last)
    return None


def _plain(text: str) -> str:
    """*text* without the differences that do not count, each character in its place."""
    small = text.lower()
    return re.sub(r"\s", " ", small if len(small) == len(text) else text)


def _places(quote: str, source: str) -> Iterator[tuple[int, int]]:
    """Stretches of *source* in which *quote* could stand, with a margin."""
    margin = len(quote) // 8 + 4
    anchors: Sequence[re.Match[str]] = sorted(_WORD.finditer(quote), key=lambda word: -len(word.group()))
    for anchor in anchors[:_ANCHORS]:
        found = list(re.finditer(re.escape(anchor.group()), source, re.IGNORECASE))
        for place in found if len(found) <= _PLACES else ():
            begin = place.start() - anchor.start()
            yield max(0, begin - margin), min(len(source), begin + len(quote) + margin)


def _whole_words(source: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and source[start - 1].isalnum() and source[start].isalnum():
        start -= 1
    while end < len(source) and source[end].isalnum() and source[end - 1].isalnum():
        end += 1
    return start, end
