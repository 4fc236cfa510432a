"""Every screen, in both themes and both widths, has nothing that axe finds fault with."""

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from tests.console.axe import THEMES, WIDTHS, faults
from tests.console.conftest import PATIENCE, Watch
from tests.console.furnishing import Furnished

SCREENS: Final = ("login", "board", "today", "application", "match", "numbers", "queue", "account")


@pytest.fixture(params=[(theme, width) for theme in THEMES for width in WIDTHS], ids=lambda p: f"{p[0]}-{p[1]}")
def window(request: pytest.FixtureRequest, browser: Browser, address: str, watch: Watch) -> Iterator[Page]:
    theme, width = request.param
    context = browser.new_context(
        base_url=address, color_scheme=theme, viewport={"width": width, "height": 844}, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    context.on("page", watch.over)
    page = context.new_page()
    yield page
    watch.look(page)
    context.close()
    assert watch.faults == []


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing(window: Page, furnished: Furnished, screen: str) -> None:
    furnished.open(window, screen)
    violations = faults(window)
    assert violations == [], "\n".join(violations)
