"""One journey through everything: from a new account over each screen to an account that is gone."""

import csv
import io
import re
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from jatify_http.samples import RESUME_FILENAME, sample_listing, sample_resume
from tests.console.conftest import Watch
from tests.console.houses import House
from tests.console.people import PASSWORD
from tests.console.pointing import carry, drop_files, paste_page
from tests.console.test_application import notes, only_reading, state, status
from tests.console.test_board import card, column
from tests.shared_data import DATA

NAME: Final = "Juniper Quill"
EMAIL: Final = "juniper@example.com"
IMPORTED: Final = 500
REAL: Final = DATA / "resumes" / "latexcv_two_column.pdf"
STAYED: Final = "window.stayed === true"


@pytest.fixture
def address(house: House) -> str:
    return house.address


@pytest.fixture
def resume(tmp_path: Path) -> Path:
    """A real PDF in two columns: a stranger's where there is one, else the sample."""
    if REAL.is_file():
        return REAL
    sample = tmp_path / RESUME_FILENAME
    sample.write_bytes(sample_resume())
    return sample


def test_from_a_new_account_to_none(page: Page, watch: Watch, house: House, resume: Path) -> None:
    register(page)
    page.evaluate("window.stayed = true")  # until the page is loaded anew
    see_the_first_fit(page, resume)
    carry_a_card_and_take_it_back(page)
    edit_in_two_windows(page, watch)
    lose_the_provider_and_requeue(page, house)
    import_many_and_take_them_back(page)
    assert page.evaluate(STAYED)
    leave_for_good(page, watch)


def register(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Create an account").click()
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Your first answer in three steps")).to_be_visible()
    expect(page.locator(".line")).to_have_attribute("data-live", "true")


def see_the_first_fit(page: Page, resume: Path) -> None:
    """Drop the resume, paste the page of a listing, and watch the analysis come."""
    drop_files(page, page.locator(".guide-drop"), resume)
    expect(page.locator("[data-step=resume]")).to_have_attribute("data-state", "done")
    listing = sample_listing()
    paste_page(page, page.get_by_label("Paste the listing here"), posting())
    expect(page.get_by_label("Company")).to_have_value(listing.company)
    expect(page.get_by_label("Position")).to_have_value(listing.position)
    page.get_by_role("button", name="Add to the board").click()
    page.get_by_role("button", name="Show me").click()
    expect(page).to_have_url(re.compile("#/match"))
    verdict = page.get_by_role("region", name="Verdict")
    expect(verdict).to_be_visible()
    expect(verdict).to_contain_text("70")
    assert page.evaluate(STAYED)


def posting() -> str:
    """The sample listing as a job board's page has it."""
    listing = sample_listing()
    words = "".join(f"<p>{line}</p>" for line in (listing.description or "").splitlines() if line)
    return (
        '<article itemscope itemtype="https://schema.org/JobPosting">'
        f'<h1 itemprop="title">{listing.position}</h1>'
        f'<div itemprop="hiringOrganization" itemscope><b itemprop="name">{listing.company}</b></div>'
        f'<div itemprop="description">{words}</div></article>'
    )


def carry_a_card_and_take_it_back(page: Page) -> None:
    position = sample_listing().position
    page.get_by_role("link", name="Board", exact=True).click()
    carry(page, card(page, "saved", position), column(page, "applied"))
    expect(card(page, "applied", position)).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(card(page, "saved", position)).to_be_visible()
    # By a key: between a press and a release the news of the undo may draw the card anew.
    page.get_by_role("link", name=position, exact=True).press("Enter")
    expect(page.get_by_role("heading", name=position)).to_be_visible()
    expect(status(page)).to_have_value("saved")


def edit_in_two_windows(page: Page, watch: Watch) -> None:
    """The first window is cut off while it is typed in; meanwhile the second one saves something else."""
    watch.expect(0, 412)
    notes(page).fill("They use Kafka.")
    expect(state(page)).to_have_text("Saved")
    other = page.context.new_page()
    other.goto(page.url)
    expect(notes(other)).to_have_value("They use Kafka.")
    page.route("**/api/applications/*", only_reading)
    notes(page).fill("Ask for Sam.\nThey use Kafka.")
    expect(state(page)).to_have_text("Offline, kept here")
    notes(other).fill("They use Kafka.\nThe office is in Lisbon.")
    expect(state(other)).to_have_text("Saved")
    page.unroute("**/api/applications/*")
    expect(page.get_by_role("group", name="The version saved elsewhere")).to_contain_text("Lisbon")
    page.get_by_role("button", name="Put both together").click()
    both = "Ask for Sam.\nThey use Kafka.\nThe office is in Lisbon."
    expect(notes(page)).to_have_value(both)
    page.get_by_role("button", name="Keep mine").click()
    expect(state(page)).to_have_text("Saved")
    expect(notes(other)).to_have_value(both)
    other.close()


def lose_the_provider_and_requeue(page: Page, house: House) -> None:
    """An analysis that finds nobody to ask fails for good; once there is somebody again it is asked for anew."""
    page.get_by_role("link", name="Match", exact=True).click()
    page.get_by_role("button", name="New job").click()
    page.get_by_label("Company").fill("Globex")
    page.get_by_label("Position").fill("Data engineer")
    page.get_by_label("Description").fill("We look for somebody who knows Python, Kafka and Postgres.")
    page.get_by_role("button", name="Add this job").click()
    expect(page.get_by_role("combobox", name="Compare with")).to_have_value("Data engineer, Globex")
    house.kill_provider()
    page.get_by_role("button", name="Check the fit").click()
    page.get_by_role("link", name="See the queue").click()
    letter = page.locator(".grave")
    expect(letter).to_contain_text("Data engineer at Globex")
    expect(page.locator(".grave-group")).to_contain_text("The model could not be reached")
    letter.get_by_text("Each attempt").click()
    expect(letter.get_by_text("Attempt 1, ")).to_be_visible()
    house.open_provider()
    letter.get_by_role("button", name="Requeue").click()
    expect(page.get_by_text("1 analysis waits again.")).to_be_visible()
    expect(page.get_by_text("Nothing has failed for good.")).to_be_visible()
    expect(page.get_by_text("Nothing waits, nothing runs.")).to_be_visible()
    page.get_by_role("link", name="Match", exact=True).click()
    field = page.get_by_role("combobox", name="Compare with")
    field.click()
    page.get_by_role("option", name=re.compile("Data engineer")).click()
    expect(page.get_by_role("region", name="Verdict")).to_contain_text("70")


def import_many_and_take_them_back(page: Page) -> None:
    page.get_by_role("link", name="Account", exact=True).click()
    wizard = page.locator("jatify-import")
    chooser = wizard.locator("input[type=file]")
    chooser.set_input_files({"name": "search.csv", "mimeType": "text/csv", "buffer": table()})
    wizard.get_by_role("button", name=f"Add {IMPORTED} applications").click()
    expect(wizard.get_by_role("heading", name=f"{IMPORTED} applications are added")).to_be_visible()
    wizard.get_by_role("link", name="See them on the board").click()
    expect(page.locator(".board-total")).to_have_text(f"{IMPORTED + 2} applications")
    page.get_by_role("link", name="Account", exact=True).click()
    page.get_by_role("button", name=re.compile("Undo the import of search.csv")).click()
    page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back", exact=True)).to_be_visible()
    page.get_by_role("link", name="Board", exact=True).click()
    expect(page.locator(".board-total")).to_have_text("2 applications")


def table() -> bytes:
    """So many rows as another tracker exports them."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("Company", "Job title", "Stage", "Date applied"))
    for number in range(IMPORTED):
        rows.writerow((f"Company {number}", "Engineer", "Applied", f"2026-{1 + number % 9:02}-{1 + number % 28:02}"))
    return text.getvalue().encode()


def leave_for_good(page: Page, watch: Watch) -> None:
    watch.expect(401)
    page.get_by_role("link", name="Account", exact=True).click()
    page.get_by_role("button", name="Delete my account").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Type your e-mail to confirm").fill(EMAIL)
    dialog.get_by_label("Your password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_text("Your account is deleted, and nothing of it is left here.")).to_be_visible()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert").first).not_to_be_empty()
