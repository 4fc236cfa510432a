"""The queue: where one's own jobs stand."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from jatify_adapters.memory import MovableClock
from jatify_core.job import ANALYSIS, End
from jatify_core.ports import Ports
from jatify_core.user import UserId
from jatify_http.cursors import sealed
from jatify_http.schemas.queue import QueueQuery
from tests.http.conftest import LEASE, RunJobs
from tests.http.people import Person


async def test_an_empty_queue_says_so(ann: Person) -> None:
    answer = await ann.get("/api/queue")
    assert (answer.status_code, answer.json()) == (
        200,
        {"items": [], "paused": [], "next_cursor": None, "operator": False},
    )


async def test_what_waits_tells_its_position_and_age(ann: Person, clock: MovableClock) -> None:
    analysis = await ann.analysis((await ann.resume())["id"])
    clock.advance(timedelta(seconds=90.9))
    assert (await ann.get("/api/queue")).json()["items"] == [
        {
            "analysis_id": analysis["id"],
            "resume_id": analysis["resume_id"],
            "job_id": None,
            "state": "queued",
            "position": 1,
            "age_seconds": 90,
            "attempts": 0,
            "enqueued_at": "2026-11-24T09:00:00Z",
            "due_at": "2026-11-24T09:00:00Z",
        }
    ]


async def test_positions_are_among_everybodys_and_each_sees_only_his_own(ann: Person, bob: Person) -> None:
    mine = [await _asked(who) for who in (ann, bob, ann)]
    for who, expected in ((ann, [(mine[0], 1), (mine[2], 3)]), (bob, [(mine[1], 2)])):
        items = (await who.get("/api/queue")).json()["items"]
        assert [(item["analysis_id"], item["position"]) for item in items] == expected


async def test_what_runs_has_no_position(ann: Person, ports: Ports) -> None:
    first, second, third = [await _asked(ann) for _ in range(3)]
    retried, _ = await ports.store.jobs.claim([ANALYSIS], 2, LEASE, "by hand")
    await ports.store.jobs.settle([End.retried(retried, "network", "It broke.", timedelta(minutes=1))])
    items = (await ann.get("/api/queue")).json()["items"]
    assert [(i["analysis_id"], i["state"], i["position"], i["attempts"]) for i in items] == [
        (second, "running", None, 1),
        (third, "queued", 1, 0),
        (first, "queued", 2, 1),
    ]
    assert items[-1]["due_at"] == "2026-11-24T09:01:00Z"


async def test_what_has_ended_or_was_cancelled_is_no_longer_there(ann: Person, run_jobs: RunJobs) -> None:
    await _asked(ann)
    await run_jobs()
    await ann.delete(f"/api/analyses/{await _asked(ann)}")
    assert (await ann.get("/api/queue")).json()["items"] == []


async def test_a_paused_provider_is_told_with_its_reason(ann: Person, ports: Ports) -> None:
    await ports.store.jobs.pause(ANALYSIS, "insufficient_credits", "The account is empty.", 0, timedelta(seconds=30))
    answer = await ann.get("/api/queue")
    assert answer.json()["paused"] == [
        {
            "kind": ANALYSIS,
            "reason": "insufficient_credits",
            "message": "The account is empty.",
            "since": "2026-11-24T09:00:00Z",
        }
    ]


async def test_a_clock_that_lags_behind_makes_no_age_negative(ann: Person, clock: MovableClock) -> None:
    await _asked(ann)
    clock.advance(timedelta(seconds=-5))
    assert [item["age_seconds"] for item in (await ann.get("/api/queue")).json()["items"]] == [0]


async def test_it_is_read_in_pages_as_every_list(ann: Person, bob: Person) -> None:
    asked = [await _asked(ann) for _ in range(5)]
    seen, path = [], "/api/queue?limit=2"
    while path:
        answer = await ann.get(path)
        assert answer.json()["paused"] == []
        seen.append([item["analysis_id"] for item in answer.json()["items"]])
        cursor = answer.json()["next_cursor"]
        assert (cursor is None) is ("next" not in answer.links)
        path = answer.links["next"]["url"] if cursor else ""
    assert seen == [asked[:2], asked[2:4], asked[4:]]
    cursor = (await ann.get("/api/queue?limit=2")).json()["next_cursor"]
    assert (await bob.get("/api/queue", params={"limit": 2, "cursor": cursor})).status_code == 422


@pytest.mark.parametrize("key", ["", "/", "now/1", "2026-11-24T09:00:00/1", "2026-11-24T09:00:00Z/-1", "x" * 500])
async def test_a_forged_cursor_is_refused(ann: Person, key: str) -> None:
    user_id = (await ann.get("/api/user/profile")).json()["id"]
    forged = sealed((key, str(uuid4())), QueueQuery().scope(UserId(UUID(user_id))))
    answer = await ann.get("/api/queue", params={"cursor": forged})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/cursor")


async def test_it_is_not_for_strangers(nobody: Person) -> None:
    assert (await nobody.get("/api/queue")).status_code == 401


async def _asked(who: Person) -> str:
    """The id of a new analysis that waits."""
    analysis_id = (await who.analysis((await who.resume())["id"]))["id"]
    assert isinstance(analysis_id, str)
    return analysis_id
