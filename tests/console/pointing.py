"""What people do with a mouse that has no call of its own: carry cards, drop files from their desk, paste a page."""

import re
from html import unescape
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

COPY = """(kinds) => navigator.clipboard.write([
  new ClipboardItem(
    Object.fromEntries(Object.entries(kinds).map(([kind, text]) => [kind, new Blob([text], { type: kind })])),
  ),
])"""


def carry(page: Page, card: Locator, to: Locator) -> None:
    """Drag *card* over *to* with the mouse, and let go."""
    start, end = card.bounding_box(), to.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 20, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] + 40, start["y"] + 20, steps=4)
    page.mouse.move(end["x"] + 80, end["y"] + 120, steps=8)
    expect(to).to_have_attribute("data-over", "")
    page.mouse.up()


def drop_files(page: Page, place: Locator, *files: Path) -> None:
    """Drag *files* in from outside the browser, as it is told of it by a desktop, and let go over *place*."""
    box = place.bounding_box()
    assert box is not None
    data: dict[str, Any] = {"items": [], "files": [str(file.resolve()) for file in files], "dragOperationsMask": 1}
    hand = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        hand.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})
    hand.detach()


def paste_page(page: Page, field: Locator, html: str) -> None:
    """Paste what a browser copies from a page whose source is *html*, markup and words."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    words = unescape(re.sub("<[^>]+>", "\n", html))
    page.evaluate(COPY, {"text/html": html, "text/plain": words})
    field.focus()
    page.keyboard.press("ControlOrMeta+v")
