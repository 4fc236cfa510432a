"""Who is alive: each listening process holds a session lock, which falls free the moment the process dies."""

from typing import Final

import anyio

from jatify_adapters.postgres.connection import Connection

LOCK_CLASS: Final = 0x6A61
"""The first key of every such lock; the second is the process's identity."""

BETWEEN: Final = 0.4
"""Seconds between the two looks that find a process dead: one that only lost its line makes it anew meanwhile."""

_RETURN: Final = 6.0
"""Seconds that everybody has to come back when all lines were lost at once, as in a restart of the server."""


class Lines:
    """The lines of this process that are up, each with the identity whose lock it holds."""

    def __init__(self) -> None:
        self._identities: list[int] = []
        self._returned_at = float("-inf")

    @property
    def identity(self) -> int | None:
        """The name under which this process is known to be alive, while a line is up."""
        return self._identities[-1] if self._identities else None

    @property
    def steady(self) -> bool:
        """Whether a line is up, and has been for so long that whoever lost his at the same time has one again."""
        return bool(self._identities) and anyio.current_time() - self._returned_at >= _RETURN

    def up(self, identity: int, *, again: bool) -> None:
        """A line was made, or made *again*."""
        self._identities.append(identity)
        if again:
            self._returned_at = anyio.current_time()

    def down(self, identity: int) -> None:
        """A line was lost."""
        self._identities.remove(identity)


class Roll:
    """What one process has seen of the others."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._missing: dict[int, float] = {}

    async def dead(self, db: Connection) -> list[int]:
        """The owners of running jobs that hold no lock, now as at an earlier look."""
        if not self._lines.steady:
            self._missing.clear()
            return []
        rows = await db.rows(
            """
            select distinct owner from job
             where id = any(array(select unnest(job_ids) from claim))
               and status = 'processing' and owner is not null
               and pg_postmaster_start_time() < now() - make_interval(secs => %(return)s)
               and owner not in (
                 select objid::bigint from pg_locks
                  where locktype = 'advisory' and classid = %(lock_class)s and objsubid = 2 and granted
                    and database = (select oid from pg_database where datname = current_database()))
            """,
            {"lock_class": LOCK_CLASS, "return": _RETURN},
        )
        now = anyio.current_time()
        self._missing = {owner: self._missing.get(owner, now) for (owner,) in rows}
        return [owner for owner, since in self._missing.items() if now - since >= BETWEEN]
