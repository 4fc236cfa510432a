"""Operators: they see how everybody's jobs fare and nothing of what these are about; to all others nothing is there."""

from datetime import timedelta
from typing import Any

import pytest

from jatify_adapters.memory import MemoryStore, MovableClock, ScriptedAnalyzer
from jatify_core.analysis import Refusal
from jatify_core.job import ANALYSIS, End
from jatify_core.ports import Ports
from jatify_core.use_cases.administration import appoint
from tests.http.conftest import LEASE, RunJobs
from tests.http.people import Person

STRANGE = "019ab4c0-0000-7000-8000-000000000000"
SECRET = "canary"
PLACES = (
    ("GET", "/api/operator/queue"),
    ("GET", "/api/operator/queue?limit=0"),
    ("GET", "/api/operator/dlq"),
    ("GET", "/api/operator/dlq?nonsense=1"),
    ("POST", f"/api/operator/dlq/{STRANGE}/requeue"),
    ("DELETE", f"/api/operator/dlq/{STRANGE}"),
    ("DELETE", "/api/operator/dlq/nonsense"),
)


@pytest.fixture
def analyzer() -> ScriptedAnalyzer:
    """One that never finds anything, and says so in words that may hold what it read."""
    return ScriptedAnalyzer([Refusal("refused", f"It declined: {SECRET}.")] * 10)


@pytest.fixture
async def olga(ann: Person, ports: Ports) -> Person:
    """Ann, who has been made an operator."""
    await appoint(ports, "ann@example.com", operator=True)
    return ann


@pytest.mark.parametrize(("method", "path"), PLACES)
async def test_to_everybody_else_it_is_a_path_that_does_not_exist(bob: Person, method: str, path: str) -> None:
    headers = {"X-Request-Id": "same", "Accept": "text/plain"}
    found = await bob.ask(method, path, headers=headers)
    unknown = await bob.ask(method, "/api/no/such/path", headers=headers)
    assert (found.status_code, found.content) == (404, unknown.content)
    assert found.headers == unknown.headers


@pytest.mark.parametrize(("method", "path"), PLACES)
async def test_who_is_not_logged_in_is_asked_to_as_everywhere(nobody: Person, method: str, path: str) -> None:
    assert (await nobody.ask(method, path)).status_code == 401


async def test_who_is_dismissed_sees_nothing_from_the_next_request_on(olga: Person, ports: Ports) -> None:
    assert (await olga.get("/api/operator/queue")).status_code == 200
    await appoint(ports, "ann@example.com", operator=False)
    assert (await olga.get("/api/operator/queue")).status_code == 404


async def test_the_queue_of_all_tells_whose_and_how_and_not_what(
    olga: Person, bob: Person, ports: Ports, clock: MovableClock
) -> None:
    first, second = await asked(bob), await asked(olga)
    (job,) = await ports.store.jobs.claim([ANALYSIS], 1, LEASE, "worker")
    await ports.store.jobs.settle([End.retried(job, "network", SECRET, timedelta(minutes=1))])
    clock.advance(timedelta(seconds=30))
    await ports.store.jobs.claim([ANALYSIS], 1, LEASE, "worker")
    answer = await olga.get("/api/operator/queue")
    bobs = (await bob.get("/api/user/profile")).json()["id"]
    waits, runs = answer.json()["items"]
    assert waits == {
        "id": first,
        "user_id": bobs,
        "kind": "analysis",
        "state": "queued",
        "attempts": 1,
        "crashes": 0,
        "requeues": 0,
        "last_reason": "network",
        "enqueued_at": "2026-11-24T09:00:00Z",
        "due_at": "2026-11-24T09:01:00Z",
    }
    assert (runs["id"], runs["state"]) == (second, "running")
    assert SECRET not in answer.text


async def test_the_queue_of_all_is_read_page_by_page(olga: Person, bob: Person) -> None:
    ids = [await asked(who) for who in (olga, bob, olga, bob, bob)]
    assert await walked(olga, "/api/operator/queue?limit=2") == ids


async def test_dead_letters_of_all_are_listed_without_contents(olga: Person, bob: Person, run_jobs: RunJobs) -> None:
    analysis = await asked(bob)
    await run_jobs()
    own = (await bob.get("/api/dlq")).json()["items"][0]
    assert SECRET in own["message"]
    assert SECRET in own["resume_name"]
    answer = await olga.get("/api/operator/dlq")
    (letter,) = answer.json()["items"]
    assert letter == {
        "id": own["id"],
        "user_id": (await bob.get("/api/user/profile")).json()["id"],
        "job_id": analysis,
        "kind": "analysis",
        "reason": "refused",
        "attempts": 1,
        "requeues": 0,
        "enqueued_at": own["enqueued_at"],
        "failed_at": own["failed_at"],
    }
    assert SECRET not in answer.text
    for reason, found in (("refused", 1), ("timeout", 0)):
        assert len((await olga.get(f"/api/operator/dlq?reason={reason}")).json()["items"]) == found


async def test_dead_letters_of_all_are_read_page_by_page(
    olga: Person, bob: Person, run_jobs: RunJobs, clock: MovableClock
) -> None:
    for who in (olga, bob, bob, olga, bob):
        await asked(who)
        await run_jobs()
        clock.advance(timedelta(seconds=1))
    oldest_first = await walked(olga, "/api/operator/dlq?limit=2&sort=failed_at")
    assert len(set(oldest_first)) == 5
    assert await walked(olga, "/api/operator/dlq?limit=2") == oldest_first[::-1]


async def test_an_operator_requeues_anybodys_dead_letter(olga: Person, bob: Person, run_jobs: RunJobs) -> None:
    analysis = await asked(bob)
    await run_jobs()
    (letter,) = (await olga.get("/api/operator/dlq")).json()["items"]
    answer = await olga.post(f"/api/operator/dlq/{letter['id']}/requeue")
    assert (answer.status_code, answer.json()) == (202, {"requeued": [letter["id"]], "skipped": []})
    assert (await olga.post(f"/api/operator/dlq/{letter['id']}/requeue")).status_code == 404
    assert (await bob.get(f"/api/analyses/{analysis}")).json()["state"] == "queued"
    await run_jobs()
    (again,) = (await olga.get("/api/operator/dlq")).json()["items"]
    assert (again["job_id"], again["requeues"]) == (analysis, 1)


async def test_a_letter_whose_question_is_asked_again_already_is_not_requeued(
    olga: Person, bob: Person, run_jobs: RunJobs
) -> None:
    resume = await bob.resume()
    await bob.analysis(resume["id"])
    await run_jobs()
    await bob.analysis(resume["id"])
    (letter,) = (await olga.get("/api/operator/dlq")).json()["items"]
    assert (await olga.post(f"/api/operator/dlq/{letter['id']}/requeue")).status_code == 409


async def test_an_operator_drops_anybodys_dead_letter(olga: Person, bob: Person, run_jobs: RunJobs) -> None:
    analysis = await asked(bob)
    await run_jobs()
    (letter,) = (await olga.get("/api/operator/dlq")).json()["items"]
    for status in (204, 404):
        assert (await olga.delete(f"/api/operator/dlq/{letter['id']}")).status_code == status
    assert (await bob.get("/api/dlq")).json()["items"] == []
    assert (await bob.get(f"/api/analyses/{analysis}")).json()["state"] == "failed"


async def test_an_operator_opens_nothing_else_of_others(olga: Person, bob: Person) -> None:
    analysis = await asked(bob)
    assert (await olga.get(f"/api/analyses/{analysis}")).status_code == 404
    assert (await olga.get("/api/resumes")).json()["items"] == []


async def asked(who: Person) -> str:
    """An analysis that waits, of a resume of its own."""
    resume = await who.resume(name=SECRET)
    return str((await who.analysis(resume["id"]))["id"])


async def walked(who: Person, path: str) -> list[str]:
    seen: list[str] = []
    while path:
        answer = await who.get(path)
        items: list[dict[str, Any]] = answer.json()["items"]
        seen += [item["id"] for item in items]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    return seen


async def test_the_owner_is_told_of_what_an_operator_did_with_his_dead_letters(
    olga: Person, bob: Person, run_jobs: RunJobs, store: MemoryStore
) -> None:
    for _ in range(2):
        await asked(bob)
    await run_jobs()
    requeued, dropped = [letter["id"] for letter in (await bob.get("/api/dlq")).json()["items"]]
    before = len(store._tables.events)
    assert (await olga.post(f"/api/operator/dlq/{requeued}/requeue")).status_code == 202
    assert (await olga.delete(f"/api/operator/dlq/{dropped}")).status_code == 204
    told = [stored.event.change for stored in store._tables.events[before:]]
    bobs = (await bob.get("/api/user/profile")).json()["id"]
    assert {str(change.user_id) for change in told} == {bobs}
    assert [(change.kind, change.state) for change in told] == [
        ("dead_letter.removed", "requeued"),
        ("analysis.updated", "queued"),
        ("dead_letter.removed", "deleted"),
    ]
