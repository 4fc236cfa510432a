"""What holds for every list: pages, cursors, links, sorting, and what is refused."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from jatify_adapters.memory import MovableClock, ScriptedAnalyzer
from jatify_core import application, dead_letter, listing, resume
from jatify_core.analysis import Refusal
from jatify_http.schemas.applications import ApplicationQuery
from jatify_http.schemas.dead_letters import DeadLetterQuery
from jatify_http.schemas.listings import JobQuery
from jatify_http.schemas.lists import ListQuery
from jatify_http.schemas.resumes import ResumeQuery
from tests.http.conftest import RunJobs
from tests.http.people import Person

Fill = Callable[[Person], Awaitable[str]]


@pytest.fixture(params=["jobs", "applications", "resumes", "analyses", "dlq"])
def fill(request: pytest.FixtureRequest, clock: MovableClock, analyzer: ScriptedAnalyzer, run_jobs: RunJobs) -> Fill:
    """Makes five things of a kind, a minute apart, and tells the path of their list."""

    async def fill_list(person: Person) -> str:
        kind = request.param
        owner = await person.resume() if kind in {"analyses", "dlq"} else {}
        for number in range(5):
            clock.advance(timedelta(minutes=1))
            await _make(kind, person, owner.get("id", ""), number)
        return f"/api/resumes/{owner['id']}/analyses" if kind == "analyses" else f"/api/{kind}"

    async def _make(kind: str, person: Person, resume_id: str, number: int) -> None:
        match kind:
            case "jobs":
                await person.job(position=f"Post {number}")
            case "applications":
                await person.application()
            case "resumes":
                await person.resume(name=f"Resume {number}")
            case _:
                if kind == "dlq":
                    analyzer._script.append(Refusal("refused", "The model refused."))
                await person.analysis(resume_id, (await person.job())["id"])
                await run_jobs()

    return fill_list


async def walk(person: Person, path: str, limit: int = 2) -> list[list[Any]]:
    pages, query = [], {"limit": str(limit)}
    while True:
        answer = await person.get(path, params=query)
        assert answer.status_code == 200, answer.text
        pages.append([item["id"] for item in answer.json()["items"]])
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            assert "link" not in answer.headers
            return pages
        query["cursor"] = cursor


async def test_pages_hold_everything_once_newest_first(ann: Person, fill: Fill) -> None:
    path = await fill(ann)
    pages = await walk(ann, path)
    assert [len(page) for page in pages] == [2, 2, 1]
    [everything] = await walk(ann, path, limit=100)
    assert [item for page in pages for item in page] == everything
    assert everything == sorted(everything, reverse=True)


async def test_the_link_leads_where_the_cursor_does(ann: Person, fill: Fill) -> None:
    path = await fill(ann)
    first = await ann.get(path, params={"limit": 2})
    link = first.links["next"]["url"]
    assert urlsplit(link).path == path
    assert parse_qs(urlsplit(link).query) == {"limit": ["2"], "cursor": [first.json()["next_cursor"]]}
    [_, second, _] = await walk(ann, path)
    assert [item["id"] for item in (await ann.get(link)).json()["items"]] == second


async def test_others_see_nothing_of_it(ann: Person, bob: Person, fill: Fill) -> None:
    path = await fill(ann)
    answer = await bob.get(path)
    assert answer.status_code == 404 if path.endswith("analyses") else answer.json()["items"] == []


async def test_a_cursor_fits_only_its_own_user_list_filter_and_sort(ann: Person, bob: Person, fill: Fill) -> None:
    path = await fill(ann)
    cursor = (await ann.get(path, params={"limit": 2})).json()["next_cursor"]
    sort = "failed_at" if path.endswith("dlq") else "created_at"
    others = [
        await ann.get(path, params={"sort": sort, "cursor": cursor}),
        await ann.get("/api/jobs", params={"q": "x", "cursor": cursor}),
        await ann.get(path, params={"cursor": cursor[:-1]}),
        await ann.get(path, params={"cursor": cursor[:20] + ("A" if cursor[20] != "A" else "B") + cursor[21:]}),
        await ann.get(path, params={"cursor": "nonsense"}),
        await ann.get(path, params={"cursor": "ä"}),
    ]
    if not path.endswith("analyses"):
        others.append(await bob.get(path, params={"limit": 2, "cursor": cursor}))
    for answer in others:
        assert answer.status_code == 422
        assert [e["pointer"] for e in answer.json()["errors"]] == ["/cursor"]
    assert (await ann.get(path, params={"limit": 3, "cursor": cursor})).status_code == 200


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/limit"),
        ("limit=101", "/limit"),
        ("limit=-1", "/limit"),
        ("limit=ten", "/limit"),
        ("limit=", "/limit"),
        ("limit=1&limit=2", "/limit"),
        ("sort=colour", "/sort"),
        ("sort=", "/sort"),
        ("colour=red", "/colour"),
        ("cursor=", "/cursor"),
    ],
)
async def test_what_a_list_does_not_know_is_refused(ann: Person, fill: Fill, query: str, pointer: str) -> None:
    path = await fill(ann)
    answer = await ann.get(f"{path}?{query}")
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == [pointer]


async def test_the_default_page_has_twenty(ann: Person) -> None:
    for _ in range(21):
        await ann.job()
    assert len((await ann.get("/api/jobs")).json()["items"]) == 20


async def test_a_page_stays_where_it_was_while_rows_come(ann: Person) -> None:
    for _ in range(3):
        await ann.job()
    first = (await ann.get("/api/jobs?limit=2")).json()
    newer = await ann.job()
    rest = (await ann.get("/api/jobs", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert newer["id"] not in {item["id"] for item in rest["items"]}
    assert len(rest["items"]) == 1


@pytest.mark.parametrize("path", ["/api/user/profile", "/api/jobs/no-id", "/api/auth/logout"])
async def test_operations_without_a_query_refuse_one(ann: Person, path: str) -> None:
    method = "POST" if path.endswith("logout") else "GET"
    assert (await ann.ask(method, f"{path}?colour=red")).status_code == 422


async def test_listings_are_sorted_by_what_is_asked_for(ann: Person) -> None:
    for company in ("Beta", "alpha", "Gamma"):
        await ann.job(company=company)
    up = [job["company"] for job in (await ann.get("/api/jobs?sort=company")).json()["items"]]
    down = [job["company"] for job in (await ann.get("/api/jobs?sort=-company")).json()["items"]]
    assert set(up) == {"alpha", "Beta", "Gamma"}
    assert down == up[::-1]


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        (JobQuery, listing.SORT_KEYS),
        (ApplicationQuery, application.SORT_KEYS),
        (ResumeQuery, resume.SORT_KEYS),
        (DeadLetterQuery, dead_letter.SORT_KEYS),
    ],
)
def test_the_sorts_on_the_wire_are_the_cores(query: type[ListQuery], keys: tuple[str, ...]) -> None:
    offered = set(query.__annotations__["sort"].__args__)
    assert offered == {sign + key for key in keys for sign in ("", "-")}
