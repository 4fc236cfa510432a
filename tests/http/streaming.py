"""Readers of event streams: one inside this process, whose pace a test decides, and one over a real socket."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import anyio
import httpx
from litestar import Litestar
from msgspec import Struct

from jatify_http import feed
from tests.http.people import Person

SOON = 5.0


class Told(Struct, frozen=True):
    """One event as it arrives."""

    id: int
    kind: str
    data: dict[str, Any]


def parsed(text: str) -> list[Told]:
    """The events in a piece of a stream that ends with a whole block."""
    events = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            events.append(Told(int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return events


class Reader:
    """An open stream, as the server's protocol sees its reader."""

    def __init__(self) -> None:
        self.status = 0
        self.headers = httpx.Headers()
        self.text = ""
        self.ended = False
        self.reads = True
        self._gone = anyio.Event()
        self._asked = False
        self._stirred = anyio.Event()

    async def receive(self) -> Any:
        if self._asked:
            await self._gone.wait()
            return {"type": "http.disconnect"}
        self._asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], httpx.Headers(message["headers"])
        else:
            while not self.reads:
                await anyio.sleep(0.01)
            self.text += message.get("body", b"").decode()
            self.ended = not message.get("more_body", False)
        self._stirred.set()
        self._stirred = anyio.Event()

    def hang_up(self) -> None:
        self._gone.set()

    @property
    def events(self) -> list[Told]:
        return parsed(self.text)

    async def has(self, events: int) -> list[Told]:
        """The events, once there are so many."""
        with anyio.fail_after(SOON):
            while len(self.events) < events:
                await self._stirred.wait()
        return self.events

    async def ends(self) -> None:
        with anyio.fail_after(SOON):
            while not self.ended:
                await self._stirred.wait()

    async def begins(self) -> None:
        with anyio.fail_after(SOON):
            while not self.text and not self.ended:
                await self._stirred.wait()


@asynccontextmanager
async def streaming(app: Litestar, headers: dict[str, str], *, reads: bool = True) -> AsyncIterator[Reader]:
    """`GET /api/events`, until the block ends; its answer has begun."""
    reader = Reader()
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": "/api/events", "query_string": b"", "headers": encoded}
    async with anyio.create_task_group() as tasks:

        async def answer() -> None:
            await app(cast("Any", scope), reader.receive, reader.send)

        tasks.start_soon(answer)
        await reader.begins()
        reader.reads = reads
        yield reader
        reader.reads = True
        reader.hang_up()


async def read_some(url: str, headers: dict[str, str], last: int | None, enough: int) -> list[Told]:
    """Read at least *enough* events over a connection of one's own, and cut it in the middle of whatever comes next."""
    asked = headers if last is None else headers | {"Last-Event-ID": str(last)}
    text = ""
    async with (
        httpx.AsyncClient(trust_env=False, timeout=30) as client,
        client.stream("GET", f"{url}/api/events", headers=asked) as answer,
    ):
        assert answer.status_code == 200
        async for piece in answer.aiter_text():
            text += piece
            whole = text[: text.rfind("\n\n") + 2]
            if len(events := parsed(whole)) >= enough:
                return events
    return parsed(text[: text.rfind("\n\n") + 2])


def kinds(events: list[Told]) -> list[tuple[str, Any]]:
    return [(event.kind, event.data.get("state", event.data.get("version"))) for event in events]


async def changed(person: Person, application: dict[str, Any], times: int) -> None:
    for _ in range(times):
        await person.patch(f"/api/applications/{application['id']}", json={"notes": "again"})


async def open_streams(app: Litestar, person: Person) -> int:
    """How many streams a person can open now."""
    opened = 0
    async with anyio.create_task_group() as tasks:
        for _ in range(feed.STREAMS):
            reader = Reader()
            encoded = [(name.lower().encode(), value.encode()) for name, value in person.headers.items()]
            scope = {"type": "http", "method": "GET", "path": "/api/events", "query_string": b"", "headers": encoded}
            tasks.start_soon(lambda scope=scope, reader=reader: app(scope, reader.receive, reader.send))  # type: ignore[misc]
            await reader.begins()
            opened += reader.status == 200
        tasks.cancel_scope.cancel()
    return opened
