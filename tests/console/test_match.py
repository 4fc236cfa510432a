"""How well a resume fits: uploads, the analysis as it comes, and the words behind the score."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from jatify_http.samples import RESUME_FILENAME, sample_listing, sample_resume
from tests.console.conftest import Watch
from tests.console.people import Seeker
from tests.running import ended

DROP = """
async ([name, bytes]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([new Uint8Array(bytes)], name));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: carried }));
  }
}
"""


def listing(seeker: Seeker) -> dict[str, Any]:
    draft = sample_listing()
    return seeker.job(draft.company, draft.position, description=draft.description)


@pytest.fixture
def matched(page: Page, seeker: Seeker) -> Page:
    """The screen with a finished analysis."""
    resume, job = seeker.resume(RESUME_FILENAME, sample_resume()), listing(seeker)
    ended(seeker.api, seeker.made(f"/api/resumes/{resume['id']}/analyze", {"job_id": job["id"]}))
    seeker.enter(page, f"#/match?resume={resume['id']}&job={job['id']}")
    expect(page.get_by_role("region", name="Verdict")).to_be_visible()
    return page


def pane(page: Page, source: str) -> Locator:
    return page.locator(f".text-pane[data-source={source}]")


def test_a_resume_is_dropped_a_job_added_and_the_fit_arrives_by_itself(page: Page, seeker: Seeker) -> None:
    seeker.enter(page, "#/match")
    expect(page.get_by_text("Drop your resume here")).to_be_visible()
    page.evaluate(DROP, [RESUME_FILENAME, list(sample_resume())])
    expect(page.get_by_role("radio")).to_be_checked()
    page.get_by_role("button", name="New job").click()
    draft = sample_listing()
    page.get_by_label("Company").fill(draft.company)
    page.get_by_label("Position").fill(draft.position)
    page.get_by_label("Description").fill(draft.description or "")
    page.get_by_role("button", name="Add this job").click()
    expect(page.get_by_role("combobox", name="Compare with")).to_have_value(f"{draft.position}, {draft.company}")
    page.get_by_role("button", name="Check the fit").click()
    expect(page.get_by_role("region", name="Verdict")).to_be_visible()
    expect(page.get_by_role("button", name="Check again")).to_be_enabled()
    assert len(seeker.api.get("/api/applications").json()["items"]) == 1


def test_a_job_is_pasted_and_its_fit_shown(page: Page, seeker: Seeker) -> None:
    seeker.resume(RESUME_FILENAME, sample_resume())
    draft = sample_listing()
    seeker.enter(page, "#/match")
    page.get_by_role("button", name="Paste a job").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(f"{draft.position}\n{draft.company}\n\n{draft.description}")
    dialog.get_by_role("button", name="Read it").click()
    dialog.get_by_label("Company").fill(draft.company)
    dialog.get_by_label("Position").fill(draft.position)
    dialog.get_by_role("button", name="Add and see the fit").click()
    expect(page.get_by_role("region", name="Verdict")).to_be_visible()


def test_a_file_without_text_is_refused_with_advice(page: Page, watch: Watch, seeker: Seeker, tmp_path: Path) -> None:
    watch.expect(422)
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4 nothing in it")
    seeker.enter(page, "#/match")
    page.locator("input[type=file]").set_input_files(scan)
    expect(page.get_by_text("Export your resume again")).to_be_visible()
    page.get_by_role("button", name="Dismiss scan.pdf").click()
    expect(page.get_by_text("Export your resume again")).to_have_count(0)


def test_a_skill_shows_where_it_is_asked_for(matched: Page) -> None:
    chip = matched.locator("button.skill[data-kind=missing]").first
    chip.click()
    expect(pane(matched, "listing").locator("mark.here").first).to_be_in_viewport()
    expect(chip).to_be_focused()


def test_a_sub_score_opens_its_quotes_and_each_shows_its_place(matched: Page) -> None:
    experience = matched.locator(".aspect", has=matched.locator(".aspect-name", has_text="Experience"))
    experience.locator("summary").click()
    quote = experience.locator(".quote[data-source=resume]").first
    words = quote.locator("span").last.inner_text()
    quote.click()
    marks = pane(matched, "resume").locator("mark.here")
    assert "".join(marks.all_inner_texts()).split() == words.split()


def test_what_is_marked_is_what_the_server_quoted(matched: Page, seeker: Seeker) -> None:
    resume = seeker.api.get("/api/resumes").json()["items"][0]
    analysis = seeker.api.get(f"/api/resumes/{resume['id']}/analyses").json()["items"][0]
    shown = pane(matched, "resume").locator(".text-body").text_content() or ""
    text = seeker.api.get(f"/api/resumes/{resume['id']}/text").json()["text"]
    assert shown.split() == text.split()
    for skill in analysis["result"]["matched_skills"]:
        for one in skill["evidence"]:
            if one["source"] == "resume":
                assert shown[one["start"] : one["end"]].split() == one["text"].split()


def test_on_a_phone_the_texts_are_views_of_their_own(matched: Page) -> None:
    matched.set_viewport_size({"width": 390, "height": 844})
    expect(pane(matched, "listing")).to_be_hidden()
    matched.locator("button.skill[data-kind=missing]").first.click()
    expect(pane(matched, "listing")).to_be_visible()
    expect(matched.locator(".report-reasons")).to_be_hidden()
    pane(matched, "listing").get_by_role("button", name="Why").click()
    expect(matched.locator(".report-reasons")).to_be_visible()
    expect(matched.get_by_role("button", name="Why", exact=True).first).to_be_focused()


def test_what_is_ticked_off_stays_so(matched: Page) -> None:
    first = matched.get_by_role("region", name="Suggestions").get_by_role("checkbox").first
    first.check()
    matched.reload()
    expect(first).to_be_checked()
    expect(matched.get_by_role("region", name="Suggestions")).to_contain_text("1 of")


def test_a_changed_listing_makes_the_score_out_of_date(matched: Page, seeker: Seeker) -> None:
    job = seeker.api.get("/api/jobs").json()["items"][0]
    seeker.api.patch(f"/api/jobs/{job['id']}", json={"description": "We need a baker."}).raise_for_status()
    matched.reload()
    verdict = matched.get_by_role("region", name="Verdict")
    expect(verdict).to_contain_text("Out of date")
    verdict.get_by_role("button", name="Check again").click()
    expect(verdict).not_to_contain_text("Out of date")
    expect(matched.get_by_role("region", name="History").get_by_role("listitem")).to_have_count(2)


def test_it_is_used_by_keyboard_alone(page: Page, seeker: Seeker) -> None:
    seeker.resume(RESUME_FILENAME, sample_resume())
    job = listing(seeker)
    seeker.enter(page, "#/match")
    field = page.get_by_role("combobox", name="Compare with")
    field.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_have_value(f"{job['position']}, {job['company']}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Verdict")).to_be_visible()
