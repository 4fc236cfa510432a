"""Listings: keep, change, find and drop advertised positions."""

from collections.abc import Callable

from msgspec import to_builtins

from jatify_core.errors import Stale
from jatify_core.listing import Listing, ListingDraft, ListingFilter, ListingId
from jatify_core.paging import Page
from jatify_core.ports import Ports
from jatify_core.text import refuse_nul
from jatify_core.user import UserId


async def create_listing(ports: Ports, user_id: UserId, draft: ListingDraft) -> Listing:
    """Keep a new listing."""
    refuse_nul(to_builtins(draft))
    listing = Listing.of(draft, ListingId(ports.new_id()), user_id, ports.clock())
    async with ports.store.transaction(user_id) as tx:
        await tx.listings.add(listing)
    return listing


async def read_listing(ports: Ports, user_id: UserId, listing_id: ListingId) -> Listing:
    """One listing."""
    async with ports.store.transaction(user_id) as tx:
        return await tx.listings.get(user_id, listing_id)


async def list_listings(ports: Ports, user_id: UserId, where: ListingFilter) -> Page[Listing]:
    """Listings that match."""
    async with ports.store.transaction(user_id) as tx:
        return await tx.listings.page(user_id, where)


async def change_listing(
    ports: Ports,
    user_id: UserId,
    listing_id: ListingId,
    change: Callable[[ListingDraft], ListingDraft],
    expected: int | None = None,
) -> Listing:
    """Replace the writable members by what *change* makes of them.

    Raises `Stale`, and writes nothing, unless the stored version is the *expected* one (None takes any).
    """
    async with ports.store.transaction(user_id) as tx:
        current = await tx.listings.get(user_id, listing_id, lock=True)
        Stale.unless(expected, current.version)
        draft = change(current.draft)
        refuse_nul(to_builtins(draft))
        changed = current.changed_to(draft, ports.clock())
        await tx.listings.save(changed)
    return changed


async def delete_listing(ports: Ports, user_id: UserId, listing_id: ListingId, expected: int | None = None) -> None:
    """Drop a listing and its analyses. Raises `Conflict` while applications use it."""
    async with ports.store.transaction(user_id) as tx:
        current = await tx.listings.get(user_id, listing_id, lock=True)
        Stale.unless(expected, current.version)
        await tx.listings.remove(user_id, listing_id)
