"""A client process for the chaos tests: it asks for analyses through the core's use cases, and keeps a ledger."""

import argparse
import logging
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import anyio

from jatify_adapters.postgres import open_store
from jatify_core.errors import Unavailable
from jatify_core.ports import Ports
from jatify_core.use_cases.analyses import analyze
from jatify_core.user import User
from tests.chaos.asking import Asked, found, registered, uploaded
from tests.chaos.ledger import Ledger
from tests.chaos.orders import Orders, new_word
from tests.chaos.worker_program import ObedientAnalyzer, ports

T = TypeVar("T")

log = logging.getLogger("chaos")

READY = "ready to ask"

RESUMES, LISTINGS = 4, 5
"""Of each user; every pair is an analysis."""


async def main() -> None:
    """Ask until killed."""
    given = _arguments()
    ledger = Ledger(given.folder / f"{secrets.token_hex(4)}.ledger")
    async with open_store(given.conninfo) as store:
        world = ports(store, ObedientAnalyzer("client", "/dev/null", hasty=True))
        log.info(READY)
        async with anyio.create_task_group() as tasks:
            for _ in range(given.tasks):
                tasks.start_soon(_ask_for_ever, world, ledger, given.tasks / given.rate, given.seconds)


async def _ask_for_ever(world: Ports, ledger: Ledger, pause: float, seconds: float) -> None:
    while True:
        user = await _acknowledged(partial(registered, world))
        ledger.row("account", user.id)
        await _ask_all_pairs(world, ledger, user, pause, seconds)


async def _ask_all_pairs(world: Ports, ledger: Ledger, user: User, pause: float, seconds: float) -> None:
    listings = []
    for word in (new_word() for _ in range(LISTINGS)):
        listing = await _acknowledged(partial(found, world, user, word))
        ledger.row("listing", listing.id)
        listings.append((listing, word))
    for mine in (new_word() for _ in range(RESUMES)):
        resume = await _acknowledged(partial(uploaded, world, user, Orders(seconds), mine))
        ledger.row("resume", resume.id)
        for listing, wanted in listings:
            done = await _acknowledged(partial(analyze, world, user.id, resume.id, listing.id))
            ledger.asked(Asked(done.analysis.id, user.id, mine, wanted))
            await anyio.sleep(pause)


async def _acknowledged(attempt: Callable[[], Awaitable[T]]) -> T:
    """What *attempt* gives, as soon as one goes through; what became of those before is unknown."""
    while True:
        try:
            return await attempt()
        except Unavailable:
            await anyio.sleep(0.2)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("conninfo")
    parser.add_argument("--folder", type=Path, required=True, help="where the ledger goes, under a name of its own")
    parser.add_argument("--rate", type=float, default=50, help="analyses a second")
    parser.add_argument("--tasks", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=0, help="how long each analysis shall take")
    return parser.parse_args()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    anyio.run(main)
