"""The way in: an account, a login, and what a wrong password is told."""

import re

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


def test_what_was_typed_for_a_login_is_there_for_a_new_account(page: Page) -> None:
    page.goto("/")
    page.get_by_label("E-mail").fill("linus@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Show password").click()
    expect(page.get_by_label("Password")).to_have_attribute("type", "text")
    page.get_by_role("button", name="Create an account").click()
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.get_by_label("E-mail")).to_have_value("linus@example.com")
    expect(page.get_by_label("Password")).to_have_value(PASSWORD)


def test_an_e_mail_that_is_taken_is_told_and_leads_to_the_login(page: Page, watch: Watch, seeker: Seeker) -> None:
    watch.expect(409)
    page.goto("/")
    page.get_by_role("button", name="Create an account").click()
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("E-mail").fill(seeker.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("alert").first).not_to_be_empty()
    page.get_by_role("button", name="I have an account").click()
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("navigation")).to_be_visible()


def test_whoever_guesses_is_told_how_long_to_wait(page: Page, watch: Watch, seeker: Seeker) -> None:
    watch.expect(401, 429)
    page.goto("/")
    page.get_by_label("E-mail").fill(seeker.email)
    told = page.get_by_role("alert").first
    for guess in range(8):
        page.get_by_label("Password").fill(f"guess number {guess}")
        page.get_by_role("button", name="Log in").click()
        expect(page.locator("[aria-busy]")).to_have_count(0)
        expect(told).not_to_be_empty()
        if "Too many attempts" in told.inner_text():
            break
    expect(told).to_have_text(re.compile(r"^Too many attempts\. Try again in \d+ (second|minute)s?\.$"))


def test_an_installation_that_takes_no_new_accounts_says_so(page: Page, watch: Watch) -> None:
    watch.expect(409)
    words = "This installation takes no new accounts. Ask its operator for one."
    page.route(
        "**/api/auth/register",
        lambda route: route.fulfill(
            status=409,
            content_type="application/problem+json",
            json={"type": "/problems/conflict", "title": "Conflict", "status": 409, "detail": words},
        ),
    )
    page.goto("/")
    page.get_by_role("button", name="Create an account").click()
    page.get_by_label("Name").fill("Grace")
    page.get_by_label("E-mail").fill("nobody@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("alert").first).to_have_text(words)
