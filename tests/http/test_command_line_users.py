"""`jatify user`, run as a person runs it, beside a server that everybody goes on using."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import httpx
import pytest

from jatify_adapters.postgres.embedded import embedded_postgres
from tests.running import PASSWORD, run, serving

NEW = "brass engine, punched cards"
KEYS = "k1:" + "c2l4dGVlbiBieXRlcyB0aW1lcyB0d28sIGZvciBhIHRlc3Q="
ADA = "ada@example.com"
HOSTILE = "Ada\x1b[2J\u202e"


class Command(Protocol):
    def __call__(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]: ...


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with embedded_postgres(tmp_path_factory.mktemp("users") / "postgres", durable=False) as conninfo:
        yield {
            "JATIFY_DATABASE_URL": conninfo,
            "JATIFY_SECRET_KEYS": KEYS,
            "JATIFY_ANALYZER": "local",
            "JATIFY_REGISTRATION": "closed",
        }


@pytest.fixture
def user(tmp_path: Path, settings: dict[str, str]) -> Command:
    def command(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return run("user", *arguments, cwd=tmp_path, typed=typed, **settings)

    return command


def test_an_account_is_made_mended_appointed_and_ended_from_the_command_line(
    tmp_path: Path, settings: dict[str, str], user: Command
) -> None:
    added = user("add", ADA, "--name", HOSTILE, typed=f"{PASSWORD}\n")
    assert (added.returncode, added.stdout) == (0, "ada@example.com has an account now.\n")
    with serving(tmp_path, "--no-worker", **settings) as (_, client):
        assert login(client, PASSWORD) == 200
        assert client.get("/api/operator/queue").status_code == 404

        assert user("promote", ADA).returncode == 0
        assert client.get("/api/operator/queue").json()["items"] == []
        listed = user("list")
        assert listed.stdout.splitlines()[0].split()[1:3] == ["operator", ADA]
        assert listed.stdout.removesuffix("\n").isprintable()
        assert user("demote", ADA).returncode == 0
        assert client.get("/api/operator/queue").status_code == 404

        assert user("reset-password", ADA.upper(), typed=NEW).returncode == 0
        assert client.get("/api/user/profile").status_code == 401
        assert [login(client, password) for password in (PASSWORD, NEW)] == [401, 200]

        assert user("delete", ADA).returncode == 2
        assert client.get("/api/user/profile").status_code == 200
        assert user("delete", ADA, "--yes").returncode == 0
        assert client.get("/api/user/profile").status_code == 401
        assert user("list").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "typed", "words"),
    [
        (("add", "no-address"), PASSWORD, "email: "),
        (("add", ADA), "", "There is no password"),
        (("add", ADA), "short", "password: Use at least 8 characters."),
        (("add", ADA, "--name", "x" * 201), PASSWORD, "name: "),
        (("reset-password", ADA), PASSWORD, "There is no account"),
        (("promote", ADA), "", "There is no account"),
        (("demote", ADA), "", "There is no account"),
        (("delete", ADA, "--yes"), "", "There is no account"),
    ],
)
def test_trouble_is_one_clear_line(user: Command, arguments: tuple[str, ...], typed: str, words: str) -> None:
    done = user(*arguments, typed=typed)
    assert done.returncode == 2
    assert done.stderr.startswith(f"jatify: {words}")
    assert done.stderr.count("\n") == 1


def login(client: httpx.Client, password: str) -> int:
    answer = client.post("/api/auth/login", json={"email": ADA, "password": password})
    if answer.is_success:
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return answer.status_code
