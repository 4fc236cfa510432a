"""Who takes part: for each, how its driver is called, the best settings known, and how many of its jobs are left."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

ROOT: Final = Path(__file__).resolve().parents[2]


class Contender(Struct, frozen=True, kw_only=True):
    """One queue with its driver; `drain`, `wake` and `burst` are the arguments of a worker in these scenarios."""

    name: str
    suffix: str = ""
    """Stands behind the name of a drain's figures where one queue drains in several ways."""
    version: str = ""
    command: tuple[str, ...]
    folder: Path = ROOT
    environment: Mapping[str, str] = {}
    enqueue: tuple[str, ...] = ()
    """Arguments of every enqueue."""
    drain: str
    wake: str
    burst: str
    left: str
    """How many jobs are not done, in SQL."""

    @property
    def database(self) -> str:
        """The name for its databases."""
        return f"bench_{self.name}"


_COMMAND: Final = (sys.executable, "-m", "bench.jatify_driver")
_ENVIRONMENT: Final = {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}

RECORDED: Final = Contender(
    name="jatify",
    suffix="_recorded",
    command=_COMMAND,
    environment=_ENVIRONMENT,
    enqueue=("--recorded",),
    drain="-c 500 --recorded",
    wake="-c 10 --recorded",
    burst="-c 100 --recorded",
    left="select count(*) from job",
)
"""Jatify with jobs whose analyses get their reports: what it is for."""

BARE: Final = Contender(
    name="jatify",
    suffix="_bare",
    command=_COMMAND,
    environment=_ENVIRONMENT,
    drain="-c 500",
    wake="-c 10",
    burst="-c 100",
    left="select count(*) from job",
)
"""Jatify with jobs that leave nothing behind: the queue alone."""
