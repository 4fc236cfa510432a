"""Bringing things in: a table of applications with a look before, and all that was taken along from a Jatify."""

import csv
import io
import re
from collections.abc import Iterable
from contextlib import closing

from playwright.sync_api import FilePayload, Page, expect

from jatify_http.samples import RESUME_FILENAME, sample_resume
from tests.console.conftest import Watch
from tests.console.people import Seeker

DROPPED = """(text) => {
  const held = new DataTransfer();
  held.items.add(new File([text], "dropped.csv"));
  return held;
}"""
HEAD = ("Employer", "Job title", "Stage", "Date applied", "Mood")
STAGES = ("Applied", "Interview", "Rejected", "Wishlist", "Offer")


def table(rows: Iterable[tuple[str, ...]], head: tuple[str, ...] = HEAD, name: str = "huntr.csv") -> FilePayload:
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return {"name": name, "mimeType": "text/csv", "buffer": text.getvalue().encode()}


def rows(count: int) -> list[tuple[str, ...]]:
    return [
        (f"Company {n}", "Backend engineer", STAGES[n % 5], f"2026-{1 + n % 9:02}-{1 + n % 27:02}", "good")
        for n in range(count)
    ]


def choose(page: Page, file: FilePayload) -> None:
    page.locator("jatify-import input[type=file]").set_input_files(files=[file])


def choose_export(page: Page, name: str, content: bytes) -> None:
    file: FilePayload = {"name": name, "mimeType": "application/zip", "buffer": content}
    page.locator("#account-import .file-drop input[type=file]").last.set_input_files(files=[file])


def applications(seeker: Seeker) -> int:
    found, cursor = 0, None
    while True:
        query = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
        body = seeker.api.get("/api/applications", params=query).json()
        found += len(body["items"])
        cursor = body["next_cursor"]
        if cursor is None:
            return found


def test_five_hundred_rows_are_looked_at_added_and_taken_back(page: Page, seeker: Seeker) -> None:
    seeker.application("Company 0", "Backend engineer", "applied")
    given = rows(500)
    given[10] = ("Company 10", "Backend engineer", "Daydream", "", "")
    given[11] = ("", "Backend engineer", "Applied", "", "")
    seeker.enter(page, "#/account/import")
    choose(page, table(given))
    wizard = page.locator("jatify-import")
    expect(wizard.get_by_role("heading", name="What the columns mean")).to_be_focused()
    expect(wizard.get_by_label("Employer")).to_have_value("company")
    expect(wizard.get_by_label("Mood")).to_have_value("")
    expect(wizard).to_contain_text("1 to 50 of 500")
    assert applications(seeker) == 1
    add = wizard.get_by_role("button", name="Add 497 applications")
    expect(add).to_have_attribute("aria-disabled", "true")
    wizard.get_by_role("button", name="With mistakes").click()
    expect(wizard.locator("tbody tr")).to_have_count(2)
    expect(wizard.locator("tbody")).to_contain_text("Stage: There is no status “Daydream”.")
    wizard.get_by_role("button", name="There already").click()
    expect(wizard.get_by_role("link", name="Open the one that is there")).to_be_visible()
    wizard.get_by_label("Leave out 2 rows with mistakes").check()
    add.click()
    expect(wizard.get_by_role("heading", name="497 applications are added")).to_be_focused()
    assert applications(seeker) == 498
    wizard.get_by_role("button", name="Undo").click()
    expect(wizard).to_contain_text("497 applications are gone again.")
    expect(page.get_by_text("Taken back", exact=True)).to_be_visible()
    assert applications(seeker) == 1


def test_columns_that_nobody_knows_are_chosen_and_a_meaning_is_taken_once(page: Page, seeker: Seeker) -> None:
    seeker.enter(page, "#/account/import")
    choose(page, table([("Initech", "Archivist", "Applied")], ("A", "B", "C")))
    wizard = page.locator("jatify-import")
    expect(wizard).to_contain_text("Choose the column of the company and of the position.")
    wizard.get_by_label("A", exact=True).select_option("company")
    wizard.get_by_label("B", exact=True).select_option("company")
    expect(wizard.get_by_label("A", exact=True)).to_have_value("")
    wizard.get_by_label("A", exact=True).select_option("position")
    expect(wizard.locator("tbody")).to_contain_text("Archivist")
    wizard.get_by_role("button", name="Add 1 application").click()
    expect(wizard.get_by_role("heading", name="1 application is added")).to_be_visible()
    job = seeker.api.get("/api/applications").json()["items"][0]["job"]
    assert (job["company"], job["position"]) == ("Archivist", "Initech")


def test_a_file_that_is_no_table_is_refused_with_words_and_another_can_be_chosen(
    page: Page, watch: Watch, seeker: Seeker
) -> None:
    watch.expect(422)
    seeker.enter(page, "#/account/import")
    choose(page, {"name": "page.csv", "mimeType": "text/csv", "buffer": b"<!doctype html><p>No table."})
    expect(page.locator("jatify-import").get_by_role("alert")).to_contain_text("not a table")
    choose(page, {"name": "large.csv", "mimeType": "text/csv", "buffer": b"x" * (5 * 1024 * 1024 + 1)})
    expect(page.locator("jatify-import").get_by_role("alert")).to_contain_text("may have 5 MB")
    choose(page, table(rows(3)))
    expect(page.get_by_role("button", name="Add 3 applications")).to_be_visible()
    expect(page.locator("jatify-import > .trouble")).to_be_empty()


def test_a_table_is_dropped(page: Page, seeker: Seeker) -> None:
    seeker.enter(page, "#/account/import")
    dropped = page.evaluate_handle(DROPPED, table(rows(3))["buffer"].decode())
    page.get_by_role("group", name="Drop a table here").dispatch_event("drop", {"dataTransfer": dropped})
    expect(page.get_by_role("button", name="Add 3 applications")).to_be_visible()


def test_an_earlier_import_is_taken_back_but_for_what_was_changed(page: Page, seeker: Seeker) -> None:
    file = table(rows(3))
    form = {"dry_run": "false"}
    seeker.api.post("/api/imports", files={"file": ("old.csv", file["buffer"])}, data=form).raise_for_status()
    changed = seeker.api.get("/api/applications").json()["items"][0]
    seeker.api.patch(f"/api/applications/{changed['id']}", json={"notes": "Call them"}).raise_for_status()
    seeker.enter(page, "#/account/import")
    page.get_by_role("button", name=re.compile("Undo the import of old.csv")).click()
    page.get_by_role("button", name="Take it back").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 applications are gone again.")
    expect(dialog.get_by_role("link")).to_have_text(f"Backend engineer at {changed['job']['company']}")
    page.keyboard.press("Escape")
    assert applications(seeker) == 1


def test_a_whole_account_goes_to_another_one(page: Page, seeker: Seeker, address: str) -> None:
    seeker.application("Initech", "Archivist", "applied")
    seeker.application("Globex", "Curator", "offer")
    seeker.resume(RESUME_FILENAME, sample_resume())
    taken = seeker.api.get("/api/user/export").raise_for_status().content
    with closing(Seeker(address, "Grace")) as other:
        other.enter(page, "#/account/import")
        choose_export(page, "jatify.zip", taken)
        expect(page.get_by_role("button", name="Add everything")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="It is all here now")).to_be_focused()
        added = page.locator("#account-import .notice")
        for words in ("2 applications", "2 listings", "1 resume"):
            expect(added).to_contain_text(words)
        companies = {one["job"]["company"] for one in other.api.get("/api/applications").json()["items"]}
        assert companies == {"Initech", "Globex"}


def test_a_zip_that_is_no_export_is_refused_with_words(page: Page, watch: Watch, seeker: Seeker) -> None:
    watch.expect(422)
    seeker.enter(page, "#/account/import")
    choose_export(page, "photos.zip", b"PK no zip at all")
    page.get_by_role("button", name="Add everything").click()
    expect(page.locator("#account-import > .account-part").last.get_by_role("alert")).not_to_be_empty()
    expect(page.get_by_role("button", name="Choose an export")).to_be_visible()
