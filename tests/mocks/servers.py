"""Two mocks of model providers as processes, and their controls."""

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct

from tests.running import free_port

PATIENCE = 60.0


class Seen(Struct, frozen=True):
    """One request as the mock saw it: the status it got, and when."""

    status: int
    began: float
    ended: float


class Llmock:
    """The one of PyPI: it speaks OpenAI's dialect, and judges its clients."""

    def __init__(self, client: httpx.Client) -> None:
        self.url = str(client.base_url.join("/v1"))
        self._client = client

    def script(self, model: str, *behaviours: dict[str, Any]) -> None:
        """Let these happen to the requests for *model*, one after the other."""
        matched = [behaviour | {"match": {"model": model}} for behaviour in behaviours]
        self._client.post("/_llmock/scenario", json={"behaviors": matched}).raise_for_status()

    def seen(self, model: str) -> list[Seen]:
        """The requests for *model*, oldest first."""
        requests = self._client.get("/_llmock/requests").raise_for_status().json()["requests"]
        return [Seen(one["status"], one["started_at"], one["ended_at"]) for one in requests if one["model"] == model]

    def findings(self) -> list[str]:
        """What it holds against us since `forget`, warnings included."""
        verdict = self._client.get("/_llmock/verdict").raise_for_status().json()
        return [f"{finding['code']}: {finding['title']}" for finding in verdict["findings"]]

    def forget(self) -> None:
        self._client.post("/_llmock/reset").raise_for_status()


class Aimock:
    """The one of npm: it speaks OpenRouter's dialect, fallbacks included."""

    def __init__(self, client: httpx.Client) -> None:
        self.url = str(client.base_url.join("/api/v1"))
        self._client = client

    def teach(self, *fixtures: dict[str, Any]) -> None:
        """Add what is answered to what; the first that matches counts."""
        self._client.post("/__aimock/fixtures", json={"fixtures": fixtures}).raise_for_status()

    def trouble(self, **rates: float) -> None:
        """Let all requests meet this, by names such as `disconnectRate`; none for peace."""
        self._client.post("/__aimock/chaos", json=rates).raise_for_status()

    def seen(self) -> list[Seen]:
        """The requests for chats, oldest first; it notes them as it answers."""
        entries = self._client.get("/__aimock/journal").raise_for_status().json()
        chats = [entry for entry in entries if entry["path"].endswith("/chat/completions")]
        return [
            Seen(chat["response"]["status"], chat["timestamp"] / 1_000, chat["timestamp"] / 1_000) for chat in chats
        ]

    def forget(self) -> None:
        self._client.post("/__aimock/reset").raise_for_status()


@contextmanager
def running_llmock(program: Path, folder: Path) -> Iterator[Llmock]:
    command: list[str | Path] = [program, "serve", "--host", "127.0.0.1", "--log-level", "warning"]
    with _running(command, folder, "/health") as client:
        yield Llmock(client)


@contextmanager
def running_aimock(program: Path, folder: Path) -> Iterator[Aimock]:
    needed = folder / "one.json"  # it starts with no fewer fixtures than one
    needed.write_text(json.dumps({"fixtures": [{"match": {"userMessage": "-"}, "response": {"content": "-"}}]}))
    command: list[str | Path] = [program, "--host", "127.0.0.1", "--fixtures", str(needed), "--log-level", "warn"]
    with _running(command, folder, "/__aimock/health") as client:
        yield Aimock(client)


@contextmanager
def _running(command: Sequence[str | Path], folder: Path, health: str) -> Iterator[httpx.Client]:
    port, log = free_port(), folder / "log"
    with (
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=PATIENCE) as client,
        log.open("w") as out,
        subprocess.Popen([*command, "--port", str(port)], cwd=folder, stdout=out, stderr=out) as process,
    ):
        try:
            _wait_for(client, health, process, log)
            yield client
        finally:
            process.terminate()


def _wait_for(client: httpx.Client, health: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        with suppress(httpx.TransportError):
            if client.get(health).is_success:
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text())
