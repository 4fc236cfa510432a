"""Live changes over real sockets, from real processes that share a database."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
import psycopg
import pytest

from jatify_adapters.postgres.embedded import embedded_postgres
from jatify_http.samples import RESUME_FILENAME, sample_resume
from tests.http.streaming import Told, parsed, read_some
from tests.running import Process, logged_in, serving

Server = tuple[Process, httpx.Client]
Clients = tuple[httpx.Client, httpx.Client]
Join = Callable[[str], Clients]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("events")


@pytest.fixture(scope="module")
def servers(folder: Path) -> Iterator[tuple[Server, Server]]:
    """Two processes over one database: one works beside its API, the other does not."""
    data = str(folder / "data")
    with ExitStack() as stack:
        first = stack.enter_context(serving(folder, name="first", JATIFY_DATA_DIR=data))
        second = stack.enter_context(serving(folder, "--no-worker", name="second", JATIFY_DATA_DIR=data))
        yield first, second


def headers_of(client: httpx.Client) -> dict[str, str]:
    return {"Authorization": client.headers["Authorization"]}


@pytest.fixture
def newcomer(servers: tuple[Server, Server]) -> Iterator[Join]:
    """Somebody with an account, and a client of each process."""
    with ExitStack() as stack:

        def join(email: str) -> Clients:
            here, there = (
                stack.enter_context(httpx.Client(base_url=client.base_url, trust_env=False, timeout=60))
                for _, client in servers
            )
            logged_in(here, email)
            there.headers["Authorization"] = here.headers["Authorization"]
            return here, there

        yield join


def first_events(client: httpx.Client, enough: int, act: Any) -> list[Told]:
    """The first events of a stream, while which *act* is done."""
    text = ""
    with client.stream("GET", "/api/events", timeout=30) as answer:
        assert answer.status_code == 200, answer.read()
        pieces = answer.iter_text()
        text += next(pieces)
        act()
        while len(parsed(text)) < enough or not text.endswith("\n\n"):
            text += next(pieces)
    return parsed(text)


def test_an_analysis_is_seen_queued_running_and_succeeded_from_either_process(newcomer: Join) -> None:
    for watched, asked in ((0, 1), (1, 0)):
        clients = newcomer(f"watcher{watched}@example.com")
        uploaded = clients[asked].post("/api/resumes", files={"file": (RESUME_FILENAME, sample_resume())})
        analyze = clients[asked].build_request("POST", f"/api/resumes/{uploaded.json()['id']}/analyze", json={})
        events = first_events(clients[watched], 3, partial(clients[asked].send, analyze))
        assert [(e.kind, e.data["state"]) for e in events] == [
            ("analysis.updated", state) for state in ("queued", "running", "succeeded")
        ]


def test_a_logout_ends_the_streams_of_its_session_in_every_process(newcomer: Join) -> None:
    here, there = newcomer("leaver@example.com")
    with here.stream("GET", "/api/events") as first, there.stream("GET", "/api/events") as second:
        pieces = [first.iter_text(), second.iter_text()]
        assert [next(piece) for piece in pieces] == [": connected\n\n"] * 2
        began = time.monotonic()
        with httpx.Client(base_url=here.base_url, trust_env=False, headers=headers_of(here)) as leaving:
            assert leaving.post("/api/auth/logout").status_code == 204
        assert [list(piece) for piece in pieces] == [[], []]
        assert time.monotonic() - began < 10  # a ping comes only each 15 seconds


def test_no_stream_has_a_connection_to_the_database_of_its_own(newcomer: Join, folder: Path) -> None:
    people = [newcomer(f"many{number}@example.com") for number in range(4)]
    with ExitStack() as stack:

        def open_one(client: httpx.Client) -> None:
            own = stack.enter_context(httpx.Client(base_url=client.base_url, trust_env=False, timeout=60))
            answer = stack.enter_context(own.stream("GET", "/api/events", headers=headers_of(client)))
            assert next(answer.iter_text()) == ": connected\n\n"

        for here, there in people:
            for _ in range(3):
                open_one(here)
                open_one(there)
        lines = listeners(folder)
    assert lines == 2  # one a process, which in the first is the worker's own


def listeners(folder: Path) -> int:
    """How many connections listen for anything: what each has said last is that, or that it lives."""
    with embedded_postgres(folder / "data") as conninfo, psycopg.connect(conninfo) as link:
        row = link.execute(
            """
            select count(*) from pg_stat_activity
             where query in ('listen jatify_queue', 'listen jatify_events', 'select 1') and pid <> pg_backend_pid()
            """
        ).fetchone()
    assert row
    return int(row[0])


def test_a_server_with_open_streams_leaves_at_once(folder: Path) -> None:
    with serving(folder, "--no-worker", name="leaving", JATIFY_DATA_DIR=str(folder / "data")) as (process, client):
        logged_in(client, "late@example.com")
        with client.stream("GET", "/api/events") as answer:
            pieces = answer.iter_text()
            next(pieces)
            began = time.monotonic()
            os.kill(process.process.pid, signal.SIGTERM)
            assert list(pieces) == []
            process.process.wait(timeout=20)
        assert time.monotonic() - began < 5  # the drain would take 25


@pytest.mark.hard
def test_a_reader_who_does_not_read_is_cut_off_with_little_kept_for_him(folder: Path) -> None:
    data = folder / "data"
    with serving(folder, "--no-worker", name="patient", JATIFY_DATA_DIR=str(data)) as (process, client):
        user_id = logged_in(client, "sleeper@example.com")["user"]["id"]
        before = memory_of(process)
        with asleep(client), embedded_postgres(data) as conninfo, psycopg.connect(conninfo, autocommit=True) as link:
            for _ in range(10):
                link.execute(
                    """
                    insert into event_new (user_id, kind, subject, version)
                    select %s, 'application.updated', gen_random_uuid(), 1 from generate_series(1, 10000)
                    """,
                    [user_id],
                )
                link.execute("notify jatify_events")
            end = time.monotonic() + 60
            while "does not read" not in process.log:
                assert time.monotonic() < end
                assert client.get("/health/live").is_success
                time.sleep(0.2)
            assert memory_of(process) - before < 30 * 1024 * 1024
            began = time.monotonic()
            process.stop()
            assert time.monotonic() - began < 10


@contextmanager
def asleep(client: httpx.Client) -> Iterator[None]:
    """Somebody who asks for a stream and never reads it."""
    with socket.socket() as sleeper:
        sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        sleeper.connect((client.base_url.host, client.base_url.port))
        request = f"GET /api/events HTTP/1.1\r\nHost: x\r\nAuthorization: {client.headers['Authorization']}\r\n\r\n"
        sleeper.sendall(request.encode())
        yield


def memory_of(process: Process) -> int:
    """Bytes of memory that the server itself holds, without its children."""
    status = Path(f"/proc/{process.process.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))


@pytest.mark.parametrize(
    ("events", "cuts"), [(200, 5), pytest.param(1_000, 20, marks=pytest.mark.hard)], ids=["quick", "whole"]
)
async def test_a_stream_that_is_cut_again_and_again_misses_no_event_and_tells_none_twice(
    newcomer: Join, events: int, cuts: int
) -> None:
    clients = newcomer(f"cut{cuts}@example.com")
    headers, urls = headers_of(clients[0]), [str(client.base_url) for client in clients]
    job = clients[0].post("/api/jobs", json={"company": "Acme", "position": "Engineer"}).json()
    applications = [clients[0].post("/api/applications", json={"job_id": job["id"]}).json()["id"] for _ in range(4)]
    seen: list[Told] = []

    async def write(url: str, application: str) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=60, headers=headers) as client:
            for number in range(events // 4):
                changed = await client.patch(f"{url}/api/applications/{application}", json={"notes": f"{number}"})
                assert changed.status_code == 200

    async def read() -> None:
        last = 0
        for cut in range(cuts):
            new = await read_some(urls[cut % 2], headers, last, enough=events // (cuts + 1))
            seen.extend(new)
            last = seen[-1].id
        while len(seen) < events + 4:
            seen.extend(await read_some(urls[0], headers, seen[-1].id, enough=1))

    with anyio.fail_after(300):
        async with anyio.create_task_group() as tasks:
            for number, application in enumerate(applications):
                tasks.start_soon(write, urls[number % 2], application)
            await read()
    assert [event.id for event in seen] == sorted({event.id for event in seen})
    for application in applications:
        versions = [event.data["version"] for event in seen if event.data["id"] == application]
        assert versions == list(range(1, events // 4 + 2))
