"""The storm: a whole installation under load whose processes are killed at random, each started again at once."""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.chaos import client_program, worker_program
from tests.chaos.cluster import Cluster
from tests.chaos.http_client import HttpClient
from tests.chaos.programs import Program, worker_command
from tests.running import COMMAND, free_port

KEYS = "k1:nXmxo38xgBzRGmcG+0DWvVdSaEaQO7E+3lYkOenBuCM="
DECK = {"worker": 60, "api": 25, "postgres": 25, "client": 10}
"""How often each kind of process is killed."""
LONGEST_CALM = 3.0
LONGEST_STORM = 600.0


class Kept:
    """A program that is started again whenever it ends, which it should do only when killed."""

    def __init__(self, kind: str, ready: str, start: Callable[[], Program]) -> None:
        self.kind = kind
        self._ready = ready
        self._start = start
        self._program = start()
        self.fallen: list[str] = []
        """The last words of those that had been ready and ended by themselves."""
        self.turned_away = 0
        """How many ended before they were ready: the database was down, and they said so."""

    def wait_until_ready(self) -> None:
        self._program.wait_for(self._ready)

    def tend(self) -> None:
        if self._program.process.poll() is not None:
            if self._ready in self._program.log:
                self.fallen.append(self._program.log[-3_000:])
            self.turned_away += 1
            self._program = self._start()

    def kill(self) -> None:
        self.tend()
        self._program.kill()
        self._program = self._start()

    def stop(self) -> None:
        self._program.kill()


class Storm:
    """Kills from a shuffled deck with calms of random length, all from one seed."""

    def __init__(self, cluster: Cluster, conninfo: str, folder: Path, provider_url: str, seed: int) -> None:
        self._cluster = cluster
        self._conninfo = conninfo
        self._folder = folder
        self._dice = random.Random(seed)  # noqa: S311  # no secret
        self._settings = {
            "JATIFY_DATABASE_URL": conninfo,
            "JATIFY_SECRET_KEYS": KEYS,
            "JATIFY_DAILY_ANALYSES": "1000000",
            "JATIFY_MAX_WAITING": "1000000",
            "JATIFY_MAX_RESUMES": "1000000",
            "OPENROUTER_API_KEY": "sk-test",
            "JATIFY_OPENROUTER_URL": provider_url,
            "JATIFY_OPENROUTER_PROFILE": "openrouter",
        }
        self.calls = folder / "calls"
        self.calls.touch()
        self.kept: list[Kept] = []
        self.visitors: list[HttpClient] = []
        self.kills: Counter[str] = Counter()

    @contextmanager
    def installation(self, client_rate: float, visitor_rate: float) -> Iterator[None]:
        """Everything that is killed, and the clients over HTTP, which are not."""
        ports = [free_port(), free_port()]
        try:
            self.kept += [self._api(port) for port in ports]
            self.kept += [self._worker("steady"), self._worker("brisk"), self._product_worker()]
            self.kept += [self._client(client_rate)]
            for one in self.kept:
                one.wait_until_ready()
            self.visitors += [HttpClient(ports, self._folder, visitor_rate, f"visitor-{n}") for n in (1, 2)]
            for visitor in self.visitors:
                visitor.start()
            yield
        finally:
            self.end_of_load()
            for one in self.kept:
                one.stop()

    def rage(self, enough: Callable[[], bool]) -> None:
        """Kill the whole deck; then go on with cards of the two that are cheap until there has been *enough* load."""
        deck = [kind for kind, times in DECK.items() for _ in range(times)]
        self._dice.shuffle(deck)
        end = time.monotonic() + LONGEST_STORM
        while deck or not enough():
            assert time.monotonic() < end, f"{len(deck)} kills left, {self.kills}, {[one.fallen for one in self.kept]}"
            self._calm(self._dice.uniform(0.1, LONGEST_CALM))
            self._strike(deck.pop() if deck else self._dice.choice(["worker", "api"]))

    def settle(self, done: Callable[[], bool], within: float) -> float:
        """No more faults: wait until it is *done*; how long that took."""
        began = time.monotonic()
        while not done() and time.monotonic() - began < within:
            self._calm(0.5)
        return time.monotonic() - began

    def end_of_load(self) -> None:
        """Let all clients leave."""
        for visitor in self.visitors:
            visitor.leave()
        for client in [one for one in self.kept if one.kind == "client"]:
            client.stop()
            self.kept.remove(client)

    def _strike(self, kind: str) -> None:
        if kind == "postgres":
            kind = f"postgres {self._cluster.kill(self._dice)}"
            time.sleep(self._dice.uniform(0, 1))
            self._cluster.start()
        else:
            self._dice.choice([one for one in self.kept if one.kind == kind]).kill()
        self.kills[kind] += 1

    def _calm(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            for one in self.kept:
                one.tend()
            time.sleep(min(0.2, left))

    def _api(self, port: int) -> Kept:
        command: list[str | Path] = [COMMAND, "serve", "--no-worker"]
        return self._keep("api", f"api-{port}", "the API answers at", command, JATIFY_PORT=str(port))

    def _product_worker(self) -> Kept:
        return self._keep("worker", "product", "waiting for jobs", [COMMAND, "worker"])

    def _worker(self, name: str) -> Kept:
        return self._keep("worker", name, worker_program.READY, worker_command(self._conninfo, self.calls, name))

    def _client(self, rate: float) -> Kept:
        options: list[str | Path] = ["--folder", self._folder, "--rate", str(rate), "--seconds", "0.05"]
        command = [sys.executable, "-m", "tests.chaos.client_program", self._conninfo, *options]
        return self._keep("client", "client", client_program.READY, command)

    def _keep(self, kind: str, name: str, ready: str, command: Sequence[str | Path], **more: str) -> Kept:
        log = self._folder / f"{name}.log"
        return Kept(kind, ready, lambda: Program(log, command, self._settings | more))
