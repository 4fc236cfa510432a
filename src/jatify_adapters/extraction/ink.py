"""What a page looks like when it is drawn: the one way to tell white text on white from white text on blue."""

from ctypes import byref, c_int, string_at
from functools import cached_property
from typing import Any, Final

import pypdfium2_raw as pdfium

from jatify_adapters.extraction.columns import Rect

_MAX_PIXELS: Final = 2000
"""Of each side. A page has one pixel a point, unless it is a poster."""
_CONTRAST: Final = 16
"""Of 255. Less between the darkest and the brightest pixel is one colour to the eye."""


class Ink:
    """A page's picture in shades of grey, drawn when it is first asked for."""

    def __init__(self, page: Any) -> None:
        self._page = page
        width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
        scale = min(1.0, _MAX_PIXELS / max(width, height, 1.0))
        self._width, self._height = max(1, round(width * scale)), max(1, round(height * scale))

    def shows(self, rect: Rect) -> bool:
        """Whether anything stands out within *rect* or a pixel around it."""
        first, last = self._pixel(rect.left, rect.top), self._pixel(rect.right, rect.bottom)
        (left, right), (top, bottom) = (sorted(pair) for pair in zip(first, last, strict=True))
        columns = slice(max(0, left - 1), right + 2)
        rows = self._rows[max(0, top - 1) : bottom + 2]
        seen = {shade for row in rows for shade in row[columns]}
        return bool(seen) and max(seen) - min(seen) >= _CONTRAST

    def _pixel(self, x: float, y: float) -> tuple[int, int]:
        # PDFium knows whether the page is turned.
        column, row = c_int(), c_int()
        pdfium.FPDF_PageToDevice(self._page, 0, 0, self._width, self._height, 0, x, y, byref(column), byref(row))
        return column.value, row.value

    @cached_property
    def _rows(self) -> list[bytes]:
        bitmap = pdfium.FPDFBitmap_CreateEx(self._width, self._height, pdfium.FPDFBitmap_Gray, None, 0)
        try:
            pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, self._width, self._height, 0xFFFFFFFF)
            pdfium.FPDF_RenderPageBitmap(bitmap, self._page, 0, 0, self._width, self._height, 0, pdfium.FPDF_GRAYSCALE)
            stride = pdfium.FPDFBitmap_GetStride(bitmap)
            picture = string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * self._height)
        finally:
            pdfium.FPDFBitmap_Destroy(bitmap)
        return [picture[start : start + self._width] for start in range(0, len(picture), stride)]
