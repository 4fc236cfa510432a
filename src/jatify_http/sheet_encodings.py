"""The text of a file that does not say how it is encoded: as programs write tables, and never a guess at a document."""

import codecs
import re
from typing import Final

from charset_normalizer import from_bytes

from jatify_core.errors import Invalid
from jatify_core.sheets.table import SAVE_AS, fault

BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16's, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHERS: Final = (
    (b"PK", "a ZIP or an Excel workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
)
"""How what is taken for a table by mistake begins."""
LIKELY: Final = ["cp932", "gb18030", "big5", "euc_jp", "euc_kr", "cp1250", "cp1251", "cp1252"]
"""What spreadsheets write beside Unicode. In Western Europe and America that is cp1252."""
SAMPLE: Final = 64 * 1024
SEQUENCE: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]+")


def decoded(content: bytes) -> tuple[str, str]:
    """The text of *content* and its encoding. Raises `Invalid` at `/file` where it is none that can be told."""
    for start, name in OTHERS:
        if content.startswith(start):
            raise fault("not_csv", f"This is {name}, not CSV. {SAVE_AS}")
    for bom, encoding in BOMS:
        if content.startswith(bom):
            return _strictly(content.removeprefix(bom) if encoding == "utf-8" else content, encoding), encoding
    if b"\0" in content:
        raise fault("forbidden_character", f"The file holds NULs, as no text does. {SAVE_AS}")
    try:
        return content.decode(), "utf-8"
    except UnicodeDecodeError as error:
        _refuse_broken(content, error)
    encoding = _guessed(content)
    return _strictly(content, encoding), encoding


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise fault(
            "wrong_encoding", f"The file is not {encoding.upper()} throughout: see line {line}. {SAVE_AS}"
        ) from None


def _refuse_broken(content: bytes, error: UnicodeDecodeError) -> None:
    """Raise where *content* is UTF-8 with a few bytes amiss: whatever else it were read as, it would be a jumble."""
    sound = len(SEQUENCE.findall(content))
    amiss = len(BEYOND_ASCII.findall(SEQUENCE.sub(b"", content)))
    if sound > 4 * amiss:
        line = content.count(b"\n", 0, error.start) + 1
        raise fault("invalid_utf8", f"The file is UTF-8 but for line {line}, which holds a broken character. {SAVE_AS}")


def _guessed(content: bytes) -> str:
    """How *content* is most likely encoded. Only lines with letters beyond ASCII tell anything of that."""
    telling = b"\n".join(line for line in content.splitlines() if not line.isascii())[:SAMPLE]
    best = from_bytes(telling, cp_isolation=LIKELY, enable_fallback=False).best()
    if best is not None and best.encoding in {"cp932", "gb18030", "big5", "euc_jp", "euc_kr", "cp1251"}:
        return str(best.encoding)
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        if best is None:
            raise _untold() from None
        return str(best.encoding)
    return "cp1252"


def _untold() -> Invalid:
    return fault("wrong_encoding", f"How the file is encoded cannot be told. {SAVE_AS}")
