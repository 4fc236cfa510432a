"""The command line of the queue benchmark."""

import argparse
import json
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Final

from bench.queueing.cluster import own_cluster
from bench.queueing.peers import PEERS, installed_peers
from bench.queueing.report import table
from bench.queueing.rounds import SCENARIOS, run_rounds

DESCRIPTION: Final = """
Jatify's queue beside its peers, in one run on one Postgres, which is the benchmark's own and durable. Peers take part
where the folder with their drivers lies beside this repository; each is installed the first time it is asked for.
"""


def main() -> None:
    """Measure what the command line asks for, and print it."""
    options = _options()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))  # and not at once, so that the server is stopped
    try:
        peers = installed_peers(options.peers)
        with own_cluster() as cluster:
            results = run_rounds(cluster, peers, options.only, rounds=options.rounds, jobs=options.jobs)
    except KeyboardInterrupt:
        sys.exit(130)
    print(json.dumps(results, indent=2) if options.json else table(results))
    if failed := results["run"]["failed"]:
        sys.exit(f"Jatify itself gave no figure for {', '.join(failed)}.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/queue.py", description=DESCRIPTION)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--peers", type=_names(PEERS), default=list(PEERS), help="comma separated, or none")
    parser.add_argument("--only", type=_names(SCENARIOS), default=list(SCENARIOS), help="comma separated scenarios")
    parser.add_argument("--rounds", type=int, default=3, help="how often; the figures are medians")
    parser.add_argument("-n", dest="jobs", type=int, default=10_000, help="jobs in a drain and in a bulk")
    return parser.parse_args()


def _names(known: Sequence[str]) -> Callable[[str], list[str]]:
    """A reader of some of the *known* names; `none` for none of them."""

    def read(text: str) -> list[str]:
        names = [] if text == "none" else text.split(",")
        if unknown := [name for name in names if name not in known]:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)} is not among {', '.join(known)}")
        return names

    return read
