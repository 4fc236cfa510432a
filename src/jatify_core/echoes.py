"""Words of a report that only repeat what a line of the texts ordered a model to say: nobody is to read them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

RUN: Final = 5
"""So many words in the order of an instruction are no chance; of a shorter one, all of its words."""
LEAST: Final = 3

_WORD: Final = re.compile(r"[^\W_]+")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+|\n+")


class Echoes:
    """What *orders*, lines that tell a model what to do, would have a report say."""

    def __init__(self, orders: Iterable[str]) -> None:
        self._runs = {run for order in orders for run in _runs(_words(order))}

    def among(self, *texts: str) -> bool:
        """Whether any of *texts* repeats an order."""
        return bool(self._runs) and any(map(self._repeats, texts))

    def without(self, text: str) -> str:
        """*text* without the sentences that repeat an order."""
        if not self.among(text):
            return text
        return " ".join(sentence for sentence in _SENTENCE_END.split(text) if not self._repeats(sentence))

    def _repeats(self, text: str) -> bool:
        words = _words(text)
        sizes = {len(run) for run in self._runs}
        return any(run in self._runs for size in sizes for run in _all_of(words, size))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return _all_of(words, min(RUN, len(words))) if len(words) >= LEAST else iter(())


def _all_of(words: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[start : start + size]) for start in range(len(words) - size + 1))
