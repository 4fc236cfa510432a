"""Makes any HTML small, shallow and well nested, in time that grows with its length alone, before a parser sees it.

A parser that keeps to the standard takes minutes over a megabyte of nested or misnested tags.
"""

import html
import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

DEEPEST: Final = 120
MOST_ELEMENTS: Final = 40_000
LONGEST_VALUE: Final = 40_000

TAG: Final = re.compile(r"<(?:(?P<comment>!--)|(?P<odd>[!?])|(?P<close>/)?(?P<name>[A-Za-z][A-Za-z0-9:_-]{0,40}+))")
ATTRIBUTE: Final = re.compile(
    r"""[\s/]*+(?P<name>[^\s=>/]++)(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s>"'][^\s>]*+)))?"""
)
END: Final = re.compile(r"[\s/]*+>?")
PAGE: Final = re.compile(
    r"<(?:!doctype|html|body|head|div|p|h[1-6]|ul|li|br|span|table|script|meta|a)\b[^<>]*>", re.IGNORECASE
)
KEPT: Final = frozenset(
    "p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd section article header footer main nav aside address blockquote pre".split()
)
BLOCKS: Final = frozenset("div table tr td th form fieldset figure figcaption label details summary caption".split())
"""Become `div`: nothing is asked of their own names, and a parser has rules of its own for tables and forms."""
OVERLOOKED: Final = frozenset("html head body thead tbody tfoot colgroup col center".split())
SINGLE: Final = frozenset({"br", "hr", "meta", "link"})
EMPTY: Final = SINGLE | frozenset("img input wbr area base embed source track param frame".split())
SKIPPED: Final = frozenset(
    "script style iframe xmp noembed noframes noscript svg math template select textarea object audio video canvas "
    "button title".split()
)
"""What is in them is not read with the rest."""
ONCE: Final = frozenset({"p", "li", "dt", "dd"})
"""Close the one before, which is often left open."""
ATTRIBUTES: Final = frozenset(
    "itemprop itemscope itemtype content datetime href name property rel class id data-testid data-test "
    "data-automation-id data-qa data-ui".split()
)


class Tamed(Struct, frozen=True):
    """A page without what could hurt: its elements, the texts of its JSON-LD scripts, and its title."""

    html: str
    scripts: tuple[str, ...]
    title: str


def looks_like_html(content: str) -> bool:
    """Whether *content* has tags that a page has; a stray angle bracket makes no page."""
    return PAGE.search(content) is not None


def tamed(content: str) -> Tamed:
    """*content* as the parser may see it."""
    return _Taming(content).done()


class _Taming:
    """One walk over one page, never back."""

    def __init__(self, content: str) -> None:
        self._content = content
        self._out: list[str] = []
        self._open: list[str] = []
        self._counts: Counter[str] = Counter()
        self._elements = 0
        self._endless: set[str] = set()
        self._scripts: list[str] = []
        self._title = ""

    def done(self) -> Tamed:
        at = 0
        while match := TAG.search(self._content, at):
            self._out.append(self._content[at : match.start()])
            at = self._past(match)
        self._out.append(self._content[at:])
        self._out += [f"</{name}>" for name in reversed(self._open)]
        return Tamed("".join(self._out), tuple(self._scripts), self._title)

    def _past(self, match: re.Match[str]) -> int:
        """Take in one tag; where to read on."""
        if match["comment"]:
            return self._after("-->", match.end())
        if match["odd"]:
            return self._after(">", match.end())
        name, attributes, end = match["name"].lower(), *self._attributes(match.end())
        if match["close"]:
            self._close(self._renamed(name))
        elif name in SKIPPED:
            return self._skip(name, end)
        elif name not in OVERLOOKED and (name in SINGLE or name not in EMPTY):
            self._begin(name, attributes)
        return end

    def _attributes(self, at: int) -> tuple[Mapping[str, str], int]:
        found: dict[str, str] = {}
        while match := ATTRIBUTE.match(self._content, at):
            at = match.end()
            name = match["name"].lower()
            if name in ATTRIBUTES and name not in found:
                value = match["double"] or match["single"] or match["bare"] or ""
                found[name] = value[:LONGEST_VALUE].replace('"', "&quot;")
        end = END.match(self._content, at)
        return found, end.end() if end and end.end() > at else at

    def _after(self, mark: str, at: int) -> int:
        """Where *mark* ends; nothing is ever looked for again that is not there."""
        found = -1 if mark in self._endless else self._content.find(mark, at)
        if found < 0:
            self._endless.add(mark)
            return at
        return found + len(mark)

    def _skip(self, name: str, at: int) -> int:
        if name in self._endless:
            return at
        end = re.compile(rf"</{name}", re.IGNORECASE).search(self._content, at)
        if not end:
            self._endless.add(name)
            return len(self._content) if name in {"script", "style"} else at
        text = self._content[at : end.start()]
        if name == "script":
            self._scripts.append(text)
        elif name == "title":
            self._title = self._title or " ".join(html.unescape(text[:1_000]).split())
        return self._after(">", end.end())

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        name = self._renamed(name)
        single = name in SINGLE
        if name in ONCE and self._open and self._open[-1] == name:
            self._close(name)
        if self._elements >= MOST_ELEMENTS or (not single and len(self._open) >= DEEPEST):
            self._out.append("\n")
            return
        self._elements += 1
        told = "".join(f' {key}="{value}"' for key, value in attributes.items())
        self._out.append(f"<{name}{told}>")
        if not single:
            self._open.append(name)
            self._counts[name] += 1

    def _close(self, name: str) -> None:
        """Close the innermost *name* with all that is open in it; one that is not open is overlooked."""
        while self._counts[name]:
            inner = self._open.pop()
            self._counts[inner] -= 1
            self._out.append(f"</{inner}>")
            if inner == name:
                return

    @staticmethod
    def _renamed(name: str) -> str:
        if name in KEPT or name in SINGLE or name == "time":
            return name
        return "div" if name in BLOCKS else "span"
