"""Idempotency keys in Postgres."""

from datetime import timedelta

from msgspec.structs import asdict

from jatify_adapters.postgres.connection import Connection
from jatify_core.idempotency import KeyedRequest, Taken, lost


class Idempotency:
    """Implements `jatify_core.ports.Idempotency`. Its clock is the database's."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def take(self, request: KeyedRequest, lease: timedelta, life: timedelta) -> Taken | None:
        """Take the key unless it is taken."""
        while not await self._insert(request, lease, life):
            row = await self._db.row(
                "select fingerprint, answer from idempotency_key where user_id = %(user_id)s and key = %(key)s",
                asdict(request),
            )
            if row:
                return Taken(bytes(row[0]), None if row[1] is None else bytes(row[1]))
            # It was released between the two statements.
        return None

    async def answer(self, request: KeyedRequest, answer: bytes) -> None:
        """Keep the answer."""
        kept = await self._db.change(
            """
            update idempotency_key set answer = %(answer)s
             where user_id = %(user_id)s and key = %(key)s and owner = %(owner)s and answer is null
            """,
            {**asdict(request), "answer": answer},
        )
        if not kept:
            raise lost()

    async def release(self, request: KeyedRequest) -> None:
        """Let the key go."""
        await self._db.change(
            """
            delete from idempotency_key
             where user_id = %(user_id)s and key = %(key)s and owner = %(owner)s and answer is null
            """,
            asdict(request),
        )

    async def sweep(self, limit: int) -> int:
        """Forget keys whose life is over."""
        # By their places, which a join by their names would look for in the whole table.
        return await self._db.change(
            """
            delete from idempotency_key where ctid = any (array (
              select ctid from idempotency_key
               where expires_at <= now()
               order by expires_at
               limit %(limit)s
               for update skip locked
            ))
            """,
            {"limit": limit},
        )

    async def _insert(self, request: KeyedRequest, lease: timedelta, life: timedelta) -> bool:
        # Who comes second waits here until the first has committed, which takes no longer than this statement.
        taken = await self._db.change(
            """
            insert into idempotency_key as known (user_id, key, fingerprint, owner, leased_until, expires_at)
            values (%(user_id)s, %(key)s, %(fingerprint)s, %(owner)s, now() + %(lease)s, now() + %(life)s)
            on conflict (user_id, key) do update
               set fingerprint = excluded.fingerprint, owner = excluded.owner, answer = null,
                   leased_until = excluded.leased_until, expires_at = excluded.expires_at
             where known.expires_at <= now() or (known.answer is null and known.leased_until <= now())
            """,
            {**asdict(request), "lease": lease, "life": life},
        )
        return bool(taken)
