"""A client of the API in a thread: it asks for analyses over HTTP at one server after the other, and keeps a ledger."""

import itertools
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from tests.chaos.asking import Asked
from tests.chaos.ledger import Ledger
from tests.chaos.orders import Orders, first_line, new_word
from tests.running import PASSWORD

LISTINGS = 10


class Left(Exception):
    """The client was told to leave."""


class HttpClient(threading.Thread):
    """Asks until `leave`; `answers` counts the statuses it got, "cut" for a connection that broke."""

    def __init__(self, ports: Sequence[int], folder: Path, rate: float, name: str) -> None:
        super().__init__(name=name)
        self._servers = itertools.cycle([f"http://127.0.0.1:{port}" for port in ports])
        self._ledger = Ledger(folder / f"{name}.ledger")
        self._pause = 1 / rate
        self._client = httpx.Client(trust_env=False, timeout=30)
        self._leaving = threading.Event()
        self.answers: Counter[int | str] = Counter()

    def leave(self) -> None:
        self._leaving.set()
        self.join()
        self._client.close()

    def run(self) -> None:
        with suppress(Left):
            self._log_in()
            while True:
                self._ask_about_one_resume()

    def _log_in(self) -> None:
        email = f"{new_word()}@example.com"
        self._call("POST", "/api/auth/register", json={"email": email, "password": PASSWORD, "name": "Ada"}, again=409)
        login = self._call("POST", "/api/auth/login", json={"email": email, "password": PASSWORD})
        self._client.headers["Authorization"] = f"Bearer {login['token']}"
        self._ledger.row("account", UUID(self._call("GET", "/api/user/profile")["id"]))

    def _ask_about_one_resume(self) -> None:
        mine = new_word()
        resume = self._call("POST", "/api/resumes", files={"file": ("ada.txt", Orders().resume(mine).encode())})
        self._ledger.row("resume", UUID(resume["id"]))
        for _ in range(LISTINGS):
            self._rest(self._pause)
            wanted = new_word()
            listing = self._call("POST", "/api/jobs", json={"company": "Loaf & Co", "position": first_line(wanted)})
            self._ledger.row("listing", UUID(listing["id"]))
            asked = self._call("POST", f"/api/resumes/{resume['id']}/analyze", json={"job_id": listing["id"]})
            self._ledger.asked(Asked(UUID(asked["id"]), UUID(int=0), mine, wanted))

    def _call(self, method: str, path: str, again: int | None = None, **content: Any) -> dict[str, Any]:
        """The answer, as soon as one comes; what became of calls before is unknown. *again*: it had gone through."""
        while True:
            try:
                answer = self._client.request(method, next(self._servers) + path, **content)
            except httpx.TransportError:
                self.answers["cut"] += 1
            else:
                self.answers[answer.status_code] += 1
                if answer.is_success or answer.status_code == again:
                    return dict(answer.json())
            self._rest(0.2)

    def _rest(self, seconds: float) -> None:
        if self._leaving.wait(seconds):
            raise Left
