"""Attempts that are counted before they are made: reserve, then forgive what turned out well or undo what never was."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from jatify_core.errors import Throttled
from jatify_core.ports import Ports, Transaction
from jatify_core.throttle import Attempt, Tally

Changes = Mapping[bytes, Tally | None]


class Reserved(Struct, frozen=True):
    """Attempts that were admitted, and may be made now."""

    attempts: Sequence[Attempt]
    at: datetime


async def reserve(ports: Ports, *attempts: Attempt) -> Reserved:
    """Count all *attempts* or none, the first that is refused deciding. Raises `Throttled`."""
    async with ports.store.transaction() as tx:
        now, changes, wait = await _ruled(tx, attempts, lock=False)
        if changes:  # else it is refused as it was before: a flood costs one look, no lock and no write
            now, changes, wait = await _ruled(tx, attempts, lock=True)
            await tx.throttle.save(changes)
    if wait is not None:
        raise Throttled("Too many attempts. Wait as long as the Retry-After header says, then try again.", wait)
    return Reserved(attempts, now)


async def forgive(tx: Transaction, reserved: Reserved) -> None:
    """Take back what turned out well, in the transaction that makes it so."""
    _, tallies = await tx.throttle.get([a.key for a in reserved.attempts], lock=True)
    await tx.throttle.save({a.key: a.limit.forgiven(tallies.get(a.key), reserved.at) for a in reserved.attempts})


async def undo(ports: Ports, reserved: Reserved) -> None:
    """Take back attempts that were not made after all."""
    async with ports.store.transaction() as tx:
        _, tallies = await tx.throttle.get([a.key for a in reserved.attempts], lock=True)
        await tx.throttle.save({a.key: a.limit.undone(tallies.get(a.key), reserved.at) for a in reserved.attempts})


async def _ruled(
    tx: Transaction, attempts: Sequence[Attempt], *, lock: bool
) -> tuple[datetime, Changes, timedelta | None]:
    """The time, what is to be remembered differently, and how long to wait; None for not at all."""
    now, tallies = await tx.throttle.get([a.key for a in attempts], lock=lock)
    rulings = {a.key: a.limit.ruling(tallies.get(a.key), now) for a in attempts}
    for key, ruling in rulings.items():
        if ruling.wait is not None:
            return now, {key: ruling.tally} if ruling.tally != tallies.get(key) else {}, ruling.wait
    return now, {key: ruling.tally for key, ruling in rulings.items()}, None
