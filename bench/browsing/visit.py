"""A visit to a page full of cards: how long until they are there, and how smoothly one of them is carried about."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from msgspec import Struct
from playwright.sync_api import Browser, Page, ViewportSize

from bench.browsing.trace import BEGIN, CATEGORIES, END, Smoothness, smoothness
from tests.console.people import Seeker

WINDOW: Final = ViewportSize(width=1440, height=900)
PATIENCE: Final = 120_000
AFTER: Final = 500
"""Milliseconds for what may come after the cards."""
WATCH: Final = """
window.shown = {};
(function look() {
  const drawn = (name) => requestAnimationFrame(() => setTimeout(() => { window.shown[name] ??= performance.now(); }));
  const some = document.querySelector(".board-card") !== null;
  if (some) drawn("first");
  if (some && EVERYTHING) drawn("all");
  else requestAnimationFrame(look);
})();
"""
"""Notes when the first card was painted, and when everything was there."""
BOARD_IS_FULL: Final = 'document.querySelector(".board-total")?.textContent.startsWith("{:,} ")'
HTML_IS_READ: Final = 'document.readyState !== "loading"'


class Shown(Struct, frozen=True):
    """Milliseconds from the call of the address until cards are painted."""

    first_card: float
    all_cards: float


class Visit(Struct, frozen=True):
    """What is seen by a browser that has never been there, by the same one again, and how the carrying went."""

    new: Shown
    again: Shown
    carried: Smoothness


def visit_board(browser: Browser, seeker: Seeker, applications: int, seconds: float) -> Visit:
    """*seeker* opens the board, then in another window again, and carries a card there for so many seconds."""
    with board(browser, seeker, applications) as page:
        return _seen(browser, page, seconds)


def visit_plain(browser: Browser, address: str, seconds: float) -> Visit:
    """The same at *address*, where all cards stand in one file."""
    with _opened(browser, address, HTML_IS_READ) as page:
        return _seen(browser, page, seconds)


@contextmanager
def board(browser: Browser, seeker: Seeker, applications: int) -> Iterator[Page]:
    """The board of *seeker* with all of its columns unfolded and so many applications read."""
    address = str(seeker.api.base_url).rstrip("/")
    statuses = [status["id"] for status in seeker.api.get("/api/statuses").raise_for_status().json()["items"]]
    kept = {"jatify.session": seeker.login, "jatify.board.open": statuses}
    with _opened(browser, f"{address}/#/board", BOARD_IS_FULL.format(applications), kept) as page:
        yield page


@contextmanager
def _opened(browser: Browser, address: str, everything: str, kept: Mapping[str, Any] | None = None) -> Iterator[Page]:
    """A window that nobody has used, with what an earlier visit is to have *kept*."""
    context = browser.new_context(viewport=WINDOW)
    context.set_default_timeout(PATIENCE)
    for name, value in (kept or {}).items():
        context.add_init_script(f"localStorage.setItem({json.dumps(name)}, {json.dumps(json.dumps(value))})")
    context.add_init_script(WATCH.replace("EVERYTHING", everything))
    page = context.new_page()
    _open(page, address)
    yield page
    context.close()


def _open(page: Page, address: str) -> None:
    """Call *address*, and return when everything is shown."""
    page.goto(address)
    end = time.monotonic() + PATIENCE / 1_000
    while "all" not in page.evaluate("window.shown"):
        if time.monotonic() > end:
            raise TimeoutError(f"not everything came to be shown at {address}")
        page.wait_for_timeout(50)


def _seen(browser: Browser, page: Page, seconds: float) -> Visit:
    new, address = _shown(page), page.url
    page.wait_for_timeout(AFTER)
    again = page.context.new_page()
    _open(again, address)
    shown = _shown(again)
    again.wait_for_timeout(AFTER)
    browser.start_tracing(page=again, categories=CATEGORIES)
    _carry(again, seconds)
    return Visit(new, shown, smoothness(browser.stop_tracing()))


def _shown(page: Page) -> Shown:
    shown = page.evaluate("window.shown")
    return Shown(shown["first"], shown["all"])


def _carry(page: Page, seconds: float) -> None:
    """Lift the first card, take it to and fro across all columns, and let it go over another one than its own."""
    box = page.locator(".board-card").first.bounding_box()
    if box is None:
        raise RuntimeError("there is nothing to carry")
    left, right = 40.0, WINDOW["width"] - 40.0
    page.mouse.move(box["x"] + 40, box["y"] + 15)
    page.evaluate(f"performance.mark('{BEGIN}')")
    page.mouse.down()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        page.mouse.move(right, 600, steps=50)
        page.mouse.move(right, 500, steps=25)  # at the edge the row scrolls on
        page.mouse.move(left, 300, steps=50)
        page.mouse.move(left, 400, steps=25)
    page.mouse.move(500, 400, steps=20)
    page.mouse.up()
    page.evaluate(f"new Promise(requestAnimationFrame).then(() => performance.mark('{END}'))")
