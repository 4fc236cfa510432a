"""Conditional requests: nobody's change is lost, and nothing is sent twice."""

from typing import Any

import pytest

from jatify_http.conditional import unchanged
from tests.http.people import Person

CHANGED: dict[str, dict[str, Any]] = {
    "jobs": {"company": "Globex", "position": "Engineer"},
    "resumes": {"name": "Other"},
    "applications": {"notes": "Other"},
}


@pytest.fixture(params=["jobs", "applications", "resumes"])
async def thing(request: pytest.FixtureRequest, ann: Person) -> tuple[str, dict[str, Any]]:
    """Where a thing of Ann's is, and what it may be replaced by."""
    match request.param:
        case "jobs":
            made = await ann.job()
        case "applications":
            made = await ann.application()
        case _:
            made = await ann.resume()
    members = {"job_id": made["job_id"]} if "job_id" in made else {}
    return f"/api/{request.param}/{made['id']}", CHANGED[request.param] | members


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("tag", ['"v2"', '"v0"', 'W/"v1"', '"1"', "v1", '"x", "v9"', '""', '"v99999999999"'])
async def test_a_change_meant_for_another_version_is_refused(
    ann: Person, thing: tuple[str, dict[str, Any]], method: str, tag: str
) -> None:
    path, body = thing
    before = await ann.get(path)
    request: dict[str, Any] = {} if method == "DELETE" else {"json": body}
    answer = await ann.ask(method, path, headers={"If-Match": tag}, **request)
    assert (answer.status_code, answer.json()["type"]) == (412, "/problems/stale")
    after = await ann.get(path)
    assert (after.json(), after.headers["etag"]) == (before.json(), '"v1"')


@pytest.mark.parametrize("tag", ['"v1"', "*", '"v1", "v0"', None])
async def test_a_change_meant_for_this_version_or_any_is_made(
    ann: Person, thing: tuple[str, dict[str, Any]], tag: str | None
) -> None:
    path, body = thing
    headers = {"If-Match": tag} if tag else {}
    answer = await ann.put(path, json=body, headers=headers)
    assert (answer.status_code, answer.headers["etag"], answer.json()["version"]) == (200, '"v2"', 2)
    assert (await ann.put(path, json=body, headers={"If-Match": '"v1"'})).status_code == 412


async def test_a_delete_meant_for_this_version_is_done(ann: Person, thing: tuple[str, dict[str, Any]]) -> None:
    assert (await ann.delete(thing[0], headers={"If-Match": '"v1"'})).status_code == 204


@pytest.mark.parametrize("tag", ['"v1"', 'W/"v1"', "*", '"v7", "v1"'])
async def test_what_the_caller_has_is_not_sent_again(ann: Person, thing: tuple[str, dict[str, Any]], tag: str) -> None:
    answer = await ann.get(thing[0], headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == '"v1"'
    assert "content-type" not in answer.headers
    assert "content-length" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("tag", ['"v2"', '"v11"', "v1x", ""])
async def test_what_the_caller_has_not_is_sent(ann: Person, thing: tuple[str, dict[str, Any]], tag: str) -> None:
    answer = await ann.get(thing[0], headers={"If-None-Match": tag})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"v1"')


async def test_several_headers_count_as_one() -> None:
    assert unchanged('"b"', ['"a"', 'W/"b"'])
    assert not unchanged('"c"', ['"a"', 'W/"b"'])


async def test_a_change_is_never_answered_by_304(ann: Person, thing: tuple[str, dict[str, Any]]) -> None:
    path, body = thing
    assert (await ann.put(path, json=body, headers={"If-None-Match": '"v2"'})).status_code == 200


async def test_an_application_whose_job_was_renamed_has_another_tag(ann: Person) -> None:
    application = await ann.application()
    path, job = f"/api/applications/{application['id']}", f"/api/jobs/{application['job_id']}"
    assert (await ann.patch(job, json={"company": "Globex"})).status_code == 200
    seen = await ann.get(path, headers={"If-None-Match": '"v1"'})
    assert (seen.status_code, seen.headers["etag"], seen.json()["version"]) == (200, '"v2"', 2)
    assert seen.json()["job"]["company"] == "Globex"
    assert (await ann.patch(path, json={"notes": "x"}, headers={"If-Match": '"v1"'})).status_code == 412
    assert (await ann.patch(path, json={"notes": "x"}, headers={"If-Match": '"v2"'})).status_code == 200


async def test_an_application_keeps_its_tag_while_it_looks_the_same(ann: Person) -> None:
    application = await ann.application()
    assert (await ann.patch(f"/api/jobs/{application['job_id']}", json={"location": "Paris"})).status_code == 200
    assert (await ann.get(f"/api/applications/{application['id']}")).headers["etag"] == '"v1"'


async def test_an_application_that_lost_its_resume_has_another_tag(ann: Person) -> None:
    resume = await ann.resume()
    application = await ann.application(resume_id=resume["id"])
    assert (await ann.delete(f"/api/resumes/{resume['id']}")).status_code == 204
    seen = await ann.get(f"/api/applications/{application['id']}", headers={"If-None-Match": '"v1"'})
    assert (seen.status_code, seen.headers["etag"], seen.json()["resume_id"]) == (200, '"v2"', None)


async def test_a_header_without_end_is_refused(ann: Person) -> None:
    path = f"/api/jobs/{(await ann.job())['id']}"
    answer = await ann.delete(path, headers={"If-Match": '"v1", ' * 1_000})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed")
    assert (await ann.get(path)).status_code == 200
