"""Applications, their history and their references."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from jatify_adapters.memory import MovableClock
from tests.http.people import Person

WHOLE: dict[str, Any] = {
    "status_id": "applied",
    "applied_on": "2026-11-24",
    "cover_letter": "ä" * 40_000,
    "notes": "Ask about the team.",
    "tags": ["python", "remote"],
    "follow_up_on": "2026-12-01",
}


async def test_a_created_application_is_answered_whole_with_location_and_etag(ann: Person) -> None:
    job, resume = await ann.job(), await ann.resume()
    body = WHOLE | {"job_id": job["id"], "resume_id": resume["id"]}
    answer = await ann.post("/api/applications", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["location"] == f"/api/applications/{made['id']}"
    assert answer.headers["etag"] == '"v1"'
    assert {k: made[k] for k in body} == body
    assert made["job"] == {"id": job["id"], "company": "Acme", "position": "Engineer"}
    (step,) = made["history"]
    assert step.pop("id")
    assert step == {
        "status_id": "applied",
        "from_status_id": None,
        "at": "2026-11-24T09:00:00Z",
        "note": None,
        "recorded_at": "2026-11-24T09:00:00Z",
    }
    read = await ann.get(answer.headers["location"])
    assert (read.json(), read.headers["etag"]) == (answer.json(), '"v1"')


async def test_a_job_is_enough_and_the_status_is_saved(ann: Person) -> None:
    made = await ann.application()
    assert (made["status_id"], made["resume_id"], made["tags"], made["version"]) == ("saved", None, [], 1)


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"status_id": "hired"}, "/status_id", "unknown_status"),
        ({"status_id": 1}, "/status_id", "wrong_type"),
        ({"tags": ["a", ""]}, "/tags/1", "too_short"),
        ({"tags": ["a"] * 51}, "/tags", "too_long"),
        ({"tags": "a"}, "/tags", "wrong_type"),
        ({"tags": ["a\0"]}, "/tags/0", "forbidden_character"),
        ({"applied_on": "soon"}, "/applied_on", "wrong_format"),
        ({"cover_letter": "x" * 40_001}, "/cover_letter", "too_long"),
        ({"job_id": "x"}, "/job_id", "wrong_format"),
        ({"job_id": None}, "/job_id", "wrong_type"),
        ({"resume_id": 7}, "/resume_id", "wrong_type"),
        ({"user_id": str(uuid4())}, "/user_id", "unknown_member"),
        ({"status_note": "x"}, "/status_note", "unknown_member"),
    ],
)
async def test_an_unfit_member_is_named(ann: Person, change: dict[str, Any], pointer: str, code: str) -> None:
    answer = await ann.post("/api/applications", json={"job_id": (await ann.job())["id"]} | change)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize("member", ["job_id", "resume_id"])
async def test_a_foreign_reference_and_a_missing_one_are_answered_alike(ann: Person, bob: Person, member: str) -> None:
    foreign = (await bob.job() if member == "job_id" else await bob.resume())["id"]
    mine = {"job_id": (await ann.job())["id"]}
    answers = [
        await ann.post("/api/applications", json=mine | {member: value}, headers={"X-Request-Id": "same"})
        for value in (foreign, str(uuid4()))
    ]
    assert [a.status_code for a in answers] == [422, 422]
    assert answers[0].content == answers[1].content
    assert answers[0].json()["errors"][0]["pointer"] == f"/{member}"


async def test_putting_a_new_status_goes_into_the_history_with_note_and_time(ann: Person, clock: MovableClock) -> None:
    made = await ann.application()
    clock.advance(timedelta(hours=1))
    body = {
        "job_id": made["job_id"],
        "status_id": "applied",
        "status_note": "Sent by mail.",
        "status_at": "2026-11-24T20:30:00+02:00",
    }
    answer = await ann.put(f"/api/applications/{made['id']}", json=body)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"v2"')
    assert [tuple(step.values())[1:] for step in answer.json()["history"]] == [
        ("saved", None, "2026-11-24T09:00:00Z", None, "2026-11-24T09:00:00Z"),
        ("applied", "saved", "2026-11-24T18:30:00Z", "Sent by mail.", "2026-11-24T10:00:00Z"),
    ]


async def test_putting_leaves_nothing_of_what_it_does_not_name(ann: Person) -> None:
    made = await ann.application(**WHOLE)
    answer = await ann.put(f"/api/applications/{made['id']}", json={"job_id": made["job_id"]})
    put = answer.json()
    assert (put["status_id"], put["cover_letter"], put["tags"], put["follow_up_on"]) == ("saved", None, [], None)


async def test_patching_changes_what_is_named_and_takes_a_note(ann: Person) -> None:
    made = await ann.application(**WHOLE)
    patch = {"status_id": "offer", "status_note": "At last.", "notes": None}
    answer = await ann.patch(f"/api/applications/{made['id']}", json=patch)
    assert answer.status_code == 200, answer.text
    patched = answer.json()
    assert (patched["status_id"], patched["notes"], patched["tags"]) == ("offer", None, WHOLE["tags"])
    assert [(s["status_id"], s["note"]) for s in patched["history"]] == [("applied", None), ("offer", "At last.")]


async def test_a_change_that_keeps_the_status_adds_nothing_to_the_history(ann: Person) -> None:
    made = await ann.application()
    answer = await ann.patch(f"/api/applications/{made['id']}", json={"notes": "Call back.", "status_note": "?"})
    assert len(answer.json()["history"]) == 1


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"job_id": None}, "/job_id"),
        ({"status_at": "2026-11-24T09:00:00"}, "/status_at"),
        ({"status_note": 1}, "/status_note"),
        ({"history": []}, "/history"),
        ({"resume_id": str(uuid4())}, "/resume_id"),
    ],
)
async def test_an_unfit_patch_is_refused(ann: Person, patch: dict[str, Any], pointer: str) -> None:
    answer = await ann.patch(f"/api/applications/{(await ann.application())['id']}", json=patch)
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == [pointer]


async def test_a_deleted_application_is_shown_no_more(ann: Person) -> None:
    path = f"/api/applications/{(await ann.application())['id']}"
    assert [(await ann.delete(path)).status_code for _ in range(2)] == [204, 404]
    assert (await ann.get(path)).status_code == 404
    assert (await ann.get("/api/applications")).json()["items"] == []


async def test_a_list_shows_no_histories(ann: Person) -> None:
    await ann.application()
    [item] = (await ann.get("/api/applications")).json()["items"]
    assert "history" not in item
    assert item["job"]["company"] == "Acme"


async def test_the_list_can_be_searched_and_filtered(ann: Person) -> None:
    resume = await ann.resume()
    first = await ann.application(status_id="applied", tags=["x"], applied_on="2026-11-01", resume_id=resume["id"])
    second = await ann.application(notes="A quiet place.", applied_on="2026-11-10", follow_up_on="2026-12-01")

    async def found(**query: str) -> set[str]:
        answer = await ann.get("/api/applications", params=query)
        assert answer.status_code == 200, answer.text
        return {item["id"] for item in answer.json()["items"]}

    assert await found(status_id="applied") == {first["id"]}
    assert await found(job_id=second["job_id"]) == {second["id"]}
    assert await found(resume_id=resume["id"]) == {first["id"]}
    assert await found(tag="x") == {first["id"]}
    assert await found(applied_from="2026-11-10") == {second["id"]}
    assert await found(applied_to="2026-11-01") == {first["id"]}
    assert await found(applied_from="2026-11-01", applied_to="2026-11-10") == {first["id"], second["id"]}
    assert await found(follow_up_before="2026-12-02") == {second["id"]}
    assert await found(q="QUIET") == {second["id"]}
    assert await found(status_id="offer") == set()
    assert await found(job_id=str(uuid4())) == set()


@pytest.mark.parametrize(
    "query",
    ["status_id=hired", "status_id=", "job_id=x", "applied_from=soon", "tag=", "q=%00", "resume_id=null", "page=2"],
)
async def test_an_unfit_filter_is_refused(ann: Person, query: str) -> None:
    answer = await ann.get(f"/api/applications?{query}")
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/" + query.partition("=")[0]]


async def test_deleting_a_resume_unlinks_the_applications_that_used_it(ann: Person) -> None:
    resume = await ann.resume()
    made = await ann.application(resume_id=resume["id"])
    assert (await ann.delete(f"/api/resumes/{resume['id']}")).status_code == 204
    assert (await ann.get(f"/api/applications/{made['id']}")).json()["resume_id"] is None
