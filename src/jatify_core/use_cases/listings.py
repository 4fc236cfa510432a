"""Listings: keep, change, find and drop advertised positions."""

from collections.abc import Callable, Sequence

from msgspec import Struct, to_builtins

from jatify_core.duplicates import MOST_TWINS, Findable, Keys, Twin
from jatify_core.errors import Stale
from jatify_core.listing import Listing, ListingDraft, ListingFilter, ListingId
from jatify_core.paging import Page
from jatify_core.ports import Ports, Transaction
from jatify_core.text import refuse_nul
from jatify_core.user import UserId


class NewListing(Struct, frozen=True):
    """A listing that was just kept, and those that were there and may be the same."""

    listing: Listing
    twins: Sequence[Twin]


async def create_listing(ports: Ports, user_id: UserId, draft: ListingDraft) -> NewListing:
    """Keep a new listing, whether or not there are twins of it."""
    refuse_nul(to_builtins(draft))
    listing = Listing.of(draft, ListingId(ports.new_id()), user_id, ports.clock())
    async with ports.store.transaction(user_id) as tx:
        twins = await twins_of(tx, user_id, listing)
        await tx.listings.add(listing)
    return NewListing(listing, twins)


async def twins_of(tx: Transaction, user_id: UserId, found: Findable) -> Sequence[Twin]:
    """The user's listings that may be the same as *found*, of which not everything need be known."""
    keys = Keys.of(found)
    return await tx.listings.twins(user_id, keys.url, keys.title, MOST_TWINS)


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
