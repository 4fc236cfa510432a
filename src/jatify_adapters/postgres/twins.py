"""Twins of a listing in Postgres: along the indexes of what is the same about them."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import asdict

from jatify_adapters.postgres.connection import Connection
from jatify_core.duplicates import Keys, Twin
from jatify_core.user import UserId

BATCH: Final = 500
"""Listings that get their keys at once."""


class _Titled(Struct, frozen=True):
    company: str
    position: str
    url: str | None


async def twins(db: Connection, user_id: UserId, keys: Keys, limit: int) -> Sequence[Twin]:
    """Listings with one of *keys*, those with the URL first, then the newest, with their newest applications."""
    # Materialized: before a table was analyzed, the planner would look for them once for each of the user's listings.
    rows = await db.rows(
        """
        with found as materialized (
          (select id, 'url' as because, created_at from listing
            where user_id = %(user_id)s and url_key = %(url)s
            order by created_at desc, id desc limit %(limit)s)
          union all
          (select id, 'company_and_position', created_at from listing
            where user_id = %(user_id)s and title_key = %(title)s
              and (%(url)s::text is null or url_key is distinct from %(url)s)
            order by created_at desc, id desc limit %(limit)s)
        )
        select listing.id, listing.company, listing.position, listing.url, listing.created_at,
               newest.id, newest.status_id, found.because
          from found
          join listing on listing.user_id = %(user_id)s and listing.id = found.id
          left join lateral (
            select application.id, application.status_id from application
             where application.user_id = %(user_id)s and application.listing_id = listing.id
               and application.deleted_at is null
             order by application.created_at desc, application.id desc
             limit 1
          ) as newest on true
         order by found.because <> 'url', listing.created_at desc, listing.id desc
         limit %(limit)s
        """,
        {**asdict(keys), "user_id": user_id, "limit": limit},
    )
    return [Twin(*row) for row in rows]


async def give_keys(db: Connection, user_id: UserId) -> int:
    """Make the keys of some of the user's listings that have none yet; return how many there were."""
    # Nobody is waited for: who holds one at this moment is changing it, and gives it its keys himself.
    rows = await db.rows(
        """
        select id, company, position, url from listing
         where user_id = %(user_id)s and title_key is null
         limit %(limit)s
           for no key update skip locked
        """,
        {"user_id": user_id, "limit": BATCH},
    )
    if rows:
        made = [Keys.of(_Titled(*titled)) for _, *titled in rows]
        await db.change(
            """
            update listing set url_key = made.url_key, title_key = made.title_key
              from unnest(%(ids)s::uuid[], %(urls)s::text[], %(titles)s::text[]) as made (id, url_key, title_key)
             where listing.user_id = %(user_id)s and listing.id = made.id
            """,
            {
                "user_id": user_id,
                "ids": [id_ for id_, *_ in rows],
                "urls": [keys.url for keys in made],
                "titles": [keys.title or "" for keys in made],  # or they would be asked for again
            },
        )
    return len(rows)
