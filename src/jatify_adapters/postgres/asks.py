"""Asks in Postgres: a row for each, numbered, so that however many there are is told by two ends of an index."""

from datetime import datetime

from jatify_adapters.postgres.connection import Connection
from jatify_core.user import UserId


class Asks:
    """Implements `jatify_core.ports.Asks`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def since(self, user_id: UserId, at: datetime) -> int:
        """How many there were after *at*."""
        # Numbers and instants grow together, so the count is the distance between two numbers.
        return await self._db.count(
            """
            select coalesce(
              (select max(n) from analysis_ask where user_id = %(user_id)s)
              - coalesce(
                  (select n from analysis_ask
                    where user_id = %(user_id)s and at <= %(at)s
                    order by at desc, n desc
                    limit 1),
                  (select min(n) - 1 from analysis_ask where user_id = %(user_id)s)),
              0)
            """,
            {"user_id": user_id, "at": at},
        )

    async def newest_but(self, user_id: UserId, count: int) -> datetime | None:
        """When the newest was but for *count* later ones."""
        row = await self._db.row(
            """
            select at from analysis_ask
             where user_id = %(user_id)s
               and n = (select max(n) from analysis_ask where user_id = %(user_id)s) - %(count)s
            """,
            {"user_id": user_id, "count": count},
        )
        return row[0] if row else None

    async def add(self, user_id: UserId, count: int, at: datetime, forget: datetime) -> None:
        """Note *count* more."""
        # A few more are forgotten than are added, the oldest: so they never pile up, and no single ask pays for all.
        await self._db.change(
            """
            with last as (
              select n, at from analysis_ask where user_id = %(user_id)s order by n desc limit 1
            ), gone as (
              delete from analysis_ask
               where user_id = %(user_id)s and at <= %(forget)s
                 and n < (select min(n) + %(count)s + 10 from analysis_ask where user_id = %(user_id)s)
            )
            insert into analysis_ask (user_id, n, at)
            select %(user_id)s, coalesce(last.n, 0) + more.n, greatest(%(at)s, last.at)
              from generate_series(1, %(count)s) as more (n)
              left join last on true
            """,
            {"user_id": user_id, "count": count, "at": at, "forget": forget},
        )
