"""Dialogs, menus and forms that open: axe finds no fault with them, and the focus goes in, stays and comes back."""

import pytest
from playwright.sync_api import Page, expect

from tests.console.axe import faults_in_every_look
from tests.console.furnishing import Furnished
from tests.console.openings import OPENINGS, Opening
from tests.console.people import Seeker
from tests.console.tabbing import INSIDE, tab_into

ROUND = 25
"""More stops than any dialog has."""

CLOSING = {name: opening for name, opening in OPENINGS.items() if opening.closes}
opened = pytest.mark.parametrize("opening", OPENINGS.values(), ids=OPENINGS.keys())


def show(page: Page, furnished: Furnished, opening: Opening) -> None:
    furnished.seeker.enter(page, furnished.address_of(opening.screen))
    expect(opening.by(page)).to_be_visible()
    opening.open(page)
    expect(opening.shown(page)).to_be_visible()


@opened
def test_axe_finds_nothing_in_what_is_opened(page: Page, furnished: Furnished, opening: Opening) -> None:
    show(page, furnished, opening)
    assert faults_in_every_look(page) == []


@pytest.mark.parametrize("opening", CLOSING.values(), ids=CLOSING.keys())
def test_the_focus_goes_in_stays_there_and_comes_back(page: Page, furnished: Furnished, opening: Opening) -> None:
    show(page, furnished, opening)
    shown = opening.shown(page)
    if opening.modal:
        assert shown.evaluate(INSIDE)
        # The browser's own controls lie between the last one and the first; the page's others do not.
        inside = shown.evaluate_handle(
            "(shown) => () => shown.contains(document.activeElement) || document.activeElement === document.body"
        )
        for key in ("Tab", "Shift+Tab"):
            for _ in range(ROUND):
                page.keyboard.press(key)
                assert page.evaluate("(inside) => inside()", inside)
    else:
        tab_into(page, shown)
    page.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    expect(opening.by(page)).to_be_focused()


def test_axe_finds_nothing_in_a_message_that_offers_to_undo(page: Page, seeker: Seeker) -> None:
    seeker.application("Acme", "Engineer")
    seeker.enter(page)
    page.get_by_role("link", name="Engineer", exact=True).focus()
    for key in ("Space", "ArrowRight", "Space"):
        page.keyboard.press(key)
    page.get_by_role("button", name="Undo").focus()  # it stays as long as somebody is there
    assert faults_in_every_look(page) == []


@pytest.mark.parametrize("screen", ["board", "today", "match", "account"])
def test_axe_finds_nothing_where_there_is_nothing_yet(page: Page, seeker: Seeker, screen: str) -> None:
    seeker.enter(page, f"#/{screen}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    if screen == "board":
        expect(page.get_by_role("heading", name="Your first answer in three steps")).to_be_visible()
    assert faults_in_every_look(page) == []
