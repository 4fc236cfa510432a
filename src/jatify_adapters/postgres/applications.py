"""Applications, their history and the pipeline's statuses in Postgres."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec.structs import asdict, replace
from psycopg.rows import TupleRow

from jatify_adapters.postgres.connection import Connection, Params
from jatify_adapters.postgres.pages import Pages
from jatify_core.application import (
    Application,
    ApplicationFilter,
    ApplicationId,
    ResumeCopy,
    ResumeLink,
    SentResume,
    Status,
    StatusChange,
)
from jatify_core.errors import NotFound
from jatify_core.history import told
from jatify_core.journey import Journey, Stop
from jatify_core.listing import ListingBrief
from jatify_core.paging import Page, Window
from jatify_core.user import UserId

_EVERY: Final = """
select application.id, application.user_id, listing.id, listing.company, listing.position, application.resume_id,
       application.status_id, application.applied_on, application.cover_letter, application.notes, application.tags,
       application.follow_up_on, application.follow_up_note, application.created_at, application.updated_at,
       application.version, application.deleted_at, application.status_since, application.sent_resume, sent.id
  from application
  join listing on listing.user_id = application.user_id and listing.id = application.listing_id
  left join resume as sent on sent.user_id = application.user_id
                          and sent.id = (application.sent_resume -> 'resume' ->> 'resume_id')::uuid
 where application.user_id = %(user_id)s
"""
_STEPS: Final = """
select step.application_id, step.id, step.status_id, step.at, step.recorded_at, step.note, step.dated, step.resume,
       linked.id
  from status_change as step
  left join resume as linked on linked.user_id = step.user_id and linked.id = (step.resume ->> 'resume_id')::uuid
 where step.user_id = %(user_id)s and step.application_id = any(%(ids)s::uuid[])
 order by step.seq
"""
_LINKS: Final = """
select link.application_id, link.at, link.resume, linked.id
  from resume_link as link
  left join resume as linked on linked.user_id = link.user_id and linked.id = (link.resume ->> 'resume_id')::uuid
 where link.user_id = %(user_id)s and link.application_id = any(%(ids)s::uuid[])
 order by link.seq
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
              follow_up_note, created_at, updated_at, version, status_since, sent_resume
            ) values (
              %(id)s, %(user_id)s, %(listing_id)s, %(resume_id)s, %(status_id)s, %(applied_on)s, %(cover_letter)s,
              %(notes)s, %(tags)s, %(follow_up_on)s, %(follow_up_note)s, %(created_at)s, %(updated_at)s, %(version)s,
              %(status_since)s, %(sent_resume)s
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
        (whole,) = await self._with_histories([_application(row)])
        return whole

    async def save(self, application: Application, change: StatusChange | None) -> None:
        """Replace a stored application and add to its history."""
        saved = await self._db.change(
            """
            update application
               set listing_id = %(listing_id)s, resume_id = %(resume_id)s, status_id = %(status_id)s,
                   applied_on = %(applied_on)s, cover_letter = %(cover_letter)s, notes = %(notes)s, tags = %(tags)s,
                   follow_up_on = %(follow_up_on)s, follow_up_note = %(follow_up_note)s,
                   updated_at = %(updated_at)s, version = %(version)s,
                   status_since = %(status_since)s, sent_resume = %(sent_resume)s
             where user_id = %(user_id)s and id = %(id)s and deleted_at is null
            """,
            _columns(application),
        )
        if not saved:
            raise NotFound
        if change:
            await self._note(application, change)

    async def retell(self, application: Application) -> None:
        """Replace a stored application and its whole history."""
        await self.save(application, None)
        await self._db.change(
            "delete from status_change where user_id = %(user_id)s and application_id = %(id)s",
            {"user_id": application.user_id, "id": application.id},
        )
        for step in application.history:  # one by one, in order: a history is short, and seldom told anew
            await self._note(application, step)

    async def relink(self, application: Application, link: ResumeLink) -> None:
        """Note which resume an application has from now on."""
        await self._db.change(
            """
            insert into resume_link (user_id, application_id, at, resume)
            values (%(user_id)s, %(application_id)s, %(at)s, %(resume)s)
            """,
            {
                "user_id": application.user_id,
                "application_id": application.id,
                "at": link.at,
                "resume": _json(link.resume),
            },
        )

    async def remove(self, user_id: UserId, application_id: ApplicationId, at: datetime) -> None:
        """Hide an application."""
        hidden = await self._db.change(
            """
            update application set deleted_at = %(at)s
             where user_id = %(user_id)s and id = %(id)s and deleted_at is null
            """,
            {"user_id": user_id, "id": application_id, "at": at},
        )
        if not hidden:
            raise NotFound

    async def restore(self, user_id: UserId, application_id: ApplicationId, at: datetime) -> bool:
        """Show a hidden application again, one version on."""
        shown = await self._db.change(
            """
            update application set deleted_at = null, version = version + 1, updated_at = %(at)s
             where user_id = %(user_id)s and id = %(id)s and deleted_at is not null
            """,
            {"user_id": user_id, "id": application_id, "at": at},
        )
        return bool(shown)

    async def page(self, user_id: UserId, where: ApplicationFilter) -> Page[Application]:
        """Applications that match."""
        return await _PAGES.page(self._db, where.window, {**asdict(where), "user_id": user_id})

    async def archive(self, user_id: UserId, window: Window) -> Page[Application]:
        """Every application with its history."""
        found = await _ARCHIVE.page(self._db, window, {"user_id": user_id})
        return Page(await self._with_histories(found.items), found.next)

    async def _with_histories(self, applications: Sequence[Application]) -> tuple[Application, ...]:
        """*applications*, all of one user's, with their histories and links."""
        if not applications:
            return ()
        these = {"user_id": applications[0].user_id, "ids": [application.id for application in applications]}
        steps, links = await self._db.rows(_STEPS, these), await self._db.rows(_LINKS, these)
        histories: dict[ApplicationId, list[StatusChange]] = {}
        for id_, *step in steps:
            histories.setdefault(id_, []).append(_step(*step))
        linked: dict[ApplicationId, list[ResumeLink]] = {}
        for id_, at, resume, resume_id in links:
            linked.setdefault(id_, []).append(ResumeLink(at, _copy(resume, resume_id)))
        return tuple(
            replace(one, history=told(histories[one.id]), links=tuple(linked.get(one.id, ()))) for one in applications
        )

    async def journeys(self, user_id: UserId) -> Sequence[Journey]:
        """Every application that is not removed, in brief."""
        # The score is a report's first member, and its head alone is fetched: all of each would be read to be dropped.
        rows = await self._db.rows(
            """
            select application.id, application.status_id, listing.source,
                   coalesce(resume.id::text, sent ->> 'sha256'), coalesce(resume.name, sent ->> 'name'),
                   scored.score, stops.status_ids, stops.times
              from application
              join listing on listing.user_id = application.user_id and listing.id = application.listing_id
              cross join lateral (
                select sent, case when sent is null then application.resume_id else (sent ->> 'resume_id')::uuid end
                             as resume_id
                  from (select application.sent_resume -> 'resume') as known (sent)
              ) as used
              left join resume on resume.user_id = application.user_id and resume.id = used.resume_id
              left join lateral (
                select substring(left(analysis_report.report, 64) from '^{"score":([0-9]+)')::integer as score
                  from analysis
                  join analysis_report on analysis_report.analysis_id = analysis.id
                 where analysis.user_id = application.user_id and analysis.resume_id = used.resume_id
                   and analysis.listing_id = application.listing_id and analysis.state = 'succeeded'
                 order by analysis.created_at desc, analysis.id desc
                 limit 1
              ) as scored on true
              cross join lateral (
                select array_agg(status_id order by seq) as status_ids, array_agg(shown_at order by seq) as times
                  from (
                    -- No step is shown after the next: `history.told` says why.
                    select status_id, seq, min(at) over (order by seq desc) as shown_at
                      from status_change
                     where user_id = application.user_id and application_id = application.id
                  ) as step
              ) as stops
             where application.user_id = %(user_id)s and application.deleted_at is null
            """,
            {"user_id": user_id},
        )
        return [
            Journey(
                application_id=id_,
                status_id=status_id,
                source=source,
                resume_key=resume_key,
                resume_name=resume_name,
                score=score,
                stops=tuple(Stop(*stop) for stop in zip(status_ids, times, strict=True)),
            )
            for id_, status_id, source, resume_key, resume_name, score, status_ids, times in rows
        ]

    async def take_in(self, applications: Sequence[Application]) -> None:
        """Store applications as they are."""
        # By the verbs that stored them first, one by one: whatever an application gains is restored with it.
        for application in applications:
            first, *others = application.history
            await self.add(application, first)
            for change in others:
                await self._note(application, change)
            for link in application.links:
                await self.relink(application, link)
            if application.deleted_at:
                await self.remove(application.user_id, application.id, application.deleted_at)

    async def _note(self, application: Application, change: StatusChange) -> None:
        await self._db.change(
            """
            insert into status_change (
              user_id, application_id, id, status_id, from_status_id, at, recorded_at, note, dated, resume
            ) values (
              %(user_id)s, %(application_id)s, %(id)s, %(status_id)s, %(from_status_id)s, %(claimed_at)s,
              %(recorded_at)s, %(note)s, %(dated)s, %(resume)s
            )
            """,
            {
                **asdict(change),
                "user_id": application.user_id,
                "application_id": application.id,
                "resume": _json(change.resume),
            },
        )


def _columns(application: Application) -> Params:
    return {
        **asdict(application),
        "listing_id": application.listing.id,
        "tags": list(application.tags),
        "sent_resume": _json(application.sent_resume),
    }


def _json(value: ResumeCopy | SentResume | None) -> str | None:
    return msgspec.json.encode(value).decode() if value else None


def _copy(resume: Any, resume_id: Any) -> ResumeCopy | None:
    """What was noted of a resume, with its id while there is one of that id."""
    return replace(msgspec.convert(resume, ResumeCopy), resume_id=resume_id) if resume else None


def _step(  # the columns of one row
    id_: Any, status_id: Any, at: datetime, recorded_at: datetime, note: Any, dated: Any, resume: Any, resume_id: Any
) -> StatusChange:
    return StatusChange(
        id=id_,
        status_id=status_id,
        at=at,
        claimed_at=at,
        recorded_at=recorded_at,
        note=note,
        dated=dated,
        resume=_copy(resume, resume_id),
    )


def _application(row: TupleRow) -> Application:
    id_, user_id, listing_id, company, position, resume_id, status_id, applied_on, cover_letter, notes, tags, *rest = (
        row
    )
    follow_up_on, follow_up_note, created_at, updated_at, version, deleted_at, status_since, sent, sent_id = rest
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
        status_since=status_since,
        sent_resume=_sent(sent, sent_id),
    )


def _sent(sent: Any, resume_id: Any) -> SentResume | None:
    known = msgspec.convert(sent, SentResume) if sent else None
    return replace(known, resume=replace(known.resume, resume_id=resume_id)) if known else None


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
