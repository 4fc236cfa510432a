"""Letters that TeX's fonts draw as one glyph and that PDFium hands on as a bare code below 32."""

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from jatify_adapters.extraction.streams import flate_streams, inflated

_CODE: Final = re.compile(r"(?<=[^\W\d_])[\x0e-\x1f]|[\x0e-\x1f](?=[^\W\d_])")
"""A code that touches a letter; others are icons."""
_TEX: Final = {0x1B: "ff", 0x1C: "fi", 0x1D: "fl", 0x1E: "ffi", 0x1F: "ffl"}
"""TeX's own encoding (T1), for fonts that name nothing."""

_DIFFERENCES: Final = re.compile(rb"/Differences\s*\[([^\]]{1,20000})\]")
_NAMES: Final = re.compile(rb"(\d{1,3})|/([^\s/\[\]<>()]+)")
_LIGATURE: Final = re.compile(rb"[a-zA-Z](?:_[a-zA-Z]){1,3}")
_MAX_STREAMS: Final = 50
_MAX_INFLATED: Final = 1 << 20


def with_ligatures(text: str, pdf: bytes) -> str:
    """*text* with such codes spelled out, as the fonts of *pdf* name them."""
    if not _CODE.search(text):
        return text
    letters = _named(pdf) or _TEX
    return _CODE.sub(lambda code: letters.get(ord(code.group()), ""), text)


def _named(pdf: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in chain([pdf], _object_streams(pdf)):
        for differences in _DIFFERENCES.finditer(part):
            found = _ligatures(differences.group(1)) | found
    return found


def _ligatures(differences: bytes) -> dict[int, str]:
    """`27/f_i 30/f_l` as a mapping from codes to letters: a number counts on from itself with each name."""
    found: dict[int, str] = {}
    code = 0
    for number, name in _NAMES.findall(differences):
        if number:
            code = int(number)
            continue
        if _LIGATURE.fullmatch(name):
            found[code] = name.replace(b"_", b"").decode("ascii")
        code += 1
    return found


def _object_streams(pdf: bytes) -> Iterator[bytes]:
    """Where newer PDFs keep their encodings."""
    packed = (stream for dictionary, stream in flate_streams(pdf) if b"/ObjStm" in dictionary)
    for stream in islice(packed, _MAX_STREAMS):
        yield b"".join(inflated(stream, _MAX_INFLATED))
