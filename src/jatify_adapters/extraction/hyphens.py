"""Puts words together that were parted at the end of a line."""

import re
from typing import Final

_PARTED: Final = re.compile("(?<!\\w)(\\w{1,40})(?:\ufffe|\u00ad(?=\\s*\n))\\s*(\\w{1,40})")
_LEFTOVER: Final = re.compile("\ufffe\\s*")
_COMPOUND: Final = re.compile(r"\w+-\w+")
_WORD: Final = re.compile(r"\w+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Typesetters part words anywhere, browsers only after a hyphen that belongs there. These lists know such hyphens.
_HEADS: Final = {"cross", "e", "self"}
"""Whatever follows, a hyphen parts it."""
_TAILS: Final = _words(
    """
    agnostic aware based centered centric driven efficient effective facing focused friendly functional intensive
    native oriented paced performance performing platform powered processing proven quality sensitive solving sourced
    specific tenant threaded wide
    """
)
"""Whatever goes before, a hyphen parts it."""
_FIRSTS: Final = _words(
    """
    back cutting end entry fast first five four front full half hands high large life long low mid middle mission multi
    near non on one part post pre production real second server short single small state team third three top two user
    well work world
    """
)
_SECONDS: Final = _words(
    """
    availability balance building class critical edge end known language level leading life line member output party
    person phase point profit quarter rate ready scale side site source stack stage step team term threat tier time
    traffic value volume winning written year
    """
)
"""Parted by a hyphen when one of the firsts goes before."""
_CHAIN: Final = {"and", "by", "in", "of", "the", "to"}
"""The middle of `end-to-end` and the like."""


def joined(text: str) -> str:
    """*text* with U+FFFE (PDFium's mark of a hyphen at a line's end) and soft hyphens there resolved."""
    if "\ufffe" not in text and "\u00ad" not in text:
        return text
    compounds = {c.casefold() for c in _COMPOUND.findall(text)}
    words = {w.casefold() for w in _WORD.findall(_PARTED.sub(" ", text))}

    def put_together(match: re.Match[str]) -> str:
        left, right = match.groups()
        before, after = left.casefold(), right.casefold()
        if f"{before}-{after}" in compounds or (_is_chained(match) and before in _CHAIN):
            keeps = True
        else:
            keeps = before + after not in words and (_is_compound(before, after) or _starts_anew(left, right))
        return left + ("-" if keeps else "") + right

    return _LEFTOVER.sub("-", _PARTED.sub(put_together, text))


def _is_chained(match: re.Match[str]) -> bool:
    return match.string[match.start() - 1 : match.start()] == "-"


def _is_compound(before: str, after: str) -> bool:
    return before in _HEADS or after in _TAILS or (before in _FIRSTS and after in _SECONDS)


def _starts_anew(left: str, right: str) -> bool:
    # No typesetter leaves a capital, a digit or fewer than three letters alone on the next line.
    return len(right) < 3 or right[0].isupper() or right[0].isdigit() or left[-1].isdigit()
