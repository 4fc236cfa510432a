"""Walks through a part of a Word document and keeps what a reader of the page would see."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from jatify_adapters.extraction.document import MAX_RAW_CHARS
from jatify_adapters.extraction.markup import Attributes, attribute, is_filled, is_on
from jatify_adapters.extraction.styles import Styles

_BREAKS: Final = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SKIPPED: Final = frozenset({"del", "moveFrom", "pPrChange", "rPrChange", "sectPrChange"})
"""What a tracked change has taken away, and the properties before it."""
_LEAST_SIZE: Final = 2.4
"""Half points."""
_BULLETS: Final = ("-", "*", "\u2022", "\u00b7", "\u2013")
_COLUMN: Final = 3
"""Lines: cells of so many beside each other are columns and no row of a table."""


@dataclass
class Story:
    """A part of a document: its lines, what was hidden in it, and whether it has columns."""

    lines: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    columns: bool = False

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines).strip()


@dataclass
class _Paragraph:
    parts: list[str] = field(default_factory=list)
    bullet: bool = False
    hidden: bool = False
    filled: bool = False


@dataclass
class _Run:
    hidden: bool = False
    white: bool = False
    filled: bool = False


class Walker:
    """Makes a `Story` of the elements it is told of.

    Paragraphs nest (a text box hangs in a paragraph) and tables do, so each has a stack; an inner paragraph ends
    before the one it hangs in.
    """

    def __init__(self, styles: Styles) -> None:
        self.story = Story()
        self._styles = styles
        self._path: list[str] = []
        self._skipping = 0
        self._choices: list[bool] = []
        self._paragraphs: list[_Paragraph] = []
        self._runs: list[_Run] = []
        self._cells: list[list[str]] = []
        self._rows: list[list[list[str]]] = []
        self._boxes = 0
        self._taken = 0
        self._starts: Final[dict[str, Callable[[Attributes], None]]] = {
            "AlternateContent": lambda _: self._choices.append(False),
            "p": lambda _: self._paragraphs.append(_Paragraph()),
            "r": lambda _: self._runs.append(_Run()),
            "tr": lambda _: self._rows.append([]),
            "tc": lambda _: self._cells.append([]),
            "txbxContent": lambda _: self._box(1),
            "cols": self._columns,
            "pStyle": self._paragraph_style,
            "numId": self._number,
            "shd": self._shade,
        }
        self._run_properties: Final[dict[str, Callable[[_Run, Attributes], None]]] = {
            "rStyle": self._run_style,
            "vanish": self._vanish,
            "sz": self._size,
            "color": self._colour,
        }
        self._ends: Final[dict[str, Callable[[], object]]] = {
            "AlternateContent": self._choices.pop,
            "p": self._finish_paragraph,
            "r": self._runs.pop,
            "tr": self._finish_row,
            "tc": lambda: self._rows[-1].append(self._cells.pop()),
            "txbxContent": lambda: self._box(-1),
        }

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if self._skipping or self._skips(name):
            self._skipping += 1
            return
        parents = self._path[-2:]
        self._path.append(name)
        if name in self._starts:
            self._starts[name](attributes)
        elif parents == ["r", "rPr"] and name in self._run_properties:
            self._run_properties[name](self._runs[-1], attributes)
        elif parents[-1:] == ["r"] and name in _BREAKS:
            self._take(_BREAKS[name])

    def end(self, name: str) -> None:
        """An element ends."""
        if self._skipping:
            self._skipping -= 1
            return
        self._path.pop()
        if name in self._ends:
            self._ends[name]()

    def text(self, text: str) -> None:
        """Characters stand between tags; only those of a `w:t` are text."""
        if not self._skipping and self._path and self._path[-1] == "t":
            self._take(text)

    def _skips(self, name: str) -> bool:
        """Whether an element is left out; of alternatives (a text box for new and for old Word) the first counts."""
        if name in {"Choice", "Fallback"} and self._choices:
            chosen, self._choices[-1] = self._choices[-1], True
            return chosen
        return name in _SKIPPED

    def _box(self, step: int) -> None:
        self._boxes += step

    def _columns(self, attributes: Attributes) -> None:
        self.story.columns |= attribute(attributes, "num") not in {"", "0", "1"}

    def _paragraph_style(self, attributes: Attributes) -> None:
        style, paragraph = attribute(attributes), self._paragraphs[-1]
        paragraph.bullet |= style in self._styles.lists
        paragraph.hidden |= style in self._styles.hidden
        paragraph.filled |= style in self._styles.filled

    def _number(self, attributes: Attributes) -> None:
        self._paragraphs[-1].bullet = attribute(attributes) != "0"

    def _shade(self, attributes: Attributes) -> None:
        if is_filled(attributes) and self._paragraphs:
            target = self._runs[-1] if self._path[-3:-1] == ["r", "rPr"] else self._paragraphs[-1]
            target.filled = True

    def _run_style(self, run: _Run, attributes: Attributes) -> None:
        run.hidden |= attribute(attributes) in self._styles.hidden
        run.filled |= attribute(attributes) in self._styles.filled

    def _vanish(self, run: _Run, attributes: Attributes) -> None:
        run.hidden = is_on(attributes)

    def _size(self, run: _Run, attributes: Attributes) -> None:
        run.hidden |= float(attribute(attributes)) < _LEAST_SIZE

    def _colour(self, run: _Run, attributes: Attributes) -> None:
        run.white = attribute(attributes).upper() == "FFFFFF"

    def _take(self, text: str) -> None:
        if self._paragraphs and self._taken <= MAX_RAW_CHARS:
            self._taken += len(text)
            (self.story.hidden if self._is_hidden() else self._paragraphs[-1].parts).append(text)

    def _is_hidden(self) -> bool:
        paragraph = self._paragraphs[-1]
        run = self._runs[-1] if self._runs else _Run()
        # A table or a text box may have a colour of its own: white text there proves nothing.
        bare = not (run.filled or paragraph.filled or self._cells or self._boxes)
        return run.hidden or paragraph.hidden or (run.white and bare)

    @property
    def _lines(self) -> list[str]:
        return self._cells[-1] if self._cells else self.story.lines

    def _finish_paragraph(self) -> None:
        paragraph = self._paragraphs.pop()
        text = "".join(paragraph.parts)
        if paragraph.bullet and text.strip() and not text.lstrip().startswith(_BULLETS):
            text = f"- {text}"
        self._lines.extend(text.split("\n"))

    def _finish_row(self) -> None:
        cells = [[line for line in cell if line.strip()] for cell in self._rows.pop()]
        self.story.columns |= sum(len(cell) >= _COLUMN for cell in cells) > 1
        if all(len(cell) <= 1 for cell in cells):
            self._lines.append(" | ".join(line for cell in cells for line in cell))
        else:
            self._lines.extend(line for cell in cells for line in cell)
