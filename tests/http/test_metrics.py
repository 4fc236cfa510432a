"""Metrics: on a listener of their own, the queue and its ends, requests and connections, and nobody's data."""

import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from jatify_adapters.memory import MemoryStore
from jatify_adapters.postgres import Crowding
from jatify_core.job import ANALYSIS
from jatify_core.ports import Ports
from jatify_http.edge import Served
from jatify_http.metrics import Metrics, metrics_app
from tests.http.people import Person
from tests.running import ended, free_port, logged_in, run, serving, started

LINE = re.compile(r"(?P<name>[a-z_]+)(?P<labels>\{.*\})? (?P<value>\S+)")


def crowding() -> Mapping[str, Crowding]:
    return {"pool": Crowding(3, 20, 1)}


@pytest.fixture
def metrics(ports: Ports) -> Metrics:
    return Metrics(ports.store, crowding)


async def told(metrics: Metrics) -> dict[str, float]:
    return numbers((await metrics.told()).decode())


def numbers(text: str) -> dict[str, float]:
    found = (LINE.fullmatch(line) for line in text.splitlines() if not line.startswith("#"))
    return {match["name"] + (match["labels"] or ""): float(match["value"]) for match in found if match}


async def test_the_queue_is_told_as_it_stands(ann: Person, bob: Person, ports: Ports, metrics: Metrics) -> None:
    for who in (ann, bob):
        await who.analysis((await who.resume())["id"])
    jobs = ports.store.jobs
    await jobs.pause(ANALYSIS, "insufficient_credits", "The account is empty.", 0, (await jobs.tally(1)).waited)
    seen = await told(metrics)
    assert (seen["jatify_queue_waiting"], seen["jatify_queue_running"], seen["jatify_store_up"]) == (2, 0, 1)
    assert seen['jatify_queue_paused{kind="analysis"}'] == 1
    assert seen['jatify_connections_in_use{pool="pool"}'] == 3
    assert seen['jatify_connections_waiting{pool="pool"}'] == 1


async def test_the_queue_is_looked_at_once_a_second_however_often_somebody_asks(ann: Person, metrics: Metrics) -> None:
    assert (await told(metrics))["jatify_queue_waiting"] == 0
    await ann.analysis((await ann.resume())["id"])
    assert (await told(metrics))["jatify_queue_waiting"] == 0
    metrics._looked_at -= 1
    assert (await told(metrics))["jatify_queue_waiting"] == 1


async def test_a_store_that_is_down_is_told_and_nothing_is_made_up(store: MemoryStore, metrics: Metrics) -> None:
    store.reachable = False
    seen = await told(metrics)
    assert seen["jatify_store_up"] == 0
    assert "jatify_queue_waiting" not in seen


async def test_requests_are_counted_by_the_template_of_their_path(metrics: Metrics) -> None:
    for served in (Served("GET", "/api/jobs/{job_id}", 200, 0.02), Served("GET", "", 404, 0.001)):
        metrics.request(served)
    metrics.job_ended(ANALYSIS, "complete")
    seen = await told(metrics)
    assert seen['jatify_http_requests_total{method="GET",route="/api/jobs/{job_id}",status="200"}'] == 1
    assert seen['jatify_http_requests_total{method="GET",route="none",status="404"}'] == 1
    assert seen['jatify_http_request_seconds_bucket{le="0.025",method="GET",route="/api/jobs/{job_id}"}'] == 1
    assert seen['jatify_jobs_ended_total{end="complete",kind="analysis"}'] == 1


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/metrics", 200), ("GET", "/api/jobs", 404), ("POST", "/metrics", 405)]
)
async def test_the_listener_serves_nothing_else(metrics: Metrics, method: str, path: str, status: int) -> None:
    transport = httpx.ASGITransport(app=cast("Any", metrics_app(metrics)))
    async with httpx.AsyncClient(transport=transport, base_url="http://metrics.test") as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    if status == 200:
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


async def test_the_public_listener_has_no_metrics(nobody: Person) -> None:
    assert (await nobody.get("/metrics")).status_code == 404


def test_a_server_and_a_worker_tell_theirs(tmp_path: Path) -> None:
    ours, theirs = free_port(), free_port()
    data = str(tmp_path / "data")
    with serving(tmp_path, "--no-worker", JATIFY_DATA_DIR=data, JATIFY_METRICS=f"127.0.0.1:{ours}") as (
        process,
        client,
    ):
        logged_in(client, "somebody@example.com")
        file = {"file": ("a.txt", b"Ann Archer\nEngineer\n" + b"Built things that lasted. " * 20)}
        resume = client.post("/api/resumes", files=file).raise_for_status().json()
        asked = client.post(f"/api/resumes/{resume['id']}/analyze", json={}).json()
        before = scraped(ours)
        assert before["jatify_queue_waiting"] == 1
        with started(
            tmp_path, "worker", name="worker", JATIFY_DATA_DIR=data, JATIFY_METRICS=f"127.0.0.1:{theirs}"
        ) as worker:
            ended(client, asked)
            assert scraped(theirs)['jatify_jobs_ended_total{end="complete",kind="analysis"}'] == 1
            assert scraped(theirs)["jatify_listener_up"] == 1
            assert worker.stop() == 0
        text = httpx.get(f"http://127.0.0.1:{ours}/metrics", trust_env=False).text
        for personal in ("somebody", resume["id"], asked["id"], "/api/resumes/0"):
            assert personal not in text
        assert numbers(text)['jatify_http_requests_total{method="POST",route="/api/resumes",status="201"}'] == 1
        assert process.stop() == 0


def scraped(port: int) -> dict[str, float]:
    return numbers(httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).raise_for_status().text)


def test_a_taken_address_for_metrics_is_told_before_anything_is_started(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        for command in ("serve", "worker"):
            settings = {"JATIFY_PORT": str(free_port()), "JATIFY_DATA_DIR": str(data), "JATIFY_METRICS": address}
            done = run(command, cwd=tmp_path, **settings)
            assert done.returncode == 2
            assert "JATIFY_METRICS" in done.stderr
            assert len(done.stderr.splitlines()) == 1
    assert not data.exists()
