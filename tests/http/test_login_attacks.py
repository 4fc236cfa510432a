"""The real server under attack: what is counted outlives it, and everybody else goes on while logins are guessed."""

import http.client
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
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
    here = "192.0.2.1"
    with serving(tmp_path, name="first", **settings(tmp_path)) as (first, client):
        logged_in(client)
        with serving(tmp_path, name="second", **settings(tmp_path)) as (second, other):
            assert {guess((client, other)[n % 2], f"{n}@example.com", address=here) for n in range(30)} == {401}
            for each in (client, other):
                assert guess(each, "ada@example.com", PASSWORD, here) == 429
            first.kill()
            second.kill()
    with serving(tmp_path, name="third", **settings(tmp_path)) as (_, again):
        assert guess(again, "ada@example.com", PASSWORD, here) == 429
        assert again.get("/api/user/profile", headers=client.headers).status_code == 200
        assert guess(again, "ada@example.com", PASSWORD) == 200


def test_of_two_hundred_guesses_at_once_at_most_five_are_verified(tmp_path: Path) -> None:
    with serving(tmp_path, **settings(tmp_path)) as (_, client), ThreadPoolExecutor(200) as crowd:
        logged_in(client)
        with httpx.Client(base_url=client.base_url, trust_env=False, timeout=60, limits=httpx.Limits()) as wide:
            statuses = Counter(crowd.map(lambda _: guess(wide, "ada@example.com"), range(200)))
        assert 1 <= statuses[401] <= 5
        assert statuses.keys() <= {401, 429, 503}
        assert client.get("/api/user/profile").status_code == 200


@pytest.mark.hard
def test_a_login_takes_the_same_time_with_and_without_an_account(tmp_path: Path) -> None:
    """Three hundred in pairs, of which either comes first, so that what else the machine does meets both alike."""
    with serving(tmp_path, **settings(tmp_path)) as (_, client):
        accounts = [f"known{n}@example.com" for n in range(40)]
        for email in accounts:
            account = {"email": email, "password": PASSWORD, "name": "Ada"}
            client.post("/api/auth/register", json=account, headers={"X-Forwarded-For": next(addresses)})

        def taken(email: str) -> float:
            begun = time.perf_counter()
            assert guess(client, email) == 401
            return time.perf_counter() - begun

        pairs = []
        for number in range(150):
            known = accounts[number // 4]  # which leaves each a guess before it would have to wait
            emails = [known, known.replace("known", "other")]
            first, second = (taken(email) for email in emails[:: -1 if number % 2 else 1])
            pairs.append((second, first) if number % 2 else (first, second))
    medians = [statistics.median(times) for times in zip(*pairs, strict=True)]
    apart = statistics.median(known - unknown for known, unknown in pairs) / medians[1]
    sys.stdout.write(f"\nmedians {medians}, of the differences {apart:.2%}\n")
    assert abs(apart) < 0.05


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
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            while flood.poll() is None:
                live.append(timed(connection, "/health/live", token))
                lists.append(timed(connection, "/api/jobs?limit=20", token))
        assert flood.stdout
        return live, lists, json.loads(flood.stdout.read())


def timed(connection: http.client.HTTPConnection, path: str, token: str) -> float:
    """How long an answer took, by a client that takes little time itself."""
    begun = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": token})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200
    return time.perf_counter() - begun


def percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def resident(process: Process) -> int:
    """KiB of memory that the process holds."""
    status = Path(f"/proc/{process.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
