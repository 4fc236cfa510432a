"""What every store promises about listings that may be the same."""

from datetime import timedelta

from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import MINUTE, Seeker, a_listing, a_seeker, an_application, first_step
from jatify_core.duplicates import Keys, Twin
from jatify_core.listing import Listing, ListingDraft

URL = "https://www.example.com/jobs/7/?utm_source=mail"
SAME_URL = "http://example.com/jobs/7"
BAKER = ListingDraft("Loaf & Co.", "Baker (m/w/d)")


class TwinsContract:
    """What every store promises about twins of listings. Subclass it and provide `new_store`."""

    async def test_twins_have_the_url_or_the_company_and_position(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        same_url = await _keep(new_store, seeker, ListingDraft("Acme", "Clerk", url=URL))
        same_title = await _keep(new_store, seeker, ListingDraft("LOAF & CO", "baker", url="https://example.com/8"))
        bare = await _keep(new_store, seeker, BAKER, later=MINUTE)
        for draft in (ListingDraft("Loaf", "Clerk"), ListingDraft("Acme", "Baker", url="https://example.com/9")):
            await _keep(new_store, seeker, draft)
        found = await _twins(new_store, seeker, replace(BAKER, url=SAME_URL))
        assert [(twin.id, twin.because) for twin in found] == [
            (same_url.id, "url"),
            (bare.id, "company_and_position"),
            (same_title.id, "company_and_position"),
        ]
        assert [twin.id for twin in await _twins(new_store, seeker, BAKER)] == [bare.id, same_title.id]

    async def test_a_twin_for_both_reasons_is_told_once_and_the_url_counts(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        listing = await _keep(new_store, seeker, replace(BAKER, url=URL))
        (twin,) = await _twins(new_store, seeker, replace(BAKER, url=SAME_URL))
        assert twin == Twin(
            listing.id, listing.company, listing.position, listing.url, listing.created_at, None, None, "url"
        )

    async def test_a_twin_tells_of_its_newest_application_in_sight(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        listing = await _keep(new_store, seeker, BAKER)
        old, new, hidden = (an_application(listing, new_store.now() + n * MINUTE) for n in (1, 2, 3))
        async with new_store.store.transaction(seeker.user.id) as tx:
            for application in (new, old, hidden):
                await tx.applications.add(application, first_step(application))
            await tx.applications.remove(seeker.user.id, hidden.id, new_store.now())
        (twin,) = await _twins(new_store, seeker, BAKER)
        assert (twin.application_id, twin.status_id) == (new.id, new.status_id)

    async def test_what_a_listing_has_become_decides(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        listing = await _keep(new_store, seeker, ListingDraft("Acme", "Clerk"))
        async with new_store.store.transaction(seeker.user.id) as tx:
            current = await tx.listings.get(seeker.user.id, listing.id, lock=True)
            await tx.listings.save(current.changed_to(replace(BAKER, url=URL), new_store.now()))
        assert [twin.because for twin in await _twins(new_store, seeker, replace(BAKER, url=SAME_URL))] == ["url"]
        assert not await _twins(new_store, seeker, ListingDraft("Acme", "Clerk"))

    async def test_twins_are_bounded_those_with_the_url_first_then_the_newest(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        drafts = [replace(BAKER, url=URL)] * 2 + [BAKER] * 3
        kept = [await _keep(new_store, seeker, draft, later=n * MINUTE) for n, draft in enumerate(drafts, start=1)]
        found = await _twins(new_store, seeker, replace(BAKER, url=SAME_URL), limit=4)
        assert [twin.id for twin in found] == [kept[n].id for n in (1, 0, 4, 3)]

    async def test_nobody_finds_anothers_listings(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        await _keep(new_store, seeker, replace(BAKER, url=URL))
        assert not await _twins(new_store, other, replace(BAKER, url=URL))
        keys = Keys.of(replace(BAKER, url=URL))
        async with new_store.store.transaction(other.user.id) as tx:
            assert not await tx.listings.twins(seeker.user.id, keys.url, keys.title, 20)

    async def test_without_a_key_nothing_is_found_by_it(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await _keep(new_store, seeker, BAKER)
        async with new_store.store.transaction(seeker.user.id) as tx:
            assert not await tx.listings.twins(seeker.user.id, None, None, 20)


async def _keep(new_store: NewStore, seeker: Seeker, draft: ListingDraft, later: timedelta = timedelta(0)) -> Listing:
    listing = a_listing(seeker.user.id, new_store.now() + later, draft)
    async with new_store.store.transaction(seeker.user.id) as tx:
        await tx.listings.add(listing)
    return listing


async def _twins(new_store: NewStore, seeker: Seeker, draft: ListingDraft, limit: int = 20) -> list[Twin]:
    keys = Keys.of(draft)
    async with new_store.store.transaction(seeker.user.id) as tx:
        return list(await tx.listings.twins(seeker.user.id, keys.url, keys.title, limit))
