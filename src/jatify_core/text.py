"""Bounded text: the types that keep every stored word within a limit, and the one rule they share."""

from typing import Annotated, Final

from msgspec import Meta

from jatify_core.errors import Invalid

BLANK: Final = r"\x00\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
NOT_BLANK: Final = rf"^[^\x00]*[^{BLANK}][^\x00]*$"
"""For descriptions of what is checked with `str.strip`, spelt so that all dialects of patterns read it alike."""

Word = Annotated[str, Meta(min_length=1, max_length=200, extra_json_schema={"pattern": NOT_BLANK})]
"""A name, a label, a place: one line that must be there, and that its reader checks for more than blanks."""
Line = Annotated[str, Meta(max_length=200)]
Url = Annotated[str, Meta(max_length=2_000, pattern=rf"^https?://[^{BLANK}/?#]+[^{BLANK}]*(?!\n)$")]
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
