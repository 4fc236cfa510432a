"""The real program in processes of its own, for tests that go through everything from the socket to the disk."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

COMMAND = Path(sys.executable).with_name("jatify")
PASSWORD = "correct horse battery staple"
PATIENCE = 60.0


WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
PORTS = range(12_000 + 2_000 * WORKER, 14_000 + 2_000 * WORKER)


def free_port() -> int:
    """A port to listen on soon: below those that connections are given, and no other worker of pytest takes it."""
    for port in random.sample(PORTS, len(PORTS)):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("all ports are taken")


def environment(**settings: str) -> dict[str, str]:
    """This process's environment without settings of ours, and with *settings*."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JATIFY_", "OPENROUTER_"))}
    return kept | {"JATIFY_LOG_FORMAT": "text"} | settings


def run(*arguments: str, cwd: Path, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; *typed* comes on its standard input."""
    return subprocess.run(
        [COMMAND, *arguments],
        cwd=cwd,
        env=environment(**settings),
        capture_output=True,
        text=True,
        input=typed,
        timeout=PATIENCE,
        check=False,
    )


class Process:
    """One running command and what it logged."""

    def __init__(self, log: Path, *arguments: str, settings: Mapping[str, str]) -> None:
        self._log = log
        with log.open("w") as out:
            self.process = subprocess.Popen(
                [COMMAND, *arguments], cwd=log.parent, env=environment(**settings), stdout=out, stderr=out
            )

    @property
    def log(self) -> str:
        return self._log.read_text()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """End it as an operator would; return its exit code."""
        with suppress(ProcessLookupError):
            self.process.send_signal(with_signal)
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def started(tmp_path: Path, *arguments: str, name: str = "process", **settings: str) -> Iterator[Process]:
    """A command that runs as long as the block."""
    process = Process(tmp_path / f"{name}.log", *arguments, settings=settings)
    try:
        yield process
    finally:
        if process.process.poll() is None:
            process.process.terminate()
            try:
                process.process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                raise AssertionError(f"{name} did not end:\n{process.log}") from None


@contextmanager
def serving(
    tmp_path: Path, *arguments: str, name: str = "serve", **settings: str
) -> Iterator[tuple[Process, httpx.Client]]:
    """`jatify serve` that answers already, and a client of its own."""
    port = free_port()
    with (
        started(tmp_path, "serve", *arguments, name=name, JATIFY_PORT=str(port), **settings) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=PATIENCE) as client,
    ):
        wait_until_ready(client, process)
        yield process, client


class ProviderProcess:
    """A misbehaving provider in a process of its own, and its controls."""

    def __init__(self, url: str, client: httpx.Client) -> None:
        self.url = url
        self._client = client

    def script(self, *behaviours: dict[str, Any]) -> None:
        """Let these happen next; members are those of `tests.provider.Behaviour`."""
        self._client.post("/_script", json=behaviours).raise_for_status()

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The requests for an analysis that arrived."""
        return [json.loads(r["body"]) for r in self._client.get("/_requests").json() if r["body"]]


@contextmanager
def providing(tmp_path: Path, port: int = 0) -> Iterator[ProviderProcess]:
    """A provider that runs as long as the block, at any *port* that is free unless one is named."""
    command = [sys.executable, str(Path(__file__).with_name("provider.py")), "--port", str(port)]
    with (tmp_path / "provider.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    with process:
        assert process.stdout
        url = process.stdout.readline().strip()
        try:
            with httpx.Client(base_url=url.removesuffix("/api/v1"), trust_env=False, timeout=PATIENCE) as client:
                yield ProviderProcess(url, client)
        finally:
            process.terminate()


def wait_until_ready(client: httpx.Client, process: Process) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.process.poll() is None, process.log
        with suppress(httpx.TransportError):
            if client.get("/health/ready").is_success:
                return
        time.sleep(0.05)
    raise AssertionError(f"not ready:\n{process.log}")


def logged_in(client: httpx.Client, email: str = "ada@example.com") -> dict[str, Any]:
    """Register, log in, and send the token from now on; the login's answer."""
    client.post("/api/auth/register", json={"email": email, "password": PASSWORD, "name": "Ada"}).raise_for_status()
    login = client.post("/api/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status().json()
    client.headers["Authorization"] = f"Bearer {login['token']}"
    return dict(login)


def ended(client: httpx.Client, analysis: Mapping[str, Any], within: float = PATIENCE) -> dict[str, Any]:
    """The analysis once it has ended."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        seen = client.get(f"/api/analyses/{analysis['id']}", headers={"Prefer": "wait=5"}).raise_for_status().json()
        if seen["state"] not in {"queued", "running"}:
            return dict(seen)
    raise AssertionError(f"analysis {analysis['id']} has not ended")
