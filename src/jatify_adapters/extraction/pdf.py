"""Reads PDF with PDFium, in its order of reading, and parts what the eye sees from what it does not."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import byref, c_double, c_uint, c_ushort, create_string_buffer, string_at
from itertools import groupby
from typing import Any, Final, Literal, NamedTuple

import pypdfium2_raw as pdfium

from jatify_adapters.extraction.columns import Rect, has_columns
from jatify_adapters.extraction.document import MAX_PAGES, MAX_RAW_CHARS, Raw, Rejected
from jatify_adapters.extraction.ink import Ink
from jatify_adapters.extraction.ligatures import with_ligatures
from jatify_adapters.extraction.streams import is_bomb

_UNDRAWN: Final = frozenset({pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP})
_LEAST_SIZE: Final = 1.2
"""Points. Smaller glyphs are no reading matter."""
_PALE: Final = 225
"""From this brightness of red, green and blue on, text may be white on white: only then is the page drawn."""
_LEAST_HIDDEN: Final = 4
"""Letters. A full stop that leaves no pixel, a page number beyond the edge: nobody hides that."""
_ICON_FONT: Final = re.compile(rb"awesome|icon|dingbat|webdings|wingdings|phosphor|marvosym", re.IGNORECASE)
"""Their glyphs are pictures, whatever letters stand behind them."""


class _Run(NamedTuple):
    """Characters of one text object, with the blanks and line ends that follow."""

    start: int
    end: int
    rects: Sequence[Rect]
    look: Literal["seen", "hidden", "icon"]


class _Page(NamedTuple):
    text: str
    hidden: str
    columns: bool


def read_pdf(content: bytes) -> Raw:
    """The text of all pages. Raises `Rejected` if there are too many, or the file does not open."""
    if is_bomb(content):
        raise Rejected("unreadable_document")
    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
    if not document:
        locked = pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD
        raise Rejected("password_protected" if locked else "unreadable_document")
    count = pdfium.FPDF_GetPageCount(document)
    if count > MAX_PAGES:
        raise Rejected("too_many_pages")
    if count < 1:
        raise Rejected("unreadable_document")
    pages = _read_pages(document, count)
    hidden = "\n".join(page.hidden for page in pages if page.hidden)
    # Where everything is hidden it is the text layer of a scan: worth reading, and flagged all the same.
    text = "\n\n".join(page.text for page in pages).strip() or hidden
    warnings = ("multi_column",) if any(page.columns for page in pages) else ()
    return Raw(with_ligatures(text, content), with_ligatures(hidden, content), count, warnings)


def _read_pages(document: Any, count: int) -> list[_Page]:
    pages: list[_Page] = []
    room = MAX_RAW_CHARS + 1
    for index in range(count):
        with _opened(document, index) as (page, text_page):
            pages.append(_read_page(page, text_page, room))
        room -= len(pages[-1].text) + len(pages[-1].hidden)
        if room <= 0:
            break
    return pages


@contextmanager
def _opened(document: Any, index: int) -> Iterator[tuple[Any, Any]]:
    page = pdfium.FPDF_LoadPage(document, index)
    text_page = pdfium.FPDFText_LoadPage(page) if page else None
    if not text_page:
        raise Rejected("unreadable_document")
    try:
        yield page, text_page
    finally:
        pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)


def _read_page(page: Any, text_page: Any, room: int) -> _Page:
    length = min(pdfium.FPDFText_CountChars(text_page), room)
    runs = list(_runs(page, text_page, length))
    visible, hidden = [], []
    for look, group in groupby(runs, key=lambda run: run.look):
        together = list(group)
        text = _text(text_page, together[0].start, together[-1].end)
        if look == "hidden" and sum(map(str.isalnum, text)) >= _LEAST_HIDDEN:
            hidden.append(text)
            visible.append("\n")  # Lest its neighbours grow together.
        elif look == "icon":
            visible.append("\n" if "\n" in text else " ")
        else:
            visible.append(text)
    rects = [rect for run in runs if run.look == "seen" for rect in run.rects]
    return _Page("".join(visible), "\n".join(hidden), has_columns(rects))


def _runs(page: Any, text_page: Any, length: int) -> Iterator[_Run]:
    bounds = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, byref(bounds))
    box = Rect(bounds.left, bounds.bottom, bounds.right, bounds.top)
    ink = Ink(page)
    icon_fonts: dict[bytes, bool] = {}
    for start, end, text_object in _objects(text_page, length):
        rects = _rects(text_page, start, end)
        if (
            pdfium.FPDFTextObj_GetTextRenderMode(text_object) in _UNDRAWN
            or not _is_seen(rects, box)
            or _is_tiny(rects, text_page, start)
            or (_is_pale(text_object) and not any(map(ink.shows, rects)))
        ):
            yield _Run(start, end, rects, "hidden")
        else:
            yield _Run(start, end, rects, "icon" if _is_icon(text_object, icon_fonts) else "seen")


def _is_icon(text_object: Any, known: dict[bytes, bool]) -> bool:
    font = pdfium.FPDFTextObj_GetFont(text_object)
    address = bytes(font)
    if address not in known:
        name = create_string_buffer(200)
        pdfium.FPDFFont_GetBaseFontName(font, name, len(name))
        known[address] = bool(_ICON_FONT.search(name.value))
    return known[address]


def _objects(text_page: Any, length: int) -> Iterator[tuple[int, int, Any]]:
    """Start, end and handle of each text object; characters that PDFium made up belong to the one before."""
    start, current, address = 0, None, b""
    object_at = pdfium.FPDFText_GetTextObject
    for index in range(length):
        text_object = object_at(text_page, index)
        if not text_object:
            continue
        # The bytes of a handle are its address, and ten times as quick to have as by a cast.
        found = bytes(text_object)
        if found == address:
            continue
        if current:
            yield start, index, current
            start = index
        current, address = text_object, found
    if current:
        yield start, length, current


# Where PDFium writes its answers. A child reads one file in one thread, and a page asks some ten thousand times.
_EDGES: Final = (c_double * 4)()
_EDGE_PLACES: Final = tuple(byref(c_double.from_buffer(_EDGES, 8 * n)) for n in range(4))
_MATRIX: Final = pdfium.FS_MATRIX()
_COLOUR: Final = (c_uint * 4)()
_COLOUR_PLACES: Final = tuple(byref(c_uint.from_buffer(_COLOUR, 4 * n)) for n in range(4))


def _rects(text_page: Any, start: int, end: int) -> list[Rect]:
    rects = []
    for index in range(pdfium.FPDFText_CountRects(text_page, start, end - start)):
        pdfium.FPDFText_GetRect(text_page, index, *_EDGE_PLACES)
        left, top, right, bottom = _EDGES
        rects.append(Rect(left, bottom, right, top))
    return rects


def _is_seen(rects: Sequence[Rect], box: Rect) -> bool:
    """Whether any of *rects* lies on the page."""
    for left, bottom, right, top in rects:
        if left < box.right and right > box.left and bottom < box.top and top > box.bottom:
            return True
    return False


def _is_tiny(rects: Sequence[Rect], text_page: Any, index: int) -> bool:
    """Whether the glyph at *index* is too small to read. A tall one is not, and a flat one may be a dash."""
    for _, bottom, _, top in rects:
        if top - bottom >= _LEAST_SIZE:
            return False
    pdfium.FPDFText_GetMatrix(text_page, index, byref(_MATRIX))
    scale: float = (_MATRIX.c**2 + _MATRIX.d**2) ** 0.5
    return scale * float(pdfium.FPDFText_GetFontSize(text_page, index)) < _LEAST_SIZE


def _is_pale(text_object: Any) -> bool:
    if not pdfium.FPDFPageObj_GetFillColor(text_object, *_COLOUR_PLACES):
        return False
    red, green, blue, alpha = _COLOUR
    return (red >= _PALE and green >= _PALE and blue >= _PALE) or alpha <= 255 - _PALE


def _text(text_page: Any, start: int, end: int) -> str:
    # A character may take two units of UTF-16, and a zero ends the buffer.
    units = (c_ushort * (2 * (end - start) + 1))()
    written = pdfium.FPDFText_GetText(text_page, start, end - start, units)
    return string_at(units, 2 * max(0, written - 1)).decode("utf-16-le", "replace")
