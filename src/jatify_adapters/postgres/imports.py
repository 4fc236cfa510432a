"""Imports in Postgres: thousands of rows by a few statements, and away again by as few."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec.structs import asdict

from jatify_adapters.postgres.connection import Connection
from jatify_adapters.postgres.pages import Pages
from jatify_core.application import Application, ApplicationId
from jatify_core.errors import NotFound
from jatify_core.imports import Brought, Import, ImportId, KeptApplication, Undone
from jatify_core.listing import Listing
from jatify_core.paging import Page, Window
from jatify_core.repeats import Known
from jatify_core.user import UserId

_AT_ONCE: Final = 500
"""Rows of a statement, so that writing them as JSON holds nobody up."""
_SELECT: Final = """
select id, user_id, filename, created_at, applications, listings, undone_at
  from import
 where user_id = %(user_id)s
"""


class Imports:
    """Implements `jatify_core.ports.Imports`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def known(self, user_id: UserId) -> Sequence[Known]:
        """Every application that is in sight."""
        rows = await self._db.rows(
            """
            select application.id, listing.company, listing.position, listing.url, application.applied_on,
                   application.created_at
              from application
              join listing on listing.user_id = application.user_id and listing.id = application.listing_id
             where application.user_id = %(user_id)s and application.deleted_at is null
             order by application.created_at, application.id
            """,
            {"user_id": user_id},
        )
        return [Known(*row) for row in rows]

    async def add(self, imported: Import, brought: Sequence[Brought]) -> None:
        """Store an import with all that it brought."""
        await self._db.change(
            """
            insert into import (id, user_id, filename, created_at, applications, listings)
            values (%(id)s, %(user_id)s, %(filename)s, %(created_at)s, %(applications)s, %(listings)s)
            """,
            asdict(imported),
        )
        for some in _portions(brought):
            await self._add_listings(imported, [one.listing for one in some])
            await self._add_applications(imported, [one.application for one in some])
            await self._add_steps([one.application for one in some])
            await self._add_links([one.application for one in some])

    async def get(self, user_id: UserId, import_id: ImportId) -> Import:
        """One import."""
        row = await self._db.row(_SELECT + "and id = %(id)s", {"user_id": user_id, "id": import_id})
        if not row:
            raise NotFound
        return Import(*row)

    async def page(self, user_id: UserId, window: Window) -> Page[Import]:
        """A user's imports."""
        return await _PAGES.page(self._db, window, {"user_id": user_id})

    async def undo(self, user_id: UserId, import_id: ImportId, at: datetime) -> tuple[Undone, Sequence[ApplicationId]]:
        """Delete what came with an import, or tell what that did."""
        this = {"user_id": user_id, "id": import_id, "at": at}
        row = await self._db.row(
            "select undone from import where user_id = %(user_id)s and id = %(id)s for no key update", this
        )
        if not row:
            raise NotFound
        if row[0] is not None:
            return msgspec.convert(row[0], Undone), ()
        removed = await self._remove_applications(this)
        undone = Undone(len(removed), await self._remove_listings(this), await self._kept(this))
        await self._db.change(
            """
            update import set undone_at = %(at)s, undone = %(undone)s::jsonb
             where user_id = %(user_id)s and id = %(id)s
            """,
            {**this, "undone": msgspec.json.encode(undone).decode()},
        )
        return undone, removed

    async def _add_listings(self, imported: Import, listings: Sequence[Listing]) -> None:
        await self._db.change(
            """
            insert into listing (
              id, user_id, company, position, description, url, location, workplace, employment_type, salary, source,
              posted_on, deadline_on, content_hash, created_at, updated_at, version, import_id
            )
            select id, user_id, company, "position", description, url, location, workplace, employment_type, salary,
                   source, posted_on, deadline_on, content_hash, created_at, updated_at, version, %(import_id)s
              from json_to_recordset(%(rows)s::json) as brought (
                id uuid, user_id uuid, company text, "position" text, description text, url text, location text,
                workplace text, employment_type text, salary jsonb, source text, posted_on date, deadline_on date,
                content_hash text, created_at timestamptz, updated_at timestamptz, version integer
              )
            """,
            {
                "import_id": imported.id,
                "rows": _json([{**asdict(one), "content_hash": one.content_hash} for one in listings]),
            },
        )

    async def _add_applications(self, imported: Import, applications: Sequence[Application]) -> None:
        await self._db.change(
            """
            insert into application (
              id, user_id, listing_id, resume_id, status_id, applied_on, cover_letter, notes, tags, follow_up_on,
              follow_up_note, created_at, updated_at, version, status_since, sent_resume, import_id
            )
            select id, user_id, listing_id, resume_id, status_id, applied_on, cover_letter, notes, tags, follow_up_on,
                   follow_up_note, created_at, updated_at, version, status_since, sent_resume, %(import_id)s
              from json_to_recordset(%(rows)s::json) as brought (
                id uuid, user_id uuid, listing_id uuid, resume_id uuid, status_id text, applied_on date,
                cover_letter text, notes text, tags text[], follow_up_on date, follow_up_note text,
                created_at timestamptz, updated_at timestamptz, version integer, status_since timestamptz,
                sent_resume jsonb
              )
            """,
            {
                "import_id": imported.id,
                "rows": _json([{**asdict(one), "listing_id": one.listing.id, "history": ()} for one in applications]),
            },
        )

    async def _add_steps(self, applications: Sequence[Application]) -> None:
        steps = [
            {**asdict(step), "user_id": one.user_id, "application_id": one.id}
            for one in applications
            for step in one.history
        ]
        await self._db.change(
            """
            insert into status_change (
              user_id, application_id, id, status_id, from_status_id, at, recorded_at, note, resume
            )
            select user_id, application_id, id, status_id, from_status_id, at, recorded_at, note, resume
              from rows from (json_to_recordset(%(rows)s::json) as (
                     user_id uuid, application_id uuid, id uuid, status_id text, from_status_id text,
                     claimed_at timestamptz, recorded_at timestamptz, note text, resume jsonb
                   )) with ordinality as brought (
                     user_id, application_id, id, status_id, from_status_id, at, recorded_at, note, resume, place
                   )
             order by place
            """,
            {"rows": _json(steps)},
        )

    async def _add_links(self, applications: Sequence[Application]) -> None:
        links = [
            {**asdict(link), "user_id": one.user_id, "application_id": one.id}
            for one in applications
            for link in one.links
        ]
        await self._db.change(
            """
            insert into resume_link (user_id, application_id, at, resume)
            select user_id, application_id, at, resume
              from json_to_recordset(%(rows)s::json)
                as brought (user_id uuid, application_id uuid, at timestamptz, resume jsonb)
            """,
            {"rows": _json(links)},
        )

    async def _remove_applications(self, this: dict[str, Any]) -> tuple[ApplicationId, ...]:
        # Locked first, listings before applications as elsewhere: whoever changes one has either done so or waits,
        # and whoever refers to one anew is seen by the statements below.
        await self._db.count(
            """
            select count(*)
              from (select from listing where user_id = %(user_id)s and import_id = %(id)s order by id for update)
                as locked
            """,
            this,
        )
        await self._db.count(
            """
            select count(*)
              from (select from application where user_id = %(user_id)s and import_id = %(id)s order by id for update)
                as locked
            """,
            this,
        )
        rows = await self._db.rows(
            """
            delete from application where user_id = %(user_id)s and import_id = %(id)s and version = 1 returning id
            """,
            this,
        )
        return tuple(id_ for (id_,) in rows)

    async def _remove_listings(self, this: dict[str, Any]) -> int:
        return await self._db.change(
            """
            delete from listing
             where user_id = %(user_id)s and import_id = %(id)s and version = 1
               and not exists (select from application
                                where application.user_id = listing.user_id and application.listing_id = listing.id)
               and not exists (select from analysis
                                where analysis.user_id = listing.user_id and analysis.listing_id = listing.id)
            """,
            this,
        )

    async def _kept(self, this: dict[str, Any]) -> tuple[KeptApplication, ...]:
        rows = await self._db.rows(
            """
            select application.id, listing.company, listing.position
              from application
              join listing on listing.user_id = application.user_id and listing.id = application.listing_id
             where application.user_id = %(user_id)s and application.import_id = %(id)s
               and application.deleted_at is null
             order by application.id
            """,
            this,
        )
        return tuple(KeptApplication(*row) for row in rows)


def _portions(brought: Sequence[Brought]) -> Iterator[Sequence[Brought]]:
    for start in range(0, len(brought), _AT_ONCE):
        yield brought[start : start + _AT_ONCE]


def _json(rows: Sequence[dict[str, Any]]) -> str:
    return msgspec.json.encode(rows).decode()


_PAGES: Final = Pages(_SELECT, keys={"created_at": "created_at"}, id_="id", read=lambda row: Import(*row))
