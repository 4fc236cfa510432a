"""Logs: who did what under which request, and never what anybody typed."""

import base64
import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg
import pytest

from jatify_core.errors import Unavailable
from jatify_http.logs import fault_told, set_up_logs
from jatify_http.settings import load_settings
from tests.http.people import Person
from tests.running import providing, serving

CANARY: Final = "kanarienvogel"
PASSWORD: Final = f"{CANARY}-correct-horse-battery"
EMAIL: Final = f"{CANARY}@example.com"
KEY: Final = f"sk-or-{CANARY}"
SECRET: Final = base64.b64encode(f"{CANARY} is a key of 32 bytes or more".encode()).decode()
RESUME: Final = f"{CANARY.title()} Smith\nEngineer\n".encode() + b"Built things that lasted, and mended others. " * 9


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_a_whole_journey_at_debug_leaves_no_secret_in_the_log(tmp_path: Path, log_format: str) -> None:
    with (
        providing(tmp_path) as provider,
        serving(
            tmp_path,
            JATIFY_DATA_DIR=str(tmp_path / "data"),
            JATIFY_LOG_LEVEL="debug",
            JATIFY_LOG_FORMAT=log_format,
            JATIFY_SECRET_KEYS=f"k1:{SECRET}",
            OPENROUTER_API_KEY=KEY,
            JATIFY_OPENROUTER_URL=provider.url,
        ) as (process, client),
    ):
        token, calendar = _journey(client)
        log = process.log
    assert "request" in log
    assert "login_failed" in log
    for secret in (CANARY, SECRET, token, token.split(".")[1], token.split(".")[2], calendar):
        assert secret.lower() not in log.lower()
    if log_format == "json":
        _read(log)


def _journey(client: httpx.Client) -> tuple[str, str]:
    """Everything with a secret in it that somebody can do; the token that it was done with, and the calendar's."""
    account = {"email": EMAIL, "password": PASSWORD}
    client.post("/api/auth/register", json=account | {"name": CANARY}).raise_for_status()
    assert client.post("/api/auth/login", json=account | {"password": f"wrong-{CANARY}"}).status_code == 401
    assert client.post("/api/auth/login", content=f'{{"password": "{PASSWORD}"').status_code in {400, 415}
    token = str(client.post("/api/auth/login", json=account).raise_for_status().json()["token"])
    client.headers["Authorization"] = f"Bearer {token}"
    assert client.get("/api/jobs", params={"token": token, "password": PASSWORD}).status_code == 422
    assert client.get(f"/api/jobs/{CANARY}").status_code == 404
    assert client.get(f"/{CANARY}?{CANARY}").status_code == 404
    assert client.post("/api/jobs", json={"company": CANARY, CANARY: CANARY}).status_code == 422
    job = client.post("/api/jobs", json={"company": CANARY, "position": CANARY, "description": CANARY}).json()
    client.get("/api/jobs", params={"q": CANARY}).raise_for_status()
    file = {"file": (f"{CANARY}.txt", RESUME, "text/plain")}
    resume = client.post("/api/resumes", files=file).raise_for_status().json()
    assert client.post("/api/resumes", files={"file": (f"{CANARY}.pdf", CANARY.encode())}).status_code in {415, 422}
    application = {"job_id": job["id"], "resume_id": resume["id"], "notes": CANARY, "tags": [CANARY]}
    client.post("/api/applications", json=application).raise_for_status()
    calendar = client.post("/api/calendar").raise_for_status().json()["url"]
    client.get(calendar).raise_for_status()
    asked = client.post(f"/api/resumes/{resume['id']}/analyze", json={"job_id": job["id"]}).raise_for_status()
    client.get(asked.headers["Location"], headers={"Prefer": "wait=20"}).raise_for_status()
    client.post("/api/auth/logout").raise_for_status()
    assert client.get("/api/jobs").status_code == 401
    assert client.get(calendar).raise_for_status().text.startswith("BEGIN:VCALENDAR")  # no login needed
    return token, str(calendar).rpartition("/")[2].removesuffix(".ics")


def _read(log: str) -> None:
    """Each line is JSON in UTC; acts and requests name who asked and under which id."""
    lines = [json.loads(line) for line in log.splitlines()]
    assert all(line["timestamp"].endswith("Z") and line["level"] and line["event"] for line in lines)
    acts = [line for line in lines if line["logger"] == "jatify.security"]
    assert [line["event"] for line in acts] == [
        "registered",
        "login_failed",
        "login",
        "calendar_link_made",
        "logout",
        "denied",
    ]
    assert all(line["request_id"] and line["client"] == "127.0.0.1" for line in acts)
    login, logout = acts[2], acts[4]
    assert login["user_id"] == logout["user_id"]
    assert login["session_id"] == logout["session_id"]
    requests = [line for line in lines if line["logger"] == "jatify.access"]
    assert {(line["method"], line["route"], line["status"]) for line in requests} >= {
        ("POST", "/api/auth/login", 401),
        ("POST", "/api/auth/login", 200),
        ("GET", "/api/jobs/{job_id}", 404),
        ("GET", "", 404),
        ("POST", "/api/resumes/{resume_id}/analyze", 202),
    }
    mine = [line for line in requests if line["route"] == "/api/applications"]
    assert [line["user_id"] for line in mine] == [login["user_id"]]
    assert all(line["ms"] >= 0 for line in requests)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged as JSON, at DEBUG, by whoever logs."""
    root, out = logging.getLogger(), io.StringIO()
    before, level = root.handlers, root.level
    monkeypatch.setattr(sys, "stderr", out)
    set_up_logs(load_settings({"JATIFY_LOG_FORMAT": "json", "JATIFY_LOG_LEVEL": "debug"}, Path("no-such-file")))
    yield out
    root.handlers = before
    root.setLevel(level)


async def test_each_request_has_one_line_with_its_id_and_whose_it_is(ann: Person, lines: io.StringIO) -> None:
    me = (await ann.get("/api/user/profile", headers={"X-Request-Id": "mine"})).json()["id"]
    await ann.ask("HEAD", "/health/live?secret=1")
    first, second = _parsed(lines)
    assert (first["request_id"], first["user_id"], first["route"]) == ("mine", me, "/api/user/profile")
    assert (second["method"], second["route"], second["status"]) == ("HEAD", "/health/live", 200)
    assert "user_id" not in second
    assert "secret" not in lines.getvalue()


async def test_what_a_driver_repeats_of_a_row_is_not_logged(lines: io.StringIO) -> None:
    try:
        try:
            raise psycopg.errors.UniqueViolation(f"duplicate key\nDETAIL: Key (email_key)=({EMAIL}) already exists.")
        except psycopg.Error as problem:
            raise Unavailable("The database does not answer.") from problem
    except Unavailable:
        logging.getLogger("jatify.http").exception("request failed")
    [line] = _parsed(lines)
    assert CANARY not in line["exception"]
    assert "UniqueViolation (23505)" in line["exception"]
    assert "Unavailable: The database does not answer." in line["exception"]
    assert "test_logs.py" in line["exception"]


def test_the_words_of_a_parser_are_not_logged_and_those_about_code_are() -> None:
    told = fault_told(ExceptionGroup("several", [ValueError(f"not a number: {CANARY}"), TypeError("no such argument")]))
    assert CANARY not in told
    assert "TypeError: no such argument" in told


def test_a_task_that_failed_unheard_shows_no_words_either(lines: io.StringIO) -> None:
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <Task %s>", CANARY)
    assert [line["event"] for line in _parsed(lines)] == ["Task exception was never retrieved"]


def test_what_is_no_json_is_told_as_text(lines: io.StringIO) -> None:
    logging.getLogger("jatify").info("hello\nworld", extra={"path": Path("x")})
    assert len(lines.getvalue().splitlines()) == 1
    assert _parsed(lines)[0]["event"] == "hello\nworld"


def _parsed(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]
