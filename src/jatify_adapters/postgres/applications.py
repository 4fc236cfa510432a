"""Applications, their history and the pipeline's statuses in Postgres."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import asdict, replace
from psycopg.rows import TupleRow

from jatify_adapters.postgres.connection import Connection, Params
from jatify_adapters.postgres.pages import Pages
from jatify_core.application import Application, ApplicationFilter, ApplicationId, Status, StatusChange
from jatify_core.errors import NotFound
from jatify_core.journey import Journey, Stop
from jatify_core.listing import ListingBrief
from jatify_core.paging import Page, Window
from jatify_core.user import UserId

_EVERY: Final = """
select application.id, application.user_id, listing.id, listing.company, listing.position, application.resume_id,
       application.status_id, application.applied_on, application.cover_letter, application.notes, application.tags,
       application.follow_up_on, application.follow_up_note, application.created_at, application.updated_at,
       application.version, application.deleted_at
  from application
  join listing on listing.user_id = application.user_id and listing.id = application.listing_id
 where application.user_id = %(user_id)s
"""
_SELECT: Final = _EVERY + " and application.deleted_at is null "


class Applications:
    """Implements `jatify_core.ports.Applications`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def statuses(self, user_id: UserId) -> Sequence[Status]:
        """Every status of the user's, in order."""
        rows = await self._db.rows(
            """
            select id, label, category, terminal, position, own, retired, version
              from pipeline_status
             where user_id = %(user_id)s
             order by position
            """,
            {"user_id": user_id},
        )
        return [Status(*row) for row in rows]

    async def add(self, application: Application, change: StatusChange) -> None:
        """Store a new application with the first step of its history."""
        await self._db.change(
            """
            insert into application (
              id, user_id, listing_id, resume_id, status_id, applied_on, cover_letter, notes, tags, follow_up_on,
              follow_up_note, created_at, updated_at, version
            ) values (
              %(id)s, %(user_id)s, %(listing_id)s, %(resume_id)s, %(status_id)s, %(applied_on)s, %(cover_letter)s,
              %(notes)s, %(tags)s, %(follow_up_on)s, %(follow_up_note)s, %(created_at)s, %(updated_at)s, %(version)s
            )
            """,
            _columns(application),
        )
        await self._note(application, change)

    async def get(self, user_id: UserId, application_id: ApplicationId, *, lock: bool = False) -> Application:
        """One application with its history."""
        this = {"user_id": user_id, "id": application_id}
        one = _SELECT + "and application.id = %(id)s"
        row = await self._db.row(one + " for no key update of application" if lock else one, this)
        if not row:
            raise NotFound
        steps = await self._db.rows(
            """
            select status_id, from_status_id, at, note
              from status_change
             where user_id = %(user_id)s and application_id = %(id)s
             order by at, seq
            """,
            this,
        )
        return replace(_application(row), history=tuple(StatusChange(*step) for step in steps))

    async def save(self, application: Application, change: StatusChange | None) -> None:
        """Replace a stored application and add to its history."""
        saved = await self._db.change(
            """
            update application
               set listing_id = %(listing_id)s, resume_id = %(resume_id)s, status_id = %(status_id)s,
                   applied_on = %(applied_on)s, cover_letter = %(cover_letter)s, notes = %(notes)s, tags = %(tags)s,
                   follow_up_on = %(follow_up_on)s, follow_up_note = %(follow_up_note)s,
                   updated_at = %(updated_at)s, version = %(version)s
             where user_id = %(user_id)s and id = %(id)s and deleted_at is null
            """,
            _columns(application),
        )
        if not saved:
            raise NotFound
        if change:
            await self._note(application, change)

    async def remove(self, user_id: UserId, application_id: ApplicationId, at: datetime) -> None:
        """Hide an application for good."""
        hidden = await self._db.change(
            """
            update application set deleted_at = %(at)s
             where user_id = %(user_id)s and id = %(id)s and deleted_at is null
            """,
            {"user_id": user_id, "id": application_id, "at": at},
        )
        if not hidden:
            raise NotFound

    async def page(self, user_id: UserId, where: ApplicationFilter) -> Page[Application]:
        """Applications that match."""
        return await _PAGES.page(self._db, where.window, {**asdict(where), "user_id": user_id})

    async def archive(self, user_id: UserId, window: Window) -> Page[Application]:
        """Every application with its history."""
        found = await _ARCHIVE.page(self._db, window, {"user_id": user_id})
        steps = await self._db.rows(
            """
            select application_id, status_id, from_status_id, at, note
              from status_change
             where user_id = %(user_id)s and application_id = any(%(ids)s::uuid[])
             order by at, seq
            """,
            {"user_id": user_id, "ids": [application.id for application in found.items]},
        )
        histories: dict[ApplicationId, list[StatusChange]] = {}
        for id_, *step in steps:
            histories.setdefault(id_, []).append(StatusChange(*step))
        told = (replace(application, history=tuple(histories[application.id])) for application in found.items)
        return Page(tuple(told), found.next)

    async def journeys(self, user_id: UserId) -> Sequence[Journey]:
        """Every application that is not removed, in brief."""
        rows = await self._db.rows(
            """
            select application.id, application.status_id, listing.source, application.resume_id::text, resume.name,
                   scored.score, stops.status_ids, stops.times
              from application
              join listing on listing.user_id = application.user_id and listing.id = application.listing_id
              left join resume on resume.user_id = application.user_id and resume.id = application.resume_id
              left join lateral (
                select (analysis_report.report::json ->> 'score')::integer as score
                  from analysis
                  join analysis_report on analysis_report.analysis_id = analysis.id
                 where analysis.user_id = application.user_id and analysis.resume_id = application.resume_id
                   and analysis.listing_id = application.listing_id and analysis.state = 'succeeded'
                 order by analysis.created_at desc, analysis.id desc
                 limit 1
              ) as scored on true
              cross join lateral (
                select array_agg(status_id order by at, seq) as status_ids, array_agg(at order by at, seq) as times
                  from status_change
                 where user_id = application.user_id and application_id = application.id
              ) as stops
             where application.user_id = %(user_id)s and application.deleted_at is null
            """,
            {"user_id": user_id},
        )
        return [
            Journey(*brief, stops=tuple(Stop(*stop) for stop in zip(status_ids, times, strict=True)))
            for *brief, status_ids, times in rows
        ]

    async def _note(self, application: Application, change: StatusChange) -> None:
        await self._db.change(
            """
            insert into status_change (user_id, application_id, status_id, from_status_id, at, note)
            values (%(user_id)s, %(application_id)s, %(status_id)s, %(from_status_id)s, %(at)s, %(note)s)
            """,
            {**asdict(change), "user_id": application.user_id, "application_id": application.id},
        )


def _columns(application: Application) -> Params:
    return {**asdict(application), "listing_id": application.listing.id, "tags": list(application.tags)}


def _application(row: TupleRow) -> Application:
    id_, user_id, listing_id, company, position, resume_id, status_id, applied_on, cover_letter, notes, tags, *rest = (
        row
    )
    follow_up_on, follow_up_note, created_at, updated_at, version, deleted_at = rest
    return Application(
        id=id_,
        user_id=user_id,
        listing=ListingBrief(listing_id, company, position),
        resume_id=resume_id,
        status_id=status_id,
        applied_on=applied_on,
        cover_letter=cover_letter,
        notes=notes,
        tags=tuple(tags),
        follow_up_on=follow_up_on,
        follow_up_note=follow_up_note,
        created_at=created_at,
        updated_at=updated_at,
        version=version,
        deleted_at=deleted_at,
    )


_PAGES: Final = Pages(
    _SELECT
    + """
   and (%(q)s::text is null or strpos(lower(concat_ws(E'\\n', listing.company, listing.position, application.notes,
                                                      application.cover_letter)), lower(%(q)s)) > 0)
   and (%(status_id)s::text is null or application.status_id = %(status_id)s)
   and (%(listing_id)s::uuid is null or application.listing_id = %(listing_id)s)
   and (%(resume_id)s::uuid is null or application.resume_id = %(resume_id)s)
   and (%(tag)s::text is null or %(tag)s = any(application.tags))
   and (%(applied_from)s::date is null or application.applied_on >= %(applied_from)s)
   and (%(applied_to)s::date is null or application.applied_on <= %(applied_to)s)
   and (%(follow_up_before)s::date is null or application.follow_up_on <= %(follow_up_before)s)
""",
    keys={
        "created_at": "application.created_at",
        "updated_at": "application.updated_at",
        "applied_on": "coalesce(application.applied_on, date '0001-01-01')",
    },
    id_="application.id",
    read=_application,
)
_ARCHIVE: Final = Pages(_EVERY, keys={"created_at": "application.created_at"}, id_="application.id", read=_application)
