"""The server under attack: hundreds of slow and endless senders, and many documents at once, on a real process."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio
import httpx
import pytest

from jatify_http.samples import sample_resume
from tests.http.listening import heard
from tests.running import PASSWORD, Process, serving

pytestmark = pytest.mark.hard

EACH = 64
HEAD = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"
LOGIN = b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Process, httpx.Client]]:
    folder = tmp_path_factory.mktemp("hard")
    with serving(folder, "--no-worker", JATIFY_DATA_DIR=str(folder / "data")) as (process, client):
        yield process, client


async def test_slow_and_endless_senders_are_cut_and_nobody_else_waits(
    running: tuple[Process, httpx.Client],
) -> None:
    process, client = running
    port, pid = client.base_url.port or 0, process.process.pid
    before, files = _rss(pid), _files(pid)
    said: dict[str, list[str]] = {"head": [], "body": [], "chunks": []}
    seconds: list[float] = []
    async with (
        httpx.AsyncClient(base_url=client.base_url, trust_env=False, timeout=30) as friend,
        anyio.create_task_group() as watching,
    ):
        watching.start_soon(_ask, friend, seconds)
        async with anyio.create_task_group() as attack:
            for _ in range(EACH):
                attack.start_soon(_attack, port, said["head"], HEAD, lambda: (b"A: b\r\n", 1.0))
                length = LOGIN + b"Content-Length: 4000\r\n\r\n"
                attack.start_soon(_attack, port, said["body"], length, lambda: (b" ", 1.0))
                chunked = LOGIN + b"Transfer-Encoding: chunked\r\n\r\n"
                attack.start_soon(_attack, port, said["chunks"], chunked, lambda: (b"400\r\n%1024d\r\n" % 0, 0.001))
        watching.cancel_scope.cancel()
    assert {answer[:13] for answer in said["head"]} == {"HTTP/1.1 408 "}
    assert {answer[:13] for answer in said["body"]} == {"HTTP/1.1 408 "}
    assert {answer[:13] for answer in said["chunks"]} == {"HTTP/1.1 413 "}
    assert len(seconds) > 100
    assert sorted(seconds)[int(0.99 * len(seconds))] < 0.1  # the ceiling under a flood
    assert _rss(pid) - before < 50 * MEBIBYTE
    assert _files(pid) - files <= 2


async def test_many_documents_at_once_are_read_or_told_to_come_back(
    running: tuple[Process, httpx.Client],
) -> None:
    base = running[1].base_url
    answers: list[tuple[int, float]] = []

    async def upload(client: httpx.AsyncClient) -> None:
        began = time.monotonic()
        answer = await client.post("/api/resumes", files={"file": ("a.pdf", sample_resume())})
        answers.append((answer.status_code, time.monotonic() - began))

    async with httpx.AsyncClient(base_url=base, trust_env=False) as nobody:
        clients = [await _seeker(nobody, f"seeker{n}@example.com") for n in range(4)]
    async with anyio.create_task_group() as tasks:
        for client in clients * 15:
            tasks.start_soon(upload, client)
    statuses = [status for status, _ in answers]
    assert set(statuses) == {201, 503}
    assert max(taken for status, taken in answers if status == 503) < 2
    assert (await clients[0].get("/api/resumes")).is_success
    with anyio.fail_after(10):
        while (await clients[0].post("/api/resumes", files={"file": ("b.pdf", sample_resume())})).status_code != 201:
            await anyio.sleep(0.2)
    for client in clients:
        await client.aclose()


async def _attack(port: int, said: list[str], opening: bytes, next_: Callable[[], tuple[bytes, float]]) -> None:
    """Send something, then more for ever; note what the server says before it hangs up."""

    async def go_on() -> None:
        try:
            while True:
                piece, gap = next_()
                await stream.send(piece)
                await anyio.sleep(gap)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            return

    async with await anyio.connect_tcp("127.0.0.1", port) as stream, anyio.create_task_group() as tasks:
        await stream.send(opening)
        tasks.start_soon(go_on)
        with anyio.fail_after(45):
            said.append(await heard(stream))
        tasks.cancel_scope.cancel()


async def _ask(client: httpx.AsyncClient, seconds: list[float]) -> None:
    while True:
        began = time.monotonic()
        assert (await client.get("/health/live")).is_success
        seconds.append(time.monotonic() - began)
        await anyio.sleep(0.05)


async def _seeker(nobody: httpx.AsyncClient, email: str) -> httpx.AsyncClient:
    account = {"email": email, "password": PASSWORD}
    (await nobody.post("/api/auth/register", json=account | {"name": "Ann"})).raise_for_status()
    token = (await nobody.post("/api/auth/login", json=account)).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=nobody.base_url, headers=headers, trust_env=False, timeout=60)


def _rss(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def _files(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
