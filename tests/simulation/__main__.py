"""Simulate: `--seed 7` replays one world and prints its ledger, `--seeds 10000` runs that many."""

import os
import sys
import time
from argparse import ArgumentParser

from tests.simulation.seeds import failures_on
from tests.simulation.world import simulate

BROKEN = 3
"""The exit code when a promise is broken: another one says that the simulation itself is."""


def main() -> int:
    """Do what the command line says."""
    parser = ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--seed", type=int, help="replay this one and print its ledger")
    which.add_argument("--seeds", type=int, help="run so many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--until-broken", action="store_true", help="stop at the first failure")
    parser.add_argument("--processors", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    if asked.seed is not None:
        return replay(asked.seed)
    return run(range(asked.first, asked.first + asked.seeds), asked.processors, until_broken=asked.until_broken)


def replay(seed: int) -> int:
    """Print everything that happens in one world."""
    ledger = simulate(seed)
    sys.stdout.writelines(f"{line}\n" for line in ledger.lines())
    return BROKEN if ledger.broken else 0


def run(seeds: range, processors: int, *, until_broken: bool) -> int:
    """Print the failures among *seeds*, and how long it took."""
    begun_at, failed = time.monotonic(), 0
    for failure in failures_on(processors, seeds):
        failed += 1
        sys.stdout.write(f"seed {failure.seed}: {failure}\n")
        if until_broken:
            break
    sys.stdout.write(f"{len(seeds)} seeds, {failed} failed, {time.monotonic() - begun_at:.1f} s\n")
    return BROKEN if failed else 0


if __name__ == "__main__":
    sys.exit(main())
