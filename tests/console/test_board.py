"""The board: cards carried by mouse, finger and keys, taken back, found, added and deleted, in every window alike."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.console.conftest import PATIENCE, Watch
from tests.console.people import Seeker
from tests.console.pointing import carry


def column(page: Page, status_id: str) -> Locator:
    return page.locator(f".board-column[data-status={status_id}]")


def card(page: Page, status_id: str, position: str) -> Locator:
    return column(page, status_id).get_by_role("link", name=position, exact=True)


def status_of(seeker: Seeker, application: dict[str, Any]) -> str:
    return str(seeker.api.get(f"/api/applications/{application['id']}").json()["status_id"])


def test_a_card_is_carried_by_mouse_and_taken_back(page: Page, seeker: Seeker) -> None:
    application = seeker.application("Acme", "Engineer")
    seeker.enter(page)
    carry(page, card(page, "saved", "Engineer"), column(page, "applied"))
    expect(card(page, "applied", "Engineer")).to_be_visible()
    expect(page.get_by_text("Acme: moved to Applied.")).to_be_visible()
    assert status_of(seeker, application) == "applied"
    page.get_by_role("button", name="Undo").click()
    expect(card(page, "saved", "Engineer")).to_be_visible()
    page.wait_for_timeout(300)
    assert status_of(seeker, application) == "saved"
    history = seeker.api.get(f"/api/applications/{application['id']}").json()["history"]
    assert [step["status_id"] for step in history] == ["saved"]


def test_carrying_opens_no_page_and_escape_leaves_the_card(page: Page, seeker: Seeker) -> None:
    application = seeker.application("Acme", "Engineer")
    seeker.enter(page)
    box = card(page, "saved", "Engineer").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 60, steps=6)
    expect(page.locator(".board-ghost")).to_have_count(1)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".board-ghost")).to_have_count(0)
    expect(card(page, "saved", "Engineer")).to_be_visible()
    assert page.url.endswith("#/board")
    assert status_of(seeker, application) == "saved"


def test_a_card_is_carried_by_keys_alone_and_each_step_is_said(page: Page, seeker: Seeker) -> None:
    application = seeker.application("Acme", "Engineer")
    seeker.enter(page)
    said = page.locator("jatify-board > [aria-live=assertive]")
    card(page, "saved", "Engineer").focus()
    page.keyboard.press("Space")
    expect(said).to_contain_text("Picked up Engineer at Acme, in Saved")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("Applied, 0 there")
    page.keyboard.press("Escape")
    expect(said).to_contain_text("Engineer at Acme stays in Saved")
    for key in ("Space", "ArrowRight", "ArrowRight", "Space"):
        page.keyboard.press(key)
    expect(card(page, "hr_interview", "Engineer")).to_be_focused()
    expect(page.get_by_text("Acme: moved to HR interview.")).to_be_visible()
    assert status_of(seeker, application) == "hr_interview"
    page.keyboard.press("Control+z")
    expect(card(page, "saved", "Engineer")).to_be_focused()
    page.wait_for_timeout(300)
    assert status_of(seeker, application) == "saved"


def test_arrows_go_from_card_to_card(page: Page, seeker: Seeker) -> None:
    seeker.application("Acme", "Older")
    seeker.application("Acme", "Newer")
    seeker.application("Acme", "Elsewhere", "hr_interview")
    seeker.enter(page)
    card(page, "saved", "Newer").focus()
    page.keyboard.press("ArrowDown")
    expect(card(page, "saved", "Older")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(card(page, "hr_interview", "Elsewhere")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(card(page, "saved", "Older")).to_be_focused()


def test_a_finger_carries_after_a_rest_and_scrolls_before(
    browser: Browser, address: str, watch: Watch, seeker: Seeker
) -> None:
    seeker.application("Acme", "Engineer")
    context = browser.new_context(
        base_url=address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(PATIENCE)
    context.on("page", watch.over)
    page = context.new_page()
    seeker.enter(page)
    box = card(page, "saved", "Engineer").bounding_box()
    assert box is not None
    finger = context.new_cdp_session(page)

    def touch(kind: str, *places: dict[str, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(places)})

    x, y = box["x"] + 30, box["y"] + 10
    touch("touchStart", {"x": x, "y": y})
    page.wait_for_timeout(450)
    for step in range(12):
        touch("touchMove", {"x": x + step * 25, "y": y + step * 3})
        page.wait_for_timeout(20)
    expect(column(page, "applied")).to_have_attribute("data-over", "")
    touch("touchEnd")
    expect(page.get_by_text("Acme: moved to Applied.")).to_be_visible()
    watch.look(page)
    context.close()
    assert watch.faults == []


def test_the_menu_of_a_card_moves_it_too(page: Page, seeker: Seeker) -> None:
    application = seeker.application("Acme", "Engineer")
    seeker.enter(page)
    page.get_by_role("button", name="Menu of Engineer at Acme").click()
    page.get_by_label("Status").select_option("rejected")
    expect(page.get_by_text("Acme: moved to Rejected.")).to_be_visible()
    expect(column(page, "rejected").get_by_role("button", expanded=False)).to_contain_text("1")
    assert status_of(seeker, application) == "rejected"


def test_a_move_that_is_refused_is_taken_back(page: Page, watch: Watch, seeker: Seeker) -> None:
    watch.expect(503)
    seeker.application("Acme", "Engineer")
    seeker.enter(page)
    card(page, "saved", "Engineer").focus()

    def refuse(route: Route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
            return
        body = {"title": "Busy", "status": 503, "detail": "The server is busy."}
        route.fulfill(status=503, json=body, content_type="application/problem+json")

    page.route("**/api/applications/*", refuse)
    for key in ("Space", "ArrowRight", "Space"):
        page.keyboard.press(key)
    expect(page.locator(".toast-bad")).to_contain_text("The server is busy.")
    expect(card(page, "saved", "Engineer")).to_be_visible()


def test_what_is_changed_elsewhere_moves_here_and_keeps_the_focus(page: Page, seeker: Seeker) -> None:
    application = seeker.application("Acme", "Engineer")
    seeker.enter(page)
    expect(page.locator(".line")).to_have_attribute("data-live", "true")
    card(page, "saved", "Engineer").focus()
    seeker.api.patch(f"/api/applications/{application['id']}", json={"status_id": "applied"}).raise_for_status()
    expect(card(page, "applied", "Engineer")).to_be_focused()
    seeker.api.delete(f"/api/applications/{application['id']}").raise_for_status()
    expect(page.locator(".board-card")).to_have_count(0)


def test_a_change_of_something_else_meanwhile_is_no_reason_to_refuse_a_move(
    page: Page, watch: Watch, seeker: Seeker
) -> None:
    watch.expect(412)
    application = seeker.application("Acme", "Engineer")
    # Whoever hears nothing has an old version.
    page.route("**/api/events", lambda route: route.fulfill(status=204))
    seeker.enter(page)
    card(page, "saved", "Engineer").focus()
    address = f"/api/applications/{application['id']}"
    seeker.api.patch(address, json={"notes": "Ask for Sam."}).raise_for_status()
    for key in ("Space", "ArrowRight", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_text("Acme: moved to Applied.")).to_be_visible()
    assert seeker.api.get(address).json()["notes"] == "Ask for Sam."


def test_one_line_adds_one_after_the_other_and_is_taken_back(page: Page, seeker: Seeker) -> None:
    seeker.application("Acme", "Engineer")
    seeker.enter(page)
    page.get_by_role("button", name="Add to Applied").click()
    for company in ("Globex", "Initech"):
        page.keyboard.type(company)
        page.keyboard.press("Tab")
        page.keyboard.type(f"Tester at {company}")
        page.keyboard.press("Enter")
        expect(card(page, "applied", f"Tester at {company}")).to_be_visible()
        expect(page.get_by_label("Company")).to_be_focused()
    expect(page.locator(".board-total")).to_have_text("3 applications")
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator(".board-total")).to_have_text("2 applications")


def test_what_one_has_already_is_told_and_not_refused(page: Page, seeker: Seeker) -> None:
    seeker.application("Acme GmbH", "Engineer")
    seeker.enter(page)
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Company").fill("ACME")
    page.get_by_label("Position").fill("Engineer (m/w/d)")
    page.keyboard.press("Enter")
    expect(page.locator(".twins")).to_contain_text("You have this one already")
    expect(page.locator(".board-total")).to_have_text("2 applications")


def test_a_paste_becomes_an_application(page: Page, seeker: Seeker) -> None:
    seeker.application("Acme", "Engineer")
    seeker.enter(page)
    page.get_by_role("button", name="Paste a listing").click()
    posting = """<script type="application/ld+json">{"@context": "https://schema.org", "@type": "JobPosting",
      "title": "Data engineer", "hiringOrganization": {"name": "Globex"},
      "description": "<p>We look for Python.</p>"}</script>"""
    page.get_by_label("The listing").fill(posting)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Paste a listing").click()
    expect(page.get_by_label("The listing")).to_have_value(posting)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_label("Company")).to_have_value("Globex")
    expect(page.get_by_label("Position")).to_have_value("Data engineer")
    page.get_by_role("button", name="Add to the board").click()
    expect(card(page, "saved", "Data engineer")).to_be_visible()
    [listing] = seeker.api.get("/api/jobs", params={"company": "Globex"}).json()["items"]
    assert "We look for Python." in listing["description"]


def test_a_deleted_application_comes_back(page: Page, seeker: Seeker) -> None:
    seeker.application("Acme", "Engineer")
    seeker.application("Acme", "Tester")
    seeker.enter(page)
    card(page, "saved", "Tester").focus()
    page.keyboard.press("m")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".board-total")).to_have_text("1 application")
    expect(card(page, "saved", "Engineer")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(card(page, "saved", "Tester")).to_be_visible()


def test_filters_narrow_the_board_and_stay_in_the_address(page: Page, seeker: Seeker) -> None:
    soon = (datetime.now(UTC) + timedelta(days=3)).date()
    seeker.application("Acme", "Engineer", tags=["remote"], applied_on="2026-01-10", follow_up_on=str(soon))
    seeker.application("Globex", "Engineer", tags=["berlin"], applied_on="2026-02-10")
    seeker.application("Initech", "Tester", tags=["remote"])
    seeker.enter(page)
    total = page.locator(".board-total")
    page.get_by_label("Search the board").fill("engin")
    expect(total).to_have_text("2 of 3 applications")
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Tag").select_option("remote")
    expect(total).to_have_text("1 of 3 applications")
    expect(page).to_have_url(re.compile(r"#/board\?q=engin&tag=remote$"))
    page.reload()
    expect(total).to_have_text("1 of 3 applications")
    expect(page.get_by_label("Search the board")).to_have_value("engin")
    page.get_by_role("button", name="Clear all").click()
    expect(total).to_have_text("3 applications")
    page.get_by_label("Follow-up").select_option("week")
    expect(total).to_have_text("1 of 3 applications")
    page.get_by_role("button", name="Clear all").click()
    page.get_by_label("Applied from").fill("2026-02-01")
    expect(total).to_have_text("1 of 3 applications")
    page.get_by_label("Search the board").fill("nothing like it")
    expect(page.get_by_text("Nothing here matches.")).to_be_visible()


def test_a_long_column_is_drawn_as_far_as_it_is_scrolled(page: Page, seeker: Seeker) -> None:
    for number in range(130):
        seeker.application("Acme", f"Position {number}")
    seeker.enter(page)
    expect(page.locator(".board-total")).to_have_text("130 applications")
    drawn = page.locator(".board-card")
    assert drawn.count() < 100
    scroll = "list => { list.scrollTop = list.scrollHeight; }"
    for _ in range(6):
        column(page, "saved").locator(".board-cards").evaluate(scroll)
        page.wait_for_timeout(120)
    expect(drawn).to_have_count(130)


def test_a_card_says_when_to_follow_up(page: Page, seeker: Seeker) -> None:
    seeker.application(
        "Acme", "Engineer", "applied", follow_up_on=str(datetime.now().astimezone().date() - timedelta(days=2))
    )
    seeker.enter(page)
    expect(column(page, "applied").locator(".chip")).to_contain_text("2 days late")
    page.get_by_role("button", name="Menu of Engineer at Acme").click()
    page.get_by_role("button", name="In 3 days").click()
    expect(column(page, "applied").locator(".chip")).to_contain_text("in 3 days")


def test_closed_columns_are_folded_and_stay_as_they_were_left(page: Page, seeker: Seeker) -> None:
    seeker.application("Acme", "Engineer", "rejected")
    seeker.enter(page)
    expect(card(page, "rejected", "Engineer")).to_have_count(0)
    column(page, "rejected").get_by_role("button", expanded=False).click()
    expect(card(page, "rejected", "Engineer")).to_be_visible()
    page.reload()
    expect(card(page, "rejected", "Engineer")).to_be_visible()


def test_a_status_that_is_made_meanwhile_gets_its_column(page: Page, seeker: Seeker) -> None:
    application = seeker.application("Acme", "Engineer")
    seeker.enter(page)
    expect(card(page, "saved", "Engineer")).to_be_visible()
    expect(page.locator(".line")).to_have_attribute("data-live", "true")
    made = seeker.api.post("/api/statuses", json={"label": "Homework", "category": "interview"}).raise_for_status()
    step = {"status_id": made.json()["id"]}
    seeker.api.patch(f"/api/applications/{application['id']}", json=step).raise_for_status()
    expect(card(page, made.json()["id"], "Engineer")).to_be_visible()


def test_what_is_taken_back_before_it_was_answered_is_taken_back(page: Page, seeker: Seeker) -> None:
    application = seeker.application("Acme", "Engineer")
    page.add_init_script("""
      const send = window.fetch;
      window.fetch = async (address, options) => {
        if (options?.method === "PATCH") await new Promise((wake) => setTimeout(wake, 700));
        return send(address, options);
      };""")
    seeker.enter(page)
    card(page, "saved", "Engineer").focus()
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        for key in ("Space", "ArrowRight", "Space", "Control+z"):
            page.keyboard.press(key)
    expect(card(page, "saved", "Engineer")).to_be_visible()
    assert status_of(seeker, application) == "saved"
    expect(page.locator(".toast")).to_have_count(0)
