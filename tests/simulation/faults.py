"""Planted faults: each is a small, likely mistake, and something must go red of it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from tests.simulation.__main__ import BROKEN

REPOSITORY = Path(__file__).resolve().parents[2]
SEEDS = 2_000
"""Among so many the simulation finds each fault that it is to find."""
FOUND_BY = "Found by: "
SIMULATION = "the simulation"


class Fault(Struct, frozen=True):
    """A diff against the sources whose head says what it plants and who is to find it."""

    path: Path

    @property
    def name(self) -> str:
        """What it is called."""
        return self.path.stem

    @property
    def found_by(self) -> str:
        """`the simulation`, or a test."""
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return next(line.removeprefix(FOUND_BY) for line in lines if line.startswith(FOUND_BY))


def all_faults() -> list[Fault]:
    """Every diff beside this file."""
    return [Fault(path) for path in sorted((Path(__file__).parent / "faults").glob("*.diff"))]


def red(fault: Fault) -> str | None:
    """What went red in a copy of the tree that has *fault*, or None if nothing did."""
    with _planted(fault) as tree:
        by_simulation = fault.found_by == SIMULATION
        simulation = ("tests.simulation", "--seeds", str(SEEDS), "--until-broken", "--processors", "1")
        wanted, command = (BROKEN, simulation) if by_simulation else (1, ("pytest", "-q", "-x", fault.found_by))
        environment = os.environ | {"PYTHONPATH": f"{tree / 'src'}{os.pathsep}{tree}"}
        ran = subprocess.run(
            (sys.executable, "-m", *command), cwd=tree, env=environment, capture_output=True, text=True, check=False
        )
    told = ran.stdout.strip().splitlines()
    if ran.returncode not in {0, wanted}:
        raise RuntimeError(f"{fault.name} shows nothing: {ran.stdout}{ran.stderr}")
    return (told[0] if by_simulation else told[-1]) if ran.returncode == wanted else None


@contextmanager
def _planted(fault: Fault) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        tree = Path(folder)
        for part in ("src", "tests"):
            shutil.copytree(REPOSITORY / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(REPOSITORY / "pyproject.toml", tree)
        # Outside of any repository git apply patches files as they are; inside of one it would look for its index.
        apart = os.environ | {"GIT_CEILING_DIRECTORIES": str(tree.parent)}
        apply = ("git", "apply", "-C1", str(fault.path))
        subprocess.run(apply, cwd=tree, env=apart, check=True)
        yield tree


def main() -> int:
    """Plant one after another and print what found it."""
    missed = 0
    for fault in all_faults():
        finding = red(fault)
        missed += finding is None
        sys.stdout.write(f"{fault.name:<44} {finding or 'NOT FOUND'}\n")
    sys.stdout.write(f"{len(all_faults())} faults, {missed} not found\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
