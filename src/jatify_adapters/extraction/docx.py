"""Reads DOCX by hand: headers, body with tables and text boxes, footers."""

import codecs
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from typing import Final
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile

from jatify_adapters.extraction.document import Raw, Rejected
from jatify_adapters.extraction.markup import parse
from jatify_adapters.extraction.signs import has_email
from jatify_adapters.extraction.styles import Styles
from jatify_adapters.extraction.wordml import Story, Walker

codecs.lookup("cp437")  # Names in a zip. The child opens no file once it reads the document, a codec's included.

_BODY: Final = "word/document.xml"
_STYLES: Final = "word/styles.xml"
_HEADER: Final = re.compile(r"word/header\d*\.xml")
_FOOTER: Final = re.compile(r"word/footer\d*\.xml")

_MAX_INFLATED: Final = 64 << 20
_SMALL: Final = 1 << 20
_MAX_RATIO: Final = 100
"""XML shrinks to a tenth. Above a megabyte, more than a hundredth is a bomb."""
_ENCRYPTED: Final = 1


def read_docx(content: bytes) -> Raw:
    """All text of the document. Raises `Rejected` before anything is inflated where that would be a bomb."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            _check(archive)
            return _read(archive)
    except (BadZipFile, ExpatError, NotImplementedError, EOFError, zlib.error):
        raise Rejected("unreadable_document") from None


def _check(archive: ZipFile) -> None:
    entries = archive.infolist()
    if not any(entry.filename == _BODY for entry in entries):
        raise Rejected("unsupported_type")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Rejected("password_protected")
    if sum(entry.file_size for entry in entries) > _MAX_INFLATED or any(
        entry.file_size > max(_SMALL, _MAX_RATIO * entry.compress_size) for entry in entries
    ):
        raise Rejected("unreadable_document")


def _read(archive: ZipFile) -> Raw:
    styles = _styles(archive)
    headers = list(_stories(archive, styles, _HEADER))
    body = _story(archive, styles, _BODY)
    footers = list(_stories(archive, styles, _FOOTER))
    stories = [*headers, body, *footers]
    # The header of the first page is often the header of all: once is enough.
    text = "\n\n".join(dict.fromkeys(story.text for story in stories))
    warnings = []
    if any(story.columns for story in stories):
        warnings.append("multi_column")
    if any(has_email(story.text) for story in headers + footers) and not has_email(body.text):
        warnings.append("contact_in_header")
    return Raw(text, " ".join(chain.from_iterable(story.hidden for story in stories)), None, tuple(warnings))


def _stories(archive: ZipFile, styles: Styles, pattern: re.Pattern[str]) -> Iterator[Story]:
    for name in sorted(filter(pattern.fullmatch, archive.namelist())):
        yield _story(archive, styles, name)


def _story(archive: ZipFile, styles: Styles, name: str) -> Story:
    walker = Walker(styles)
    with archive.open(name) as stream:
        parse(stream, walker.start, walker.end, walker.text)
    return walker.story


def _styles(archive: ZipFile) -> Styles:
    if _STYLES not in archive.namelist():
        return Styles()
    with archive.open(_STYLES) as stream:
        return Styles.read(stream)
