"""What a page's own means say beside schema.org: its meta tags, and the names that its elements go by."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from jatify_adapters.clipping.lines import place
from jatify_adapters.clipping.prose import prose, read_prose
from jatify_adapters.clipping.titles import bare_position, board_in, read_title

MARKS: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(words, re.IGNORECASE)
    for name, words in {
        "position": (
            r"job-?title|posting-headline|app-title|topcard__title|jobpostingheader|jobinfoheader-title|"
            r"position-title|job-ad-title|title-h1"
        ),
        "company": r"company-?name|org-?name|employer|hiring-?organi[sz]ation|companyname|job-ad-company|topcard__org",
        "location": (
            r"job-?location|topcard__flavor--bullet|(?:^|[\s_-])locations?(?:$|\s)|"
            r"inlineheader-companylocation|job-ad-location"
        ),
        "description": (
            r"job-?description|description__text|jobdescriptiontext|jobpostingdescription|"
            r"posting-description|job-ad-description|show-more-less-html__markup|job__description|"
            r"section-page"
        ),
    }.items()
}
NAMES: Final = ("class", "id", "data-testid", "data-test", "data-automation-id", "data-qa", "data-ui")
MOST_TRIES: Final = 8
ENOUGH: Final = 80
"""Characters of a description."""


def in_meta(page: LexborHTMLParser, title: str) -> dict[str, object]:
    """What the meta tags say, and the title."""
    said = {name: value for node in page.css("meta") if (pair := _said(node)) for name, value in [pair]}
    found: dict[str, object] = {}
    for words in (said.get("og:title"), title, said.get("twitter:title")):
        for name, value in read_title(words or "").items():
            found.setdefault(name, place(value) if name == "location" else value)
    canonical = page.css_first('link[rel="canonical"]')
    url = (canonical.attributes.get("href") if canonical else None) or said.get("og:url")
    site = said.get("og:site_name", "")
    board = board_in(site) or board_in(re.sub(r"^https?://([^/?#]+).*$", r"\1", url or ""))
    if site and not board:
        found.setdefault("company", re.sub(r"\s+(?:careers?|jobs?|karriere)$", "", site, flags=re.IGNORECASE))
    summary = said.get("og:description") or said.get("description")
    told = {"url": url, "source": board, "description": read_prose(summary) if summary else None}
    return {name: value for name, value in {**found, **told}.items() if value}


def in_marks(page: LexborHTMLParser) -> dict[str, object]:
    """What the elements say whose names tell what they are, and the first heading."""
    found: dict[str, object] = {}
    tries = dict.fromkeys(MARKS, 0)
    for node, names in _named(page):
        for member, pattern in MARKS.items():
            if member not in found and tries[member] < MOST_TRIES and pattern.search(names):
                tries[member] += 1
                if value := _value(member, node):
                    found[member] = value
    heading = page.css_first("h1") or page.css_first("h2")
    if heading and (words := " ".join(heading.text(deep=True)[:300].split())):
        found.setdefault("position", bare_position(words))
    return found


def main_part(page: LexborHTMLParser) -> LexborNode | None:
    """Where the page says what it is about, without what all pages of its site have."""
    for node in page.css("nav, footer, aside"):
        node.decompose()
    return page.css_first("main") or page.css_first("article") or page.body


def _said(node: LexborNode) -> tuple[str, str] | None:
    attributes = node.attributes
    name, content = attributes.get("property") or attributes.get("name"), attributes.get("content")
    return (name.lower(), content) if name and content else None


def _named(page: LexborHTMLParser) -> Iterator[tuple[LexborNode, str]]:
    for node in page.css("[class], [id], [data-testid], [data-test], [data-automation-id], [data-qa], [data-ui]"):
        attributes = node.attributes
        yield node, " ".join(attributes.get(name) or "" for name in NAMES)[:500]


def _value(member: str, node: LexborNode) -> str | None:
    if member == "description":
        text = prose(node)
        return text if len(text) >= ENOUGH else None
    words = " ".join(node.text(deep=True)[:400].split())
    if not words or len(words) > 150:
        return None
    match member:
        case "location":
            return place(words)
        case "position":
            return bare_position(words)
        case _:
            return words
