"""The kinds of problem: each `type` leads to a page that says what it means."""

import pytest

from jatify_http.explained import KINDS
from jatify_http.problems import SLUGS
from tests.http.people import Person

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(("status", "slug"), SLUGS.items())
async def test_every_type_of_problem_resolves_for_programs_and_people(nobody: Person, status: int, slug: str) -> None:
    told = await nobody.get(f"/problems/{slug}")
    assert (told.status_code, told.headers["content-type"]) == (200, "application/json")
    assert (told.json()["status"], told.json()["type"]) == (status, f"/problems/{slug}")
    assert told.json()["meaning"]
    assert told.json()["remedy"]
    page = await nobody.get(f"/problems/{slug}", headers={"Accept": BROWSER})
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f"<h1>{status} " in page.text
    assert page.headers["vary"] == told.headers["vary"] == "Accept"


async def test_the_type_of_an_answer_leads_there(ann: Person) -> None:
    problem = (await ann.post("/api/jobs", json={})).json()
    assert (await ann.get(problem["type"])).json()["title"] == problem["title"]


@pytest.mark.parametrize("slug", ["no-such", "Stale", "stale ", "%2e%2e", "%2e%2e%2fstale", "<script>"])
async def test_no_other_does(nobody: Person, slug: str) -> None:
    answer = await nobody.get(f"/problems/{slug}")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert slug not in answer.text


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/json, text/html", ""])
async def test_a_page_is_only_for_who_ranks_it_first(nobody: Person, accept: str) -> None:
    answer = await nobody.get("/problems/stale", headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/json"


def test_every_kind_is_explained_once() -> None:
    assert KINDS.keys() == set(SLUGS.values())
