"""The queue: where one's own jobs stand."""

from datetime import timedelta

from jatify_adapters.memory import MovableClock
from jatify_core.job import ANALYSIS, End
from jatify_core.ports import Ports
from tests.http.conftest import LEASE, RunJobs
from tests.http.people import Person


async def test_an_empty_queue_says_so(ann: Person) -> None:
    answer = await ann.get("/api/queue")
    assert (answer.status_code, answer.json()) == (200, {"items": [], "paused": [], "next_cursor": None})


async def test_what_waits_tells_its_position_and_age(ann: Person, clock: MovableClock) -> None:
    analysis = await ann.analysis((await ann.resume())["id"])
    clock.advance(timedelta(seconds=90.9))
    assert (await ann.get("/api/queue")).json()["items"] == [
        {
            "analysis_id": analysis["id"],
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


async def test_what_runs_comes_first_and_has_no_position(ann: Person, ports: Ports) -> None:
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


async def test_it_is_not_for_strangers(nobody: Person) -> None:
    assert (await nobody.get("/api/queue")).status_code == 401


async def _asked(who: Person) -> str:
    """The id of a new analysis that waits."""
    analysis_id = (await who.analysis((await who.resume())["id"]))["id"]
    assert isinstance(analysis_id, str)
    return analysis_id
