"""What the styles of a Word document mean for its text."""

from typing import IO

from jatify_adapters.extraction.markup import Attributes, attribute, is_filled, is_on, parse


class Styles:
    """Ids of styles that make list items, hide text, or put a colour behind it."""

    def __init__(self) -> None:
        self.lists: set[str] = set()
        self.hidden: set[str] = set()
        self.filled: set[str] = set()
        self._headings: set[str] = set()
        self._current = ""

    @classmethod
    def read(cls, stream: IO[bytes]) -> "Styles":
        """The styles of `word/styles.xml`."""
        styles = cls()
        parse(stream, styles._start, lambda _: None)
        styles.lists -= styles._headings  # A numbered heading is no list item.
        return styles

    def _start(self, name: str, attributes: Attributes) -> None:
        match name:
            case "style":
                self._current = attribute(attributes, "styleId")
            case "numPr":
                self.lists.add(self._current)
            case "outlineLvl":
                self._headings.add(self._current)
            case "vanish" if is_on(attributes):
                self.hidden.add(self._current)
            case "shd" if is_filled(attributes):
                self.filled.add(self._current)
            case _:
                pass
