"""Attempts that are counted before they are made: look whether it is any use, reserve, forgive what turned out well."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from jatify_core.errors import Throttled
from jatify_core.ports import Ports, Transaction
from jatify_core.throttle import Attempt, Attempts

TOO_MANY: Final = "Too many attempts. Wait as long as the Retry-After header says, then try again."


class Reserved(Struct, frozen=True):
    """What became of attempts that were to be counted: they may be made now, or after a *wait*."""

    attempts: Sequence[Attempt]
    at: datetime
    wait: timedelta | None
    changes: Mapping[bytes, Attempts | None]

    def require(self) -> None:
        """Raise `Throttled` unless they may be made now; outside of the transaction, which has to commit."""
        if self.wait is not None:
            raise Throttled(TOO_MANY, self.wait)


async def look(ports: Ports, *attempts: Attempt) -> None:
    """Raise `Throttled` where it is plain that *attempts* may not be made: a flood waits for no lock, nor takes one."""
    async with ports.store.transaction() as tx:
        seen = await _ruled(tx, attempts, lock=False)
        for key, tally in seen.changes.items() if seen.wait else ():
            if tally and tally.waits_until:
                await tx.throttle.prolong(key, tally.waits_until)
    seen.require()


@asynccontextmanager
async def admitted(ports: Ports, *attempts: Attempt) -> AsyncIterator[Reserved]:
    """A place to judge a password in, with *attempts* counted. Raises `Throttled` where they may not be made now."""
    await look(ports, *attempts)
    with ports.passwords.turn():
        async with ports.store.transaction() as tx:
            reserved = await reserve(tx, *attempts)
        reserved.require()
        yield reserved


async def reserve(tx: Transaction, *attempts: Attempt) -> Reserved:
    """Count all *attempts* or none, the first that is refused deciding. `require` raises once this is committed."""
    reserved = await _ruled(tx, attempts, lock=True)
    await tx.throttle.save(reserved.changes)
    return reserved


async def forgive(tx: Transaction, reserved: Reserved) -> None:
    """Take back what turned out well, in the transaction that makes it so."""
    _, tallies = await tx.throttle.get([a.key for a in reserved.attempts], lock=True)
    await tx.throttle.save({a.key: a.limit.forgiven(tallies.get(a.key), reserved.at) for a in reserved.attempts})


async def _ruled(tx: Transaction, attempts: Sequence[Attempt], *, lock: bool) -> Reserved:
    now, tallies = await tx.throttle.get([a.key for a in attempts], lock=lock)
    rulings = {a.key: a.limit.ruling(tallies.get(a.key), now) for a in attempts}
    for key, ruling in rulings.items():
        if ruling.wait is not None:
            changes = {key: ruling.tally} if ruling.tally != tallies.get(key) else {}
            return Reserved(attempts, now, ruling.wait, changes)
    return Reserved(attempts, now, None, {key: ruling.tally for key, ruling in rulings.items()})
