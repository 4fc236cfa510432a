"""The queue: what waits and runs, what failed for good and why, and what everybody's looks like to operators."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from jatify_http.samples import RESUME_FILENAME, sample_resume
from tests.console.axe import faults_in_every_look
from tests.console.houses import SLOTS, House
from tests.console.people import Seeker
from tests.running import ended

REFUSED = {"status": 400, "json": {"error": {"message": "no", "code": 400}}}
UNUSABLE = {"content": "Sorry, here is a poem instead."}
NO_KEY = {"status": 401, "json": {"error": {"message": "no", "code": 401}}, "times": None}
HANGS = {"hang": True, "times": None}


@pytest.fixture
def address(house: House) -> str:
    return house.address


@pytest.fixture(autouse=True)
def behaving(house: House) -> Iterator[None]:
    """Whatever a test has told the provider is forgotten after it."""
    yield
    house.script()


class Asking:
    """Somebody with a resume, who asks for analyses."""

    def __init__(self, seeker: Seeker) -> None:
        self._seeker = seeker
        self._resume = seeker.resume(RESUME_FILENAME, sample_resume())

    def asks(self, company: str) -> dict[str, Any]:
        job = self._seeker.job(company, "Engineer", description="We look for somebody who knows Python and Postgres.")
        return self._seeker.made(f"/api/resumes/{self._resume['id']}/analyze", {"job_id": job["id"]})

    def fails(self, house: House, company: str, *, behaviour: dict[str, Any] = REFUSED) -> None:
        """Asks for one that becomes a dead letter."""
        house.script(behaviour | {"times": None})
        assert ended(self._seeker.api, self.asks(company))["state"] == "failed"
        house.script()

    def forgets_the_resume(self) -> None:
        self._seeker.api.delete(f"/api/resumes/{self._resume['id']}").raise_for_status()


@pytest.fixture
def asking(seeker: Seeker) -> Asking:
    return Asking(seeker)


def places(page: Page) -> Locator:
    return page.get_by_role("region", name="Waiting and running").get_by_role("listitem")


def letters(page: Page) -> Locator:
    return page.locator(".grave")


def group(page: Page, reason: str) -> Locator:
    return page.locator(".grave-group", has_text=reason)


def test_without_anything_it_says_so_and_that_all_is_well(page: Page, seeker: Seeker) -> None:
    seeker.enter(page, "#/queue")
    expect(page.get_by_text("Analyses run as they come.")).to_be_visible()
    expect(page.get_by_text("Nothing waits, nothing runs.")).to_be_visible()
    expect(page.get_by_text("Nothing has failed for good.")).to_be_visible()
    expect(page.get_by_role("heading", name="Everybody’s")).to_have_count(0)


def test_what_waits_and_runs_is_shown_in_its_order_and_cancelled(
    page: Page, house: House, asking: Asking, seeker: Seeker
) -> None:
    house.script(HANGS)
    for number in range(SLOTS + 2):
        asking.asks(f"Company {number}")
    seeker.enter(page, "#/queue")
    expect(places(page).get_by_text("Running", exact=True)).to_have_count(SLOTS)
    expect(places(page).nth(SLOTS)).to_contain_text("No. 1")
    expect(places(page).nth(SLOTS + 1)).to_contain_text(f"Engineer at Company {SLOTS + 1}")
    assert faults_in_every_look(page) == []
    first = page.get_by_role("button", name="Cancel sample_resume, for Engineer at Company 0")
    first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The analysis was cancelled.")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel sample_resume, for Engineer at Company 1")).to_be_focused()
    for left in range(SLOTS + 1, 0, -1):
        expect(places(page)).to_have_count(left)
        places(page).first.get_by_role("button").click()
    expect(page.get_by_text("Nothing waits, nothing runs.")).to_be_visible()
    expect(page.get_by_role("heading", name="Waiting and running")).to_be_focused()


def test_a_place_whose_resume_has_just_been_deleted_breaks_nothing(
    page: Page, house: House, asking: Asking, seeker: Seeker
) -> None:
    house.script(HANGS)
    asking.asks("Acme")
    seeker.enter(page, "#/queue")
    expect(places(page)).to_contain_text("sample_resume, for Engineer at Acme")
    asking.forgets_the_resume()
    expect(page.get_by_text("Nothing waits, nothing runs.")).to_be_visible()


def test_a_failure_arrives_by_itself_with_what_was_tried(
    page: Page, house: House, asking: Asking, seeker: Seeker
) -> None:
    seeker.enter(page, "#/queue")
    expect(page.locator(".line")).to_have_attribute("data-live", "true")
    asking.fails(house, "Acme")
    expect(letters(page)).to_have_count(1)
    expect(letters(page)).to_contain_text("sample_resume, for Engineer at Acme")
    attempts = letters(page).get_by_text("Each attempt")
    attempts.focus()
    page.keyboard.press("Enter")
    expect(letters(page).get_by_text("Attempt 1, ")).to_be_visible()
    asking.fails(house, "Globex")
    expect(letters(page)).to_have_count(2)
    expect(letters(page).first).to_contain_text("Engineer at Globex")
    expect(letters(page).last.get_by_text("Attempt 1, ")).to_be_visible()
    expect(letters(page).get_by_text("Each attempt").last).to_be_focused()


def test_one_is_requeued_and_succeeds(page: Page, house: House, asking: Asking, seeker: Seeker) -> None:
    asking.fails(house, "Acme")
    asking.fails(house, "Globex")
    seeker.enter(page, "#/queue")
    button = page.get_by_role("button", name="Requeue sample_resume, for Engineer at Globex")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 analysis waits again.")).to_be_visible()
    expect(letters(page)).to_have_count(1)
    expect(page.get_by_role("button", name="Requeue sample_resume, for Engineer at Acme")).to_be_focused()
    expect(page.get_by_text("Nothing waits, nothing runs.")).to_be_visible()
    page.get_by_role("link", name="sample_resume, for Engineer at Acme").click()
    expect(page.get_by_role("combobox", name="Compare with")).to_have_value("Engineer, Acme")


def test_a_group_is_requeued_and_the_others_stay(page: Page, house: House, asking: Asking, seeker: Seeker) -> None:
    for company in ("Acme", "Globex"):
        asking.fails(house, company)
    asking.fails(house, "Initech", behaviour=UNUSABLE)
    seeker.enter(page, "#/queue")
    expect(page.locator(".grave-group")).to_have_count(2)
    assert faults_in_every_look(page) == []
    group(page, "The model's provider made an error").get_by_role("button", name="Requeue these 2").click()
    expect(page.get_by_text("2 analyses wait again.")).to_be_visible()
    expect(letters(page)).to_have_count(1)
    expect(group(page, "The model's answer was unusable")).to_contain_text("Engineer at Initech")


def test_all_are_requeued_at_once(page: Page, house: House, asking: Asking, seeker: Seeker) -> None:
    asking.fails(house, "Acme")
    asking.fails(house, "Initech", behaviour=UNUSABLE)
    seeker.enter(page, "#/queue")
    page.get_by_role("button", name="Requeue all").click()
    expect(page.get_by_text("2 analyses wait again.")).to_be_visible()
    expect(page.get_by_text("Nothing has failed for good.")).to_be_visible()
    expect(page.get_by_text("Nothing waits, nothing runs.")).to_be_visible()
    assert seeker.api.get("/api/dlq").json()["items"] == []


def test_they_are_deleted_after_a_question(page: Page, house: House, asking: Asking, seeker: Seeker) -> None:
    for company in ("Acme", "Globex", "Initech"):
        asking.fails(house, company)
    seeker.enter(page, "#/queue")
    delete = page.get_by_role("button", name="Delete sample_resume, for Engineer at Globex")
    delete.click()
    dialog = page.get_by_role("dialog", name="Delete this failed analysis?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(delete).to_be_focused()
    expect(letters(page)).to_have_count(3)
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(letters(page)).to_have_count(2)
    expect(page.get_by_role("button", name="Delete sample_resume, for Engineer at Acme")).to_be_focused()
    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete all").click()
    expect(page.get_by_text("2 failed analyses deleted.")).to_be_visible()
    expect(page.get_by_text("Nothing has failed for good.")).to_be_visible()
    assert seeker.api.get("/api/dlq").json()["items"] == []


def test_another_window_that_was_quicker_is_no_trouble(
    page: Page, house: House, asking: Asking, seeker: Seeker
) -> None:
    asking.fails(house, "Acme")
    page.route("**/api/events", lambda route: route.fulfill(status=204))
    seeker.enter(page, "#/queue")
    expect(letters(page)).to_have_count(1)
    seeker.api.post("/api/dlq/requeue", json={"all": True}).raise_for_status()
    page.get_by_role("button", name="Requeue sample_resume").click()
    expect(page.get_by_text("1 analysis stayed: no longer there.")).to_be_visible()
    expect(page.get_by_text("Nothing has failed for good.")).to_be_visible()


def test_of_very_many_the_newest_are_shown_and_the_others_on_demand(page: Page, seeker: Seeker) -> None:
    page.route("**/api/dlq?*", very_many)
    seeker.enter(page, "#/queue")
    expect(letters(page)).to_have_count(100)
    expect(page.get_by_text("The newest 100, by reason")).to_be_visible()
    page.get_by_role("button", name="Show older ones").click()
    expect(letters(page)).to_have_count(130)
    expect(page.get_by_text("130 analyses, by reason")).to_be_visible()
    expect(page.get_by_role("button", name="Show older ones")).to_have_count(0)


def very_many(route: Route) -> None:
    """The two pages of 130 dead letters."""
    first = "cursor" not in route.request.url
    at = datetime.now(UTC).isoformat()
    letter = {
        "resume_id": "r",
        "job_id": None,
        "resume_name": "resume",
        "company": None,
        "position": None,
        "reason": "timeout",
        "message": "It took too long.",
        "attempts": 1,
        "errors": [{"attempt": 1, "at": at, "reason": "timeout", "message": "It took too long."}],
        "enqueued_at": at,
        "failed_at": at,
        "requeues": 0,
    }
    items = [letter | {"id": str(number)} for number in (range(100) if first else range(100, 130))]
    route.fulfill(json={"items": items, "next_cursor": "more" if first else None})


def test_a_pause_of_the_provider_is_told_in_words_and_ends_by_itself(
    page: Page, house: House, asking: Asking, seeker: Seeker
) -> None:
    seeker.enter(page, "#/queue")
    house.script(NO_KEY)
    asking.asks("Acme")
    notice = page.get_by_role("status").filter(has_text="Analyses wait")
    expect(notice).to_contain_text("the model's key was refused")
    expect(notice).to_contain_text("nothing is lost meanwhile")
    expect(places(page)).to_contain_text("No. 1")
    assert faults_in_every_look(page) == []
    house.script()
    expect(page.get_by_text("Analyses run as they come.")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Nothing waits, nothing runs.")).to_be_visible()


def test_an_operator_sees_everybodys_without_what_stands_in_them(
    page: Page, house: House, asking: Asking, seeker: Seeker, address: str
) -> None:
    asking.fails(house, "Secret & Sons")
    with closing(Seeker(address, "Olga")) as olga:
        house.promote(olga.email)
        olga.enter(page, "#/queue")
        everybody = page.get_by_role("region", name="Everybody’s", exact=True)
        whose = seeker.login["user"]["id"][-8:]
        row = everybody.get_by_role("row").filter(has_text=whose)
        expect(row).to_contain_text("The model's provider made an error")
        expect(everybody.get_by_text("Nobody’s job waits.")).to_be_visible()
        assert "Secret" not in (page.locator("body").text_content() or "")
        assert faults_in_every_look(page) == []
        row.get_by_role("button", name=f"Requeue the job of user {whose}").click()
        expect(page.get_by_text("It waits again.")).to_be_visible()
        expect(row).to_have_count(0)
        asking.fails(house, "Secret & Daughters")
        row.get_by_role("button", name=f"Delete the job of user {whose}").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(row).to_have_count(0)
        assert seeker.api.get("/api/dlq").json()["items"] == []
