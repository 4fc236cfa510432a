"""How a server ends: what is under way is answered, and nobody holds it up for good."""

import json
import signal
import socket
import time
from pathlib import Path
from threading import Thread

import httpx

from tests.running import logged_in, serving

FILE = b"Ann Archer\nEngineer\n" + b"Built things that lasted. " * 20
BIG = b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n"
DRAIN = 2


def test_a_server_ends_in_time_whatever_its_callers_do(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-worker", JATIFY_DATA_DIR=str(tmp_path / "data"), JATIFY_DRAIN=str(DRAIN)) as (
        process,
        client,
    ):
        logged_in(client)
        resume = client.post("/api/resumes", files={"file": ("a.txt", FILE)}).json()
        analysis = client.post(f"/api/resumes/{resume['id']}/analyze", json={}).json()
        answers: list[httpx.Response] = []
        patient = Thread(target=lambda: answers.append(_awaited(client, analysis["id"])))
        patient.start()
        address = ("127.0.0.1", client.base_url.port or 0)
        slow = [
            _said(address, b""),  # says nothing
            _said(address, b"GET / HTTP/1.1\r\nHo"),  # stops in its head
            _said(address, b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"),  # in its body
            _said(address, BIG * 20),  # takes nothing
        ]
        time.sleep(0.5)
        began = time.monotonic()
        assert process.stop() == 0, process.log
        assert time.monotonic() - began < DRAIN + 8
        patient.join()
        for stream in slow:
            stream.close()
        _is_told_to_come_back(answers[0])
        assert "Traceback" not in process.log


def test_what_is_under_way_is_answered_before_the_end(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-worker", JATIFY_DATA_DIR=str(tmp_path / "data"), JATIFY_DRAIN="20") as (
        process,
        client,
    ):
        address = ("127.0.0.1", client.base_url.port or 0)
        body = json.dumps({"email": "late@example.com", "password": "correct horse battery", "name": "Late"}).encode()
        head = b"POST /api/auth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        stream = _said(address, head + b"Content-Length: %d\r\n\r\n" % len(body) + body[:20])
        time.sleep(0.3)
        process.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        stream.sendall(body[20:])
        assert stream.recv(100).startswith(b"HTTP/1.1 201 ")
        stream.close()
        assert process.process.wait(10) == 0


def _awaited(client: httpx.Client, analysis_id: str) -> httpx.Response:
    return client.get(f"/api/analyses/{analysis_id}", headers={"Prefer": "wait=30"})


def _said(address: tuple[str, int], words: bytes) -> socket.socket:
    stream = socket.create_connection(address)
    stream.settimeout(20)
    stream.sendall(words)
    return stream


def _is_told_to_come_back(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert answer.headers["retry-after"]
