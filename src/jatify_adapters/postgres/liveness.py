"""Who is alive: each listening process holds a session lock, which falls free the moment the process dies."""

from typing import Final

import anyio

from jatify_adapters.postgres.connection import Connection

LOCK_CLASS: Final = 0x6A61
"""The first key of every such lock; the second is the process's identity."""

_BETWEEN: Final = 0.4
"""Seconds between the two looks that find a process dead: one that only lost its line makes it anew meanwhile."""


class Roll:
    """What one process has seen of the others."""

    def __init__(self) -> None:
        self._missing: dict[int, float] = {}

    async def dead(self, db: Connection) -> list[int]:
        """The owners of running jobs that hold no lock, now as at an earlier look."""
        rows = await db.rows(
            """
            select distinct owner from job
             where status = 'processing' and owner is not null and owner not in (
               select objid::bigint from pg_locks
                where locktype = 'advisory' and classid = %(lock_class)s and objsubid = 2 and granted
                  and database = (select oid from pg_database where datname = current_database()))
            """,
            {"lock_class": LOCK_CLASS},
        )
        now = anyio.current_time()
        self._missing = {owner: self._missing.get(owner, now) for (owner,) in rows}
        return [owner for owner, since in self._missing.items() if now - since >= _BETWEEN]
