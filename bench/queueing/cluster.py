"""A Postgres of the benchmark's own: on a real disk, with durable settings, gone when the benchmark ends."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from msgspec import Struct

from jatify_adapters.postgres.embedded.account import Account, account_for, clean_environment
from jatify_adapters.postgres.embedded.binaries import Binaries, find_binaries
from jatify_adapters.postgres.embedded.folder import Folder

SETTINGS = {"fsync": "on", "synchronous_commit": "on", "max_connections": "300"}
"""Beside the defaults, of which the first two are: they are named so that nobody wonders."""

IN_MEMORY = frozenset({"tmpfs", "ramfs"})
PATIENCE = 60.0


class Cluster(Struct, frozen=True):
    """A running server that trusts everybody on this machine."""

    port: int
    pid: int
    folder: Path
    programs: Path

    def url(self, database: str) -> str:
        """Where *database* is."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str) -> "psycopg.Connection":
        """A connection to *database*, in autocommit."""
        return psycopg.connect(self.url(database), autocommit=True)

    def fresh(self, database: str) -> str:
        """Make *database* anew, empty, and return its url."""
        with self.connect("postgres") as conn:
            conn.execute(f"drop database if exists {database} with (force)".encode())
            conn.execute(f"create database {database}".encode())
        return self.url(database)

    @property
    def version(self) -> str:
        """The server's version."""
        with self.connect("postgres") as conn:
            return conn.info.parameter_status("server_version") or ""


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """A server with empty database files, which lasts until the block ends, whatever ends it."""
    folder = Path(tempfile.mkdtemp(prefix="jatify-bench-", dir=_real_disk()))
    try:
        account = account_for(Folder(folder))
        binaries = find_binaries(None, account)
        folder.chmod(0o711)
        files = _make_files(folder, binaries, account)
        with _running(files, binaries, account) as cluster:
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_files(folder: Path, binaries: Binaries, account: Account) -> Path:
    files = folder / "files"
    files.mkdir(mode=0o700)
    os.chown(files, account.uid, account.gid)
    options = ["-D", str(files), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
    subprocess.run(  # noqa: S603  # a program of Postgres
        [str(binaries.folder / "initdb"), *options],
        check=True,
        capture_output=True,
        cwd=files,
        env=clean_environment(),
        **account.switch,
    )
    return files


@contextmanager
def _running(files: Path, binaries: Binaries, account: Account) -> Iterator[Cluster]:
    port = _free_port()
    settings = {**SETTINGS, "port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
    options = [f"--{name}={value}" for name, value in settings.items()]
    with (files.parent / "postgres.log").open("wb") as log:
        # A session of its own: a Ctrl-C at the terminal is for the benchmark, which then stops the server in order.
        server = subprocess.Popen(  # noqa: S603  # a program of Postgres
            [str(binaries.folder / "postgres"), "-D", str(files), *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=files,
            env=clean_environment(),
            start_new_session=True,
            **account.switch,
        )
    cluster = Cluster(port, server.pid, files.parent, binaries.folder)
    try:
        with _stopped_when_orphaned(server):
            _wait_until_ready(cluster, server)
            yield cluster
    finally:
        _stop(server)


@contextmanager
def _stopped_when_orphaned(server: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Even if this process is killed inside the block, the server stops."""
    # The pipe ends with this process; the shell, which waits for that, has a session of its own and lives on.
    command = ["/bin/sh", "-c", 'read -r _; kill -INT "$0"', str(server.pid)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as watch:  # noqa: S603  # fixed
        try:
            yield
        finally:
            watch.kill()


def _wait_until_ready(cluster: Cluster, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        with suppress(psycopg.OperationalError), cluster.connect("postgres"):
            return
        time.sleep(0.05)
    raise SystemExit("Postgres did not start: " + (cluster.folder / "postgres.log").read_text()[-500:])


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.send_signal(signal.SIGINT)  # a fast shutdown
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _real_disk() -> Path:
    """Where temporary files are on a disk: in memory, a commit would cost nothing."""
    places = [Path(tempfile.gettempdir()), Path("/var/tmp"), Path.home()]  # noqa: S108  # the folder in it is private
    for place in places:
        if place.is_dir() and _file_system(place) not in IN_MEMORY:
            return place
    raise SystemExit("There is no temporary folder on a real disk; set TMPDIR to one.")


def _file_system(place: Path) -> str | None:
    """The type of the file system that holds *place*, where the system tells."""
    with suppress(OSError):
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
        holding = [(point, kind) for point, kind in mounts if place.resolve().is_relative_to(point)]
        return max(holding, key=lambda mount: len(mount[0]))[1]
    return None
