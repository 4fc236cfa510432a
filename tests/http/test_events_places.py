"""The places from which live changes are told: how many, until when, and what waits at each."""

from collections.abc import AsyncIterator
from datetime import timedelta

import anyio
import pytest
from litestar import Litestar

from jatify_adapters.memory import MemoryStore, MovableClock
from jatify_core.ports import Ports
from jatify_core.user import Caller
from jatify_http import feed, streams
from tests.http.people import Person, client_over, newcomer
from tests.http.streaming import Reader, changed, open_streams, streaming

EVENTS = "/api/events"


@pytest.fixture
async def nobody(app: Litestar) -> AsyncIterator[Person]:
    async with client_over(app) as client:
        yield Person(client)


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
