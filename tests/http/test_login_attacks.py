"""The real server under attack: what is counted outlives it, and everybody else goes on while logins are guessed."""

import http.client
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import httpx
import pytest

from tests.running import PASSWORD, Process, logged_in, serving

ROOT = Path(__file__).parents[2]
LOGIN = "/api/auth/login"
TRUSTED = {"JATIFY_TRUSTED_PROXIES": "127.0.0.1/32"}
AT_ONCE_AND_WAITING = 34
FLOOD_SECONDS = 30

addresses: Iterator[str] = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count(1))
"""One that nobody has come from, each time."""


def guess(client: httpx.Client, email: str, password: str = "a guess", address: str | None = None) -> int:  # noqa: S107
    """The status of one login."""
    headers = {"X-Forwarded-For": address or next(addresses)}
    return client.post(LOGIN, json={"email": email, "password": password}, headers=headers).status_code


def settings(tmp_path: Path) -> dict[str, str]:
    return {"JATIFY_DATA_DIR": str(tmp_path / "data"), "JATIFY_ANALYZER": "local", **TRUSTED}


def test_two_processes_count_together_and_a_kill_of_both_forgets_nothing(tmp_path: Path) -> None:
    email = "ada@example.com"
    with serving(tmp_path, name="first", **settings(tmp_path)) as (first, client):
        logged_in(client, email)
        token = client.headers["Authorization"]
        with serving(tmp_path, name="second", **settings(tmp_path)) as (second, other):
            # Nine failures, so that the wait at the end is longer than it takes to start again.
            statuses = [guess(each, email) for each in (client, other, client, other, client)]
            assert statuses == [401] * 5
            assert guess(other, email, PASSWORD) == 429
            for wait in (1, 2, 4, 8):
                time.sleep(wait + 0.5)
                assert guess(client, email) == 401
            assert guess(other, email, PASSWORD) == 429
            assert other.get("/api/user/profile", headers={"Authorization": token}).status_code == 200
            first.kill()
            second.kill()
    with serving(tmp_path, name="third", **settings(tmp_path)) as (_, client):
        assert guess(client, email, PASSWORD) == 429
        assert client.get("/api/user/profile", headers={"Authorization": token}).status_code == 200


def test_of_two_hundred_guesses_at_once_at_most_five_are_verified(tmp_path: Path) -> None:
    with serving(tmp_path, **settings(tmp_path)) as (_, client), ThreadPoolExecutor(50) as crowd:
        logged_in(client)
        statuses = Counter(crowd.map(lambda _: guess(client, "ada@example.com"), range(200)))
        assert 1 <= statuses[401] <= 5
        assert statuses.keys() <= {401, 429, 503}
        assert client.get("/api/user/profile").status_code == 200


@pytest.mark.hard
def test_a_login_takes_the_same_time_with_and_without_an_account(tmp_path: Path) -> None:
    """Interleaved, so that whatever else the machine does meets both alike; each account has four guesses."""
    with serving(tmp_path, **settings(tmp_path)) as (_, client):
        known, unknown = [f"known{n}@example.com" for n in range(38)], [f"unknown{n}@example.com" for n in range(38)]
        for email in known:
            account = {"email": email, "password": PASSWORD, "name": "Ada"}
            client.post("/api/auth/register", json=account, headers={"X-Forwarded-For": next(addresses)})
        times: dict[bool, list[float]] = {True: [], False: []}
        for number in range(150):
            for exists in (True, False) if number % 2 else (False, True):
                email = (known if exists else unknown)[number // 4]
                begun = time.perf_counter()
                assert guess(client, email) == 401
                times[exists].append(time.perf_counter() - begun)
    medians = {exists: statistics.median(taken) for exists, taken in times.items()}
    ratio = medians[True] / medians[False]
    sys.stdout.write(
        f"\nknown {medians[True] * 1e3:.2f} ms, unknown {medians[False] * 1e3:.2f} ms, ratio {ratio:.4f}\n"
    )
    assert 0.95 < ratio < 1.05


@pytest.mark.hard
@pytest.mark.parametrize("kind", ["one", "many"])
def test_a_flood_of_logins_on_64_connections_leaves_everybody_else_in_peace(tmp_path: Path, kind: str) -> None:
    with serving(tmp_path, **settings(tmp_path)) as (process, client):
        logged_in(client)
        for number in range(20):
            client.post("/api/jobs", json={"company": "Loaf & Co", "position": f"Baker {number}"}).raise_for_status()
        port, token = client.base_url.port, client.headers["Authorization"]
        assert port
        before = resident(process)
        live, lists, flood = during_flood(port, token, kind)
        after = resident(process)
        told = {
            "live p99": percentile(live, 99),
            "list p95": percentile(lists, 95),
            "KiB more": after - before,
            **flood,
        }
        sys.stdout.write(f"\n{kind}: {told}\n")
        assert flood["401"] > 0
        assert flood.keys() <= {"401", "429", "503", "cut"}
        assert percentile(live, 99) < 0.1
        assert percentile(lists, 95) < 0.25
        # Two hashes of 19 MiB at once, and what connections take.
        assert after - before < 100 * 1024
        with ThreadPoolExecutor(AT_ONCE_AND_WAITING) as crowd:
            # As many as there is room for, so that one place that was lost would show.
            ends = Counter(crowd.map(lambda n: guess(client, f"after{n}@example.com"), range(AT_ONCE_AND_WAITING)))
        assert ends == {401: AT_ONCE_AND_WAITING}


def during_flood(port: int, token: str, kind: str) -> tuple[list[float], list[float], dict[str, int]]:
    """How long each answer of the one and the other took while logins were guessed, and how those ended."""
    command = [sys.executable, "-m", "tests.http.flood", str(port), "64", str(FLOOD_SECONDS), kind]
    live, lists = [], []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as flood:
        ask = asking(port, token)
        while flood.poll() is None:
            live.append(ask("/health/live"))
            lists.append(ask("/api/jobs?limit=20"))
        assert flood.stdout
        return live, lists, json.loads(flood.stdout.read())


def asking(port: int, token: str) -> Callable[[str], float]:
    """Get a path on one connection; how long that took. A client that takes little time itself."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(path: str) -> float:
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": token})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        return time.perf_counter() - begun

    return ask


def percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def resident(process: Process) -> int:
    """KiB of memory that the process holds."""
    status = Path(f"/proc/{process.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
