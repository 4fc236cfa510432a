"""The numbers: every drawing and every table says what `GET /api/stats` says, for the time that was chosen."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.console.axe import faults_in_every_look
from tests.console.conftest import Watch
from tests.console.furnishing import Furnished
from tests.console.people import Seeker

STAGES = {"saved": "Saved", "applied": "Applied", "interview": "Interview", "offer": "Offer", "accepted": "Accepted"}


def figure(page: Page, title: str) -> Locator:
    return page.get_by_role("figure", name=title)


def table(page: Page, title: str) -> list[list[str]]:
    """The rows of the table under a drawing, opened if it is not."""
    about = figure(page, title)
    if about.locator("details:not([open])").count():
        about.get_by_text("As a table").click()
    rows = about.get_by_role("table").get_by_role("row")
    return [
        row.get_by_role("rowheader").all_inner_texts() + row.get_by_role("cell").all_inner_texts()
        for row in rows.all()[1:]
    ]


def said(value: Any) -> str:
    """A figure as the tables write it."""
    return "–" if value is None else f"{value:g}"


def share(rate: float | None) -> str:
    return "–" if rate is None else f"{round(100 * rate)}%"


@pytest.fixture
def stats(furnished: Furnished) -> dict[str, Any]:
    return dict(furnished.seeker.api.get("/api/stats").raise_for_status().json())


@pytest.fixture
def labels(furnished: Furnished) -> dict[str, str]:
    statuses = furnished.seeker.api.get("/api/statuses", params={"limit": 100}).raise_for_status().json()["items"]
    return {status["id"]: status["label"] for status in statuses}


@pytest.fixture
def shown(page: Page, furnished: Furnished) -> Page:
    """The screen over the sample search."""
    furnished.seeker.enter(page, "#/numbers")
    expect(figure(page, "How far they came")).to_be_visible()
    return page


def test_tiles_and_funnel_agree_with_the_server(shown: Page, stats: dict[str, Any]) -> None:
    reached = {step["stage"]: step["reached"] for step in stats["funnel"]}
    tiles = shown.locator(".tiles li")
    rate = round(100 * reached["interview"] / reached["applied"])
    expect(tiles.locator("strong")).to_have_text(
        [str(stats["applications"]), str(reached["applied"]), f"{rate}%", str(reached["offer"])]
    )
    steps = figure(shown, "How far they came").locator(".funnel li")
    expect(steps.locator(".funnel-label")).to_have_text(list(STAGES.values()))
    expect(steps.locator(".funnel-value")).to_have_text([str(reached[stage]) for stage in STAGES])
    widths = "all => all.map((one) => one.firstElementChild?.offsetWidth ?? 0)"
    wide = steps.locator(".funnel-track").evaluate_all(widths)
    for width, stage in zip(wide, STAGES, strict=True):
        assert width == pytest.approx(wide[0] * reached[stage] / reached["saved"], abs=6)
    rows = [[STAGES[s["stage"]], said(s["reached"]), said(s["now"])] for s in stats["funnel"]]
    assert table(shown, "How far they came") == rows


def test_every_flow_is_a_band_as_wide_as_it_is_strong(
    shown: Page, stats: dict[str, Any], labels: dict[str, str]
) -> None:
    def named(node: str) -> str:
        return STAGES.get(node) or ("Still open" if node == "open" else labels[node.removeprefix("status:")])

    flows = [[named(flow["source"]), named(flow["target"]), said(flow["count"])] for flow in stats["flows"]]
    assert table(shown, "Where they went") == flows
    bands = figure(shown, "Where they went").locator(".band")
    drawn = bands.evaluate_all("all => all.map((one) => [one.textContent, Number(one.getAttribute('stroke-width'))])")
    assert sorted(words for words, _ in drawn) == sorted(f"{a} → {b}: {n}" for a, b, n in flows)
    widths = dict(drawn)
    each = [width / int(words.rpartition(" ")[2]) for words, width in widths.items()]
    assert max(each) == pytest.approx(min(each), rel=0.01)
    picture = figure(shown, "Where they went").get_by_role("img")
    expect(picture).to_have_accessible_name(re.compile(f"{flows[0][2]} from {flows[0][0]} to {flows[0][1]}"))


def test_time_in_a_status_agrees_with_the_server(shown: Page, stats: dict[str, Any], labels: dict[str, str]) -> None:
    spans = stats["time_in_status"]
    rows = [
        [labels[s["status_id"]], *(said(s[key]) for key in ("count", "median_days", "p90_days", "now"))] for s in spans
    ]
    assert table(shown, "Time in a status") == rows
    ended = [labels[span["status_id"]] for span in spans if span["count"]]
    expect(figure(shown, "Time in a status").locator("dt")).to_have_text(ended)


def test_the_weeks_agree_with_the_server(shown: Page, stats: dict[str, Any]) -> None:
    keys = ("created", "applied", "interviews", "offers", "closed")
    rows = [[said(week[key]) for key in keys] for week in stats["weeks"]]
    assert [row[1:] for row in table(shown, "Week by week")] == rows
    columns = figure(shown, "Week by week").locator("rect title").all_text_contents()
    drawn = [int(words.split(": ")[1].split()[0]) for words in columns]
    assert drawn == [week[key] for week in stats["weeks"] for key in ("applied", "interviews", "offers")]


def test_answers_agree_with_the_server(shown: Page, stats: dict[str, Any]) -> None:
    for title, key in (("By source", "by_source"), ("By resume", "by_resume"), ("By score", "by_score")):
        rows = shown.get_by_role("table", name=title).get_by_role("row")
        told = [
            f"{one['label']} {one['applied']} {one['responded']} {share(one['rate'])}"
            for one in stats["responses"][key]
        ]
        assert [" ".join(row.split()) for row in rows.all_inner_texts()[1:]] == told


def test_opened_tables_have_nothing_that_axe_finds_fault_with(shown: Page) -> None:
    for one in shown.get_by_text("As a table").all():
        one.click()
    assert faults_in_every_look(shown) == []


def test_whoever_has_nothing_yet_is_shown_the_board(page: Page, seeker: Seeker) -> None:
    seeker.enter(page, "#/numbers")
    expect(page.get_by_text("Numbers grow by themselves as your applications move on.")).to_be_visible()
    assert faults_in_every_look(page) == []
    page.get_by_role("link", name="Go to the board").click()
    expect(page.get_by_role("heading", name="Board")).to_be_visible()


def test_the_time_that_is_chosen_stays_in_the_address_and_keeps_the_focus(page: Page, seeker: Seeker) -> None:
    seeker.application("Acme", "Engineer")
    old = seeker.application("Globex", "Engineer")
    [step] = seeker.api.get(f"/api/applications/{old['id']}").json()["history"]
    long_ago = (datetime.now(UTC) - timedelta(days=60)).isoformat()
    path = f"/api/applications/{old['id']}/history/{step['id']}"
    seeker.api.patch(path, json={"at": long_ago}).raise_for_status()
    seeker.enter(page, "#/numbers")
    total = page.locator(".tiles strong").first
    expect(total).to_have_text("2")
    choice = page.get_by_role("button", name="30 days")
    choice.focus()
    page.keyboard.press("Enter")
    expect(total).to_have_text("1")
    expect(choice).to_be_focused()
    expect(choice).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile(r"#/numbers\?days=30$"))
    page.reload()
    expect(total).to_have_text("1")
    page.get_by_role("button", name="90 days").click()
    expect(total).to_have_text("2")
    page.get_by_role("button", name="All time").click()
    expect(page).to_have_url(re.compile(r"#/numbers$"))


def test_days_and_weeks_are_those_of_the_user(page: Page, seeker: Seeker) -> None:
    seeker.application("Acme", "Engineer")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/stats" in request.url else None)
    page.add_init_script("Date.prototype.getTimezoneOffset = () => -330")
    seeker.enter(page, "#/numbers")
    expect(page.locator(".tiles")).to_be_visible()
    assert all("tz_offset=330" in url for url in asked)


def test_changes_appear_and_leave_alone_what_one_is_at(page: Page, seeker: Seeker) -> None:
    application = seeker.application("Acme", "Engineer")
    seeker.enter(page, "#/numbers")
    expect(page.locator(".line")).to_have_attribute("data-live", "true")
    opened = figure(page, "How far they came").get_by_text("As a table")
    opened.focus()
    page.keyboard.press("Enter")
    applied = figure(page, "How far they came").get_by_role("row", name="Applied")
    expect(applied).to_have_text("Applied00")
    path = f"/api/applications/{application['id']}"
    seeker.api.patch(path, json={"status_id": "applied"}).raise_for_status()
    expect(applied).to_have_text("Applied11")
    expect(opened).to_be_focused()
    [*_, newest] = seeker.api.get(path).json()["history"]
    seeker.api.delete(f"{path}/history/{newest['id']}").raise_for_status()
    expect(applied).to_have_text("Applied00")


def test_what_cannot_be_read_can_be_tried_again(page: Page, watch: Watch, seeker: Seeker) -> None:
    watch.expect(503)
    seeker.application("Acme", "Engineer")

    def busy(route: Route) -> None:
        body = {"title": "Busy", "status": 503, "detail": "The server is busy."}
        route.fulfill(status=503, json=body, content_type="application/problem+json")

    page.route("**/api/stats*", busy)
    seeker.enter(page, "#/numbers")
    expect(page.get_by_role("alert").filter(has_text="The server is busy.")).to_be_visible()
    page.unroute("**/api/stats*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".tiles")).to_be_visible()
