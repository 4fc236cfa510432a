"""The reader of pastes: what states its meaning is believed before what has to be guessed."""

import re
from collections.abc import Mapping
from typing import Final

import anyio
import anyio.to_thread
from selectolax.lexbor import LexborHTMLParser

from jatify_adapters.clipping import schema
from jatify_adapters.clipping.lines import read_lines
from jatify_adapters.clipping.page import in_marks, in_meta, main_part
from jatify_adapters.clipping.prose import prose, tidy
from jatify_adapters.clipping.taming import looks_like_html, tamed
from jatify_adapters.clipping.titles import board_in
from jatify_core.clipping import LONGEST_PASTE, Clipping, How, Paste, clipped

_URL: Final = re.compile(r"https?://[^\s<>\"')\]]{4,1900}")
_HOST: Final = re.compile(r"^https?://([^/?#]+)", re.IGNORECASE)
ENOUGH: Final = 40
"""Characters of a text that describes anything."""

Finds = dict[How, Mapping[str, object]]


class PageReader:
    """Implements `ListingReader` for HTML and plain text, at most two at once, in threads."""

    def __init__(self) -> None:
        # Each is bounded by itself; together they must not take the interpreter from those who serve requests.
        self._lanes = anyio.CapacityLimiter(2)

    async def read(self, paste: Paste) -> Clipping:
        """What of a listing stands in *paste*."""
        return await anyio.to_thread.run_sync(read, paste, limiter=self._lanes)


def read(paste: Paste) -> Clipping:
    """The same, here and now."""
    content = paste.content[:LONGEST_PASTE]
    finds = _in_page(content, paste) if looks_like_html(content) else _in_text(content, paste)
    return clipped(finds, paste.url)


def _in_page(content: str, paste: Paste) -> Finds:
    safe = tamed(content)
    page = LexborHTMLParser(safe.html)
    finds: Finds = {}
    if posting := schema.in_json(safe.scripts):
        finds["json_ld"] = schema.members(posting, paste.on)
    if posting := schema.in_microdata(page):
        finds["microdata"] = schema.members(posting, paste.on)
    meta, marked = in_meta(page, safe.title), in_marks(page)
    whole = main_part(page)
    text = prose(whole) if whole else ""
    # A page may consist of nothing but what it says for machines: then its words are in there.
    stated = next((str(told["description"]) for told in finds.values() if "description" in told), "")
    guessed = {**_guessed(text if len(text) > len(stated) else f"{text}\n{stated}", paste), **marked}
    if "company" in guessed and guessed["company"] == guessed.get("position"):
        del guessed["company"]
    # A summary for search engines is worth less than the text itself.
    if len(str(guessed.get("description", ""))) > len(str(meta.get("description", ""))):
        meta.pop("description", None)
    return {**finds, "meta": meta, "heuristic": guessed}


def _in_text(content: str, paste: Paste) -> Finds:
    return {"heuristic": _guessed(tidy(content), paste)}


def _guessed(text: str, paste: Paste) -> dict[str, object]:
    found = read_lines(text, paste.on)
    if len(text) >= ENOUGH:
        found["description"] = text
    if url := _URL.search(text):
        found["url"] = url[0].rstrip(".,;")
    host = _HOST.match(paste.url or str(found.get("url", "")))
    if host and (board := board_in(host[1])):
        found["source"] = board
    return found
