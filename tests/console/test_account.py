"""The account: the logins, the password, the pipeline, the calendar link, and the way out."""

import re
import zipfile

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.console.conftest import Watch
from tests.console.people import PASSWORD, Seeker

NEW = "four unrelated words again"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

KEPT = "Object.keys(localStorage).filter((key) => key.split('.').length > 3)"
"""What belongs to one user: jatify.<kind>.<user>.<more>."""


def section(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True)


def logged_in(seeker: Seeker, password: str = PASSWORD) -> str:
    """The token of another login of *seeker*'s, from a Firefox."""
    account = {"email": seeker.email, "password": password}
    answer = httpx.post(
        f"{seeker.api.base_url}/api/auth/login", json=account, headers={"User-Agent": FIREFOX}, trust_env=False
    )
    return str(answer.raise_for_status().json()["token"])


def opens(seeker: Seeker, token: str) -> bool:
    """Whether *token* is still good for anything."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(f"{seeker.api.base_url}/api/user/profile", headers=headers, trust_env=False)
    return answer.status_code == 200


def statuses(page: Page) -> list[str]:
    return section(page, "Statuses").locator("ol .status-words strong").all_inner_texts()


def test_a_name_is_changed_and_is_there_for_the_next_look(page: Page, seeker: Seeker) -> None:
    seeker.enter(page, "#/account")
    profile = section(page, "Profile")
    expect(profile).to_contain_text(seeker.email)
    profile.get_by_label("Name").fill("Ada Lovelace")
    profile.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your name is saved.")).to_be_visible()
    page.reload()
    expect(section(page, "Profile").get_by_label("Name")).to_have_value("Ada Lovelace")
    assert seeker.api.get("/api/user/profile").json()["name"] == "Ada Lovelace"


def test_the_theme_is_chosen_for_this_browser_and_all_its_windows(page: Page, seeker: Seeker) -> None:
    seeker.enter(page, "#/account")
    other = page.context.new_page()
    other.goto("/#/account")
    page.get_by_role("radio", name="Light").focus()
    page.keyboard.press("ArrowRight")
    for window in (page, other):
        expect(window.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()


def test_a_login_elsewhere_is_seen_and_ended(page: Page, seeker: Seeker) -> None:
    elsewhere = logged_in(seeker)
    seeker.enter(page, "#/account/logins")
    logins = section(page, "Logins")
    expect(logins.get_by_role("listitem")).to_have_count(2)
    expect(logins.get_by_role("listitem").first).to_contain_text("This one")
    logins.get_by_role("button", name=re.compile("End the login with Firefox on Linux")).click()
    expect(logins.get_by_role("listitem")).to_have_count(1)
    assert not opens(seeker, elsewhere)


def test_all_other_logins_end_at_once(page: Page, seeker: Seeker) -> None:
    others = [logged_in(seeker) for _ in range(3)]
    seeker.enter(page, "#/account/logins")
    logins = section(page, "Logins")
    logins.get_by_role("button", name="End all other logins").click()
    page.get_by_role("button", name="End them").click()
    expect(logins.get_by_role("listitem")).to_have_count(1)
    assert not any(opens(seeker, one) for one in others)
    assert opens(seeker, seeker.login["token"])


def test_a_new_password_ends_all_other_logins_and_a_wrong_one_is_told_in_place(
    page: Page, watch: Watch, seeker: Seeker
) -> None:
    watch.expect(422)
    elsewhere = logged_in(seeker)
    seeker.enter(page, "#/account/password")
    password = section(page, "Password")
    current, new = password.get_by_label("Current password"), password.get_by_label("New password")
    current.fill("not this one at all")
    new.fill(NEW)
    password.get_by_role("button", name="Change password").click()
    expect(current).to_have_attribute("aria-invalid", "true")
    expect(current).to_be_focused()
    expect(new).to_have_value(NEW)
    current.fill(PASSWORD)
    current.press("Enter")
    expect(page.get_by_text("Your password is changed")).to_be_visible()
    expect(section(page, "Logins").get_by_role("listitem")).to_have_count(1)
    assert not opens(seeker, elsewhere)
    assert opens(seeker, logged_in(seeker, NEW))


def test_a_password_is_shown_to_whoever_asks(page: Page, seeker: Seeker) -> None:
    seeker.enter(page, "#/account/password")
    field = section(page, "Password").get_by_label("New password")
    expect(field).to_have_attribute("type", "password")
    section(page, "Password").get_by_role("button", name="Show password").last.click()
    expect(field).to_have_attribute("type", "text")


def test_a_status_is_added_renamed_moved_and_deleted_with_the_keyboard(page: Page, seeker: Seeker) -> None:
    seeker.enter(page, "#/account/statuses")
    pipeline = section(page, "Statuses")
    pipeline.get_by_label("New status").fill("Take-home")
    page.keyboard.press("Enter")
    expect(pipeline.get_by_role("button", name="Move up: Take-home")).to_be_visible()
    place = statuses(page).index("Take-home")
    up = pipeline.get_by_role("button", name="Move up: Take-home")
    up.focus()
    for _ in range(3):
        page.keyboard.press("Enter")
    expect(up).to_be_focused()
    expect(pipeline.get_by_role("status").last).to_have_text(f"Take-home is now number {place - 2} of 11.")
    pipeline.get_by_role("button", name="Edit: Take-home").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_label("Name").fill("Homework")
    page.keyboard.press("Enter")
    expect(pipeline.get_by_role("button", name="Edit: Homework")).to_be_focused()
    expected = statuses(page)
    assert expected.index("Homework") == place - 3
    page.reload()
    expect(pipeline.get_by_role("button", name="Edit: Homework")).to_be_visible()
    assert statuses(page) == expected
    pipeline.get_by_role("button", name="Delete: Homework").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(pipeline.get_by_role("button", name="Edit: Homework")).to_have_count(0)


def test_a_status_in_use_is_retired_and_brought_back(page: Page, seeker: Seeker) -> None:
    seeker.application("Initech", "Archivist", "ghosted")
    seeker.enter(page, "#/account/statuses")
    pipeline = section(page, "Statuses")
    ghosted = pipeline.locator("[data-status=ghosted]")
    expect(ghosted).to_contain_text("1 application")
    ghosted.get_by_role("button", name="Retire: Ghosted").click()
    expect(pipeline.locator("ul [data-status=ghosted]")).to_be_visible()
    expect(pipeline.get_by_role("button", name="Bring back: Ghosted")).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(pipeline.locator("ol [data-status=ghosted]")).to_be_visible()
    expect(pipeline.get_by_role("button", name=re.compile("^(Retire|Delete): Applied"))).to_have_count(0)


def test_a_name_that_is_taken_is_told_where_it_was_typed(page: Page, watch: Watch, seeker: Seeker) -> None:
    watch.expect(422)
    seeker.enter(page, "#/account/statuses")
    field = section(page, "Statuses").get_by_label("New status")
    field.fill("offer")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(section(page, "Statuses")).to_contain_text("There is a status “Offer” already.")


def test_the_number_of_a_status_s_applications_follows_live(page: Page, seeker: Seeker) -> None:
    seeker.enter(page, "#/account/statuses")
    expect(page.locator("[data-status=offer]")).to_contain_text("Not used yet")
    expect(page.locator(".line")).to_have_attribute("data-live", "true")
    seeker.application("Initech", "Archivist", "offer")
    expect(page.locator("[data-status=offer]")).to_contain_text("1 application")


def test_a_calendar_link_is_made_read_and_ended(page: Page, seeker: Seeker) -> None:
    made = seeker.application("Initech", "Archivist", "applied")
    patch = {"follow_up_on": "2027-03-04"}
    seeker.api.patch(f"/api/applications/{made['id']}", json=patch).raise_for_status()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seeker.enter(page, "#/account/calendar")
    calendar = section(page, "Calendar")
    calendar.get_by_role("button", name="Make a calendar link").click()
    address = calendar.get_by_label("Your calendar link").input_value()
    calendar.get_by_role("button", name="Copy the link").click()
    expect(calendar.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address
    feed = httpx.get(address, trust_env=False)
    assert feed.headers["Content-Type"].startswith("text/calendar")
    assert "Initech" in feed.text
    page.reload()
    expect(calendar).to_contain_text("A calendar last read it just now.")
    expect(calendar.get_by_label("Your calendar link")).to_have_count(0)
    calendar.get_by_role("button", name="End the link").click()
    page.get_by_role("dialog").get_by_role("button", name="End the link").click()
    expect(calendar.get_by_role("button", name="Make a calendar link")).to_be_focused()
    assert httpx.get(address, trust_env=False).status_code == 404


def test_everything_and_a_table_of_applications_are_downloaded(page: Page, seeker: Seeker) -> None:
    seeker.application("Initech", "Archivist", "applied")
    seeker.enter(page, "#/account/export")
    export = section(page, "Export")
    with page.expect_download() as told:
        export.get_by_role("button", name="Download everything").click()
    with zipfile.ZipFile(told.value.path()) as archive:
        assert "applications.json" in archive.namelist()
    with page.expect_download() as told:
        export.get_by_role("button", name="Download applications").click()
    assert "Initech" in told.value.path().read_text(encoding="utf-8-sig")
    export.get_by_label("Applied from").fill("2026-05-02")
    export.get_by_label("Applied until").fill("2026-05-01")
    export.get_by_role("button", name="Download applications").click()
    expect(export.get_by_label("Applied until")).to_have_attribute("aria-invalid", "true")


def test_the_index_goes_to_each_section_and_the_address_remembers_it(page: Page, seeker: Seeker) -> None:
    seeker.enter(page, "#/account")
    index = page.get_by_role("navigation", name="Sections of the account")
    index.get_by_role("link", name="Export").click()
    expect(page.get_by_role("heading", name="Export")).to_be_focused()
    expect(page.get_by_role("heading", name="Export")).to_be_in_viewport()
    page.reload()
    expect(page.get_by_role("heading", name="Export")).to_be_in_viewport()
    expect(index.get_by_role("link", name="Export")).to_have_attribute("aria-current", "true")


def test_logging_out_ends_the_login_here_and_at_the_server(page: Page, watch: Watch, seeker: Seeker) -> None:
    watch.expect(401)
    seeker.enter(page, "#/account")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You are logged out.")).to_be_visible()
    assert seeker.api.get("/api/user/profile").status_code == 401


def test_leaving_asks_for_the_e_mail_and_the_password_and_leaves_nothing(
    page: Page, watch: Watch, seeker: Seeker
) -> None:
    watch.expect(401, 422)
    application = seeker.application("Initech", "Archivist")
    seeker.enter(page, f"#/application/{application['id']}")
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Company").fill("Kept by this browser until it is saved")
    page.evaluate("localStorage.setItem('jatify.draft.somebody-else.1', '{}')")
    assert len(page.evaluate(KEPT)) == 2
    page.goto("/#/account/leave")
    page.get_by_role("button", name="Delete my account").click()
    dialog = page.get_by_role("dialog")
    email, password = dialog.get_by_label("Type your e-mail"), dialog.get_by_label("Your password")
    email.fill("somebody.else@example.com")
    password.fill(PASSWORD)
    dialog.get_by_role("button", name="Delete everything").click()
    expect(email).to_be_focused()
    expect(email).to_have_attribute("aria-invalid", "true")
    email.fill(seeker.email.upper())
    password.fill("not this one at all")
    password.press("Enter")
    expect(password).to_have_attribute("aria-invalid", "true")
    password.fill(PASSWORD)
    password.press("Enter")
    expect(page.get_by_text("Your account is deleted")).to_be_visible()
    assert page.evaluate(KEPT) == ["jatify.draft.somebody-else.1"]
    again = {"email": seeker.email, "password": PASSWORD}
    assert seeker.api.post("/api/auth/login", json=again).status_code == 401
