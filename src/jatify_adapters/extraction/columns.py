"""Whether the text of a page stands in columns beside each other."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

_LEAST_TEXT: Final = 0.1
_LEAST_SHARE: Final = 1 / 3
"""Of the text and of the lines, what each side holds at least; dates at the margin are less."""
_MOST_CROSSING: Final = 0.08
"""The text that may run over the gap between the columns, such as a title."""
_LEAST_LINES: Final = 8
_LEAST_OVERLAP: Final = 0.5


class Rect(NamedTuple):
    """A box on a page in points; the origin is at the bottom left."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left


def has_columns(glyphs: Iterable[Rect]) -> bool:
    """Whether some vertical gap has a column of lines to its left and to its right."""
    lines = _lines(glyphs)
    if len(lines) < 2 * _LEAST_LINES:
        return False
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    return any(_parts(lines, left + (right - left) * percent / 100) for percent in range(15, 86, 2))


def _lines(glyphs: Iterable[Rect]) -> list[Rect]:
    """Boxes grown together, in reading order, while the next one goes on in the same line."""
    lines: list[Rect] = []
    line: Rect | None = None
    for box in glyphs:
        if line and _goes_on(line, box):
            bottom, right, top = min(line.bottom, box.bottom), max(line.right, box.right), max(line.top, box.top)
            line = Rect(line.left, bottom, right, top)
            continue
        if line:
            lines.append(line)
        line = box
    return [*lines, line] if line else lines


def _goes_on(line: Rect, box: Rect) -> bool:
    if box.bottom >= line.top or box.top <= line.bottom:
        return False
    height = max(line.top - line.bottom, box.top - box.bottom)
    return -height < box.left - line.right < 1.2 * height


def _parts(lines: Sequence[Rect], x: float) -> bool:
    text = sum(line.width for line in lines)
    before = [line for line in lines if line.right <= x]
    after = [line for line in lines if line.left >= x]
    if min(len(before), len(after)) < max(_LEAST_LINES, _LEAST_SHARE * (len(before) + len(after))):
        return False
    shares = [sum(line.width for line in side) / text for side in (before, after)]
    return min(shares) >= _LEAST_TEXT and 1 - sum(shares) <= _MOST_CROSSING and _side_by_side(before, after)


def _side_by_side(before: Sequence[Rect], after: Sequence[Rect]) -> bool:
    tops = [max(line.top for line in side) for side in (before, after)]
    bottoms = [min(line.bottom for line in side) for side in (before, after)]
    overlap = min(tops) - max(bottoms)
    shorter = min(top - bottom for top, bottom in zip(tops, bottoms, strict=True))
    return overlap >= _LEAST_OVERLAP * shorter > 0
