"""What is remembered of attempts, in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from jatify_adapters.memory.tables import Draft
from jatify_core.throttle import Attempts


class MemoryThrottle:
    """The port `Throttle`, inside one transaction; a save without a lock raises `RuntimeError`."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._locked: set[bytes] = set()

    async def get(self, keys: Sequence[bytes], *, lock: bool = False) -> tuple[datetime, Mapping[bytes, Attempts]]:
        """The time, and the tallies that are not forgotten."""
        tallies, now = self._draft.tables.tallies, self._draft.now
        if lock:
            self._locked |= set(keys)
        return now, {key: tallies[key] for key in keys if key in tallies and tallies[key].forget_at > now}

    async def save(self, tallies: Mapping[bytes, Attempts | None]) -> None:
        """Replace tallies, and drop those that are forgotten."""
        if not self._locked.issuperset(tallies):
            raise RuntimeError("Read tallies with lock=True before you save them, in the same transaction.")
        tables, now = self._draft.tables, self._draft.now
        known = {**tables.tallies, **tallies}
        tables.tallies = {key: tally for key, tally in known.items() if tally and tally.forget_at > now}

    async def prolong(self, key: bytes, until: datetime) -> None:
        """Have a tally wait until then, if it waits less."""
        tally = self._draft.tables.tallies.get(key)
        if tally and tally.waits_until and tally.waits_until < until:
            self._draft.tables.tallies[key] = replace(tally, waits_until=until)
