"""The peers: whose drivers may lie beside this repository, and the best settings that are known for each."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from bench.queueing.contenders import ROOT, Contender
from bench.queueing.installing import NotInstalled, node_with_packages, pinned, python_with
from bench.queueing.tell import tell

DRIVERS: Final = ROOT.parent / "shared" / "bench" / "peers"

_PYTHON: Final = (
    Contender(
        name="pgqueuer",
        command=("drv_pgqueuer.py",),
        drain="-c 200 --batch 100 --driver asyncpg-pool",
        wake="-c 20 --batch 10",
        burst="-c 100 --batch 50",
        left="select count(*) from pgqueuer",
    ),
    Contender(
        name="oban",
        command=("drv_oban.py",),
        drain="-c 100",
        wake="-c 10",
        burst="-c 100",
        left="select count(*) from oban_jobs where state in ('available', 'executing', 'scheduled', 'retryable')",
    ),
    Contender(
        name="procrastinate",
        command=("drv_procrastinate.py",),
        drain="-c 10",
        wake="-c 10",
        burst="-c 100 --pool 20",
        left="select count(*) from procrastinate_jobs where status in ('todo', 'doing')",
    ),
)
_NODE: Final = (
    Contender(
        name="pgboss",
        command=("drv_pgboss.mjs",),
        drain="-c 4 --batch 250",
        wake="-c 10",
        burst="-c 1 --batch 100",
        left="select count(*) from pgboss.job where state < 'completed' and name = 'bench'",
    ),
    Contender(
        name="graphile",
        command=("drv_graphile.mjs",),
        drain="-c 24 --pool 10 --local 500",
        wake="-c 10",
        burst="-c 100 --pool 20",
        left="select count(*) from graphile_worker._private_jobs",
    ),
)
_PACKAGES: Final = {"pgboss": "pg-boss", "graphile": "graphile-worker"}
_OLDEST: Final = {"oban": (3, 12)}
"""The least version of Python, where it is newer than Jatify's."""

PEERS: Final = ("pgqueuer", "pgboss", "graphile", "oban", "procrastinate")


def installed_peers(names: Sequence[str]) -> list[Contender]:
    """The named peers, ready to run; what cannot be installed is left out, and that is said."""
    if names and not DRIVERS.is_dir():
        tell(f"no peers: their drivers are not in {DRIVERS}")
        return []
    ready = []
    for peer in (*_PYTHON, *_NODE):
        if peer.name in names:
            try:
                ready.append(_ready(peer))
            except NotInstalled as problem:
                tell(f"{peer.name} is left out: {problem}")
    return ready


def _ready(peer: Contender) -> Contender:
    """*peer* with a command that can be run."""
    if peer.name in _PACKAGES:
        node = node_with_packages(DRIVERS)
        found = pinned(DRIVERS / "package.json", _PACKAGES[peer.name])
        return replace(peer, command=(str(node.program), *peer.command), folder=node.folder, version=found)
    pins = DRIVERS / f"requirements-{peer.name}.txt"
    python = python_with(pins, _OLDEST.get(peer.name, (3, 11)))
    return replace(peer, command=(str(python), *peer.command), folder=DRIVERS, version=pinned(pins, peer.name))
