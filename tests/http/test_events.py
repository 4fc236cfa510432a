"""Live changes: who is told what, and from when on."""

from collections.abc import AsyncIterator

import anyio
import pytest
from litestar import Litestar

from jatify_adapters.memory import ScriptedAnalyzer
from jatify_core.analysis import Refusal
from jatify_http import feed
from tests.http.conftest import RunJobs
from tests.http.people import Person, client_over
from tests.http.streaming import changed, kinds, open_streams, streaming

EVENTS = "/api/events"


@pytest.fixture
async def nobody(app: Litestar) -> AsyncIterator[Person]:
    async with client_over(app) as client:
        yield Person(client)


async def test_an_analysis_tells_each_of_its_states(app: Litestar, ann: Person, run_jobs: RunJobs) -> None:
    resume = await ann.resume()
    async with streaming(app, ann.headers) as stream:
        analysis = await ann.analysis(resume["id"])
        await run_jobs()
        events = await stream.has(3)
    assert kinds(events) == [("analysis.updated", state) for state in ("queued", "running", "succeeded")]
    assert {event.data["id"] for event in events} == {analysis["id"]}
    assert [event.id for event in events] == sorted({event.id for event in events})


async def test_a_block_is_written_as_the_standard_says(app: Litestar, ann: Person) -> None:
    async with streaming(app, ann.headers) as stream:
        application = await ann.application()
        (event,) = await stream.has(1)
    assert stream.text == (
        ": connected\n\n"
        f"id: {event.id}\n"
        "event: application.updated\n"
        f'data: {{"id":"{application["id"]}","version":1}}\n'
        "\n"
    )


async def test_the_answer_is_kept_by_nobody_on_its_way(app: Litestar, ann: Person) -> None:
    async with streaming(app, ann.headers | {"Accept": "text/event-stream"}) as stream:
        headers = stream.headers
    assert stream.status == 200
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")
    assert headers["x-content-type-options"] == "nosniff"
    assert "content-length" not in headers


async def test_an_application_tells_its_versions_and_its_end(app: Litestar, ann: Person) -> None:
    async with streaming(app, ann.headers) as stream:
        application = await ann.application()
        await changed(ann, application, 1)
        await ann.delete(f"/api/applications/{application['id']}")
        events = await stream.has(3)
    assert kinds(events) == [("application.updated", said) for said in (1, 2, "deleted")]


async def test_dead_letters_come_and_go(
    app: Litestar, ann: Person, analyzer: ScriptedAnalyzer, run_jobs: RunJobs
) -> None:
    resume = await ann.resume()
    analyzer._script.extend([Refusal("refused", "No.")] * 2)
    async with streaming(app, ann.headers) as stream:
        await ann.analysis(resume["id"])
        await run_jobs()
        letter = (await ann.get("/api/dlq")).json()["items"][0]
        await ann.post(f"/api/dlq/{letter['id']}/requeue")
        await run_jobs()
        again = (await ann.get("/api/dlq")).json()["items"][0]
        await ann.delete(f"/api/dlq/{again['id']}")
        events = await stream.has(10)
    assert kinds(events)[2:] == [
        ("dead_letter.added", "dead"),
        ("analysis.updated", "failed"),
        ("dead_letter.removed", "requeued"),
        ("analysis.updated", "queued"),
        ("analysis.updated", "running"),
        ("dead_letter.added", "dead"),
        ("analysis.updated", "failed"),
        ("dead_letter.removed", "deleted"),
    ]
    assert [event.data["id"] for event in events if event.kind.startswith("dead")] == [
        *[letter["id"]] * 2,
        *[again["id"]] * 2,
    ]


async def test_a_cancelled_analysis_says_so(app: Litestar, ann: Person) -> None:
    resume = await ann.resume()
    async with streaming(app, ann.headers) as stream:
        analysis = await ann.analysis(resume["id"])
        for _ in range(2):
            await ann.delete(f"/api/analyses/{analysis['id']}")
        events = await stream.has(3)
    assert kinds(events) == [("analysis.updated", state) for state in ("queued", "cancelled", "deleted")]


async def test_nobody_is_told_what_is_anothers(app: Litestar, ann: Person, bob: Person) -> None:
    await ann.application()
    async with streaming(app, bob.headers) as live, streaming(app, bob.headers | {"Last-Event-ID": "0"}) as replayed:
        await ann.application()
        mine = await bob.application()
        for stream in (live, replayed):
            assert [event.data["id"] for event in await stream.has(1)] == [mine["id"]]


async def test_all_that_came_after_the_last_event_is_told_first_and_then_what_comes(app: Litestar, ann: Person) -> None:
    application = await ann.application()
    async with streaming(app, ann.headers | {"Last-Event-ID": "0"}) as stream:
        first = (await stream.has(1))[0]
    await changed(ann, application, 150)
    async with streaming(app, ann.headers | {"Last-Event-ID": str(first.id)}) as stream:
        await stream.has(150)
        await changed(ann, application, 10)
        events = await stream.has(160)
    assert [event.data["version"] for event in events] == list(range(2, 162))


async def test_without_a_last_event_only_what_happens_from_now_on_is_told(app: Litestar, ann: Person) -> None:
    application = await ann.application()
    async with streaming(app, ann.headers) as stream:
        await changed(ann, application, 1)
        assert [event.data["version"] for event in await stream.has(1)] == [2]
    beginning = stream.headers["last-event-id"]
    async with streaming(app, ann.headers | {"Last-Event-ID": beginning}) as again:
        assert await again.has(1) == stream.events


@pytest.mark.parametrize("unknown", ["9", "9999999999999999999"])
async def test_an_event_that_never_was_is_taken_for_the_newest(app: Litestar, ann: Person, unknown: str) -> None:
    await ann.application()
    async with streaming(app, ann.headers | {"Last-Event-ID": unknown}) as stream:
        mine = await ann.application()
        assert [event.data["id"] for event in await stream.has(1)] == [mine["id"]]


@pytest.mark.parametrize("malformed", ["x", "-1", "1.5", "1e3", "10000000000000000000", "٣"])
async def test_a_last_event_that_can_be_none_is_refused(ann: Person, malformed: str) -> None:
    answer = await ann.get(EVENTS, headers={"Last-Event-ID": malformed.encode()})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "unknown_event"
    assert "Last-Event-ID" in answer.json()["errors"][0]["message"]


async def test_who_is_not_logged_in_is_told_nothing(nobody: Person) -> None:
    assert (await nobody.get(EVENTS)).status_code == 401


async def test_who_takes_no_events_is_refused(ann: Person) -> None:
    answer = await ann.get(EVENTS, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (406, "/problems/not-acceptable")


async def test_a_head_answers_at_once_and_takes_nobodys_place(app: Litestar, ann: Person) -> None:
    with anyio.fail_after(5):
        answers = [await ann.ask("HEAD", EVENTS) for _ in range(5)]
    for answer in answers:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert await open_streams(app, ann) == feed.STREAMS
