"""Without a mouse: one whole journey, and every control of every screen within reach, in sight and marked."""

import re
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from jatify_http.samples import RESUME_FILENAME, sample_listing, sample_resume
from tests.console.furnishing import Furnished
from tests.console.people import PASSWORD, Seeker
from tests.console.tabbing import Walk, tab_to

SCREENS: Final = ("login", "board", "today", "application", "match", "numbers", "queue", "account")
POINTED: Final = """
window.pointed = 0;
for (const kind of ["pointerdown", "mousedown", "touchstart"]) {
  addEventListener(kind, () => (window.pointed += 1), true);
}
"""
BY_OTHER_KEYS: Final = re.compile(r"board-card|^a\. |^input\.visually-hidden")
"""Arrows go from card to card, and M opens a card's menu; of a hidden file field there is a button."""


def test_a_whole_journey_by_keys_alone(page: Page, seeker: Seeker, tmp_path: Path) -> None:
    page.add_init_script(POINTED)
    page.on("filechooser", lambda _: None)  # from now on, so that none is opened before somebody listens
    log_in(page, seeker)
    add_an_application(page)
    move_it(page)
    open_it_and_write_a_note(page, seeker)
    check_the_fit(page, tmp_path)
    look_at_numbers_and_queue(page)
    log_out(page)
    assert page.evaluate("window.pointed") == 0


def log_in(page: Page, seeker: Seeker) -> None:
    page.goto("/")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(seeker.email)
    tab_to(page, page.get_by_label("Password", exact=True))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your first answer in three steps")).to_be_visible()


def add_an_application(page: Page) -> None:
    tab_to(page, page.get_by_role("button", name="Add", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Company")).to_be_focused()
    listing = sample_listing()
    page.keyboard.type(listing.company)
    tab_to(page, page.get_by_label("Position"))
    page.keyboard.type(listing.position)
    page.keyboard.press("Enter")
    expect(page.locator(".board-total")).to_have_text("1 application")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Add", exact=True)).to_be_focused()


def move_it(page: Page) -> None:
    card = page.get_by_role("link", name=sample_listing().position, exact=True)
    tab_to(page, card)
    for key in ("Space", "ArrowRight", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_text(f"{sample_listing().company}: moved to Applied.")).to_be_visible()
    expect(card).to_be_focused()


def open_it_and_write_a_note(page: Page, seeker: Seeker) -> None:
    page.keyboard.press("Enter")
    notes = page.get_by_role("textbox", name="Notes")
    expect(notes).to_be_visible()
    expect(page.get_by_role("main")).to_be_focused()
    tab_to(page, notes)
    page.keyboard.type("They use Kafka.")
    expect(page.get_by_label("Notes", exact=True).locator(".autosave-state").first).to_have_text("Saved")
    [application] = seeker.api.get("/api/applications").json()["items"]
    assert (application["notes"], application["status_id"]) == ("They use Kafka.", "applied")


def check_the_fit(page: Page, tmp_path: Path) -> None:
    """Choose a resume, compare it with the job, and read the words behind a score."""
    go_to(page, "Match")
    resume = tmp_path / RESUME_FILENAME
    resume.write_bytes(sample_resume())
    tab_to(page, page.get_by_role("button", name=re.compile("Choose")))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(resume)
    expect(page.get_by_role("radio")).to_be_checked()
    field = page.get_by_role("combobox", name="Compare with")
    tab_to(page, field)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option")).to_have_count(2)
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(field).to_have_value(f"{sample_listing().position}, {sample_listing().company}")
    tab_to(page, page.get_by_role("button", name="Check the fit"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Verdict")).to_be_visible()
    tab_to(page, page.locator(".aspect summary"))
    page.keyboard.press("Enter")
    expect(page.locator(".aspect[open]")).to_have_count(1)


def look_at_numbers_and_queue(page: Page) -> None:
    go_to(page, "Numbers")
    tab_to(page, page.get_by_role("button", name="30 days"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="30 days")).to_have_attribute("aria-pressed", "true")
    tab_to(page, page.get_by_text("As a table"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="Applied")).to_have_text("Applied11")
    go_to(page, "Queue")
    expect(page.get_by_text("Nothing has failed for good.")).to_be_visible()


def log_out(page: Page) -> None:
    go_to(page, "Account")
    tab_to(page, page.get_by_role("button", name="Log out"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("You are logged out.")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_be_focused()


def go_to(page: Page, screen: str) -> None:
    tab_to(page, page.get_by_role("link", name=screen, exact=True), back=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=screen, level=1)).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("screen", SCREENS)
def test_tab_comes_to_everything_and_it_can_be_seen_where_one_is(
    page: Page, furnished: Furnished, screen: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    furnished.open(page, screen)
    walk = Walk(page)
    assert walk.missed == []
    assert [name for name in walk.set_apart if not BY_OTHER_KEYS.search(name)] == []
    assert walk.without("marked") == []
    assert walk.without("inside") == []
    assert walk.without("free") == []


def test_the_content_can_be_skipped_to(page: Page, furnished: Furnished) -> None:
    furnished.open(page, "queue")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    assert page.url.endswith("#/queue")
