"""The numbers of one's search, as the API tells them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jatify_adapters.memory import MemoryStore, MovableClock, ScriptedAnalyzer, memory_ports
from jatify_core.policy import Policy
from jatify_core.ports import Ports
from tests.http.conftest import RunJobs
from tests.http.people import Person

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(MONDAY)


@pytest.fixture
def ports(clock: MovableClock, store: MemoryStore, analyzer: ScriptedAnalyzer) -> Ports:
    """Of a house whose logins outlive a whole search."""
    policy = Policy(max_upload=10_000, session_life=timedelta(days=1_000))
    return memory_ports(clock=clock, store=store, analyzer=analyzer, policy=policy)


async def moved(person: Person, application: dict[str, Any], status: str) -> None:
    answer = await person.patch(f"/api/applications/{application['id']}", json={"status_id": status})
    assert answer.status_code == 200, answer.text


async def stats(person: Person, query: str = "") -> dict[str, Any]:
    answer = await person.get(f"/api/stats{query}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_search_is_counted_from_its_histories(ann: Person, bob: Person, clock: MovableClock) -> None:
    first = await ann.application(job_id=(await ann.job(source="LinkedIn"))["id"])
    await bob.application(status_id="offer")
    clock.advance(DAY)
    second = await ann.application(job_id=(await ann.job(source="linkedin"))["id"], status_id="applied")
    clock.advance(DAY)
    await moved(ann, first, "applied")
    clock.advance(7 * DAY)
    await moved(ann, second, "hr_interview")
    clock.advance(6 * DAY)
    await moved(ann, second, "rejected")
    told = await stats(ann)
    assert told["applications"] == 2
    assert [step["reached"] for step in told["funnel"]] == [2, 2, 1, 0, 0]
    assert [step["now"] for step in told["funnel"]] == [0, 1, 0, 0, 0]
    assert {(flow["source"], flow["target"]) for flow in told["flows"]} == {
        ("saved", "applied"),
        ("applied", "open"),
        ("applied", "interview"),
        ("interview", "status:rejected"),
    }
    assert {stay["status_id"]: stay["median_days"] for stay in told["time_in_status"]} == {
        "saved": 2.0,
        "applied": 8.0,
        "hr_interview": 6.0,
        "rejected": None,
    }
    assert [(r["label"], r["applied"], r["responded"]) for r in told["responses"]["by_source"]] == [("LinkedIn", 2, 1)]
    assert [(week["week"], week["created"], week["applied"], week["interviews"]) for week in told["weeks"]] == [
        ("2026-01-05", 2, 2, 0),
        ("2026-01-12", 0, 0, 1),
        ("2026-01-19", 0, 0, 0),
    ]
    assert told["weeks"][2]["closed"] == 1


async def test_a_deleted_application_is_not_counted(ann: Person) -> None:
    application = await ann.application()
    assert (await ann.delete(f"/api/applications/{application['id']}")).status_code == 204
    assert (await stats(ann))["applications"] == 0


async def test_a_score_and_a_resume_have_their_rates(ann: Person, run_jobs: RunJobs) -> None:
    job, resume = await ann.job(), await ann.resume(name="Backend")
    await ann.application(job_id=job["id"], resume_id=resume["id"], status_id="hr_interview")
    await ann.analysis(resume["id"], job["id"])
    assert (await stats(ann))["responses"]["by_score"][4]["applied"] == 1
    await run_jobs()
    score = (await ann.get(f"/api/resumes/{resume['id']}/analysis/{job['id']}")).json()["score"]
    rates = (await stats(ann))["responses"]
    (band,) = [rate for rate in rates["by_score"] if rate["applied"]]
    low, high = map(int, band["key"].split("-"))
    assert low <= score <= high
    assert rates["by_resume"] == [{"key": resume["id"], "label": "Backend", "applied": 1, "responded": 1, "rate": 1.0}]


async def test_a_range_is_of_the_callers_own_days(ann: Person, clock: MovableClock) -> None:
    clock.advance(timedelta(hours=14, minutes=30))  # half an hour before midnight by UTC
    await ann.application()
    assert (await stats(ann, "?from=2026-01-05&to=2026-01-05"))["applications"] == 1
    assert (await stats(ann, "?from=2026-01-06"))["applications"] == 0
    told = await stats(ann, "?from=2026-01-06&to=2026-01-06&tz_offset=60")
    assert (told["applications"], told["from"], told["to"]) == (1, "2026-01-06", "2026-01-06")
    assert (await stats(ann, "?to=2026-01-05&tz_offset=60"))["applications"] == 0
    assert (await stats(ann, "?to=2026-01-05&tz_offset=-60"))["applications"] == 1


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("from=2026-02-01&to=2026-01-01", "/to", "out_of_order"),
        ("from=yesterday", "/from", "wrong_format"),
        ("tz_offset=841", "/tz_offset", "wrong_format"),
        ("tz_offset=CET", "/tz_offset", "wrong_format"),
        ("limit=3", "/limit", "unknown_member"),
    ],
)
async def test_a_query_that_makes_no_sense_is_refused_with_its_place(
    ann: Person, query: str, pointer: str, code: str
) -> None:
    answer = await ann.get(f"/api/stats?{query}")
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


async def test_the_same_numbers_are_not_sent_twice(ann: Person) -> None:
    await ann.application()
    first = await ann.get("/api/stats")
    again = await ann.get("/api/stats", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    await ann.application()
    assert (await ann.get("/api/stats", headers={"If-None-Match": first.headers["etag"]})).status_code == 200
