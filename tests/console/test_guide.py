"""The guide: from a new account to the first analysis, in three steps on one page."""

import re

from playwright.sync_api import Page, expect

from jatify_http.samples import RESUME_FILENAME, sample_listing, sample_resume
from tests.console.people import Seeker

DROP = """([name, bytes]) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], name, { type: "application/pdf" }));
  const zone = document.querySelector(".guide-drop");
  zone.dispatchEvent(new DragEvent("dragover", { dataTransfer: files, bubbles: true, cancelable: true }));
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
}"""


def test_three_steps_lead_to_the_first_analysis(page: Page, seeker: Seeker) -> None:
    listing = sample_listing()
    seeker.enter(page)
    expect(page.get_by_role("heading", name="Your first answer in three steps")).to_be_visible()
    page.evaluate(DROP, [RESUME_FILENAME, list(sample_resume())])
    expect(page.locator("[data-step=resume]")).to_have_attribute("data-state", "done")
    expect(page.get_by_label("Paste the listing here")).to_be_focused()
    page.keyboard.insert_text(f"{listing.position} at {listing.company}\n\n{listing.description}")
    page.get_by_role("button", name="Read it").click()
    page.get_by_label("Company").fill(listing.company)
    page.get_by_label("Position").fill(listing.position)
    page.get_by_role("button", name="Add to the board").click()
    expect(page.get_by_role("button", name="Show me")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#/match\?resume=[0-9a-f-]+&job=[0-9a-f-]+$"))
    page.goto("/#/board")
    expect(page.get_by_role("link", name=listing.position)).to_be_visible()


def test_whoever_knows_the_way_goes_to_the_board_at_once(page: Page, seeker: Seeker) -> None:
    seeker.enter(page)
    page.get_by_role("button", name="Go to the board").click()
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Company").fill("Acme")
    page.get_by_label("Position").fill("Engineer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Engineer")).to_be_visible()
