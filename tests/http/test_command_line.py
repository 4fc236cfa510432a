"""The commands, run as a person runs them: on a real database, and with trouble told in one clear line."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from jatify_http.samples import sample_listing, sample_resume
from tests.running import COMMAND, environment, free_port, logged_in, run, serving, started

DEAD = "postgresql://nobody@127.0.0.1:9/none"


@pytest.fixture
def data_dir(tmp_path: Path) -> str:
    return str(tmp_path / "data")


def test_the_demo_shows_a_finished_analysis_and_ends(tmp_path: Path, data_dir: str) -> None:
    for _ in range(2):  # the second finds the sample user of the first
        done = run("demo", "--once", cwd=tmp_path, JATIFY_DATA_DIR=data_dir, JATIFY_PORT=str(free_port()))
        assert done.returncode == 0, done.stderr
        assert "/100" in done.stdout
        assert "What to change" in done.stdout


def test_the_demo_keeps_serving_until_ctrl_c_ends_everything(tmp_path: Path, data_dir: str) -> None:
    port = free_port()
    with started(tmp_path, "demo", JATIFY_DATA_DIR=data_dir, JATIFY_PORT=str(port)) as demo:
        while "/docs" not in demo.log:
            assert demo.process.poll() is None, demo.log
            time.sleep(0.1)
        address = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{address}/health/ready", trust_env=False).is_success
        assert f"Console   {address}/\n" in demo.log
        _assert_a_search_of_ninety_days(address, demo.log)
        assert demo.stop(signal.SIGINT) == 0, demo.log
    assert not _postgres_of(data_dir)


def _assert_a_search_of_ninety_days(address: str, log: str) -> None:
    """Log in as the demo says, and see forty applications, the oldest almost ninety days old."""
    ((email, password),) = re.findall(r"Log in +as (\S+) with the password (\S+)", log)
    with httpx.Client(base_url=address, trust_env=False) as client:
        login = client.post("/api/auth/login", json={"email": email, "password": password}).json()
        client.headers["Authorization"] = f"Bearer {login['token']}"
        applications = client.get("/api/applications", params={"limit": 100}).json()["items"]
        assert len({application["job"]["company"] for application in applications}) == len(applications) == 40
        oldest = min(datetime.fromisoformat(application["status_since"]) for application in applications)
        assert timedelta(days=70) < datetime.now(UTC) - oldest < timedelta(days=91)
        assert client.get("/api/agenda").json()["overdue"]
        assert client.get("/api/stats").json()["funnel"][3]["reached"] == 3


def test_after_a_kill_of_everything_a_second_start_finds_all_data(tmp_path: Path, data_dir: str) -> None:
    with serving(tmp_path, JATIFY_DATA_DIR=data_dir) as (serve, client):
        logged_in(client)
        made = client.post("/api/jobs", json={"company": "Loaf & Co", "position": "Baker"}).raise_for_status()
        job = client.get(made.headers["location"]).raise_for_status().json()
        for pid in [serve.process.pid, *_postgres_of(data_dir)]:
            os.kill(pid, signal.SIGKILL)
        serve.process.wait()
    with serving(tmp_path, JATIFY_DATA_DIR=data_dir) as (_, again):
        again.headers = client.headers
        assert again.get(f"/api/jobs/{job['id']}").json() == job


@pytest.mark.parametrize(
    "arguments", [(), ("serve",), ("worker",), ("demo",), ("migrate",), ("check",), ("openapi",), ("analyze",)]
)
def test_every_command_has_help(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "Usage" in done.stdout


@pytest.mark.parametrize(
    ("command", "settings", "words"),
    [
        ("serve", {"JATIFY_PORT": "many", "JATIFY_ANALYZER": "oracle"}, ["JATIFY_PORT", "JATIFY_ANALYZER"]),
        ("worker", {"JATIFY_DATABASE_URL": DEAD}, ["database"]),
        ("migrate", {"JATIFY_DATABASE_URL": DEAD}, ["database"]),
        ("check", {"JATIFY_DATABASE_URL": DEAD}, ["database"]),
        ("serve", {"JATIFY_ANALYZER": "openrouter"}, ["OPENROUTER_API_KEY"]),
    ],
)
def test_trouble_is_one_clear_line_and_exit_code_2(
    tmp_path: Path, command: str, settings: dict[str, str], words: list[str]
) -> None:
    done = run(command, cwd=tmp_path, **{"JATIFY_PORT": str(free_port()), **settings})
    assert done.returncode == 2
    assert all(word in done.stderr for word in words)
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_told_before_anything_is_started(tmp_path: Path, data_dir: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("serve", cwd=tmp_path, JATIFY_DATA_DIR=data_dir, JATIFY_PORT=str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "JATIFY_PORT" in done.stderr
    assert not Path(data_dir).exists()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("dear diary")
    done = run("serve", cwd=tmp_path, JATIFY_DATA_DIR=str(tmp_path), JATIFY_PORT=str(free_port()))
    assert done.returncode == 2
    assert [p.name for p in tmp_path.iterdir()] == ["diary.txt"]


def test_check_says_that_all_is_well(tmp_path: Path, data_dir: str) -> None:
    done = run("check", cwd=tmp_path, JATIFY_DATA_DIR=data_dir)
    assert done.returncode == 0, done.stderr
    assert "local" in done.stdout


def test_a_setting_that_does_not_exist_is_noticed(tmp_path: Path) -> None:
    done = run("openapi", cwd=tmp_path, JATIFY_PROT="80")
    assert done.returncode == 0
    assert json.loads(done.stdout)["openapi"].startswith("3.1")


def test_analyze_scores_a_file_on_the_spot(tmp_path: Path) -> None:
    (tmp_path / "resume.pdf").write_bytes(sample_resume())
    (tmp_path / "listing.txt").write_text(sample_listing().description or "")
    against = run("analyze", "resume.pdf", "--listing", "listing.txt", "--json", cwd=tmp_path)
    assert against.returncode == 0, against.stderr
    assert {"score", "band", "sub_scores", "missing_skills", "suggestions"} <= json.loads(against.stdout).keys()
    alone = run("analyze", "resume.pdf", cwd=tmp_path)
    assert "/100" in alone.stdout


@pytest.mark.parametrize(("name", "content"), [("no-such.pdf", None), ("empty.pdf", b""), ("prose.pdf", b"not a pdf")])
def test_analyze_says_what_is_wrong_with_a_file(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = run("analyze", name, cwd=tmp_path)
    assert done.returncode == 2
    assert name in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_leaves_early_is_no_crash(tmp_path: Path) -> None:
    with subprocess.Popen(
        [COMMAND, "openapi"], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.close()
        _, errors = process.communicate(timeout=60)
    assert b"Traceback" not in errors


def _postgres_of(data_dir: str) -> list[int]:
    """Processes that work below *data_dir*."""
    found = []
    for cwd in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if str(cwd.readlink()).startswith(data_dir):
                found.append(int(cwd.parent.name))
        except OSError:
            continue
    return found
