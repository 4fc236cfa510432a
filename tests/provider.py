"""A model provider that misbehaves on demand: a real HTTP server on loopback, for tests and as a program.

It serves chat completions, `/key` and `/models` under any prefix. Without a script each question gets a valid answer
made of its own words. `POST /_script` (a JSON list of behaviours) says what happens next, `GET /_requests` tells what
arrived, `DELETE /_requests` forgets it, `GET /_most_at_once` tells how many of them were open at the same time.

    python tests/provider.py --port 8081 --script '[{"status": 429, "headers": {"retry-after": "2"}}]'
"""

import argparse
import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

MODEL: Final = "test/model-that-answered"
SCORE: Final = 70
BEGINS: Final = "begins]]\n"


class Behaviour(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens to a request. Without `body`, `json` or `raw` it is answered well, some members changed."""

    status: int = 200
    headers: dict[str, str] = {}
    body: str | None = None
    json: Any = None
    raw: str | None = None
    """Sent in the place of everything, status line included."""
    content: str | None = None
    """The words of the model, in the place of a valid answer."""
    around: tuple[str, str] = ("", "")
    """What the model says before and after its answer."""
    proposal: dict[str, Any] = {}
    choice: dict[str, Any] = {}
    envelope: dict[str, Any] = {}
    delay: float = 0.0
    cut: int | None = None
    """Hang up after so many bytes of the body."""
    hang: bool = False
    """Never answer."""
    silent: bool = False
    """Say nothing more after `cut` bytes of the body, and do not hang up either."""
    endless: bool = False
    """Answer well, and go on with blanks for ever."""
    pace: float = 0.0
    """Seconds between the blanks of an endless answer, which are then sent one by one."""
    times: int | None = 1
    """For how many requests in a row; null: for all that come."""


class Arrived(msgspec.Struct, frozen=True):
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: str

    @property
    def asked(self) -> Any:
        return json.loads(self.body)


class Provider:
    """The server's memory: what it was told to do, and what it was asked."""

    def __init__(self, script: Iterable[Behaviour] = (), models: Sequence[str] = (MODEL,)) -> None:
        self.url = ""
        self.requests: list[Arrived] = []
        self.hanging = asyncio.Event()
        """Set once a request hangs."""
        self.hung_up = asyncio.Event()
        """Set once the client of such a request left."""
        self.connections = 0
        """How many were made."""
        self.most_at_once = 0
        self._open = 0
        self._script = list(script)
        self._models = models

    def script(self, *behaviours: Behaviour) -> None:
        """Let these happen next, in the place of what was still to happen."""
        self._script = list(behaviours)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's requests until either side has enough."""
        self.connections += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while (arrived := await _read(reader)) and await self._answer(arrived, reader, writer):
                    pass
        finally:
            writer.close()

    async def _answer(self, arrived: Arrived, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if arrived.path.startswith("/_"):
            return await _send(writer, Behaviour(body=self._control(arrived)))
        self.requests.append(arrived)
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        try:
            return await self._behave(self._next(), arrived, reader, writer)
        finally:
            self._open -= 1

    async def _behave(
        self, behaviour: Behaviour, arrived: Arrived, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        if behaviour.hang:
            self.hanging.set()
            return await self._until_hung_up(reader)
        await asyncio.sleep(behaviour.delay)
        if behaviour.body is None and behaviour.json is None:
            behaviour = msgspec.structs.replace(behaviour, json=self._good_answer(arrived, behaviour))
        goes_on = await _send(writer, behaviour)
        return await self._until_hung_up(reader) if behaviour.silent else goes_on

    async def _until_hung_up(self, reader: asyncio.StreamReader) -> bool:
        await reader.read()
        self.hung_up.set()
        return False

    def _next(self) -> Behaviour:
        if not self._script:
            return Behaviour()
        first = self._script.pop(0)
        if first.times is None or first.times > 1:
            left = None if first.times is None else first.times - 1
            self._script.insert(0, msgspec.structs.replace(first, times=left))
        return first

    def _control(self, arrived: Arrived) -> str:
        match arrived.method, arrived.path:
            case "POST", "/_script":
                self.script(*msgspec.json.decode(arrived.body, type=list[Behaviour]))
            case "DELETE", "/_requests":
                self.requests.clear()
            case "GET", "/_requests":
                return msgspec.json.encode(self.requests).decode()
            case "GET", "/_most_at_once":
                return str(self.most_at_once)
            case _:
                return '{"error": "unknown control"}'
        return "{}"

    def _good_answer(self, arrived: Arrived, behaviour: Behaviour) -> Any:
        if arrived.path.endswith("/models"):
            return {"data": [{"id": model} for model in self._models]}
        if arrived.path.endswith("/key"):
            return {"data": {"label": "test", "limit": None, "limit_remaining": None, "usage": 0}}
        return completion(arrived.asked, behaviour)


def completion(asked: dict[str, Any], behaviour: Behaviour) -> dict[str, Any]:
    """A chat completion whose quotes are real words of the texts that were sent."""
    said = behaviour.content
    if said is None:
        before, after = behaviour.around
        said = before + json.dumps(proposal(asked) | behaviour.proposal) + after
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
    answer = {
        "id": "gen-1",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": MODEL,
        "system_fingerprint": None,
        "choices": [choice | behaviour.choice],
        "usage": {"prompt_tokens": 1200, "completion_tokens": 345, "total_tokens": 1545, "cost": 0.00123},
    }
    return answer | behaviour.envelope


def proposal(asked: dict[str, Any]) -> dict[str, Any]:
    """A good answer to what was asked: its nonce, its aspects, its words."""
    told = "\n".join(m["content"] for m in asked["messages"])
    form = json.dumps(asked.get("response_format"), separators=(",", ":")) + told
    nonce = re.search(r"(?i)nonce[^\n:]*:\s*([0-9a-f]{8,})", told)
    aspects = re.search(r'"key":{"type":"string","enum":(\[[^\]]*\])', form)
    keys = json.loads(aspects[1]) if aspects else []
    quotes = [{"source": "resume", "text": words} for words in _words_of(told, "resume")]
    asked_for = [{"source": "listing", "text": words} for words in _words_of(told, "listing")]
    return {
        "nonce": nonce[1] if nonce else "",
        "sub_scores": [{"key": k, "score": SCORE, "explanation": "It shows.", "evidence": quotes} for k in keys],
        "matched_skills": [{"name": "Python", "importance": "mentioned", "evidence": quotes}],
        "missing_skills": [{"name": "Juggling", "importance": "preferred", "evidence": asked_for}] if asked_for else [],
        "strengths": [{"text": "You say what you did.", "evidence": quotes}],
        "gaps": [{"text": "You name no numbers.", "evidence": []}],
        "suggestions": [{"priority": "high", "text": "Add numbers to your results.", "section": "Experience"}],
        "summary": "You are well on the way.",
        "language": "en",
    }


def _words_of(told: str, source: str) -> list[str]:
    """Up to four words in a row of the first line of a text that has two, as a list of one quote or none."""
    block = told.partition(f" {source} {BEGINS}")[2].partition("\n[[")[0]
    line = next((line for line in block.splitlines() if len(line.split()) > 1 and "[" not in line), "")
    return [" ".join(line.split()[:4])] if line else []


async def _read(reader: asyncio.StreamReader) -> Arrived | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, target, _ = head[0].split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Arrived(method, urlsplit(target).path, headers, body.decode())


async def _send(writer: asyncio.StreamWriter, behaviour: Behaviour) -> bool:
    """Write the answer; whether the connection may go on."""
    if behaviour.raw is not None:
        writer.write(behaviour.raw.encode())
        await writer.drain()
        return False
    body = (json.dumps(behaviour.json) if behaviour.body is None else behaviour.body).encode()
    length = {} if behaviour.endless else {"content-length": str(len(body))}
    headers = {"content-type": "application/json", **length, **behaviour.headers}
    lines = [f"HTTP/1.1 {behaviour.status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    writer.write(body[: behaviour.cut])
    await writer.drain()
    while behaviour.endless:
        writer.write(b" " if behaviour.pace else b" " * 65_536)
        await writer.drain()
        await asyncio.sleep(behaviour.pace)
    return behaviour.cut is None


@asynccontextmanager
async def open_provider(
    *script: Behaviour, host: str = "127.0.0.1", port: int = 0, models: Sequence[str] = (MODEL,)
) -> AsyncIterator[Provider]:
    """A provider that listens while the block runs; `url` is its base URL."""
    provider = Provider(script, models)
    connections: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(provider.serve(reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    server = await asyncio.start_server(accept, host, port, backlog=1024, limit=2**22)
    provider.url = f"http://{host}:{server.sockets[0].getsockname()[1]}/api/v1"
    try:
        yield provider
    finally:
        server.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await server.wait_closed()


async def _run(port: int, script: Sequence[Behaviour]) -> None:
    async with open_provider(*script, port=port) as provider:
        sys.stdout.write(f"{provider.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted; the first line of output is the base URL."""
    parser = argparse.ArgumentParser(description="A model provider that misbehaves on demand, on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--script", default="[]", help="a JSON list of behaviours")
    given = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(given.port, msgspec.json.decode(given.script, type=list[Behaviour])))


if __name__ == "__main__":
    main()
