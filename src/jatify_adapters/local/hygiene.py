"""Taking out of a text what is not there for people: orders to a model, walls of keywords, copied listings."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from jatify_adapters.local.injection import instructing
from jatify_adapters.local.words import TOKEN

INJECTION: Final = "prompt_injection_suspected"
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


def _without(text: str, doubtful: dict[str, set[int]]) -> Clean:
    dropped = set[int]().union(*doubtful.values())
    kept = ("" if index in dropped else line for index, line in enumerate(text.split("\n")))
    return Clean("\n".join(kept), tuple(code for code, lines in doubtful.items() if lines))


def _walls(words: Sequence[Sequence[str]]) -> set[int]:
    """The numbers of the lines in which few words come again and again, alone or with their neighbours."""
    found: set[int] = set()
    for first, last, different, most in _windows(len(words)):
        near = [word for line in words[first:last] for word in line]
        if not WALL <= len(near) <= most or len(set(near)) > different * len(near):
            continue
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


def _copies(words: Sequence[Sequence[str]], listing: str) -> set[int]:
    """The numbers of the lines that stand in *listing* word for word, in a run too long to be chance."""
    source = [match.group().lower() for match in TOKEN.finditer(listing)]
    runs = {tuple(source[index : index + COPY]) for index in range(len(source) - COPY + 1)}
    placed = [(word, number) for number, line in enumerate(words) for word in line]
    flat = [word for word, _ in placed]
    taken: set[int] = set()
    for index in range(len(flat) - COPY + 1) if runs else ():
        if tuple(flat[index : index + COPY]) in runs:
            taken.update(range(index, index + COPY))
    copied = Counter(placed[place][1] for place in taken)
    return {number for number, times in copied.items() if 2 * times > len(words[number])}
