"""Live changes: who is told what, from when on, and until when."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import anyio
import httpx
import pytest
from litestar import Litestar

from jatify_adapters.memory import MemoryStore, MovableClock, ScriptedAnalyzer
from jatify_core.analysis import Refusal
from jatify_core.ports import Ports
from jatify_core.user import Caller
from jatify_http import feed, streams
from jatify_http.app import create_app
from tests.http.conftest import RunJobs
from tests.http.people import Person, newcomer
from tests.http.streaming import Reader, Told, streaming

EVENTS = "/api/events"


@pytest.fixture
async def app(ports: Ports) -> AsyncIterator[Litestar]:
    """An application that is up, so that its feed works."""
    app = create_app(ports)
    async with app.lifespan():
        yield app


@pytest.fixture
async def nobody(app: Litestar) -> AsyncIterator[Person]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=cast("Any", app)), base_url="http://jatify.test"
    ) as client:
        yield Person(client)


def kinds(events: list[Told]) -> list[tuple[str, Any]]:
    return [(event.kind, event.data.get("state", event.data.get("version"))) for event in events]


async def changed(person: Person, application: dict[str, Any], times: int) -> None:
    for _ in range(times):
        await person.patch(f"/api/applications/{application['id']}", json={"notes": "again"})


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


@pytest.mark.parametrize("unknown", ["9", "9223372036854775807"])
async def test_an_event_that_never_was_is_taken_for_the_newest(app: Litestar, ann: Person, unknown: str) -> None:
    await ann.application()
    async with streaming(app, ann.headers | {"Last-Event-ID": unknown}) as stream:
        mine = await ann.application()
        assert [event.data["id"] for event in await stream.has(1)] == [mine["id"]]


@pytest.mark.parametrize("malformed", ["x", "-1", "1.5", "1e3", "9223372036854775808", "٣"])
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


async def test_a_fourth_stream_is_refused_until_another_is_closed(app: Litestar, ann: Person, bob: Person) -> None:
    async with streaming(app, ann.headers), streaming(app, ann.headers), streaming(app, bob.headers):
        async with streaming(app, ann.headers):
            refused = await ann.get(EVENTS)
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "15")
            assert refused.json()["type"] == "/problems/throttled"
        async with streaming(app, ann.headers) as stream:
            assert stream.status == 200


async def test_a_comment_is_sent_again_and_again(app: Litestar, ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    assert streams.PING_EVERY == 15
    monkeypatch.setattr(streams, "PING_EVERY", 0.05)
    async with streaming(app, ann.headers) as stream:
        with anyio.fail_after(5):
            while stream.text.count(": ping\n\n") < 3:
                await anyio.sleep(0.01)
        await ann.application()
        await stream.has(1)


async def test_a_logout_ends_the_streams_of_that_session_alone(app: Litestar, ann: Person) -> None:
    account = {"email": "ann@example.com", "password": "correct horse battery"}
    token = (await ann.post("/api/auth/login", json=account)).json()["token"]
    elsewhere = Person(ann.client, token)
    async with streaming(app, ann.headers) as here, streaming(app, elsewhere.headers) as there:
        await elsewhere.post("/api/auth/logout")
        await there.ends()
        await ann.application()
        await here.has(1)
        assert not here.ended
        assert there.events == []


async def test_a_stream_ends_with_the_life_of_its_session(
    app: Litestar, ann: Person, clock: MovableClock, store: MemoryStore
) -> None:
    async with streaming(app, ann.headers) as stream:
        clock.advance(timedelta(hours=25))
        store.mend_line()  # as the clock does each 15 seconds, it has sessions looked at
        await stream.ends()


async def test_a_stream_whose_session_ended_just_before_it_began_ends_too(
    app: Litestar, ann: Person, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = feed.Feed.seat

    async def late(self: feed.Feed, caller: Caller, after: int | None) -> feed.Seat:
        async with ports.store.transaction() as tx:
            await tx.sessions.remove(caller.user_id, caller.session.id)
        await anyio.sleep(feed.GAP * 3)  # whoever was to end his streams has done so
        return await seat(self, caller, after)

    monkeypatch.setattr(feed.Feed, "seat", late)
    async with streaming(app, ann.headers) as stream:
        await stream.ends()


async def test_a_reader_who_does_not_read_is_cut_off_and_his_place_is_free(
    app: Litestar, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "SLOWEST", 0.2)
    application = await ann.application()
    async with (
        streaming(app, ann.headers, reads=False),
        streaming(app, ann.headers, reads=False),
        streaming(app, ann.headers, reads=False),
    ):
        await changed(ann, application, 1)
        with anyio.fail_after(5):
            while await open_streams(app, ann) == 0:
                await anyio.sleep(0.05)


async def test_who_falls_behind_keeps_little_waiting_and_misses_nothing(
    app: Litestar, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "ROOM", 20)
    application = await ann.application()
    async with streaming(app, ann.headers, reads=False) as stream:
        await changed(ann, application, 100)
        (seat,) = app.state.feed._seats
        assert len(seat._waiting) <= 20
        stream.reads = True
        await stream.has(100)
        await changed(ann, application, 5)
        events = await stream.has(105)
    assert [event.data["version"] for event in events] == list(range(2, 107))


async def test_while_hints_do_not_arrive_events_are_looked_for(
    app: Litestar, ann: Person, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "POLL_WHILE_DEAF", 0.05)
    async with streaming(app, ann.headers) as stream:
        store.cut_line()
        app.state.feed.poke()  # who waits for a hint does so for 5 seconds
        await ann.application()
        await stream.has(1)


async def test_a_store_that_is_down_costs_a_live_stream_no_event(
    app: Litestar, ann: Person, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "POLL_WHILE_DEAF", 0.05)
    async with streaming(app, ann.headers) as stream:
        await ann.application()
        await stream.has(1)
        store.reachable = False
        app.state.feed.poke()
        await anyio.sleep(0.1)
        store.reachable = True
        await ann.application()
        await stream.has(2)


async def test_when_the_house_closes_streams_end_and_none_is_opened(app: Litestar, ann: Person) -> None:
    async with streaming(app, ann.headers) as stream:
        app.state.feed.close()
        await stream.ends()
    answer = await ann.get(EVENTS)
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)


async def test_readers_who_come_and_go_while_much_happens_miss_nothing(app: Litestar, nobody: Person) -> None:
    people = [await newcomer(nobody, f"p{number}@example.com", "P") for number in range(4)]
    applications = [await person.application() for person in people]
    readers: list[Reader] = []

    async def watch(person: Person, after: str) -> None:
        async with streaming(app, person.headers | {"Last-Event-ID": after}) as stream:
            readers.append(stream)
            await stream.has(51)

    async with anyio.create_task_group() as tasks:
        for person, application in zip(people, applications, strict=True):
            tasks.start_soon(changed, person, application, 50)
            for _ in range(3):
                tasks.start_soon(watch, person, "0")
                await anyio.sleep(0.01)
    for reader in readers:
        assert [event.data["version"] for event in reader.events] == list(range(1, 52))


async def open_streams(app: Litestar, person: Person) -> int:
    """How many streams a person can open now."""
    opened = 0
    async with anyio.create_task_group() as tasks:
        for _ in range(feed.STREAMS):
            reader = Reader()
            encoded = [(name.lower().encode(), value.encode()) for name, value in person.headers.items()]
            scope = {"type": "http", "method": "GET", "path": EVENTS, "query_string": b"", "headers": encoded}
            tasks.start_soon(lambda scope=scope, reader=reader: app(scope, reader.receive, reader.send))  # type: ignore[misc]
            await reader.begins()
            opened += reader.status == 200
        tasks.cancel_scope.cancel()
    return opened
