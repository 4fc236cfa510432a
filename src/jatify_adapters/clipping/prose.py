"""Text out of HTML, as Markdown would have it: paragraphs apart, headings marked, a dash before each item of a list."""

import html
import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from jatify_adapters.clipping.taming import looks_like_html, tamed

APART: Final = frozenset("p blockquote pre ul ol dl h1 h2 h3 h4 h5 h6 hr".split())
LINES: Final = frozenset("div section article header footer main nav aside address dt dd li br".split())
HEADINGS: Final = frozenset("h1 h2 h3 h4 h5 h6".split())
BLANK: Final = re.compile(r"[^\S\n]+")
EMPTY_ITEM: Final = re.compile(r"^(#+|-)[ \n]*\n+(?=[^\s-])", re.MULTILINE)
ITEMS_APART: Final = re.compile(r"^(- .*)\n\n(?=- )", re.MULTILINE)
GAPS: Final = re.compile(r"\n{3,}")
BULLET: Final = re.compile(r"^[•·▪◦‣●*–—-]\s+", re.MULTILINE)
INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\x00-\x08\x0b-\x1f]")


def prose(node: LexborNode) -> str:
    """All that *node* says."""
    pieces: list[str] = []
    _take(node, pieces)
    return tidy("".join(pieces))


def read_prose(text: str) -> str:
    """What *text* says that may be HTML, or HTML whose tags have been escaped for a second time."""
    for _ in range(2):
        if not looks_like_html(text) and "&lt;" in text:
            text = html.unescape(text)
    if not looks_like_html(text):
        return tidy(html.unescape(text))
    body = LexborHTMLParser(tamed(text).html).body
    return prose(body) if body else ""


def tidy(text: str) -> str:
    """*text* without needless blanks and with one sort of dash before the items of its lists."""
    text = INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = "\n".join(BLANK.sub(" ", line).strip() for line in text.split("\n"))
    text = GAPS.sub("\n\n", EMPTY_ITEM.sub(r"\1 ", BULLET.sub("- ", lines)))
    return ITEMS_APART.sub(r"\1\n", text).strip()


def _take(node: LexborNode, pieces: list[str]) -> None:
    """Add what is in *node*; a list, since a piece would pass a generator for each level that it lies deep."""
    child = node.first_child
    while child is not None:
        if child.is_text_node:
            pieces.append(re.sub(r"\s+", " ", child.text_content or ""))
        elif child.is_element_node:
            _take_element(child, child.tag or "", pieces)
        child = child.next


def _take_element(node: LexborNode, tag: str, pieces: list[str]) -> None:
    gap = "\n\n" if tag in APART else "\n" if tag in LINES else ""
    pieces.append(gap)
    if tag in HEADINGS:
        pieces.append("## ")
    elif tag == "li":
        pieces.append("- ")
    if tag not in {"br", "hr"}:
        _take(node, pieces)
        pieces.append(gap)
