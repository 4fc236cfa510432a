"""The order of things: in each round every contender runs every scenario, so that all see the same weather."""

import os
import platform
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from bench.queueing import floor, scenarios
from bench.queueing.cluster import SETTINGS, Cluster
from bench.queueing.contenders import BARE, RECORDED, Contender
from bench.queueing.processes import DriverFailed
from bench.queueing.scenarios import Scenario
from bench.queueing.tell import tell
from bench.queueing.weather import Watch, syncs_per_second

RAW: Final = "raw"
RUNS: Final[Mapping[str, tuple[Scenario, tuple[Contender, ...], bool]]] = {
    "drain": (scenarios.drain, (RECORDED, BARE), True),
    "enqueue": (scenarios.enqueue, (BARE,), True),
    "wake": (scenarios.wake, (BARE,), True),
    "burst": (scenarios.burst, (RECORDED,), True),
    "crash": (scenarios.crash, (RECORDED,), False),
    "rss": (scenarios.rss, (RECORDED,), False),
}
"""For each scenario Jatify's ways to run it, and whether the peers run it too."""

SCENARIOS: Final = (*RUNS, RAW)

Samples = dict[str, dict[str, list[float]]]


def run_rounds(
    cluster: Cluster, peers: Sequence[Contender], only: Sequence[str], *, rounds: int, jobs: int
) -> dict[str, Any]:
    """Medians over *rounds*, as the object that `--json` prints; `run` names the scenarios that Jatify failed."""
    samples: Samples = defaultdict(lambda: defaultdict(list))
    failed: set[str] = set()
    for number in range(1, rounds + 1):
        watch = Watch(cluster)
        _keep(samples, "weather", {"syncs": syncs_per_second(cluster.folder)})
        for name in only:
            if name == RAW:
                _keep(samples, RAW, floor.measure(cluster))
                continue
            scenario, ours, for_peers = RUNS[name]
            for contender in [*ours, *(peers if for_peers else ())]:
                tell(f"round {number} of {rounds}: {name}, {contender.name}{contender.suffix}")
                if not _run(samples, scenario, cluster, contender, jobs) and contender in ours:
                    failed.add(name)
        _keep(samples, "weather", {"others_cores": watch.others()})
    conditions = {"rounds": rounds, "jobs": jobs, "failed": sorted(failed)}
    return _result(cluster, peers, samples, conditions)


def _run(samples: Samples, scenario: Scenario, cluster: Cluster, contender: Contender, jobs: int) -> bool:
    try:
        figures = scenario(cluster, contender, jobs)
    except DriverFailed as failure:
        tell(f"  {contender.name} failed: {failure}")
        return False
    tell("  " + ", ".join(f"{name} {value:,.2f}" for name, value in figures.items()))
    _keep(samples, contender.name, figures)
    return True


def _keep(samples: Samples, name: str, figures: Mapping[str, float]) -> None:
    for figure, value in figures.items():
        samples[name][figure].append(value)


def _result(
    cluster: Cluster, peers: Sequence[Contender], samples: Samples, conditions: Mapping[str, Any]
) -> dict[str, Any]:
    medians = {
        name: {figure: round(statistics.median(values), 3) for figure, values in figures.items()}
        for name, figures in samples.items()
    }
    return {
        "jatify": {**medians.get(RECORDED.name, {}), "setting": _setting(RECORDED)},
        "peers": {
            peer.name: {**medians[peer.name], "version": peer.version, "setting": _setting(peer)}
            for peer in peers
            if peer.name in medians
        },
        "raw": medians.get(RAW, {}),
        "run": {
            **medians["weather"],
            **conditions,
            "postgres": cluster.version,
            "postgres_settings": SETTINGS,
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "psycopg": version("psycopg"),
        },
    }


def _setting(contender: Contender) -> dict[str, str]:
    return {"drain": contender.drain, "wake": contender.wake, "burst": contender.burst}
