"""Taking out of a text what is not there for people: orders to a model, walls of keywords, copied listings."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import accumulate, pairwise
from typing import Final

from msgspec import Struct

from jatify_adapters.local.words import TOKEN
from jatify_core.suspicion import INJECTION, instructing

STUFFING: Final = "keyword_stuffing_suspected"
COPIED: Final = "copied_from_listing"

WALL: Final = 12
"""Fewer words than this are no wall."""
SPANS: Final = ((1, 0.5, 60_000), (3, 0.5, 60_000), (12, 0.5, 60_000), (48, 0.35, 200))
"""Walls: over how many lines, with which share of different words at most, and how many words at most.

Over many lines only short ones can be a wall: prose, too, repeats itself in the long run.
"""
COPY: Final = 25
"""So many words in the listing's own order are no chance."""


class Clean(Struct, frozen=True):
    """A text without what was taken out, each line so taken left blank; and the codes of the reasons."""

    text: str
    warnings: tuple[str, ...] = ()


def without_instructions(text: str) -> Clean:
    """*text* without lines that speak to a model."""
    return _without(text, {INJECTION: instructing(text)})


def only_for_people(resume: str, listing: str | None) -> Clean:
    """*resume* without instructions to a model, without walls of repeated words, and without copies of *listing*."""
    lines = resume.split("\n")
    words = [[match.group().lower() for match in TOKEN.finditer(line)] for line in lines]
    return _without(
        resume, {INJECTION: instructing(resume), STUFFING: _walls(words), COPIED: _copies(words, listing or "")}
    )


def _without(text: str, doubtful: Mapping[str, Set[int]]) -> Clean:
    dropped = set[int]().union(*doubtful.values())
    kept = ("" if index in dropped else line for index, line in enumerate(text.split("\n")))
    return Clean("\n".join(kept), tuple(code for code, lines in doubtful.items() if lines))


def _walls(words: Sequence[Sequence[str]]) -> set[int]:
    """The numbers of the lines in which few words come again and again, alone or with their neighbours."""
    found: set[int] = set()
    distinct = [set(line) for line in words]
    before = [0, *accumulate(map(len, words))]
    for first, last, different, most in _windows(len(words)):
        size = before[last] - before[first]
        if not WALL <= size <= most or len(set().union(*distinct[first:last])) > different * size:
            continue
        near = [word for line in words[first:last] for word in line]
        often = {word for word, times in Counter(near).items() if times > 2 and not word.isdigit()}
        made = (n for n in range(first, last) if words[n] and _share(words[n], often) >= 0.8)
        found.update(made)
    return found


def _windows(lines: int) -> Iterator[tuple[int, int, float, int]]:
    for span, different, most in SPANS:
        for first in range(0, lines, max(span // 8, 1)):
            yield first, min(first + span, lines), different, most


def _share(words: Sequence[str], often: set[str]) -> float:
    return sum(word in often for word in words) / len(words)


def _has_run(words: Sequence[str], known: Set[tuple[str, str]]) -> bool:
    """Whether enough neighbours in a row are *known*: without that there is no copy, and the rest need not be done."""
    row = 0
    for pair in pairwise(words):
        row = row + 1 if pair in known else 0
        if row >= COPY - 1:
            return True
    return False


def _copies(words: Sequence[Sequence[str]], listing: str) -> set[int]:
    """The numbers of the lines that stand in *listing* word for word, in a run too long to be chance."""
    source = [match.group().lower() for match in TOKEN.finditer(listing)]
    flat = [word for line in words for word in line]
    if not _has_run(flat, set(pairwise(source))):
        return set()
    runs = {tuple(source[index : index + COPY]) for index in range(len(source) - COPY + 1)}
    lines = [number for number, line in enumerate(words) for _ in line]
    taken: set[int] = set()
    for index in range(len(flat) - COPY + 1):
        if tuple(flat[index : index + COPY]) in runs:
            taken.update(range(index, index + COPY))
    copied = Counter(lines[place] for place in taken)
    return {number for number, times in copied.items() if 2 * times > len(words[number])}
