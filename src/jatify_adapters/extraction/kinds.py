"""Which type a file is: its content decides, its name and the declared type must agree."""

import codecs
from typing import Final

from jatify_adapters.extraction.document import DOCX, MARKDOWN, PDF, TEXT, Rejected

BY_EXTENSION: Final = {"pdf": PDF, "docx": DOCX, "txt": TEXT, "md": MARKDOWN, "markdown": MARKDOWN}
UNTELLING: Final = frozenset({"", "application/octet-stream"})
"""Declared types that claim nothing."""
ALSO_MARKDOWN: Final = frozenset({TEXT, "text/x-markdown"})

BOMS: Final = (
    # UTF-32 first: its little-endian mark begins with UTF-16's.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)

_PDF_WINDOW: Final = 1024
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OTHER_TEXT: Final = (b"{\\rtf", b"%!PS")
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))
_CONTROL_SHARE: Final = 0.1


def kind_of(content: bytes, filename: str, media_type: str | None) -> str:
    """The media type that content, name and declaration agree on. Raises `Rejected` if they do not.

    A DOCX is only known to be a zip here; its reader looks inside.
    """
    if not content:
        raise Rejected("empty")
    named = BY_EXTENSION.get(filename.rpartition(".")[2].strip().casefold()) if "." in filename else None
    if named is None or _contradicts(media_type, named):
        raise Rejected("unsupported_type")
    if named == DOCX and content.startswith(_OLE) and _ENCRYPTED in content:
        raise Rejected("password_protected")  # Word wraps a document with a password into the old format.
    if _family(content) != (TEXT if named == MARKDOWN else named):
        raise Rejected("unsupported_type")
    return named


def _contradicts(media_type: str | None, named: str) -> bool:
    declared = (media_type or "").partition(";")[0].strip().casefold()
    if named == MARKDOWN and declared in ALSO_MARKDOWN:
        return False
    return declared not in UNTELLING and declared != named


def _family(content: bytes) -> str | None:
    if b"%PDF-" in content[:_PDF_WINDOW]:
        return PDF
    if content.startswith(_ZIP):
        return DOCX
    return TEXT if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    if any(content.startswith(mark) for mark, _ in BOMS):
        return True
    if b"\0" in content or content.startswith(_OTHER_TEXT):
        return False
    controls = len(content) - len(content.translate(None, _CONTROLS))
    return controls <= _CONTROL_SHARE * len(content)
