"""Listings in memory."""

from collections.abc import Collection, Sequence

from jatify_adapters.memory.events import drop_all
from jatify_adapters.memory.pages import contains, page, same
from jatify_adapters.memory.tables import Draft, owned, touch
from jatify_core.duplicates import Because, Keys, Twin
from jatify_core.errors import Conflict
from jatify_core.listing import Listing, ListingFilter, ListingId
from jatify_core.paging import Page
from jatify_core.user import UserId


class MemoryListings:
    """The port `Listings`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def add(self, listing: Listing) -> None:
        """Store a new listing."""
        self._draft.tables.require_user(listing.user_id)
        self._draft.tables.listings[listing.id] = listing
        self._draft.lock(listing.id)

    async def get(self, user_id: UserId, listing_id: ListingId, *, lock: bool = False) -> Listing:
        """One listing."""
        listing = owned(self._draft.tables.listings, user_id, listing_id)
        if lock:
            self._draft.lock(listing_id)
        return listing

    async def save(self, listing: Listing) -> None:
        """Replace a listing, and let the applications that show it change with it."""
        before = owned(self._draft.tables.listings, listing.user_id, listing.id)
        self._draft.require_lock(listing.id)
        if (before.company, before.position) != (listing.company, listing.position):
            touch(self._draft, lambda application: application.listing.id == listing.id, listing.updated_at)
        self._draft.tables.listings[listing.id] = listing

    async def remove(self, user_id: UserId, listing_id: ListingId) -> None:
        """Delete a listing with all that hangs on it."""
        tables = self._draft.tables
        owned(tables.listings, user_id, listing_id)
        using = [a for a in tables.applications.values() if a.application.listing.id == listing_id]
        in_sight = sum(1 for application in using if application.hidden_at is None)
        if in_sight:
            raise Conflict(f"Applications that use this job: {in_sight}. Delete them first.")
        for hidden in using:
            del tables.applications[hidden.application.id]
        drop_all(self._draft, user_id, [a.id for a in tables.analyses.values() if a.listing_id == listing_id])
        del tables.listings[listing_id]

    async def page(self, user_id: UserId, where: ListingFilter) -> Page[Listing]:
        """Listings that match."""
        listings = self._draft.tables.listings.values()
        return page((x for x in listings if x.user_id == user_id and _matches(x, where)), where.window)

    async def twins(self, user_id: UserId, url_key: str | None, title_key: str | None, limit: int) -> Sequence[Twin]:
        """Listings with one of the keys."""
        found: list[Twin] = []
        for listing in self._draft.tables.listings.values():
            keys = Keys.of(listing)
            if listing.user_id == user_id and url_key is not None and keys.url == url_key:
                found.append(self._twin(listing, "url"))
            elif listing.user_id == user_id and title_key is not None and keys.title == title_key:
                found.append(self._twin(listing, "company_and_position"))
        newest_first = sorted(found, key=lambda twin: (twin.created_at, twin.id), reverse=True)
        return sorted(newest_first, key=lambda twin: twin.because != "url")[:limit]

    def _twin(self, listing: Listing, because: Because) -> Twin:
        """*listing* as a twin, with its newest application in sight."""
        stored = self._draft.tables.applications.values()
        own = [s.application for s in stored if s.application.listing.id == listing.id and s.hidden_at is None]
        newest = max(own, key=lambda application: (application.created_at, application.id), default=None)
        return Twin(
            listing.id,
            listing.company,
            listing.position,
            listing.url,
            listing.created_at,
            newest.id if newest else None,
            newest.status_id if newest else None,
            because,
        )

    async def several(self, user_id: UserId, listing_ids: Collection[ListingId]) -> Sequence[Listing]:
        """Those of them that are there."""
        listings = self._draft.tables.listings
        return [listings[id_] for id_ in {*listing_ids} if id_ in listings and listings[id_].user_id == user_id]


def _matches(listing: Listing, where: ListingFilter) -> bool:
    return (
        contains(where.q, listing.company, listing.position, listing.description, listing.location)
        and same(where.company, listing.company)
        and same(where.url, listing.url)
    )
