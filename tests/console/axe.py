"""What axe finds fault with in what a page shows now, in both themes and both widths."""

from typing import Any, Final, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS: Final = (390, 1440)
THEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def faults(page: Page) -> list[str]:
    """What axe says is wrong with what *page* shows, one line for each element."""
    found: dict[str, Any] = Axe().run(page).response
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found["violations"] for node in rule["nodes"]]


def faults_in_every_look(page: Page) -> list[str]:
    """The same, over the themes and the widths, each with its own name; the page looks as before afterwards."""
    before = page.viewport_size
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            page.evaluate(SETTLED)
            found += [f"{theme} {width}: {fault}" for fault in faults(page)]
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)
    return found
