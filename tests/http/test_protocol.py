"""Connections by hand: what no client library sends, and what the server says to it."""

import json
import re
import time
from collections.abc import AsyncIterator

import anyio
import pytest

from jatify_adapters.memory import memory_ports
from jatify_http.app import create_app
from jatify_http.protocol import Limits
from tests.http.listening import CLOSE, heard, listening, said

SHORT = Limits(connections=20, head_seconds=0.3, linger_seconds=0.3, drain_seconds=0.3)
HEAD = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"
LOGIN = b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKED = LOGIN + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
async def port() -> AsyncIterator[int]:
    async with listening(create_app(memory_ports()), SHORT) as port:
        yield port


@pytest.mark.parametrize(
    ("request_", "status", "slug"),
    [
        (b"NONSENSE\r\n\r\n", 400, "malformed"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "malformed"),  # no Host
        (HEAD + b"Host: y\r\n\r\n", 400, "malformed"),
        (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", 400, "malformed"),
        (b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "malformed"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "malformed"),
        (LOGIN + b"Content-Length: -1\r\n\r\n", 400, "malformed"),
        (LOGIN + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "malformed"),
        (CHUNKED + b"zz\r\n", 400, "malformed"),
        (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "address-too-long"),
        (b"GET /api/jobs?q=" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "address-too-long"),
        (HEAD + b"A: " + b"a" * 20_000 + b"\r\n\r\n", 431, "head-too-large"),
        (HEAD + b"".join(b"A%d: b\r\n" % n for n in range(101)) + b"\r\n", 431, "head-too-large"),
        (CHUNKED + b"0\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431, "head-too-large"),
    ],
)
async def test_what_the_server_itself_refuses_is_a_problem_with_all_its_headers(
    port: int, request_: bytes, status: int, slug: str
) -> None:
    head, _, body = (await said(port, request_)).partition("\r\n\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:])
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert headers["content-type"] == "application/problem+json"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["connection"] == "close"
    problem = json.loads(body)
    assert (problem["status"], problem["type"]) == (status, f"/problems/{slug}")
    assert problem["instance"] == headers["x-request-id"]
    assert not [word for word in ("Traceback", "uvicorn", "httptools", "src/") if word in body]


async def test_who_sends_his_head_slowly_is_cut(port: int) -> None:
    began = time.monotonic()
    async with await anyio.connect_tcp("127.0.0.1", port) as stream:

        async def drip() -> None:
            for byte in HEAD * 10:
                await stream.send(bytes([byte]))
                await anyio.sleep(0.02)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(drip)
            with anyio.fail_after(5):
                answer = await heard(stream)
            tasks.cancel_scope.cancel()
    assert answer.startswith("HTTP/1.1 408 ")
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("said_", [b"", b"\r\n\r\n"])
async def test_who_says_nothing_is_left(port: int, said_: bytes) -> None:
    assert await said(port, said_, within=5) == ""


async def test_a_second_request_on_a_connection_may_not_be_slow_either(port: int) -> None:
    answer = await said(port, HEAD + b"\r\n", b"GET /hea", within=5)
    assert answer.startswith("HTTP/1.1 200 ")
    assert "HTTP/1.1 408 " in answer


async def test_an_endless_header_is_cut_before_it_ends(port: int) -> None:
    answer = await said(port, HEAD + b"A: ", *[b"a" * 10_000] * 100)
    assert answer.startswith("HTTP/1.1 431 ")


async def test_an_endless_body_is_cut_at_the_limit(port: int) -> None:
    answer = await said(port, CHUNKED, *[b"400\r\n" + b"a" * 1_024 + b"\r\n"] * 5_000)
    assert answer.startswith("HTTP/1.1 413 ")
    assert answer.count("HTTP/1.1") == 1


async def test_a_body_that_nobody_asked_for_is_not_read_for_good(port: int) -> None:
    endless = HEAD + b"Content-Length: 1000000000\r\n\r\n"
    answer = await said(port, endless, *[b"a" * 10_000] * 200)
    assert answer.startswith("HTTP/1.1 200 ")


async def test_a_body_that_comes_whole_keeps_its_connection(port: int) -> None:
    login = LOGIN + b"Content-Length: 2\r\n\r\n{}"
    answer = await said(port, login, HEAD + CLOSE + b"\r\n")
    assert re.findall(r"HTTP/1.1 (\d+)", answer) == ["422", "200"]


async def test_requests_may_come_all_at_once(port: int) -> None:
    answer = await said(port, (HEAD + b"\r\n") * 5 + HEAD + CLOSE + b"\r\n")
    assert answer.count("HTTP/1.1 200 OK") == 6


async def test_beyond_its_connections_the_server_says_so_and_recovers(port: int) -> None:
    async with anyio.create_task_group() as tasks:
        streams = [await anyio.connect_tcp("127.0.0.1", port) for _ in range(20)]
        for stream in streams:
            await stream.send(HEAD)
        refused = await said(port, HEAD + CLOSE + b"\r\n", within=5)
        for stream in streams:
            await stream.aclose()
        tasks.cancel_scope.cancel()
    head, _, body = refused.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 503 ")
    assert "retry-after: 2" in head.lower()
    assert json.loads(body)["type"] == "/problems/unavailable"
    with anyio.fail_after(5):
        while not (await said(port, HEAD + CLOSE + b"\r\n")).startswith("HTTP/1.1 200 "):
            await anyio.sleep(0.05)


async def test_who_takes_nothing_of_his_answer_is_cut() -> None:
    app = create_app(memory_ports())
    async with listening(app, SHORT) as port, await anyio.connect_tcp("127.0.0.1", port) as stream:
        asking = b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n"
        await stream.send(asking * 20)  # some 30 MB, more than all buffers on the way hold
        await anyio.sleep(1.5)
        with anyio.fail_after(5):
            received = await heard(stream)
    assert received.startswith("HTTP/1.1 200 ")
    assert received.count("HTTP/1.1 200 ") < 20
