"""The database files: making them, their socket, and what `postmaster.pid` says of the server that runs on them."""

import hashlib
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .account import Account, clean_environment
from .binaries import Binaries
from .folder import EmbeddedError, Folder, is_root

PORT = 5432  # only a part of the socket's name
SUPERUSER = "jatify"
_ADVICE = "set JATIFY_DATA_DIR to another folder, or JATIFY_DATABASE_URL to a Postgres"
SOCKET = f".s.PGSQL.{PORT}"
_LONGEST_SOCKET = 103 if sys.platform == "darwin" else 107


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A server as its pid file describes it; it may be dead."""

    pid: int
    socket_folder: Path
    ready: bool

    @property
    def listening(self) -> bool:
        """Whether it lives. The kernel knows; its pid may by now be a zombie's or a stranger's."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(str(self.socket_folder / SOCKET))
            except (BlockingIOError, TimeoutError):
                return True  # so busy that callers queue
            except OSError:
                return False
        return True


def postmaster_of(cluster: Path) -> Postmaster | None:
    """The server that last ran on these files and did not say goodbye."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        return Postmaster(int(lines[0]), cluster / lines[4], ready=len(lines) > 7 and lines[7].strip() == "ready")
    except (OSError, ValueError, IndexError):
        return None


def create_cluster(
    folder: Path, cluster: Path, binaries: Binaries, account: Account, *, durable: bool, lock: int, timeout: float
) -> None:
    """Make empty database files under a name of no meaning, then give them their own: half-made ones are never used.

    The child inherits `lock`: when this process is killed, nobody else starts until that child is done as well.
    """
    for old in Folder(folder).half_made():
        shutil.rmtree(old, ignore_errors=True)
    making = Path(tempfile.mkdtemp(prefix="initdb-", dir=folder))
    try:
        if account.switch:
            os.chown(making, account.uid, account.gid, follow_symlinks=False)
        _initdb(making, binaries, account, durable=durable, lock=lock, timeout=timeout)
        making.rename(cluster)
        _sync(folder)
    except subprocess.TimeoutExpired as error:
        raise EmbeddedError(f"making the database in {folder} took longer than {timeout:.0f} s; try again") from error
    except OSError as error:
        raise EmbeddedError(f"the database in {folder} cannot be made: {error}; {_ADVICE}") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _initdb(making: Path, binaries: Binaries, account: Account, *, durable: bool, lock: int, timeout: float) -> None:
    command = [str(binaries.folder / "initdb"), "-D", account.address(making, binaries.major), "-U", SUPERUSER]
    command += ["-E", "UTF8", "--auth-local=trust", "--auth-host=reject", *_locale(binaries.major)]
    done = subprocess.run(  # noqa: S603  # a program of Postgres
        command if durable else [*command, "--no-sync"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
        cwd=making,
        env=clean_environment(),
        pass_fds=[lock],
        **account.switch,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        reason = next((line for line in lines if "error:" in line or "FATAL" in line), lines[-1])
        raise EmbeddedError(f"the database in {making.parent} cannot be made: {reason}; {_ADVICE}")


def _locale(major: int) -> list[str]:
    """Code point order and Unicode's upper and lower case, the same on every system."""
    if major >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C", "--lc-ctype=" + ("UTF-8" if sys.platform == "darwin" else "C.UTF-8")]


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def socket_folder(cluster: Path, account: Account) -> str:
    """Where the server shall listen: with its files, or in a short folder of its own; private either way.

    The server starts inside its files, so "." is there. A socket's whole path has to fit into 107 bytes, libpq takes a
    comma for the next host, and some mounted folders can hold no socket at all.
    """
    if _fits(cluster) and _holds_sockets(cluster):
        return "."
    name = f"jatify-{account.uid}-{hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]}"
    # /tmp before XDG_RUNTIME_DIR, which is emptied when its user logs out while a server may go on.
    places = ["/tmp", *([] if is_root() else [os.environ.get("XDG_RUNTIME_DIR", "")])]  # noqa: S108  # checked below
    for place in filter(None, places):
        short = Path(place) / name
        with suppress(OSError):
            if _fits(short) and _private(short, account):
                return str(short)
    raise EmbeddedError(f"{cluster.parent} is too long a name for a socket; set JATIFY_DATA_DIR to a shorter one")


def _fits(folder: Path) -> bool:
    return "," not in str(folder) and len(os.fsencode(folder / SOCKET)) <= _LONGEST_SOCKET


def _holds_sockets(cluster: Path) -> bool:
    probe = cluster / ".probe"
    probe.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as trial:
        try:
            trial.bind(str(probe))
        except OSError:
            return False
        finally:
            probe.unlink(missing_ok=True)
    return True


def _private(short: Path, account: Account) -> bool:
    """Make the folder, or find it just as we would have made it; in /tmp anybody may have been there first."""
    with suppress(FileExistsError):
        short.mkdir(mode=0o700)
        os.chown(short, account.uid, account.gid, follow_symlinks=False)
    found = short.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and stat.S_IMODE(found.st_mode) == 0o700
