"""Listings in Postgres."""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec
from msgspec.structs import asdict
from psycopg.rows import TupleRow

from jatify_adapters.postgres.arrays import uuids
from jatify_adapters.postgres.connection import Connection, Params
from jatify_adapters.postgres.pages import Pages
from jatify_adapters.postgres.twins import give_keys, twins
from jatify_core.duplicates import Keys, Twin
from jatify_core.errors import Conflict, NotFound
from jatify_core.listing import Listing, ListingFilter, ListingId, Salary
from jatify_core.paging import Page
from jatify_core.user import UserId

_SALARY: Final = 9  # where it stands in the columns below, which are in the order of `Listing`
_SELECT: Final = """
select id, user_id, company, position, description, url, location, workplace, employment_type, salary, source,
       posted_on, deadline_on, created_at, updated_at, version
  from listing
 where user_id = %(user_id)s
"""


class Listings:
    """Implements `jatify_core.ports.Listings`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def add(self, listing: Listing) -> None:
        """Store a new listing."""
        await self._db.change(
            """
            insert into listing (
              id, user_id, company, position, description, url, location, workplace, employment_type, salary, source,
              posted_on, deadline_on, content_hash, url_key, title_key, created_at, updated_at, version
            ) values (
              %(id)s, %(user_id)s, %(company)s, %(position)s, %(description)s, %(url)s, %(location)s, %(workplace)s,
              %(employment_type)s, %(salary)s, %(source)s, %(posted_on)s, %(deadline_on)s, %(content_hash)s,
              %(url_key)s, %(title_key)s, %(created_at)s, %(updated_at)s, %(version)s
            )
            """,
            _columns(listing),
        )

    async def get(self, user_id: UserId, listing_id: ListingId, *, lock: bool = False) -> Listing:
        """One listing."""
        one = _SELECT + "and id = %(id)s"
        row = await self._db.row(one + " for no key update" if lock else one, {"user_id": user_id, "id": listing_id})
        if not row:
            raise NotFound
        return _listing(row)

    async def save(self, listing: Listing) -> None:
        """Replace a stored listing, and let the applications that show it change with it."""
        await self._touch_applications(listing)
        saved = await self._db.change(
            """
            update listing
               set company = %(company)s, position = %(position)s, description = %(description)s, url = %(url)s,
                   location = %(location)s, workplace = %(workplace)s, employment_type = %(employment_type)s,
                   salary = %(salary)s, source = %(source)s, posted_on = %(posted_on)s,
                   deadline_on = %(deadline_on)s, content_hash = %(content_hash)s, url_key = %(url_key)s,
                   title_key = %(title_key)s, updated_at = %(updated_at)s, version = %(version)s
             where user_id = %(user_id)s and id = %(id)s
            """,
            _columns(listing),
        )
        if not saved:
            raise NotFound

    async def remove(self, user_id: UserId, listing_id: ListingId) -> None:
        """Delete a listing with all that hangs on it, unless applications use it."""
        this = {"user_id": user_id, "id": listing_id}
        await self._lock_alone(this)
        if count := await self._applications(this):
            many = "One application uses" if count == 1 else f"{count} applications use"
            raise Conflict(f"{many} this listing.")
        await self._db.change(
            "delete from application where user_id = %(user_id)s and listing_id = %(id)s and deleted_at is not null",
            this,
        )
        await self._end_jobs(this)
        await self._db.change("delete from listing where user_id = %(user_id)s and id = %(id)s", this)

    async def page(self, user_id: UserId, where: ListingFilter) -> Page[Listing]:
        """Listings that match."""
        return await _PAGES.page(
            self._db, where.window, {"user_id": user_id, "q": where.q, "company": where.company, "url": where.url}
        )

    async def twins(self, user_id: UserId, url_key: str | None, title_key: str | None, limit: int) -> Sequence[Twin]:
        """Listings with one of the keys, once those that have none yet have got theirs."""
        while await give_keys(self._db, user_id):
            pass
        return await twins(self._db, user_id, Keys(url_key, title_key), limit)

    async def several(self, user_id: UserId, listing_ids: Collection[ListingId]) -> Sequence[Listing]:
        """Those of them that are there."""
        several = _SELECT + "and id = any(%(ids)s::uuid[])"
        return [_listing(row) for row in await self._db.rows(several, {"user_id": user_id, "ids": uuids(listing_ids)})]

    async def _touch_applications(self, listing: Listing) -> None:
        # Before the listing itself, while it still has the names that they have shown so far. Locked in one order, in
        # which the removal of a resume locks them too.
        await self._db.change(
            """
            with showing as (
              select application.id from application
                join listing on listing.user_id = application.user_id and listing.id = application.listing_id
               where listing.user_id = %(user_id)s and listing.id = %(id)s and application.deleted_at is null
                 and (listing.company, listing.position) is distinct from (%(company)s, %(position)s)
               order by application.id
                 for no key update of application
            )
            update application set version = version + 1, updated_at = %(updated_at)s
              from showing
             where application.user_id = %(user_id)s and application.id = showing.id
            """,
            _columns(listing),
        )

    async def _lock_alone(self, this: Params) -> None:
        """Lock the row so that nobody makes a new reference to it either; counting before that would be a guess."""
        if not await self._db.row("select 1 from listing where user_id = %(user_id)s and id = %(id)s for update", this):
            raise NotFound

    async def _applications(self, this: Params) -> int:
        return await self._db.count(
            """
            select count(*) from application
             where user_id = %(user_id)s and listing_id = %(id)s and deleted_at is null
            """,
            this,
        )

    async def _end_jobs(self, this: Params) -> None:
        # Before the analyses, because a worker locks in this order too: its job, then its analysis.
        await self._db.change(
            """
            with doomed as (
              select id from analysis where user_id = %(user_id)s and listing_id = %(id)s
            ), letters as (
              delete from dead_letter using doomed where dead_letter.job_id = doomed.id
              returning dead_letter.id
            ), told as (
              insert into event_new (user_id, kind, subject, state)
              select %(user_id)s, 'analysis.updated', id, 'deleted' from doomed
              union all
              select %(user_id)s, 'dead_letter.removed', id, 'deleted' from letters
            )
            delete from job using doomed where job.id = doomed.id
            """,
            this,
        )
        self._db.tell()


def _columns(listing: Listing) -> Params:
    salary = msgspec.json.encode(listing.salary).decode() if listing.salary else None
    keys = Keys.of(listing)
    hashes = {"content_hash": listing.content_hash, "url_key": keys.url, "title_key": keys.title}
    return {**asdict(listing), "salary": salary, **hashes}


def _listing(row: TupleRow) -> Listing:
    members = list(row)
    members[_SALARY] = msgspec.convert(members[_SALARY], Salary | None)
    return Listing(*members)


_PAGES: Final = Pages(
    _SELECT
    + """
   and (%(q)s::text is null
        or strpos(lower(concat_ws(E'\\n', company, position, location, description)), lower(%(q)s)) > 0)
   and (%(company)s::text is null or lower(company) = lower(%(company)s))
   and (%(url)s::text is null or lower(url) = lower(%(url)s))
""",
    keys={
        "created_at": "created_at",
        "updated_at": "updated_at",
        "company": 'company collate "C"',
        "position": 'position collate "C"',
    },
    id_="id",
    read=_listing,
)
