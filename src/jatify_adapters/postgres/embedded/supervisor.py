"""The process between Jatify and Postgres: it runs the server, and stops it once no user's lock is left.

Started by its path with `python -I -S`, it imports nothing of Jatify's: it is up in milliseconds and has no part in
what happens to its users.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.platform != "win32":
    import fcntl

TAKEN = 3  # exit code: another supervisor is at work
_SHORT_RUN = 2.0  # seconds; a server that ends sooner did not start
_ATTEMPTS = 4  # for a server that never ran; one that did is started again for as long as it has users
_PATIENCE = 30.0  # seconds that a fast shutdown may take before it becomes an immediate one


@dataclass(frozen=True, slots=True)
class Orders:
    """The command line of a supervisor."""

    users_lock: str
    server_lock: str
    cluster: Path
    socket_lock: Path
    uid: int
    gid: int
    adopted: int  # the pid of a server whose supervisor died, or 0
    command: list[str]

    @property
    def arguments(self) -> list[str]:
        """The way there; `parse` is the way back."""
        paths = [self.users_lock, self.server_lock, str(self.cluster), str(self.socket_lock)]
        return [*paths, *map(str, (self.uid, self.gid, self.adopted)), *self.command]

    @classmethod
    def parse(cls, arguments: list[str]) -> "Orders":
        """Orders from `sys.argv[1:]`."""
        users, server, cluster, socket_lock, uid, gid, adopted, *command = arguments
        return cls(users, server, Path(cluster), Path(socket_lock), int(uid), int(gid), int(adopted), command)


class Supervisor:
    """One server and the two threads that wait: the main one for its end, the other for the end of its users."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._adopted = orders.adopted
        self._server: subprocess.Popen[bytes] | None = None
        self._leaving = False

    def run(self) -> None:
        """Keep a server running until all users are gone; give up on one that does not start."""
        signal.signal(signal.SIGTERM, lambda *_: self._leave())
        threading.Thread(target=self._outlast_users, daemon=True).start()
        self._outlast_adopted()
        proven, failures = False, 0
        while not self._leaving:
            began = time.monotonic()
            self._serve()
            if time.monotonic() - began > _SHORT_RUN:
                proven, failures = True, 0
            failures += 1
            if failures == _ATTEMPTS and not proven:
                break
            self._pause(min(0.1 * 2**failures, 1.0))  # children of a killed server need a moment to go

    def _serve(self) -> None:
        disown(self._orders.cluster / "postmaster.pid")
        self._orders.socket_lock.unlink(missing_ok=True)
        switch: dict[str, Any] = {}
        if os.geteuid() == 0:
            switch = {"user": self._orders.uid, "group": self._orders.gid, "extra_groups": []}
        self._server = subprocess.Popen(self._orders.command, cwd=self._orders.cluster, **switch)  # noqa: S603  # Jatify's
        if self._leaving:  # set while we were starting it
            self._signal(signal.SIGINT)
        self._server.wait()

    def _pause(self, seconds: float) -> None:
        if not self._leaving:
            time.sleep(seconds)

    def _outlast_users(self) -> None:
        users = os.open(self._orders.users_lock, os.O_RDWR)
        fcntl.flock(users, fcntl.LOCK_EX)  # kept to the end: whoever comes now waits for a fresh server
        self._leave()
        time.sleep(_PATIENCE)
        self._signal(signal.SIGQUIT)

    def _outlast_adopted(self) -> None:
        while self._adopted and alive(self._adopted):
            time.sleep(0.05 if self._leaving else 0.5)
        self._adopted = 0

    def _leave(self) -> None:
        self._leaving = True
        self._signal(signal.SIGINT)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            if self._adopted:
                os.kill(self._adopted, number)
            elif self._server:
                self._server.send_signal(number)


def disown(pid_file: Path) -> None:
    """Make a dead server's pid file one that Postgres replaces, whoever has its pid now.

    Postgres believes any living process, be it a zombie or a stranger, unless it is its own parent: that is us. The
    file is not deleted, because it also names the shared memory by which Postgres sees that children of the dead server
    still work on the files.
    """
    try:
        descriptor = os.open(pid_file, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        _, *rest = file.read().splitlines(keepends=True) or [""]
        file.seek(0)
        file.truncate()
        file.writelines([f"{os.getpid()}\n", *rest])


def alive(pid: int) -> bool:
    """Whether a process that is not our child runs; a zombie does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True  # a system without /proc, where the first process reaps
    except OSError:
        return False
    return state not in "ZX"


def main(arguments: list[str]) -> int:
    """Take the server's lock, leave the caller's family, and supervise."""
    orders = Orders.parse(arguments)
    lock = os.open(orders.server_lock, os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return TAKEN
    if (
        os.fork() == 0
    ):  # the lock goes along, so that it is held when the caller sees us end; nobody has to reap the child
        Supervisor(orders).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
