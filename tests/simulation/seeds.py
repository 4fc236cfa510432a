"""Many worlds, each from its seed: on one processor or on several."""

import gc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from msgspec import Struct

from tests.simulation.world import simulate

AT_A_TIME = 20


class Failure(Struct, frozen=True):
    """A seed whose world broke a promise."""

    seed: int
    complaint: str

    def __str__(self) -> str:
        return f"{self.complaint}; replay it: python -m tests.simulation --seed {self.seed}"


def failures(seeds: range) -> list[Failure]:
    """Those of *seeds* that break a promise."""
    ledgers = ((seed, simulate(seed)) for seed in seeds)
    return [Failure(seed, str(ledger.broken)) for seed, ledger in ledgers if ledger.broken]


def failures_on(processors: int, seeds: range) -> Iterator[Failure]:
    """The same, in parallel, as they are found."""
    # Frozen is what is there already, so that collecting looks at nothing but worlds.
    blocks = [seeds[at : at + AT_A_TIME] for at in range(0, len(seeds), AT_A_TIME)]
    with ProcessPoolExecutor(processors, initializer=gc.freeze) as pool:
        try:
            for found in pool.map(failures, blocks):
                yield from found
        finally:
            pool.shutdown(cancel_futures=True)
