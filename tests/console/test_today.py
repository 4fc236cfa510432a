"""Today: what is due, done or put off with one press, and taken back with another."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Locator, Page, expect

from tests.console.people import Seeker


def section(page: Page, name: str) -> Locator:
    return page.locator(f"[data-section={name}]")


def in_days(days: int) -> str:
    return str(datetime.now().astimezone().date() + timedelta(days=days))


def silent(seeker: Seeker, company: str, days: int) -> None:
    application = seeker.application(company, "Engineer")
    long_ago = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    step = {"status_id": "applied", "status_at": long_ago}
    seeker.api.patch(f"/api/applications/{application['id']}", json=step).raise_for_status()


def test_the_day_is_told_in_its_sections(page: Page, seeker: Seeker) -> None:
    seeker.application("Late", "Engineer", "applied", follow_up_on=in_days(-2), follow_up_note="Ask for Sam")
    seeker.application("Now", "Engineer", "applied", follow_up_on=in_days(0))
    seeker.application("Soon", "Engineer", "applied", follow_up_on=in_days(5))
    silent(seeker, "Quiet", 30)
    seeker.job("Closing", "Engineer", deadline_on=in_days(3))
    seeker.enter(page, "#/today")
    expect(section(page, "overdue")).to_contain_text("Ask for Sam")
    expect(section(page, "overdue")).to_contain_text("2 days late")
    expect(section(page, "today")).to_contain_text("Now")
    expect(section(page, "upcoming")).to_contain_text("in 5 days")
    expect(section(page, "silent")).to_contain_text("silent for 30 days")
    expect(section(page, "deadlines")).to_contain_text("closes in 3 days")
    expect(page.get_by_text("2 things to do today, 1 of them late.")).to_be_visible()


def test_what_is_done_goes_and_comes_back(page: Page, seeker: Seeker) -> None:
    late = seeker.application("Late", "Engineer", "applied", follow_up_on=in_days(-2), follow_up_note="Ask for Sam")
    seeker.application("Later", "Engineer", "applied", follow_up_on=in_days(-1))
    seeker.enter(page, "#/today")
    overdue = section(page, "overdue").get_by_role("listitem")
    overdue.first.get_by_role("button", name="Done").click()
    expect(overdue).to_have_count(1)
    expect(overdue.first.get_by_role("link")).to_be_focused()
    expect(page.get_by_text("Late: follow-up done.")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(overdue).to_have_count(2)
    now = seeker.api.get(f"/api/applications/{late['id']}").json()
    assert (now["follow_up_on"], now["follow_up_note"]) == (in_days(-2), "Ask for Sam")


def test_what_is_put_off_comes_up_later(page: Page, seeker: Seeker) -> None:
    application = seeker.application("Now", "Engineer", "applied", follow_up_on=in_days(0))
    seeker.enter(page, "#/today")
    section(page, "today").get_by_role("button", name="+1 week").click()
    expect(section(page, "upcoming")).to_contain_text("in 7 days")
    expect(page.get_by_text("Nothing is due today. Next: Now, in 7 days.")).to_be_visible()
    assert seeker.api.get(f"/api/applications/{application['id']}").json()["follow_up_on"] == in_days(7)


def test_nobody_answers_any_more_until_it_is_taken_back(page: Page, seeker: Seeker) -> None:
    silent(seeker, "Quiet", 30)
    seeker.enter(page, "#/today")
    section(page, "silent").get_by_role("button", name="Ghosted").click()
    expect(page.get_by_text("Quiet: marked as ghosted.")).to_be_visible()
    expect(section(page, "silent")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(section(page, "silent")).to_contain_text("Quiet")


def test_what_was_not_sent_yet_cannot_be_ghosted(page: Page, seeker: Seeker) -> None:
    seeker.application("Kept", "Engineer", "saved", follow_up_on=in_days(0))
    seeker.application("Sent", "Engineer", "applied", follow_up_on=in_days(0))
    seeker.enter(page, "#/today")
    expect(section(page, "today").get_by_role("button", name="Done")).to_have_count(2)
    expect(section(page, "today").get_by_role("button", name="Ghosted")).to_have_count(1)


def test_a_saved_listing_goes_onto_the_board(page: Page, seeker: Seeker) -> None:
    seeker.job("Closing", "Engineer", deadline_on=in_days(3))
    seeker.enter(page, "#/today")
    page.get_by_role("button", name="Add to the board").click()
    expect(page.get_by_text("Closing: on the board.")).to_be_visible()
    expect(section(page, "deadlines").get_by_role("link", name="Engineer")).to_be_visible()


def test_what_changes_elsewhere_shows_here(page: Page, seeker: Seeker) -> None:
    application = seeker.application("Now", "Engineer", "applied")
    seeker.enter(page, "#/today")
    expect(page.get_by_text("Nothing to do, and nothing coming up.")).to_be_visible()
    expect(page.locator(".line")).to_have_attribute("data-live", "true")
    due = {"follow_up_on": in_days(0)}
    seeker.api.patch(f"/api/applications/{application['id']}", json=due).raise_for_status()
    expect(section(page, "today")).to_contain_text("Now")
