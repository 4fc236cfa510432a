"""A durable Postgres on loopback that tests kill, stop, starve of disk and start again."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from jatify_adapters.postgres.embedded.account import account_for, clean_environment
from jatify_adapters.postgres.embedded.binaries import find_binaries
from jatify_adapters.postgres.embedded.folder import Folder
from tests.running import PATIENCE, free_port

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "max_connections": "300"}


class Cluster:
    """One set of database files, and the server that runs on them most of the time."""

    def __init__(self, folder: Path, *initdb: str, **settings: str) -> None:
        self._account = account_for(Folder(folder))
        self._binaries = find_binaries(None, self._account)
        self._files = folder / "files"
        self._log = folder / "postgres.log"
        self._settings = DURABLE | settings
        self._server: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self._initdb(*initdb)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> "psycopg.Connection":
        return psycopg.connect(self.url(database), autocommit=True)

    def create(self, database: str) -> str:
        with self.connect() as link:
            link.execute(sql.SQL("create database {}").format(sql.Identifier(database)))
        return self.url(database)

    @contextmanager
    def copy_of(self, template: str) -> Iterator[str]:
        """A database like *template*, gone when the block ends, whatever has become of the server by then."""
        database = f"test_{uuid4().hex}"
        names = {"name": sql.Identifier(database), "template": sql.Identifier(template)}
        self.start()
        with self.connect() as link:
            link.execute(sql.SQL("create database {name} template {template}").format(**names))
        yield self.url(database)
        self.start()
        with self.connect() as link:
            link.execute(sql.SQL("drop database {name} with (force)").format(**names))

    @property
    def running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    def start(self) -> None:
        """Have it answer, however often it must be started: what a killed server leaves behind needs a moment to go."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if not self.running:
                self._launch()
            with suppress(psycopg.OperationalError), self.connect():
                return
            time.sleep(0.05)
        raise AssertionError(f"Postgres did not start:\n{self._log.read_text(errors='replace')[-2_000:]}")

    def kill(self, dice: random.Random) -> str:
        """SIGKILL the server alone, or with all its children, or one child, which takes the others down with it."""
        assert self._server
        children = _children(self._server.pid)
        what = dice.choice(["postmaster", "family", "backend"])
        victims = [dice.choice(children)] if what == "backend" else [self._server.pid]
        for pid in victims + (children if what == "family" else []):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if what != "backend":
            self._server.wait()
        return what

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT is a fast shutdown, SIGQUIT an immediate one, after which it recovers like from a crash."""
        if self._server and self.running:
            self._server.send_signal(how)
            try:
                self._server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._server.send_signal(signal.SIGQUIT)
                self._server.wait()

    def _initdb(self, *options: str) -> None:
        self._files.mkdir(mode=0o700, exist_ok=True)
        os.chown(self._files, self._account.uid, self._account.gid)
        where = self._account.address(self._files, self._binaries.major)
        command: list[str | Path] = [
            self._binaries.folder / "initdb",
            "-D",
            where,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        subprocess.run(
            [*command, "-E", "UTF8", "--locale=C", *options],
            check=True,
            capture_output=True,
            cwd=self._files,
            env=clean_environment(),
            **self._account.switch,
        )

    def _launch(self) -> None:
        where = self._account.address(self._files, self._binaries.major)
        settings = {
            **self._settings,
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
        }
        with self._log.open("ab") as log:
            self._server = subprocess.Popen(
                [self._binaries.folder / "postgres", "-D", where, *(f"--{k}={v}" for k, v in settings.items())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._files,
                env=clean_environment(),
                start_new_session=True,  # a Ctrl-C is for the tests, which then stop it in order
                **self._account.switch,
            )


@contextmanager
def running_cluster(folder: Path, *initdb: str, **settings: str) -> Iterator[Cluster]:
    """A cluster with a server that answers, which does not outlive the block."""
    cluster = Cluster(folder, *initdb, **settings)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


def _children(pid: int) -> list[int]:
    """The processes that *pid* started and that live."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = entry.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state not in "ZX":
                found.append(int(entry.parent.name))
    return found
