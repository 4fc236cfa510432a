"""Listings, which the API calls jobs."""

from datetime import timedelta
from typing import Any

import pytest

from jatify_adapters.memory import MovableClock
from tests.http.people import Person

WHOLE: dict[str, Any] = {
    "company": "Acme",
    "position": "Engineer",
    "description": "Python. " * 5_000,
    "url": "https://example.com/jobs/7",
    "location": "London",
    "workplace": "hybrid",
    "employment_type": "full time",
    "salary": {"min": 1, "max": 2, "currency": "GBP", "period": "year"},
    "source": "a friend",
    "posted_on": "2026-11-20",
    "deadline_on": "2026-12-15",
}


async def test_a_created_listing_is_answered_whole_with_location_and_etag(ann: Person) -> None:
    answer = await ann.post("/api/jobs", json=WHOLE)
    assert answer.status_code == 201
    job = answer.json()
    assert answer.headers["location"] == f"/api/jobs/{job['id']}"
    assert answer.headers["etag"] == '"v1"'
    assert job.pop("possible_duplicates") == []
    assert job == WHOLE | {k: job[k] for k in ("id", "created_at", "updated_at", "version")}
    assert (job["version"], job["created_at"]) == (1, "2026-11-24T09:00:00Z")
    read = await ann.get(answer.headers["location"])
    assert (read.status_code, read.json(), read.headers["etag"]) == (200, job, '"v1"')


async def test_company_and_position_are_enough_and_the_rest_is_null(ann: Person) -> None:
    job = await ann.job()
    assert {k: v for k, v in job.items() if v is not None}.keys() == {
        "id",
        "company",
        "position",
        "created_at",
        "updated_at",
        "version",
    }
    assert job.keys() == WHOLE.keys() | {"id", "created_at", "updated_at", "version"}


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"company": 1}, {("/company", "wrong_type")}),
        ({"company": ""}, {("/company", "too_short")}),
        ({"company": "  "}, {("/company", "blank")}),
        ({"company": "x" * 201}, {("/company", "too_long")}),
        ({"company": None}, {("/company", "wrong_type")}),
        ({"description": "x" * 40_001}, {("/description", "too_long")}),
        ({"description": "a\0b"}, {("/description", "forbidden_character")}),
        ({"url": "javascript:alert(1)"}, {("/url", "wrong_format")}),
        ({"workplace": "moon"}, {("/workplace", "unknown_value")}),
        ({"posted_on": "20.11.2026"}, {("/posted_on", "wrong_format")}),
        ({"posted_on": "2026-11-20T09:00:00Z"}, {("/posted_on", "wrong_format")}),
        ({"salary": {"min": "1"}}, {("/salary/min", "wrong_type")}),
        ({"salary": {"min": -1}}, {("/salary/min", "out_of_range")}),
        ({"salary": {"min": 2, "max": 1}}, {("/salary/max", "out_of_order")}),
        ({"salary": {"bonus": 1}}, {("/salary/bonus", "unknown_member")}),
        ({"salary": {"currency": "pound"}}, {("/salary/currency", "too_long")}),
        (
            {"user_id": "x", "id": "y", "version": 9},
            {(f"/{m}", "unknown_member") for m in ("user_id", "id", "version")},
        ),
        ({"a/b~c": 1}, {("/a~1b~0c", "unknown_member")}),
    ],
)
async def test_everything_unfit_is_named_by_its_pointer(
    ann: Person, change: dict[str, Any], errors: set[tuple[str, str]]
) -> None:
    answer = await ann.post("/api/jobs", json={"company": "Acme", "position": "Engineer"} | change)
    assert answer.status_code == 422
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == errors
    assert all(e["message"] for e in answer.json()["errors"])
    assert (await ann.get("/api/jobs")).json()["items"] == []


async def test_all_faults_are_told_at_once(ann: Person) -> None:
    answer = await ann.post("/api/jobs", json={"company": 1, "url": "x", "colour": "red"})
    assert {e["pointer"] for e in answer.json()["errors"]} == {"/company", "/position", "/url", "/colour"}


async def test_putting_replaces_every_writable_member(ann: Person, clock: MovableClock) -> None:
    job = await ann.job(**WHOLE)
    clock.advance(timedelta(minutes=1))
    answer = await ann.put(f"/api/jobs/{job['id']}", json={"company": "Globex", "position": "Engineer"})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"v2"')
    put = answer.json()
    assert (put["company"], put["description"], put["salary"], put["version"]) == ("Globex", None, None, 2)
    assert (put["created_at"], put["updated_at"]) == ("2026-11-24T09:00:00Z", "2026-11-24T09:01:00Z")
    assert (await ann.get(f"/api/jobs/{job['id']}")).json() == put


async def test_putting_without_a_required_member_is_refused(ann: Person) -> None:
    job = await ann.job()
    answer = await ann.put(f"/api/jobs/{job['id']}", json={"company": "Globex"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/position"


@pytest.mark.parametrize("media_type", ["application/merge-patch+json", "application/json"])
async def test_patching_changes_what_is_named(ann: Person, media_type: str) -> None:
    job = await ann.job(**WHOLE)
    patch = b'{"location": null, "salary": {"max": 5, "period": null}}'
    answer = await ann.patch(f"/api/jobs/{job['id']}", content=patch, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"v2"')
    salary = {"min": 1, "max": 5, "currency": "GBP", "period": None}
    assert answer.json() == job | {"location": None, "salary": salary, "version": 2}


@pytest.mark.parametrize(
    ("patch", "pointer", "code"),
    [
        ({"company": None}, "/company", "missing"),
        ({"company": 7}, "/company", "wrong_type"),
        ({"colour": "red"}, "/colour", "unknown_member"),
        ({"salary": {"min": 9}}, "/salary/max", "out_of_order"),
        ({"salary": {"bonus": 9}}, "/salary/bonus", "unknown_member"),
        ([], "", "wrong_type"),
    ],
)
async def test_an_unfit_patch_changes_nothing(ann: Person, patch: object, pointer: str, code: str) -> None:
    job = await ann.job(**WHOLE)
    answer = await ann.patch(f"/api/jobs/{job['id']}", json=patch)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]
    assert (await ann.get(f"/api/jobs/{job['id']}")).json() == job


async def test_a_deleted_listing_is_gone_and_stays_so(ann: Person) -> None:
    path = f"/api/jobs/{(await ann.job())['id']}"
    deleted = await ann.delete(path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert [(await ann.ask(method, path)).status_code for method in ("DELETE", "GET")] == [404, 404]


async def test_a_listing_in_use_cannot_be_deleted(ann: Person) -> None:
    application = await ann.application()
    answer = await ann.delete(f"/api/jobs/{application['job_id']}")
    assert answer.status_code == 409
    assert "1" in answer.json()["detail"]
    await ann.delete(f"/api/applications/{application['id']}")
    assert (await ann.delete(f"/api/jobs/{application['job_id']}")).status_code == 204


async def test_the_list_can_be_searched_and_filtered(ann: Person) -> None:
    await ann.job(company="Acme", position="Baker", url="https://example.com/1")
    await ann.job(company="Globex", position="Miller", description="Works with the baker.")
    await ann.job(company="Initech", position="Cobbler")

    async def found(**query: str) -> set[str]:
        return {job["company"] for job in (await ann.get("/api/jobs", params=query)).json()["items"]}

    assert await found() == {"Acme", "Globex", "Initech"}
    assert await found(q="BAKER") == {"Acme", "Globex"}
    assert await found(company="globex") == {"Globex"}
    assert await found(url="https://example.com/1") == {"Acme"}
    assert await found(q="baker", company="acme") == {"Acme"}
    assert await found(company="Umbrella") == set()
