"""Which lines of a text talk to a model instead of a reader. They are flagged and never quoted, and never taken out."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from jatify_core.signs import FIRST_WORDS, SEAMS, compiled

INJECTION: Final = "prompt_injection_suspected"
"""The warning of a text in which a line talks to a model."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019]t\b)?")
_INDENT: Final = 40
"""Characters. A line's first word stands no further in."""

_TOKEN: Final = re.compile(r"\w[\w+#.-]*")
_WINDOW: Final = 60
_LEAST_DISTINCT: Final = 20
"""Of a window's words. Prose has twice as many."""


def is_suspicious(text: str) -> bool:
    """Whether any line of *text*, or two lines that a break has parted, instructs a model, or keywords are stuffed."""
    return instructs(text) or is_stuffed(text)


def instructs(line: str) -> bool:
    """Whether *line* looks like an instruction to a model."""
    return any(True for _ in _places(line))


def instructing(text: str) -> frozenset[int]:
    """The numbers of the lines of *text*, from 0, that an instruction to a model touches; linear in its length."""
    found: set[int] = set()
    for start, end in _places(text):
        first = text.count("\n", 0, start)
        found.update(range(first, first + text[start:end].strip().count("\n") + 1))
    return frozenset(found)


def is_stuffed(text: str) -> bool:
    """Whether some stretch of *text* repeats the same few words over and over."""
    words = [word.casefold() for word in _TOKEN.findall(text)]
    counts = Counter(words[:_WINDOW])
    for leaving, entering in zip(words, words[_WINDOW:], strict=False):
        if len(counts) < _LEAST_DISTINCT:
            return True
        counts[entering] += 1
        counts[leaving] -= 1
        if not counts[leaving]:
            del counts[leaving]
    return len(words) >= _WINDOW and len(counts) < _LEAST_DISTINCT


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Where instructions stand. Each sign begins with a word of its own and is looked for at that word alone.

    One pattern for all of them would be tried at every character: twenty times the work.
    """
    for mark, pattern in SEAMS:
        if mark in text:
            yield from (match.span() for match in compiled(pattern).finditer(text))
    for word in _WORD.finditer(text):
        for sign in FIRST_WORDS.get(word[0].lower(), ()):
            if sign.opens and not _opens(text, word.start()):
                continue
            if match := compiled(sign.rest).match(text, word.end()):
                yield word.start(), match.end()


def _opens(text: str, place: int) -> bool:
    """Whether the word at *place* is the first of its line."""
    begin = max(0, place - _INDENT)
    before = text[begin:place].rpartition("\n")
    return (bool(before[1]) or begin == 0) and not any(map(str.isalnum, before[2]))
