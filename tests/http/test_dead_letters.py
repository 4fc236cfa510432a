"""Dead letters: seen, requeued, dropped."""

from typing import Any
from uuid import uuid4

import pytest

from jatify_adapters.memory import ScriptedAnalyzer
from jatify_core.analysis import Refusal
from tests.http.conftest import RunJobs
from tests.http.people import Person


@pytest.fixture
async def letter(ann: Person, analyzer: ScriptedAnalyzer, run_jobs: RunJobs) -> dict[str, Any]:
    """Ann's one dead letter."""
    analyzer._script.append(Refusal("refused", "The model refused."))
    await ann.analysis((await ann.resume())["id"], (await ann.job())["id"])
    await run_jobs()
    [letter] = (await ann.get("/api/dlq")).json()["items"]
    assert isinstance(letter, dict)
    return letter


async def test_a_dead_letter_tells_what_failed_and_why(ann: Person, letter: dict[str, Any]) -> None:
    assert letter == letter | {
        "resume_name": "ann",
        "company": "Acme",
        "position": "Engineer",
        "reason": "refused",
        "message": "The model refused.",
        "attempts": 1,
        "requeues": 0,
        "failed_at": "2026-11-24T09:00:00Z",
    }
    assert [error.keys() for error in letter["errors"]] == [{"attempt", "at", "reason", "message"}]
    assert (await ann.get(f"/api/analyses/{letter['analysis_id']}")).json()["state"] == "failed"


async def test_the_list_can_be_filtered_by_reason(ann: Person, letter: dict[str, Any]) -> None:
    assert (await ann.get("/api/dlq?reason=refused")).json()["items"] == [letter]
    assert (await ann.get("/api/dlq?reason=timeout")).json()["items"] == []
    assert (await ann.get("/api/dlq?reason=bad_luck")).status_code == 422


async def test_one_requeued_lives_again(ann: Person, letter: dict[str, Any], run_jobs: RunJobs) -> None:
    answer = await ann.post(f"/api/dlq/{letter['id']}/requeue")
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert answer.headers["location"] == f"/api/analyses/{letter['analysis_id']}"
    assert (await ann.get("/api/dlq")).json()["items"] == []
    assert (await ann.post(f"/api/dlq/{letter['id']}/requeue")).status_code == 404
    await run_jobs()
    assert (await ann.get(f"/api/analyses/{letter['analysis_id']}")).json()["state"] == "succeeded"


async def test_one_whose_pair_lives_already_stays(ann: Person, letter: dict[str, Any]) -> None:
    await ann.analysis(letter["resume_id"], letter["job_id"])
    assert (await ann.post(f"/api/dlq/{letter['id']}/requeue")).status_code == 409
    answer = await ann.post("/api/dlq/requeue", json={"all": True})
    assert answer.json() == {"requeued": [], "skipped": [{"id": letter["id"], "reason": "already_live"}]}
    assert (await ann.get("/api/dlq")).json()["items"] == [letter]


@pytest.mark.parametrize("by", ["ids", "all", "reason"])
async def test_many_are_requeued_in_three_ways(ann: Person, letter: dict[str, Any], by: str) -> None:
    body = {"ids": [letter["id"], letter["id"]], "all": True, "reason": "refused"}[by]
    answer = await ann.post("/api/dlq/requeue", json={by: body})
    assert (answer.status_code, answer.json()) == (202, {"requeued": [letter["id"]], "skipped": []})


async def test_a_foreign_and_a_missing_one_are_skipped_alike(ann: Person, bob: Person, letter: dict[str, Any]) -> None:
    missing = str(uuid4())
    answer = await bob.post("/api/dlq/requeue", json={"ids": [letter["id"], missing]})
    assert answer.json()["requeued"] == []
    assert {(s["id"], s["reason"]) for s in answer.json()["skipped"]} == {
        (letter["id"], "not_found"),
        (missing, "not_found"),
    }
    assert (await ann.get("/api/dlq")).json()["items"] == [letter]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"ids": [str(uuid4())], "all": True}, ""),
        ({"all": True, "reason": "refused"}, ""),
        ({"all": False}, "/all"),
        ({"all": 1}, "/all"),
        ({"ids": []}, "/ids"),
        ({"ids": [str(uuid4())] * 101}, "/ids"),
        ({"ids": ["x"]}, "/ids/0"),
        ({"ids": None}, "/ids"),
        ({"reason": "bad_luck"}, "/reason"),
        ({"force": True}, "/force"),
    ],
)
async def test_a_selection_that_is_none_is_refused(ann: Person, body: dict[str, Any], pointer: str) -> None:
    answer = await ann.post("/api/dlq/requeue", json=body)
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == [pointer]


async def test_one_dropped_is_gone_and_its_analysis_stays_failed(ann: Person, letter: dict[str, Any]) -> None:
    path = f"/api/dlq/{letter['id']}"
    assert [(await ann.delete(path)).status_code for _ in range(2)] == [204, 404]
    assert (await ann.get(f"/api/analyses/{letter['analysis_id']}")).json()["state"] == "failed"
