"""The way in: an account, a login, and what a wrong password is told."""

from playwright.sync_api import Page, expect

from tests.console.conftest import Watch
from tests.console.people import PASSWORD, Seeker


def test_somebody_new_makes_an_account_and_is_in(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Create an account").click()
    page.get_by_label("Name").fill("Grace")
    page.get_by_label("E-mail").fill("grace@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("navigation")).to_be_visible()
    expect(page.locator(".line")).to_have_attribute("data-live", "true")


def test_a_weak_password_is_told_where_it_was_typed(page: Page, watch: Watch) -> None:
    watch.expect(422)
    page.goto("/")
    page.get_by_role("button", name="Create an account").click()
    page.get_by_label("Name").fill("Grace")
    page.get_by_label("E-mail").fill("weak@example.com")
    page.get_by_label("Password").fill("password1")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Password")).to_be_focused()


def test_a_wrong_password_is_told_and_the_right_one_lets_in(page: Page, watch: Watch, seeker: Seeker) -> None:
    watch.expect(401)
    page.goto("/")
    page.get_by_label("E-mail").fill(seeker.email)
    page.get_by_label("Password").fill("not this one at all")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert").first).not_to_be_empty()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("navigation")).to_be_visible()


def test_a_login_that_ends_elsewhere_ends_in_every_window(page: Page, watch: Watch, seeker: Seeker) -> None:
    watch.expect(401)
    seeker.enter(page)
    expect(page.locator(".line")).to_have_attribute("data-live", "true")
    other = page.context.new_page()
    other.goto("/#/board")
    seeker.api.post("/api/auth/logout").raise_for_status()
    for window in (page, other):
        expect(window.get_by_role("heading", name="Log in")).to_be_visible()
        expect(window.get_by_role("status").first).to_contain_text("Your login has ended")


def test_many_windows_share_one_line_and_the_next_takes_it_over(page: Page, seeker: Seeker) -> None:
    seeker.enter(page)
    lines = page.locator(".line")
    expect(lines).to_have_attribute("data-live", "true")
    windows = [page.context.new_page() for _ in range(5)]
    for window in windows:
        window.goto("/#/board")
        expect(window.locator(".line")).to_have_attribute("data-live", "true")
    page.close()
    for window in windows:
        expect(window.locator(".line")).to_have_attribute("data-live", "true")
