"""Endings are final: what ended opens nothing any more, in any process, not after a kill of all of them either."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from jatify_adapters.postgres.embedded import embedded_postgres
from tests.running import PASSWORD, Process, logged_in, serving

KEYS: Final = "k1:c2l4dGVlbiBieXRlcyB0aW1lcyB0d28sIGZvciBhIHRlc3Q="
NEW: Final = "brass engine, punched cards"
REQUESTS: Final = (
    ("GET", "/api/user/profile"),
    ("GET", "/api/resumes"),
    ("POST", "/api/jobs"),
    ("DELETE", "/api/user"),
    ("POST", "/api/auth/logout"),
)


def log_out(client: httpx.Client, _: str, token: str) -> None:
    ask(client, "POST", "/api/auth/logout", token)


def end_from_elsewhere(client: httpx.Client, email: str, _: str) -> None:
    other = another_login(client, email)
    sessions = ask(client, "GET", "/api/auth/sessions", other).json()["items"]
    mine = next(s for s in sessions if not s["current"])
    ask(client, "DELETE", f"/api/auth/sessions/{mine['id']}", other)


def change_the_password_elsewhere(client: httpx.Client, email: str, _: str) -> None:
    change = {"current_password": PASSWORD, "new_password": NEW}
    ask(client, "PUT", "/api/user/password", another_login(client, email), json=change)


def leave(client: httpx.Client, _: str, token: str) -> None:
    ask(client, "DELETE", "/api/user", token, json={"password": PASSWORD})


ENDINGS: Final[tuple[Callable[[httpx.Client, str, str], None], ...]] = (
    log_out,
    end_from_elsewhere,
    change_the_password_elsewhere,
    leave,
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with embedded_postgres(tmp_path_factory.mktemp("endings") / "postgres", durable=True) as conninfo:
        yield {"JATIFY_DATABASE_URL": conninfo, "JATIFY_SECRET_KEYS": KEYS, "JATIFY_ANALYZER": "local"}


def test_every_ending_is_final_over_two_servers_and_after_a_kill_of_both(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    with ExitStack() as stack:
        first, second = two_servers(tmp_path, settings, stack)
        tokens = []
        for number, end in enumerate(ENDINGS):
            email = f"ada{number}@example.com"
            token = logged_in(first[1], email)["token"]
            assert ask(second[1], "GET", "/api/user/profile", token).status_code == 200
            end(first[1], email, token)
            tokens.append(token)
        assert {answered(client, token, 20) for token in tokens for _, client in (first, second)} == {401}
        for process, _ in (first, second):
            process.kill()
        again = two_servers(tmp_path, settings, stack)
        assert {answered(client, token, 20) for token in tokens for _, client in again} == {401}


@pytest.mark.hard
@pytest.mark.parametrize("end", ENDINGS)
def test_none_of_a_thousand_requests_gets_in_after_an_ending(
    tmp_path: Path, settings: dict[str, str], end: Callable[[httpx.Client, str, str], None]
) -> None:
    """Half of them while both servers run, half after both were killed."""
    email = f"{end.__name__}@example.com"
    with ExitStack() as stack:
        servers = two_servers(tmp_path, settings, stack)
        token = logged_in(servers[0][1], email)["token"]
        end(servers[0][1], email, token)
        accepted = flood([client for _, client in servers], token, 500)
        for process, _ in servers:
            process.kill()
        accepted += flood([client for _, client in two_servers(tmp_path, settings, stack)], token, 500)
        assert accepted == 0


def two_servers(
    tmp_path: Path, settings: dict[str, str], stack: ExitStack
) -> tuple[tuple[Process, httpx.Client], tuple[Process, httpx.Client]]:
    return (
        stack.enter_context(serving(tmp_path, name="first", **settings)),
        stack.enter_context(serving(tmp_path, "--no-worker", name="second", **settings)),
    )


def another_login(client: httpx.Client, email: str) -> str:
    credentials = {"email": email, "password": PASSWORD}
    return str(client.post("/api/auth/login", json=credentials).raise_for_status().json()["token"])


def ask(client: httpx.Client, method: str, path: str, token: str, **request: Any) -> httpx.Response:
    return client.request(method, path, headers={"Authorization": f"Bearer {token}"}, **request)


def answered(client: httpx.Client, token: str, times: int) -> int:
    """How it answers to *token*, which must be the same each time."""
    (status,) = {ask(client, *REQUESTS[n % len(REQUESTS)], token).status_code for n in range(times)}
    return status


def flood(clients: list[httpx.Client], token: str, number: int) -> int:
    """How many of *number* requests, several at once and by turns, were answered with anything but 401."""

    def refused(n: int) -> bool:
        return ask(clients[n % len(clients)], *REQUESTS[n % len(REQUESTS)], token).status_code == 401

    with ThreadPoolExecutor(8) as threads:
        return [*threads.map(refused, range(number))].count(False)
