"""Several processes over one Postgres share the work, and the death of one is nobody else's loss."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jatify_adapters.postgres.embedded import embedded_postgres
from tests.running import ProviderProcess, ended, logged_in, providing, serving, started

KEYS = "k1:nXmxo38xgBzRGmcG+0DWvVdSaEaQO7E+3lYkOenBuCM="
RESUME = "Ada Park\nExperience\n2019 - 2024 Baker at Loaf & Co\n- Baked 400 loaves a day by hand\n"


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[ProviderProcess]:
    with providing(tmp_path) as process:
        yield process


@pytest.fixture
def settings(tmp_path: Path, provider: ProviderProcess) -> Iterator[dict[str, str]]:
    """What all processes of one installation share."""
    with embedded_postgres(tmp_path / "postgres", durable=False) as conninfo:
        yield {
            "JATIFY_DATABASE_URL": conninfo,
            "JATIFY_SECRET_KEYS": KEYS,
            "OPENROUTER_API_KEY": "sk-test",
            "JATIFY_OPENROUTER_URL": provider.url,
            "JATIFY_OPENROUTER_PROFILE": "openrouter",
        }


def asked(client: httpx.Client, number: int) -> list[dict[str, Any]]:
    """So many analyses, each of a resume of its own."""
    analyses = []
    for n in range(number):
        resume = client.post("/api/resumes", files={"file": (f"{n}.txt", f"Copy {n}\n{RESUME * 4}".encode())})
        resume.raise_for_status()
        job = client.post("/api/jobs", json={"company": "Loaf", "position": "Baker", "description": "Must bake."})
        job.raise_for_status()
        answer = client.post(f"/api/resumes/{resume.json()['id']}/analyze", json={"job_id": job.json()["id"]})
        assert answer.status_code == 202
        analyses.append(answer.json())
    return analyses


def test_two_servers_and_two_workers_share_the_work_and_survive_the_kill_of_one(
    tmp_path: Path, provider: ProviderProcess, settings: dict[str, str]
) -> None:
    provider.script({"delay": 3, "times": 8})
    with (
        serving(tmp_path, "--no-worker", name="first", **settings) as (_, first),
        serving(tmp_path, "--no-worker", name="second", **settings) as (_, second),
        started(tmp_path, "worker", name="doomed", JATIFY_WORKER_SLOTS="4", **settings) as doomed,
        started(tmp_path, "worker", name="heir", JATIFY_WORKER_SLOTS="4", **settings),
    ):
        logged_in(first)
        second.headers = first.headers
        analyses = asked(first, 8)
        while len(provider.asked) < 8:
            time.sleep(0.05)
        killed_at = time.monotonic()
        doomed.kill()
        for analysis in analyses:
            seen = ended(second, analysis, within=45)
            assert (seen["state"], seen["score"]) == ("succeeded", 70)
        assert time.monotonic() - killed_at < 45
        assert len(provider.asked) == 12  # four calls died with their worker and were made again
        assert first.get("/api/dlq").json()["items"] == []


def test_a_worker_that_is_told_to_leave_gives_its_jobs_to_another_at_once(
    tmp_path: Path, provider: ProviderProcess, settings: dict[str, str]
) -> None:
    provider.script({"hang": True})
    with serving(tmp_path, "--no-worker", **settings) as (_, client):
        logged_in(client)
        with started(tmp_path, "worker", name="leaving", JATIFY_DRAIN="1", **settings) as leaving:
            (analysis,) = asked(client, 1)
            while not provider.asked:
                time.sleep(0.05)
            assert leaving.stop() == 0
        queued = client.get(f"/api/analyses/{analysis['id']}").json()
        assert (queued["state"], queued["attempts"]) == ("queued", 0)
        with started(tmp_path, "worker", name="heir", **settings):
            assert ended(client, analysis, within=10)["attempts"] == 1


def test_what_the_provider_does_ends_as_the_analysis_page_says(
    tmp_path: Path, provider: ProviderProcess, settings: dict[str, str]
) -> None:
    with serving(tmp_path, **settings, JATIFY_MAX_ATTEMPTS="2", JATIFY_OPENROUTER_TIMEOUT="2") as (_, client):
        logged_in(client)
        (good,) = asked(client, 1)
        seen = ended(client, good)
        assert seen["analyzer"]["model"] == "test/model-that-answered"
        assert seen["usage"] == {"input_tokens": 1200, "output_tokens": 345, "cost_usd": 0.00123}

        provider.script({"status": 429, "headers": {"retry-after": "1"}, "times": 2})
        (limited,) = asked(client, 1)
        assert (ended(client, limited)["state"], ended(client, limited)["attempts"]) == ("succeeded", 1)

        provider.script({"status": 500, "times": 2}, {"content": "Certainly! {}", "times": 2})
        (down,) = asked(client, 1)
        assert ended(client, down)["error"]["code"] == "provider_unavailable"
        (garbage,) = asked(client, 1)
        assert ended(client, garbage)["error"]["code"] == "invalid_output"
        letters = client.get("/api/dlq").json()["items"]
        assert [(x["reason"], len(x["errors"])) for x in letters] == [
            ("invalid_output", 2),
            ("provider_unavailable", 2),
        ]

        one = client.post(f"/api/dlq/{letters[0]['id']}/requeue")
        assert (one.status_code, ended(client, one.json())["state"]) == (202, "succeeded")
        rest = client.post("/api/dlq/requeue", json={"all": True})
        assert rest.json() == {"requeued": [letters[1]["id"]], "skipped": []}
        assert ended(client, down)["state"] == "succeeded"
        assert client.get("/api/dlq").json()["items"] == []

        provider.script({"hang": True, "times": 2})
        (slow,) = asked(client, 1)
        assert ended(client, slow)["error"]["code"] == "timeout"
        (letter,) = client.get("/api/dlq").json()["items"]
        assert client.delete(f"/api/dlq/{letter['id']}").status_code == 204
        assert client.delete(f"/api/dlq/{letter['id']}").status_code == 404


def test_a_wrong_key_pauses_the_queue_and_says_so(
    tmp_path: Path, provider: ProviderProcess, settings: dict[str, str]
) -> None:
    provider.script({"status": 401, "times": 1})
    with serving(tmp_path, **settings) as (_, client):
        logged_in(client)
        (analysis,) = asked(client, 1)
        while not (paused := client.get("/health/ready").json()["paused"]):
            time.sleep(0.05)
        assert paused[0]["reason"] == "unauthorized"
        assert client.get(f"/api/analyses/{analysis['id']}").json()["state"] == "queued"
        assert ended(client, analysis, within=30)["state"] == "succeeded"  # by the first probe
        assert client.get("/health/ready").json()["paused"] == []
