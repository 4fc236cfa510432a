"""Each user's pipeline in Postgres."""

from collections.abc import Mapping, Sequence

from jatify_adapters.postgres.connection import Connection
from jatify_core.application import Status, StatusId
from jatify_core.errors import Conflict, NotFound
from jatify_core.user import UserId


class Statuses:
    """Implements `jatify_core.ports.Statuses`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def held(self, user_id: UserId, status_id: str) -> Status | None:
        """One status, until the transaction ends."""
        # What holds a reference lets pass whoever retires the status; this does not, and lets others move there too.
        row = await self._db.row(
            """
            select id, label, category, terminal, position, own, retired, version
              from pipeline_status
             where user_id = %(user_id)s and id = %(id)s
               for share
            """,
            {"user_id": user_id, "id": status_id},
        )
        return Status(*row) if row else None

    async def uses(self, user_id: UserId) -> Mapping[StatusId, int]:
        """How many applications are or were in each status."""
        rows = await self._db.rows(
            """
            select status_id, count(*)
              from (
                select id, status_id from application where user_id = %(user_id)s
                 union
                select application_id, status_id from status_change where user_id = %(user_id)s
              ) as use
             group by status_id
            """,
            {"user_id": user_id},
        )
        return dict(rows)

    async def save(self, user_id: UserId, statuses: Sequence[Status]) -> None:
        """Add and replace statuses."""
        await self._db.change(
            """
            insert into pipeline_status (user_id, id, label, category, terminal, position, own, retired, version)
            select %(user_id)s, saved.*
              from unnest(%(ids)s::text[], %(labels)s::text[], %(categories)s::text[], %(terminals)s::boolean[],
                          %(positions)s::integer[], %(owns)s::boolean[], %(retireds)s::boolean[],
                          %(versions)s::integer[])
                   as saved (id, label, category, terminal, position, own, retired, version)
             order by saved.id
            on conflict (user_id, id) do update
               set label = excluded.label, category = excluded.category, terminal = excluded.terminal,
                   position = excluded.position, retired = excluded.retired, version = excluded.version
            """,
            {
                "user_id": user_id,
                "ids": [status.id for status in statuses],
                "labels": [status.label for status in statuses],
                "categories": [status.category for status in statuses],
                "terminals": [status.terminal for status in statuses],
                "positions": [status.position for status in statuses],
                "owns": [status.own for status in statuses],
                "retireds": [status.retired for status in statuses],
                "versions": [status.version for status in statuses],
            },
        )

    async def remove(self, user_id: UserId, status_id: StatusId) -> None:
        """Delete a status that nothing uses."""
        this = {"user_id": user_id, "id": status_id}
        # Locked so that nobody moves there any more; counting before that would be a guess.
        alone = "select 1 from pipeline_status where user_id = %(user_id)s and id = %(id)s for update"
        if not await self._db.row(alone, this):
            raise NotFound
        if count := (await self.uses(user_id)).get(status_id):
            raise Conflict(f"Applications that are or were in this status: {count}. Retire it instead.")
        await self._db.change("delete from pipeline_status where user_id = %(user_id)s and id = %(id)s", this)
