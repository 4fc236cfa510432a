"""A server that is killed at any moment leaves the effect of a request with its answer, or neither."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
from msgspec import Struct

from tests.chaos.storm import KEYS
from tests.running import logged_in, serving

KILLS = 8
CLIENTS = 8
Told = dict[str, bytes | None]
"""The body that each key was answered with, or None where no answer came."""


class Crowd(Struct):
    """Clients that keep posting listings, each under a key of its own which is the company's name, too."""

    url: str
    token: str
    told: Told
    stop: threading.Event

    def post_on(self) -> None:
        with httpx.Client(base_url=self.url, trust_env=False, timeout=10) as client:
            client.headers["Authorization"] = self.token
            while not self.stop.is_set():
                name = str(uuid4())
                self.told[name] = None
                try:
                    answer = post(client, name)
                except httpx.TransportError:
                    return
                assert answer.status_code == 201, answer.text
                self.told[name] = answer.content


def post(client: httpx.Client, name: str) -> httpx.Response:
    job = {"company": name, "position": "Baker", "description": "Bake. " * 500}
    return client.post("/api/jobs", json=job, headers={"Idempotency-Key": name})


@contextmanager
def crowding(client: httpx.Client, told: Told) -> Iterator[None]:
    crowd = Crowd(str(client.base_url), client.headers["Authorization"], told, threading.Event())
    threads = [threading.Thread(target=crowd.post_on) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    yield
    crowd.stop.set()
    for thread in threads:
        thread.join()


def test_a_kill_at_any_moment_leaves_effect_and_answer_or_neither(
    tmp_path: Path, conninfo: str, link: "psycopg.Connection"
) -> None:
    dice = random.Random(5)  # noqa: S311  # no secret
    settings = {"JATIFY_DATABASE_URL": conninfo, "JATIFY_SECRET_KEYS": KEYS, "JATIFY_ANALYZER": "local"}
    told: Told = {}
    token = ""
    for number in range(KILLS):
        with serving(tmp_path, "--no-worker", name=f"serve{number}", **settings) as (process, client):
            if not token:
                logged_in(client)
                token = client.headers["Authorization"]
            client.headers["Authorization"] = token
            with crowding(client, told):
                time.sleep(dice.uniform(0.2, 0.8))
                process.kill()
        _until_alone(link)
        assert effects(link) == answers(link)
    cut_off = [name for name, body in told.items() if body is None]
    done = effects(link)
    print(f"{len(told)} requests, {len(cut_off)} cut off, {len(done.intersection(cut_off))} of them had acted")  # noqa: T201  # for whoever reads the run
    assert len(cut_off) >= KILLS
    assert done >= told.keys() - set(cut_off)
    link.execute("update idempotency_key set leased_until = now() where answer is null")  # as it does in a minute
    with serving(tmp_path, "--no-worker", name="last", **settings) as (_, client):
        client.headers["Authorization"] = token
        for name in [*cut_off, *dice.sample(sorted(told), 20)]:
            answer = post(client, name)
            assert (answer.status_code, "idempotent-replayed" in answer.headers) == (201, name in done)
            assert told[name] in {None, answer.content}
            told[name] = answer.content
            done.add(name)
    assert link.execute("select count(*), count(distinct company) from listing").fetchone() == (len(told),) * 2


def effects(link: "psycopg.Connection") -> set[str]:
    return {name for (name,) in link.execute("select company from listing").fetchall()}


def answers(link: "psycopg.Connection") -> set[str]:
    return {name for (name,) in link.execute("select key from idempotency_key where answer is not null").fetchall()}


def _until_alone(link: "psycopg.Connection") -> None:
    """Until the database has noticed that the server is gone, and ended what it was at."""
    others = "select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    end = time.monotonic() + 10
    while link.execute(f"{others} and backend_type = 'client backend'".encode()).fetchone() is not None:
        assert time.monotonic() < end
        time.sleep(0.05)
