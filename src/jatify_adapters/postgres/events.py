"""Events in Postgres: added without a number, and numbered by whoever reads them, in an order that only grows."""

from collections.abc import Collection, Sequence
from typing import Final

from jatify_adapters.postgres.arrays import uuids
from jatify_adapters.postgres.connection import Connection
from jatify_core.event import Batch, Change, Event
from jatify_core.user import UserId

_NUMBERING: Final = 0x6A6174696679
"""The advisory lock of whoever gives numbers, until he has committed."""
_NUMBERED_AT_ONCE: Final = 5_000

# The lock keeps whoever cancels or ends the job waiting: what he tells of it comes after this.
RUNNING: Final = """
with held as (
  select user_id, analysis_id from job
   where id = %(id)s and user_id = %(user_id)s and run = %(run)s and status = 'processing'
     for key share
), told as (
  insert into event_new (user_id, kind, subject, state)
  select user_id, 'analysis.updated', analysis_id, 'running' from held where analysis_id is not null
)
"""
"""What a statement begins with that reads the analysis of a claimed job, and so tells that it runs."""


class Events:
    """Implements `jatify_core.ports.Events`. Why numbers are given so late: docs/decisions/0012."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def add(self, changes: Sequence[Change]) -> None:
        """Have watchers told of *changes*."""
        if changes:
            await self._db.change(
                """
                insert into event_new (user_id, kind, subject, state, version)
                select * from unnest(%(users)s::uuid[], %(kinds)s::text[], %(subjects)s::uuid[], %(states)s::text[],
                                     %(versions)s::integer[])
                """,
                {
                    "users": uuids(change.user_id for change in changes),
                    "kinds": [change.kind for change in changes],
                    "subjects": uuids(change.subject for change in changes),
                    "states": [change.state for change in changes],
                    "versions": [change.version for change in changes],
                },
            )
            self._db.tell()

    async def read(self, user_ids: Collection[UserId], after: int | None, limit: int) -> Batch:
        """Events of these users after a number."""
        while await self._number() == _NUMBERED_AT_ONCE:
            pass
        newest = await self._db.count("select coalesce(max(id), 0) from event", {})
        after = newest if after is None else min(after, newest)
        if after == newest:
            return Batch((), newest)
        rows = await self._db.rows(
            """
            select id, user_id, kind, subject, state, version
              from event
             where id > %(after)s and id <= %(newest)s and user_id = any(%(users)s::uuid[])
             order by id
             limit %(limit)s
            """,
            {"after": after, "newest": newest, "users": uuids(user_ids), "limit": limit},
        )
        events = tuple(Event(id_, Change(*change)) for id_, *change in rows)
        return Batch(events, events[-1].id if len(events) == limit else newest)

    async def forget(self, limit: int) -> int:
        """Delete what is older than a day, from the oldest on."""
        await self._number()  # what nobody has read grows old as well
        return await self._db.change(
            """
            delete from event
             where id = any(array(
               select id from (select id, at from event order by id limit %(limit)s) as oldest
                where at < now() - interval '1 day'))
            """,
            {"limit": limit},
        )

    async def _number(self) -> int:
        """Number what has committed; return how many there were."""
        if not await self._db.row("select 1 from event_new limit 1", {}):
            return 0
        # Two statements: what the other numberer has done, for whom this one waits, must be seen by the next.
        await self._db.row("select pg_advisory_xact_lock(%(lock)s)", {"lock": _NUMBERING})
        return await self._db.change(
            """
            with numbered as (
              delete from event_new
               where ctid = any(array(select ctid from event_new order by seq limit %(limit)s))
              returning seq, user_id, kind, subject, state, version, at
            )
            insert into event (user_id, kind, subject, state, version, at)
            select user_id, kind, subject, state, version, at from numbered order by seq
            """,
            {"limit": _NUMBERED_AT_ONCE},
        )
