"""One form for all text: NFKC, LF, nothing invisible, no blanks to spare."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from jatify_adapters.extraction.hyphens import joined

_BREAKS: Final = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_SEQUENCES: Final = re.compile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]{0,500}(?:\x07|\x1b\\\\)|[@-_])")
"""Commands to a terminal: without their escape character they would be left as letters."""
_BLANKS: Final = re.compile(r"[^\S\n]+")
_EDGES: Final = re.compile(r" ?\n ?")
_GAPS: Final = re.compile(r"\n{3,}")

_BULLETS: Final = dict.fromkeys((0xF0A7, 0xF0B7, 0xF0D8, 0xF06C, 0xF06E, 0xF076), "\u2022")
"""Word's bullets: letters of the fonts Symbol and Wingdings in the private-use area."""

# Marks and letters that show nothing, beside the categories that never do.
_UNSEEN: Final = {
    0x034F,
    0x115F,
    0x1160,
    0x17B4,
    0x17B5,
    0x2800,
    0x3164,
    0xFFA0,
    *range(0x180B, 0x1810),
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
}


def normalised(text: str) -> str:
    """*text* as analyzers see it; linear in its length."""
    text = joined(_BREAKS.sub("\n", _SEQUENCES.sub("", text)))
    text = text.translate(_BULLETS)
    text = unicodedata.normalize("NFKC", text)
    text = text.translate(dict.fromkeys(_invisible(set(text))))
    # Again: what stood between a letter and its accent is gone now.
    text = unicodedata.normalize("NFKC", text)
    text = _EDGES.sub("\n", _BLANKS.sub(" ", text))
    return _GAPS.sub("\n\n", text).strip()


def _invisible(characters: Iterable[str]) -> list[int]:
    """Controls, format, bidi and tag characters, private use, lone surrogates, what Unicode has not assigned."""
    return [
        ord(c) for c in characters if ord(c) in _UNSEEN or (unicodedata.category(c).startswith("C") and c not in "\t\n")
    ]
