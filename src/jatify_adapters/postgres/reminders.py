"""What is due, read off applications and listings in Postgres."""

from collections.abc import Collection, Iterable
from datetime import datetime

from psycopg.rows import TupleRow

from jatify_adapters.postgres.connection import Connection
from jatify_core.agenda import Days, Due, Reminder, ReminderKind
from jatify_core.application import StatusId
from jatify_core.listing import ListingBrief
from jatify_core.user import UserId


class Reminders:
    """Implements `jatify_core.ports.Reminders`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def follow_ups(self, user_id: UserId, among: Collection[StatusId], days: Days, limit: int) -> Due:
        """Of applications where the follow-up is on one of *days*."""
        rows = await self._db.rows(
            """
            select application.follow_up_on, listing.id, listing.company, listing.position, application.id,
                   application.status_id, application.follow_up_note, application.updated_at, application.version,
                   count(*) over ()
              from application
              join listing on listing.user_id = application.user_id and listing.id = application.listing_id
             where application.user_id = %(user_id)s and application.deleted_at is null
               and application.status_id = any(%(among)s::text[])
               and application.follow_up_on >= coalesce(%(first)s::date, '-infinity')
               and application.follow_up_on <= coalesce(%(last)s::date, 'infinity')
             order by application.follow_up_on, application.id
             limit %(limit)s
            """,
            {"user_id": user_id, "among": list(among), "first": days.first, "last": days.last, "limit": limit},
        )
        return _due("follow_up", rows)

    async def silent(
        self, user_id: UserId, among: Collection[StatusId], before: datetime, past: Days, limit: int
    ) -> Due:
        """Of applications whose newest step was taken *before* an instant."""
        rows = await self._db.rows(
            """
            select (step.at at time zone 'UTC')::date, listing.id, listing.company, listing.position, application.id,
                   application.status_id, application.follow_up_note, application.updated_at, application.version,
                   count(*) over ()
              from application
              join listing on listing.user_id = application.user_id and listing.id = application.listing_id
             cross join lateral (
               select at from status_change
                where status_change.user_id = application.user_id and status_change.application_id = application.id
                order by seq desc
                limit 1
             ) as step
             where application.user_id = %(user_id)s and application.deleted_at is null
               and application.status_id = any(%(among)s::text[]) and step.at < %(before)s
               and (application.follow_up_on is null
                    or application.follow_up_on between coalesce(%(first)s::date, '-infinity')
                                                    and coalesce(%(last)s::date, 'infinity'))
             order by 1, application.id
             limit %(limit)s
            """,
            {
                "user_id": user_id,
                "among": list(among),
                "before": before,
                "first": past.first,
                "last": past.last,
                "limit": limit,
            },
        )
        return _due("silent", rows)

    async def deadlines(self, user_id: UserId, among: Collection[StatusId], days: Days, limit: int) -> Due:
        """Of listings where the deadline is on one of *days*."""
        rows = await self._db.rows(
            """
            select listing.deadline_on, listing.id, listing.company, listing.position, newest.id, newest.status_id,
                   null, listing.updated_at, listing.version, count(*) over ()
              from listing
              left join lateral (
                select id, status_id from application
                 where application.user_id = listing.user_id and application.listing_id = listing.id
                   and application.deleted_at is null
                 order by created_at desc, id desc
                 limit 1
              ) as newest on true
             where listing.user_id = %(user_id)s
               and listing.deadline_on >= coalesce(%(first)s::date, '-infinity')
               and listing.deadline_on <= coalesce(%(last)s::date, 'infinity')
               and not exists (
                 select from application
                  where application.user_id = listing.user_id and application.listing_id = listing.id
                    and application.deleted_at is null and application.status_id <> all(%(among)s::text[])
               )
             order by listing.deadline_on, listing.id
             limit %(limit)s
            """,
            {"user_id": user_id, "among": list(among), "first": days.first, "last": days.last, "limit": limit},
        )
        return _due("deadline", rows)


def _due(kind: ReminderKind, rows: Iterable[TupleRow]) -> Due:
    reminders, total = [], 0
    for on, listing_id, company, position, application_id, status_id, note, changed_at, version, count in rows:
        total = count
        reminders.append(
            Reminder(
                kind=kind,
                on=on,
                listing=ListingBrief(listing_id, company, position),
                application_id=application_id,
                status_id=status_id,
                note=note,
                changed_at=changed_at,
                version=version,
            )
        )
    return Due(tuple(reminders), total)
