"""Bounded text: the types that keep every stored word within a limit, and the one rule they share."""

from typing import Annotated, Final

from msgspec import Meta

from jatify_core.errors import Invalid

Word = Annotated[str, Meta(min_length=1, max_length=200)]
"""A name, a label, a place: one line that must be there."""
Line = Annotated[str, Meta(max_length=200)]
Url = Annotated[str, Meta(max_length=2_000, pattern=r"^https?://[^\s/?#]+[^\s]*(?!\s)$")]
Prose = Annotated[str, Meta(max_length=40_000)]
Tag = Annotated[str, Meta(min_length=1, max_length=50)]

NUL: Final = "\x00"


def refuse_nul(value: object, pointer: str = "") -> None:
    """Raise `Invalid` where a NUL hides in *value*, nested lists and objects included: no database stores one.

    A lone surrogate is refused with it; neither can be written as UTF-8 text.
    """
    match value:
        case str():
            if NUL in value or not _encodes(value):
                raise Invalid.at(pointer, "forbidden_character", "This text holds a character that cannot be stored.")
        case dict():
            for key, item in value.items():
                refuse_nul(key, pointer)
                refuse_nul(item, f"{pointer}/{key}")
        case list() | tuple():
            for index, item in enumerate(value):
                refuse_nul(item, f"{pointer}/{index}")
        case _:
            pass


def _encodes(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
