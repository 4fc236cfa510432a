"""The lifecycle: join the server of a data folder, starting it when it is not running, and leave it to the others."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import make_conninfo

from . import supervisor
from .account import account_for, clean_environment
from .binaries import find_binaries
from .cluster import PORT, SOCKET, SUPERUSER, Postmaster, create_cluster, postmaster_of, socket_folder
from .folder import EmbeddedError, Folder, claim_folder, open_own
from .locks import FileLock

_DATABASE = "jatify"
_PAUSE = 0.01
_LAST_LOOK = 15.0  # seconds that the last user waits for the server to stop
_LARGEST_LOG = 10 * 1024 * 1024
_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "cluster_name": "jatify",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",  # would fill the log of a quiet server
    "wal_level": "minimal",  # nobody replicates from it
    "max_wal_senders": "0",
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def embedded_postgres(data_dir: Path, *, durable: bool = True, timeout: float = 60) -> Iterator[str]:
    """Use the Postgres kept in `data_dir`: a libpq conninfo, good until the block ends.

    All processes that name the same folder share one server; it stops soon after the last of them is gone, also by
    SIGKILL, and the last to leave waits for that. With `durable=False`, for tests, a killed server loses its last
    commits and a crash of the machine may lose everything; whoever starts the server decides. Raises `EmbeddedError`,
    at the latest after about `timeout` seconds.
    """
    if sys.platform == "win32":
        raise EmbeddedError("the embedded Postgres does not run on Windows; set JATIFY_DATABASE_URL to a Postgres")
    user = _User(Folder(claim_folder(data_dir)), durable=durable, timeout=timeout)
    try:
        yield user.join()
    finally:
        user.leave()


class _User:
    """One use of the server: a shared lock that its supervisor waits for."""

    def __init__(self, folder: Folder, *, durable: bool, timeout: float) -> None:
        self._folder = folder
        self._durable = durable
        self._deadline = time.monotonic() + timeout
        self._starting = FileLock(folder.start_lock)
        self._using = FileLock(folder.users_lock)
        self._supervising = FileLock(folder.server_lock)
        self._told = folder.log.stat().st_size if folder.log.exists() else 0  # what the log said before us is old

    def join(self) -> str:
        """Connect to the running server, or start one; one process at a time."""
        self._wait(self._starting.exclusive, "another process is still starting the database")
        try:
            self._wait(self._using.shared, "the database is still stopping")
            return self._connect_or_launch()
        finally:
            self._starting.release()

    def leave(self) -> None:
        """Let go of the server; when nobody else has it, see it stop."""
        try:
            with suppress(EmbeddedError):
                while not self._supervised and self._orphan() and not self._launch():
                    time.sleep(_PAUSE)
            self._using.release()
            self._see_it_stop()
        finally:
            for lock in (self._starting, self._using, self._supervising):
                lock.close()

    def _connect_or_launch(self) -> str:
        launched = False
        while True:
            if self._supervised:
                if conninfo := self._connect():
                    return conninfo
            elif launched and not self._orphan():
                raise EmbeddedError(f"Postgres did not start ({self._last_words()}); see {self._folder.log}")
            else:
                launched = self._launch()
            self._breathe(f"Postgres is not ready yet ({self._last_words()}); see {self._folder.log}")

    @property
    def _supervised(self) -> bool:
        if self._supervising.shared():
            self._supervising.release()
            return False
        return True

    def _postmaster(self) -> Postmaster | None:
        major = self._folder.newest()
        return None if major is None else postmaster_of(self._folder.cluster(major))

    def _orphan(self) -> int:
        """The pid of a server that runs although its supervisor was killed, or 0."""
        found = self._postmaster()
        return found.pid if found and found.listening else 0

    def _connect(self) -> str | None:
        """Where the database is, once it answers; made when it is missing."""
        server = self._postmaster()
        if server is None or not server.ready:
            return None
        place: dict[str, Any] = {"host": str(server.socket_folder), "port": PORT, "user": SUPERUSER}
        try:
            with psycopg.connect(make_conninfo(**place, dbname="postgres", connect_timeout=5), autocommit=True) as link:
                self._prepare(link)
            with psycopg.connect(make_conninfo(**place, dbname=_DATABASE, connect_timeout=5)) as link:
                _close_back_door(link)
        except psycopg.OperationalError:
            return None
        return make_conninfo(**place, dbname=_DATABASE)

    def _prepare(self, link: psycopg.Connection) -> None:
        found = link.execute(
            "select current_setting('fsync') = 'on', exists (select from pg_database where datname = %(name)s)",
            {"name": _DATABASE},
        ).fetchone()
        durable, made = found or (False, False)
        if self._durable and not durable:
            raise EmbeddedError(f"the database in {self._folder.path} was started for tests and may lose data; stop it")
        if not made:
            link.execute("create database jatify")

    def _launch(self) -> bool:
        """Start a supervisor, for the orphan if there is one; false when somebody else was faster."""
        orphan = self._orphan()
        orders = self._orders(orphan)
        if not orphan:
            self._trim_log()
        with os.fdopen(open_own(self._folder.log), "ab") as log:
            self._told = log.tell()
            code = _supervise(orders, log)
        if code not in (0, supervisor.TAKEN):
            raise EmbeddedError(f"Postgres cannot be supervised ({self._last_words()}); see {self._folder.log}")
        return code == 0

    def _orders(self, orphan: int) -> supervisor.Orders:
        folder, account = self._folder, account_for(self._folder)
        existing = folder.newest()
        binaries = find_binaries(existing, account)
        cluster = folder.cluster(binaries.major)
        if existing is None:
            create_cluster(
                folder.path,
                cluster,
                binaries,
                account,
                durable=self._durable,
                lock=self._starting.descriptor,
                timeout=max(1.0, self._deadline - time.monotonic()),
            )
        where = socket_folder(cluster, account)
        settings = {**_SETTINGS, "unix_socket_directories": where, **({} if self._durable else _FORGETFUL)}
        command = [str(binaries.folder / "postgres"), "-D", account.address(cluster, binaries.major)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return supervisor.Orders(
            str(folder.users_lock),
            str(folder.server_lock),
            cluster,
            cluster / where / f"{SOCKET}.lock",
            account.uid,
            account.gid,
            orphan,
            command,
        )

    def _see_it_stop(self) -> None:
        end = time.monotonic() + _LAST_LOOK
        while self._supervised and time.monotonic() < end:
            if self._using.exclusive():
                self._using.release()  # nobody is left, and the supervisor is about to notice
            elif self._using.shared():
                return  # others go on
            time.sleep(_PAUSE)

    def _trim_log(self) -> None:
        with suppress(FileNotFoundError):
            if self._folder.log.stat().st_size > _LARGEST_LOG:
                self._folder.log.replace(self._folder.log.with_suffix(".log.1"))

    def _last_words(self) -> str:
        with suppress(OSError), self._folder.log.open("rb") as log:
            log.seek(self._told)
            lines = log.read().decode(errors="replace").splitlines()
            serious = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "ERROR", "Error:"))]
            return (serious or lines or ["it said nothing"])[-1].strip()
        return "it said nothing"

    def _wait(self, attempt: Callable[[], bool], complaint: str) -> None:
        while not attempt():
            self._breathe(complaint)

    def _breathe(self, complaint: str) -> None:
        if time.monotonic() > self._deadline:
            raise EmbeddedError(f"{complaint}; try again, or raise the timeout")
        time.sleep(_PAUSE)


def _close_back_door(link: psycopg.Connection) -> None:
    """Leave changes of role and setting to statements of their own, which no smuggled expression can be.

    A function that makes them would let a single one out of its transaction's walls.
    """
    function = "pg_catalog.set_config(text, text, boolean)"
    (is_open,) = link.execute("select has_function_privilege('public', %s, 'execute')", [function]).fetchone() or (0,)
    if is_open:
        link.execute("revoke execute on function pg_catalog.set_config(text, text, boolean) from public")


def _supervise(orders: supervisor.Orders, log: IO[bytes]) -> int:
    """Start a supervisor, and return once it holds the server's lock."""
    try:
        return subprocess.run(  # noqa: S603  # our own file
            [sys.executable, "-I", "-S", supervisor.__file__, *orders.arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
            cwd="/",
            env=clean_environment(),
            start_new_session=True,  # Ctrl-C is for us; the supervisor sees us go
        ).returncode
    except OSError as error:
        raise EmbeddedError(f"{sys.executable} cannot be started ({error.strerror}); reinstall Jatify") from error
