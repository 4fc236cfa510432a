"""Overload: documents are read a few at a time, a few wait, and everybody else is told so at once."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
import httpx
import pytest
from msgspec.structs import replace

from jatify_adapters.extraction import DocumentExtractor
from jatify_core.ports import Ports
from jatify_http.app import create_app
from jatify_http.uploads import Room
from tests.http.listening import listening
from tests.http.people import RESUME, Person, newcomer

pytestmark = pytest.mark.alone

SLOW = 'import sys, time; sys.stdin.buffer.read(); time.sleep({}); print(\'{{"code": "no_text"}}\')'


def slow_reader(seconds: float, *, queue: int, patience: float = 1.5) -> DocumentExtractor:
    """A real extractor with one child at a time, which takes so long."""
    extractor = DocumentExtractor(max_children=1, patience=patience, queue=queue)
    extractor._command = [*extractor._command[:4], SLOW.format(seconds)]
    return extractor


@asynccontextmanager
async def uploading(ports: Ports, extractor: DocumentExtractor) -> AsyncIterator[Callable[[], httpx.AsyncClient]]:
    """Clients of somebody who is logged in at a real server that reads documents so."""
    async with listening(create_app(replace(ports, extractor=extractor))) as port:
        base = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=base, trust_env=False) as nobody:
            ann = await newcomer(Person(nobody), "ann@example.com", "Ann")
        yield lambda: httpx.AsyncClient(base_url=base, headers=ann.headers, trust_env=False, timeout=30)


async def _uploaded(client: httpx.AsyncClient) -> tuple[httpx.Response, float]:
    began = time.monotonic()
    answer = await client.post("/api/resumes", files={"file": ("ann.txt", RESUME, "text/plain")})
    return answer, time.monotonic() - began


async def test_beyond_the_queue_an_upload_is_told_to_come_back_within_two_seconds(ports: Ports) -> None:
    answers: list[tuple[httpx.Response, float]] = []

    async def upload(client: httpx.AsyncClient) -> None:
        answers.append(await _uploaded(client))

    async with (
        uploading(ports, slow_reader(3, queue=4)) as new_client,
        new_client() as client,
        anyio.create_task_group() as tasks,
    ):
        for _ in range(20):
            tasks.start_soon(upload, client)
        await anyio.sleep(0.5)
        began = time.monotonic()
        assert (await client.get("/health/live")).is_success
        assert time.monotonic() - began < 1
    statuses = sorted(answer.status_code for answer, _ in answers)
    assert statuses == [422] + [503] * 19  # one is read, which finds nothing in it
    for answer, seconds in answers:
        if answer.status_code == 503:
            assert seconds < 2
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["type"] == "/problems/unavailable"


async def test_who_hangs_up_takes_his_reader_with_him(ports: Ports) -> None:
    slow = slow_reader(60, queue=1)
    async with uploading(ports, slow) as new_client, new_client() as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_uploaded, client)
            await _until(lambda: slow._turns.value == 0)
            tasks.cancel_scope.cancel()
        await _until(lambda: slow._turns.value == 1)


async def test_who_hangs_up_while_he_waits_leaves_the_queue(ports: Ports) -> None:
    slow = slow_reader(60, queue=1, patience=60)
    async with uploading(ports, slow) as new_client, new_client() as first, anyio.create_task_group() as tasks:
        tasks.start_soon(_uploaded, first)
        await _until(lambda: slow._turns.value == 0)
        async with new_client() as second, anyio.create_task_group() as waiting:
            waiting.start_soon(_uploaded, second)
            await _until(lambda: slow._turns.statistics().tasks_waiting == 1)
            waiting.cancel_scope.cancel()
        await _until(lambda: slow._turns.statistics().tasks_waiting == 0)
        tasks.cancel_scope.cancel()


async def _until(true: Callable[[], bool]) -> None:
    with anyio.fail_after(10):
        while not true():
            await anyio.sleep(0.02)


async def test_who_hangs_up_is_waited_for_no_longer(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    """`Prefer: wait` looks at an analysis again and again, but not for somebody who has left."""
    looks: list[object] = []
    async with uploading(ports, DocumentExtractor()) as new_client, new_client() as client:
        resume = (await _uploaded(client))[0].json()
        analysis = (await client.post(f"/api/resumes/{resume['id']}/analyze", json={})).json()
        with anyio.move_on_after(0.5):
            await client.get(f"/api/analyses/{analysis['id']}", headers={"Prefer": "wait=30"})
        await anyio.sleep(0.2)
        with monkeypatch.context() as patch:
            patch.setattr(ports.store, "transaction", looks.append)
            await anyio.sleep(1.2)
        assert not looks


async def test_uploads_under_way_are_bounded_in_all_and_for_each_user(ports: Ports) -> None:
    """Each is whole in memory: a thousand slow senders of five megabytes would be five gigabytes."""
    app = create_app(ports)
    app.state.uploads = Room(in_all=3, of_one=2)

    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        await anyio.sleep_forever()

    async def upload(who: Person) -> None:
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        await who.post("/api/resumes", content=endless(), headers=headers)

    async with (
        listening(app) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client,
    ):
        ann, bob, cat = [await newcomer(Person(client), f"{n}@example.com", n) for n in ("ann", "bob", "cat")]
        async with anyio.create_task_group() as slow:
            for who, refused in ((ann, ()), (ann, (ann,)), (bob, (ann, bob, cat))):
                slow.start_soon(upload, who)
                await anyio.sleep(0.3)
                for other in refused:
                    answer = await other.post("/api/resumes", files={"file": ("a.txt", RESUME)})
                    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
            slow.cancel_scope.cancel()
        await _until(lambda: not app.state.uploads._under_way)
        assert (await cat.post("/api/resumes", files={"file": ("a.txt", RESUME)})).status_code == 201
