"""What is remembered of attempts, in Postgres."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from secrets import randbelow
from typing import Final

from jatify_adapters.postgres.connection import Connection
from jatify_core.throttle import Attempts

_ONE_IN: Final = 8
"""So many who count leave it to one of them to sweep up behind all."""


class Throttle:
    """Implements `jatify_core.ports.Throttle`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def get(self, keys: Sequence[bytes], *, lock: bool = False) -> tuple[datetime, Mapping[bytes, Attempts]]:
        """The time, and the tallies that are not forgotten."""
        if lock:
            await self._lock(keys)
        # The clock's time, which goes on while a lock is waited for; the transaction's own stood still.
        rows = await self._db.rows(
            """
            select now.now, tally.key, tally.failures, tally.recent, tally.waits_until, tally.forget_at
              from clock_timestamp() as now (now)
              left join throttle as tally on tally.key = any(%(keys)s::bytea[]) and tally.forget_at > now.now
            """,
            {"keys": list(keys)},
        )
        return rows[0][0], {
            key: Attempts(failures, tuple(recent), waits_until, forget_at)
            for _, key, failures, recent, waits_until, forget_at in rows
            if key is not None
        }

    async def save(self, tallies: Mapping[bytes, Attempts | None]) -> None:
        """Replace tallies, and drop a few of those that are forgotten."""
        if kept := {key: tally for key, tally in tallies.items() if tally}:
            await self._put(kept)
        if gone := [key for key, tally in tallies.items() if not tally]:
            await self._db.change("delete from throttle where key = any(%(keys)s::bytea[])", {"keys": gone})
        # Last, because whoever waits for rows that this has locked must not be waited for.
        # By chance: whatever else decided might let one e-mail's logins take longer than another's.
        if kept and randbelow(_ONE_IN) == 0:
            await self._sweep()

    async def prolong(self, key: bytes, until: datetime) -> None:
        """Have a tally wait until then, if it waits less."""
        await self._db.change(
            """
            update throttle set waits_until = %(until)s
             where key = (select key from throttle
                           where key = %(key)s and waits_until < %(until)s
                             for update skip locked)
            """,
            {"key": key, "until": until},
        )

    async def _lock(self, keys: Sequence[bytes]) -> None:
        # What has no row yet can be locked like this, and a lock alone costs no write. In one order, against deadlocks.
        await self._db.change(
            "select pg_advisory_xact_lock(key) from unnest(%(keys)s::bigint[]) as key",
            {"keys": sorted(int.from_bytes(key[:8], signed=True) for key in keys)},
        )

    async def _put(self, tallies: Mapping[bytes, Attempts]) -> None:
        # An array of arrays has rows of one length, so that each goes as the text of an array.
        await self._db.change(
            """
            insert into throttle (key, failures, recent, waits_until, forget_at)
            select key, failures, recent::timestamptz[], waits_until, forget_at
              from unnest(%(keys)s::bytea[], %(failures)s::integer[], %(recent)s::text[],
                          %(waits_until)s::timestamptz[], %(forget_at)s::timestamptz[])
                as tally (key, failures, recent, waits_until, forget_at)
            on conflict (key) do update
              set failures = excluded.failures, recent = excluded.recent,
                  waits_until = excluded.waits_until, forget_at = excluded.forget_at
            """,
            {
                "keys": list(tallies),
                "failures": [tally.failures for tally in tallies.values()],
                "recent": [f"{{{','.join(at.isoformat() for at in tally.recent)}}}" for tally in tallies.values()],
                "waits_until": [tally.waits_until for tally in tallies.values()],
                "forget_at": [tally.forget_at for tally in tallies.values()],
            },
        )

    async def _sweep(self) -> None:
        # More than is added between two sweeps, so that the table holds what is remembered and little else.
        await self._db.change(
            """
            delete from throttle
             where key = any(array(
                     select key from throttle
                      where forget_at < clock_timestamp()
                      order by forget_at
                      limit %(few)s
                        for update skip locked))
            """,
            {"few": 50},
        )
