"""What every store promises about listings."""

from collections.abc import Sequence
from datetime import timedelta

import anyio
import anyio.lowlevel
import pytest

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    FULL_DRAFT,
    MINUTE,
    NEWEST_LETTERS,
    Seeker,
    a_completed,
    a_listing,
    a_seeker,
    a_stored_resume,
    an_application,
    ask,
    bury_next,
    claim,
    claim_one,
    first_step,
    queued,
    settle,
    strangers_id,
    unknown_id,
    walk,
)
from jatify_core.errors import Conflict, NotFound
from jatify_core.job import End
from jatify_core.listing import SORT_KEYS, Listing, ListingDraft, ListingFilter, ListingId
from jatify_core.paging import Page, Position, Sort, Window

OLDEST_FIRST = Window(Sort("created_at"))


class ListingsContract:
    """What every store promises about its listings. Subclass it and provide `new_store`."""

    async def test_a_listing_comes_back_as_it_was_stored(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        bare = a_listing(seeker.user.id, new_store.now(), ListingDraft("Acme", "Clerk"))
        await _store(new_store, [bare])
        async with new_store.store.transaction() as tx:
            for listing in (seeker.listing, bare):
                assert await tx.listings.get(seeker.user.id, listing.id) == listing

    async def test_a_listing_that_is_missing_or_anothers_is_not_found(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        async with new_store.store.transaction() as tx:
            for user_id, listing_id in (
                (strangers_id(), seeker.listing.id),
                (seeker.user.id, ListingId(unknown_id())),
            ):
                with pytest.raises(NotFound):
                    await tx.listings.get(user_id, listing_id)
                with pytest.raises(NotFound):
                    await tx.listings.get(user_id, listing_id, lock=True)
                with pytest.raises(NotFound):
                    await tx.listings.remove(user_id, listing_id)

    async def test_a_saved_listing_is_replaced(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        changed = seeker.listing.changed_to(ListingDraft("Acme", "Clerk"), new_store.now() + MINUTE)
        async with new_store.store.transaction() as tx:
            await tx.listings.get(seeker.user.id, seeker.listing.id, lock=True)
            await tx.listings.save(changed)
        async with new_store.store.transaction() as tx:
            assert await tx.listings.get(seeker.user.id, seeker.listing.id) == changed

    async def test_changes_under_a_lock_do_not_overwrite_each_other(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)

        async def change() -> None:
            async with new_store.store.transaction() as tx:
                listing = await tx.listings.get(seeker.user.id, seeker.listing.id, lock=True)
                await anyio.lowlevel.checkpoint()
                await tx.listings.save(listing.changed_to(FULL_DRAFT, new_store.now()))

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(change)
        async with new_store.store.transaction() as tx:
            assert (await tx.listings.get(seeker.user.id, seeker.listing.id)).version == 6

    async def test_a_removed_listing_is_gone(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await _remove(new_store, seeker)
        async with new_store.store.transaction() as tx:
            with pytest.raises(NotFound):
                await tx.listings.get(seeker.user.id, seeker.listing.id)
            assert not (await tx.listings.page(seeker.user.id, ListingFilter(OLDEST_FIRST))).items

    async def test_a_listing_in_use_is_not_removed_and_the_refusal_counts_its_applications(
        self, new_store: NewStore
    ) -> None:
        seeker = await a_seeker(new_store)
        await _apply(new_store, seeker, times=2)
        with pytest.raises(Conflict, match="2"):
            await _remove(new_store, seeker)
        async with new_store.store.transaction() as tx:
            assert await tx.listings.get(seeker.user.id, seeker.listing.id) == seeker.listing

    async def test_applications_deleted_before_do_not_hold_a_listing(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await _apply(new_store, seeker, times=1, hidden=True)
        await _remove(new_store, seeker)

    async def test_a_listing_goes_with_its_analyses_their_jobs_and_dead_letters(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        dead, ended = await queued(new_store, seeker), await queued(new_store, seeker)
        await bury_next(new_store)
        job = await claim_one(new_store)
        await settle(new_store, End.succeeded(job, a_completed(ended, new_store.now())))
        running, waiting = await queued(new_store, seeker), await queued(new_store, seeker)
        claimed = await claim_one(new_store)
        review = await ask(new_store, await a_stored_resume(new_store, seeker), None)
        await _remove(new_store, seeker)
        async with new_store.store.transaction() as tx:
            for gone in (dead, ended, running, waiting):
                with pytest.raises(NotFound):
                    await tx.analyses.get(seeker.user.id, gone.id)
            assert (await tx.analyses.get(seeker.user.id, review.id)).state == "queued"
            assert not (await tx.dead_letters.page(seeker.user.id, NEWEST_LETTERS)).items
        lost = End.succeeded(claimed, a_completed(running, new_store.now()))
        assert list(await settle(new_store, lost)) == [lost]
        assert [job.id for job in await claim(new_store, 10)] == [review.id]

    @pytest.mark.parametrize(
        ("draft", "q", "found"),
        [
            (ListingDraft("Acme", "Clerk"), "ACM", True),
            (ListingDraft("Acme", "Clerk"), "clerk", True),
            (ListingDraft("Acme", "Clerk", description="Count beans."), "BEAN", True),
            (ListingDraft("Acme", "Clerk", location="Ulm"), "ulm", True),
            (ListingDraft("Acme", "Clerk", source="Ulm"), "ulm", False),
            (ListingDraft("Acme", "Clerk"), "a_me", False),
            (ListingDraft("Acme", "Clerk"), "%", False),
            (ListingDraft("Acme", "Clerk, 100% remote"), "100%", True),
            (ListingDraft("Acme", "Clerk (C:\\)"), "c:\\", True),
        ],
    )
    async def test_a_search_finds_words_as_they_stand_without_regard_to_case(
        self, new_store: NewStore, draft: ListingDraft, q: str, *, found: bool
    ) -> None:
        seeker = await a_seeker(new_store)
        listing = a_listing(seeker.user.id, new_store.now(), draft)
        await _store(new_store, [listing])
        assert (listing in await _matching(new_store, seeker, ListingFilter(OLDEST_FIRST, q=q))) is found

    async def test_company_and_url_match_as_a_whole_without_regard_to_case(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        for where, found in (
            (ListingFilter(OLDEST_FIRST, company="analytical ENGINES"), True),
            (ListingFilter(OLDEST_FIRST, company="analytical"), False),
            (ListingFilter(OLDEST_FIRST, url="HTTPS://example.org/positions/1"), True),
            (ListingFilter(OLDEST_FIRST, url="https://example.org/positions"), False),
            (ListingFilter(OLDEST_FIRST, q="programmer", company="analytical engines"), True),
            (ListingFilter(OLDEST_FIRST, q="baker", company="analytical engines"), False),
        ):
            assert await _matching(new_store, seeker, where) == ([seeker.listing] if found else [])

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("key", SORT_KEYS)
    async def test_pages_hold_every_listing_once_in_order(
        self, new_store: NewStore, key: str, *, descending: bool
    ) -> None:
        seeker = await a_seeker(new_store)
        words = ["beta", "Alpha", "alpha", "Ålpha", "beta"]
        listings = [
            a_listing(seeker.user.id, new_store.now() + MINUTE * (i // 2), ListingDraft(word, word))
            for i, word in enumerate(words, start=2)
        ]
        await _store(new_store, listings)

        async def fetch(window: Window) -> Page[Listing]:
            async with new_store.store.transaction() as tx:
                return await tx.listings.page(seeker.user.id, ListingFilter(window))

        in_order = sorted([*listings, seeker.listing], key=lambda row: (getattr(row, key), row.id), reverse=descending)
        for limit in (1, 2, 3, 6, 100):
            assert await walk(fetch, Sort(key, descending), limit) == in_order

    async def test_a_page_goes_on_where_it_ended_while_rows_come_and_go(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        start = new_store.now() + timedelta(hours=1)
        rows = [a_listing(seeker.user.id, start + i * MINUTE) for i in range(4)]
        await _store(new_store, rows)
        window = Window(Sort("created_at", descending=True), 2)
        async with new_store.store.transaction() as tx:
            first = await tx.listings.page(seeker.user.id, ListingFilter(window))
            await tx.listings.remove(seeker.user.id, rows[2].id)
            await tx.listings.add(a_listing(seeker.user.id, start + timedelta(hours=1)))
            rest = await tx.listings.page(seeker.user.id, ListingFilter(Window(window.sort, 10, first.next)))
        assert first.items == (rows[3], rows[2])
        assert first.next == Position(rows[2].created_at.isoformat(), rows[2].id)
        assert rest.items == (rows[1], rows[0], seeker.listing)
        assert rest.next is None

    async def test_nobody_lists_anothers_listings(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        assert await _matching(new_store, seeker, ListingFilter(OLDEST_FIRST)) == [seeker.listing]
        assert await _matching(new_store, other, ListingFilter(OLDEST_FIRST)) == [other.listing]


async def _store(new_store: NewStore, listings: Sequence[Listing]) -> None:
    async with new_store.store.transaction() as tx:
        for listing in listings:
            await tx.listings.add(listing)


async def _remove(new_store: NewStore, seeker: Seeker) -> None:
    async with new_store.store.transaction() as tx:
        await tx.listings.remove(seeker.user.id, seeker.listing.id)


async def _apply(new_store: NewStore, seeker: Seeker, *, times: int, hidden: bool = False) -> None:
    async with new_store.store.transaction() as tx:
        for _ in range(times):
            application = an_application(seeker.listing, new_store.now())
            await tx.applications.add(application, first_step(application))
            if hidden:
                await tx.applications.remove(seeker.user.id, application.id, new_store.now())


async def _matching(new_store: NewStore, seeker: Seeker, where: ListingFilter) -> list[Listing]:
    async with new_store.store.transaction() as tx:
        return list((await tx.listings.page(seeker.user.id, where)).items)
