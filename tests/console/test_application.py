"""One application: its status and steps, its listing, and texts that lose nothing that was typed."""

import json
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.console.conftest import Watch
from tests.console.people import Seeker

DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('jatify.draft')).length"


def opened(page: Page, seeker: Seeker, **more: Any) -> dict[str, Any]:
    """An application, shown in *page*."""
    application = seeker.application("Northwind", "Backend engineer", **more)
    seeker.enter(page, f"#/application/{application['id']}")
    expect(page.get_by_role("heading", name="Backend engineer")).to_be_visible()
    return application


def notes(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Notes")


def status(page: Page) -> Locator:
    """The choice of the application's own: a dialog that is closing has one, too."""
    return page.get_by_role("combobox", name="Status", exact=True)


def state(page: Page) -> Locator:
    return page.get_by_label("Notes", exact=True).locator(".autosave-state").first


def kept(seeker: Seeker, application: dict[str, Any]) -> dict[str, Any]:
    """The application as the server has it now."""
    return dict(seeker.api.get(f"/api/applications/{application['id']}").raise_for_status().json())


def only_reading(route: Route) -> None:
    if route.request.method == "PATCH":
        route.abort()
    else:
        route.fallback()


def test_a_text_saves_itself_and_says_so(page: Page, seeker: Seeker) -> None:
    application = opened(page, seeker)
    notes(page).fill("They use Kafka.")
    expect(state(page)).to_have_text("Saved")
    assert kept(seeker, application)["notes"] == "They use Kafka."
    assert page.evaluate(DRAFTS) == 0


def test_leaving_at_once_loses_nothing(page: Page, seeker: Seeker) -> None:
    application = opened(page, seeker)
    notes(page).fill("Typed in a hurry.")
    page.goto("/#/board")
    page.goto(f"/#/application/{application['id']}")
    expect(notes(page)).to_have_value("Typed in a hurry.")


def test_what_the_server_never_got_is_taken_up_by_the_next_window(page: Page, watch: Watch, seeker: Seeker) -> None:
    watch.expect(0)
    application = opened(page, seeker)
    context = page.context
    context.route("**/api/applications/*", only_reading)
    notes(page).fill("Nobody but this browser knows.")
    expect(state(page)).to_have_text("Offline, kept here")
    page.close()
    assert kept(seeker, application)["notes"] is None
    context.unroute("**/api/applications/*")
    again = context.new_page()
    again.goto(f"/#/application/{application['id']}")
    expect(notes(again)).to_have_value("Nobody but this browser knows.")
    for _ in range(200):  # the page's own rules let no test wait in it
        if again.evaluate(DRAFTS) == 0:
            break
        again.wait_for_timeout(50)
    assert again.evaluate(DRAFTS) == 0
    assert kept(seeker, application)["notes"] == "Nobody but this browser knows."


def test_it_is_sent_by_itself_when_the_server_can_be_reached_again(page: Page, watch: Watch, seeker: Seeker) -> None:
    watch.expect(0)
    application = opened(page, seeker)
    page.route("**/api/applications/*", only_reading)
    notes(page).fill("In the train.")
    expect(state(page)).to_have_text("Offline, kept here")
    page.unroute("**/api/applications/*")
    expect(state(page)).to_have_text("Saved")
    assert kept(seeker, application)["notes"] == "In the train."


def test_a_second_window_follows_while_nothing_is_typed_there(page: Page, seeker: Seeker) -> None:
    application = opened(page, seeker)
    other = page.context.new_page()
    other.goto(f"/#/application/{application['id']}")
    expect(notes(other)).to_be_visible()
    expect(other.locator(".line")).to_have_attribute("data-live", "true")
    notes(page).fill("Seen in both.")
    expect(notes(other)).to_have_value("Seen in both.")


def at_odds(page: Page, seeker: Seeker) -> dict[str, Any]:
    """An application whose notes were changed elsewhere while they were typed here."""
    application = opened(page, seeker)
    path = f"/api/applications/{application['id']}"
    seeker.api.patch(path, json={"notes": "one\ntwo\nthree"}).raise_for_status()
    expect(notes(page)).to_have_value("one\ntwo\nthree")
    page.route("**/api/applications/*", only_reading)
    notes(page).fill("mine\none\ntwo\nthree")
    seeker.api.patch(path, json={"notes": "one\ntwo\nthree\ntheirs"}).raise_for_status()
    page.unroute("**/api/applications/*")
    expect(page.get_by_role("group", name="The version saved elsewhere")).to_contain_text("theirs")
    return application


def test_two_versions_stand_side_by_side_and_mine_can_stay(page: Page, watch: Watch, seeker: Seeker) -> None:
    watch.expect(0, 412)
    application = at_odds(page, seeker)
    assert kept(seeker, application)["notes"] == "one\ntwo\nthree\ntheirs"
    page.get_by_role("button", name="Keep mine").click()
    expect(state(page)).to_have_text("Saved")
    assert kept(seeker, application)["notes"] == "mine\none\ntwo\nthree"


def test_theirs_can_be_taken_and_that_taken_back(page: Page, watch: Watch, seeker: Seeker) -> None:
    watch.expect(0, 412)
    application = at_odds(page, seeker)
    page.get_by_role("button", name="Take theirs").click()
    expect(notes(page)).to_have_value("one\ntwo\nthree\ntheirs")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(notes(page)).to_have_value("mine\none\ntwo\nthree")
    expect(state(page)).to_have_text("Saved")
    assert kept(seeker, application)["notes"] == "mine\none\ntwo\nthree"


def test_both_can_be_put_together(page: Page, watch: Watch, seeker: Seeker) -> None:
    watch.expect(0, 412)
    application = at_odds(page, seeker)
    page.get_by_role("button", name="Put both together").click()
    expect(notes(page)).to_have_value("mine\none\ntwo\nthree\ntheirs")
    page.get_by_role("button", name="Keep mine").click()
    expect(state(page)).to_have_text("Saved")
    assert kept(seeker, application)["notes"] == "mine\none\ntwo\nthree\ntheirs"


def test_a_change_of_something_else_is_no_conflict(page: Page, seeker: Seeker) -> None:
    application = opened(page, seeker)
    notes(page).press_sequentially("typed ")
    seeker.api.patch(f"/api/applications/{application['id']}", json={"tags": ["remote"]}).raise_for_status()
    notes(page).press_sequentially("through it")
    expect(page.get_by_label("Tags").get_by_text("remote", exact=True)).to_be_visible()
    expect(state(page)).to_have_text("Saved")
    assert kept(seeker, application)["notes"] == "typed through it"
    expect(notes(page)).to_be_focused()


def test_a_move_can_be_dated_back_and_undone(page: Page, seeker: Seeker) -> None:
    application = opened(page, seeker)
    status(page).select_option("applied")
    page.get_by_label("When").fill("2026-01-05T10:00")
    page.get_by_label("Note", exact=True).fill("By mail")
    page.get_by_role("button", name="Move").click()
    timeline = page.get_by_role("region", name="Timeline")
    expect(timeline).to_contain_text("By mail")
    assert kept(seeker, application)["history"][-1]["note"] == "By mail"
    page.get_by_role("button", name="Undo the step to Applied").click()
    expect(status(page)).to_have_value("saved")
    page.get_by_role("button", name="Undo", exact=True).last.click()
    expect(status(page)).to_have_value("applied")
    assert kept(seeker, application)["history"][-1]["at"].startswith("2026-01-05")


def test_a_forgotten_step_is_added_and_another_put_right(page: Page, seeker: Seeker) -> None:
    application = opened(page, seeker)
    page.get_by_role("button", name="Add a step").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Status").select_option("hr_interview")
    dialog.get_by_label("Note").fill("Call with Petra")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(status(page)).to_have_value("hr_interview")
    page.get_by_role("button", name="Edit the step to HR interview").click()
    page.get_by_role("dialog").get_by_label("Note").fill("Call with Tom")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Timeline")).to_contain_text("Call with Tom")
    expect(page.get_by_role("button", name="Edit the step to HR interview")).to_be_focused()
    assert [step["note"] for step in kept(seeker, application)["history"]] == [None, "Call with Tom"]


def test_a_deletion_can_be_undone(page: Page, seeker: Seeker) -> None:
    opened(page, seeker)
    page.get_by_role("button", name="Delete this application").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page).to_have_url(f"{seeker.api.base_url}".rstrip("/") + "/#/board")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_role("heading", name="Backend engineer")).to_be_visible()


def test_the_form_of_a_listing_is_kept_over_a_reload_and_overwrites_nobody(page: Page, seeker: Seeker) -> None:
    application = opened(page, seeker)
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Company").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Name the company.")).to_be_visible()
    page.get_by_label("Company").fill("Northwind Systems")
    page.reload()
    expect(page.get_by_label("Company")).to_have_value("Northwind Systems")
    path = f"/api/jobs/{application['job_id']}"
    seeker.api.patch(path, json={"company": "South Wind", "location": "Oslo"}).raise_for_status()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="South Wind")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The listing is saved.")).to_be_visible()
    job = seeker.api.get(path).json()
    assert (job["company"], job["location"]) == ("Northwind Systems", "Oslo")


def test_another_user_of_this_browser_sees_no_draft(page: Page, watch: Watch, seeker: Seeker, address: str) -> None:
    watch.expect(0, 404)
    application = opened(page, seeker)
    page.route("**/api/applications/*", only_reading)
    notes(page).fill("Secret.")
    expect(state(page)).to_have_text("Offline, kept here")
    stranger = Seeker(address, "Somebody else")
    page.evaluate("([key, kept]) => localStorage.setItem(key, kept)", ["jatify.session", json.dumps(stranger.login)])
    page.goto(f"/#/application/{application['id']}")
    page.reload()
    expect(page.get_by_role("heading", name="There is no such application")).to_be_visible()
    expect(page.get_by_text("Secret.")).to_have_count(0)
    stranger.close()


def test_a_text_that_is_too_long_is_kept_here_and_said_to_be(page: Page, seeker: Seeker) -> None:
    opened(page, seeker)
    todo = page.get_by_role("region", name="Follow-up")
    todo.get_by_label("What to do").fill("x" * 503)
    expect(todo.locator(".autosave-state")).to_have_text("Not saved, kept here: 3 characters too many.")
    page.reload()
    expect(todo.get_by_label("What to do")).to_have_value("x" * 503)


def test_escape_leaves_the_status_as_it_was(page: Page, seeker: Seeker) -> None:
    application = opened(page, seeker)
    choice = status(page)
    choice.select_option("applied")
    expect(page.get_by_role("form", name="Move to Applied")).to_be_visible()
    choice.press("Escape")
    expect(page.get_by_role("form", name="Move to Applied")).to_have_count(0)
    expect(choice).to_have_value("saved")
    expect(choice).to_be_focused()
    assert kept(seeker, application)["status_id"] == "saved"
