"""Whoever has no mouse: goes from one thing to the next with Tab, and looks where the focus is."""

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Locator, Page

MOST: Final = 300
"""More stops than any screen has."""
NEAR: Final = 5
INSIDE: Final = "(place) => place.contains(document.activeElement)"
PROGRAM: Final = Path(__file__).with_suffix(".js").read_text()


class Walk:
    """One round through everything that Tab stops at."""

    def __init__(self, page: Page) -> None:
        page.evaluate(PROGRAM)
        self.stops: list[dict[str, Any]] = []
        for _ in range(MOST):
            page.keyboard.press("Tab")
            stop: dict[str, Any] | None = page.evaluate("walk.stop()")
            if stop is None:  # past the last one, which is not the end where the first one was not the start
                continue
            if stop["again"] == "before":
                break
            if not stop["again"]:  # a date has stops within itself
                self.stops.append(stop)
        self.missed: list[str] = page.evaluate("walk.missed()")
        self.set_apart: list[str] = page.evaluate("walk.setApart()")

    def without(self, trait: str) -> list[str]:
        """Where the focus is not `marked`, not `inside` the window, or not `free` of what lies over it."""
        return [stop["name"] for stop in self.stops if not stop[trait]]


def tab_to(page: Page, place: Locator, *, back: bool = False) -> None:
    """Press Tab until the focus is in *place*, at least once."""
    for _ in range(MOST):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if place.count() and place.first.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"Tab never comes to {place}")


def tab_into(page: Page, place: Locator) -> None:
    """Press Tab until the focus is somewhere in *place*, which is not far from where it is."""
    for _ in range(NEAR):
        page.keyboard.press("Tab")
        if place.evaluate(INSIDE):
            return
    raise AssertionError(f"Tab does not come into {place}")
