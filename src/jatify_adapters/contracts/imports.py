"""What every store promises about imports: all at once, known again, and taken back but for what was changed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import anyio
import pytest
from msgspec import Struct
from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    FULL_DRAFT,
    MINUTE,
    NEWEST_FIRST,
    Seeker,
    a_listing,
    a_seeker,
    a_step,
    a_stored_resume,
    an_application,
    an_import,
    ask,
    first_step,
    rolled_back,
    strangers_id,
    unknown_id,
    walk,
)
from jatify_core.application import Application, ApplicationFilter, ApplicationId, StatusId
from jatify_core.errors import NotFound
from jatify_core.history import told
from jatify_core.imports import Brought, Import, ImportId, KeptApplication, Undone
from jatify_core.listing import ListingFilter
from jatify_core.paging import Page, Sort, Window
from jatify_core.repeats import Known

ALL = Window(NEWEST_FIRST, limit=100)


class StoredImport(Struct, frozen=True):
    """An import that is stored, and what came with it."""

    seeker: Seeker
    imported: Import
    brought: list[Brought]


class ImportsContract:
    """What every store promises about its imports. Subclass it and provide `new_store`."""

    async def test_what_an_import_brought_is_there_with_every_member(self, new_store: NewStore) -> None:
        stored = await imported(new_store, 3)
        user_id = stored.seeker.user.id
        async with new_store.store.transaction(user_id) as tx:
            for one in stored.brought:
                assert await tx.listings.get(user_id, one.listing.id) == one.listing
                assert await tx.applications.get(user_id, one.application.id) == one.application
            assert await tx.imports.get(user_id, stored.imported.id) == stored.imported

    async def test_a_history_comes_back_in_the_order_in_which_it_was_given(self, new_store: NewStore) -> None:
        seeker, at = await a_seeker(new_store), new_store.now()
        names = ("saved", "applied", "hr_interview", "rejected")
        one = a_brought(seeker, new_store)
        steps = told([a_step(one.application, name, at, name) for name in names])
        one = replace(one, application=replace(one.application, status_id=StatusId("rejected"), history=steps))
        await store(new_store, an_import(seeker.user.id, at, 1), [one])
        async with new_store.store.transaction(seeker.user.id) as tx:
            assert (await tx.applications.get(seeker.user.id, one.application.id)).history == steps

    async def test_an_import_rolls_back_with_its_transaction(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        one, record = a_brought(seeker, new_store), an_import(seeker.user.id, new_store.now(), 1)
        async with rolled_back(new_store) as tx:
            await tx.imports.add(record, [one])
        async with new_store.store.transaction(seeker.user.id) as tx:
            assert (await tx.imports.page(seeker.user.id, ALL)).items == ()
            assert await tx.imports.known(seeker.user.id) == []
            assert (await tx.listings.page(seeker.user.id, ListingFilter(ALL))).items == (seeker.listing,)

    async def test_what_refers_to_anothers_is_refused_as_a_whole(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        resume = await a_stored_resume(new_store, other)
        mine, foreign = a_brought(seeker, new_store), a_brought(seeker, new_store)
        foreign = replace(foreign, application=replace(foreign.application, resume_id=resume.id))
        with pytest.raises(NotFound):
            await store(new_store, an_import(seeker.user.id, new_store.now(), 2), [mine, foreign])
        with pytest.raises(NotFound):
            await store(new_store, an_import(seeker.user.id, new_store.now(), 1), [a_brought(other, new_store)])
        for user in (seeker.user, other.user):
            async with new_store.store.transaction(user.id) as tx:
                assert await tx.imports.known(user.id) == []
                assert (await tx.imports.page(user.id, ALL)).items == ()

    async def test_every_application_in_sight_is_known_again(self, new_store: NewStore) -> None:
        stored = await imported(new_store, 2)
        user_id, hidden = stored.seeker.user.id, stored.brought[1].application.id
        await imported(new_store, 1)  # somebody else's
        async with new_store.store.transaction(user_id) as tx:
            await tx.applications.remove(user_id, hidden, new_store.now())
        one = stored.brought[0]
        async with new_store.store.transaction(user_id) as tx:
            assert await tx.imports.known(user_id) == [
                Known(
                    one.application.id,
                    one.listing.company,
                    one.listing.position,
                    one.listing.url,
                    one.application.applied_on,
                    one.application.created_at,
                )
            ]

    async def test_an_import_that_is_missing_or_anothers_is_not_found(self, new_store: NewStore) -> None:
        stored = await imported(new_store, 1)
        user_id = stored.seeker.user.id
        for whose, which in ((strangers_id(), stored.imported.id), (user_id, ImportId(unknown_id()))):
            async with new_store.store.transaction() as tx:
                with pytest.raises(NotFound):
                    await tx.imports.get(whose, which)
                with pytest.raises(NotFound):
                    await tx.imports.undo(whose, which, new_store.now())

    async def test_pages_hold_every_import_once(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        records = [an_import(seeker.user.id, new_store.now() + n * MINUTE) for n in range(5)]
        for record in records:
            await store(new_store, record, [])

        async def fetch(window: Window) -> Page[Import]:
            async with new_store.store.transaction(seeker.user.id) as tx:
                return await tx.imports.page(seeker.user.id, window)

        assert await walk(fetch, NEWEST_FIRST, 2) == records[::-1]
        assert await walk(fetch, Sort("created_at"), 2) == records

    async def test_an_undo_leaves_nothing_of_an_import_and_all_of_the_rest(self, new_store: NewStore) -> None:
        stored = await imported(new_store, 3)
        user_id = stored.seeker.user.id
        other = a_brought(stored.seeker, new_store)
        await store(new_store, an_import(user_id, new_store.now(), 1), [other])
        at = new_store.now() + MINUTE
        undone, removed = await undo(new_store, stored, at)
        assert undone == Undone(3, 3, ())
        assert sorted(removed) == sorted(one.application.id for one in stored.brought)
        async with new_store.store.transaction(user_id) as tx:
            assert [one.id for one in (await tx.applications.archive(user_id, ALL)).items] == [other.application.id]
            assert {one.id for one in (await tx.listings.page(user_id, ListingFilter(ALL))).items} == {
                stored.seeker.listing.id,
                other.listing.id,
            }
            assert await tx.imports.get(user_id, stored.imported.id) == replace(stored.imported, undone_at=at)

    async def test_what_was_changed_since_is_kept_with_its_listing_and_told_of(self, new_store: NewStore) -> None:
        stored = await imported(new_store, 2)
        changed, unchanged = stored.brought
        await touch(new_store, changed.application)
        undone, removed = await undo(new_store, stored, new_store.now())
        kept = KeptApplication(changed.application.id, changed.listing.company, changed.listing.position)
        assert (undone, [*removed]) == (Undone(1, 1, (kept,)), [unchanged.application.id])
        async with new_store.store.transaction(stored.seeker.user.id) as tx:
            assert (await tx.applications.get(changed.application.user_id, changed.application.id)).notes == "Mine."

    async def test_an_undo_once_more_tells_the_same_and_does_nothing(self, new_store: NewStore) -> None:
        stored = await imported(new_store, 2)
        await touch(new_store, stored.brought[0].application)
        first = await undo(new_store, stored, new_store.now())
        user_id, kept = stored.seeker.user.id, stored.brought[0].application.id
        async with new_store.store.transaction(user_id) as tx:
            await tx.applications.remove(user_id, kept, new_store.now())
        again = await undo(new_store, stored, new_store.now() + MINUTE)
        assert (again[0], len(first[1]), len(again[1])) == (first[0], 1, 0)
        async with new_store.store.transaction(user_id) as tx:
            assert len((await tx.applications.archive(user_id, ALL)).items) == 1

    async def test_what_was_deleted_meanwhile_goes_for_good(self, new_store: NewStore) -> None:
        stored = await imported(new_store, 1)
        user_id, gone = stored.seeker.user.id, stored.brought[0].application.id
        async with new_store.store.transaction(user_id) as tx:
            await tx.applications.remove(user_id, gone, new_store.now())
        undone, _ = await undo(new_store, stored, new_store.now())
        assert undone == Undone(1, 1, ())
        async with new_store.store.transaction(user_id) as tx:
            assert (await tx.applications.archive(user_id, ALL)).items == ()

    async def test_a_listing_that_something_else_uses_or_that_was_changed_stays(self, new_store: NewStore) -> None:
        stored = await imported(new_store, 4)
        seeker, user_id = stored.seeker, stored.seeker.user.id
        used, analysed, changed, unused = (one.listing for one in stored.brought)
        another = an_application(used, new_store.now())
        async with new_store.store.transaction(user_id) as tx:
            await tx.applications.add(another, first_step(another))
            listing = await tx.listings.get(user_id, changed.id, lock=True)
            draft = replace(listing.draft, description="Mine.")
            await tx.listings.save(listing.changed_to(draft, new_store.now()))
        await ask(new_store, await a_stored_resume(new_store, seeker), analysed)
        undone, _ = await undo(new_store, stored, new_store.now())
        assert (undone.removed_applications, undone.removed_listings) == (4, 1)
        async with new_store.store.transaction(user_id) as tx:
            left = {one.id for one in await tx.listings.several(user_id, [one.listing.id for one in stored.brought])}
            assert left == {used.id, analysed.id, changed.id}
            assert unused.id not in left
            assert (await tx.applications.page(user_id, ApplicationFilter(ALL))).items[0].id == another.id

    async def test_of_an_undo_and_changes_at_once_no_change_is_lost(self, new_store: NewStore) -> None:
        stored = await imported(new_store, 6)
        user_id = stored.seeker.user.id
        survivors = []

        async def change(application: Application) -> None:
            try:
                await touch(new_store, application)
            except NotFound:
                return
            survivors.append(application.id)

        async with anyio.create_task_group() as tasks:
            for one in stored.brought[:3]:
                tasks.start_soon(change, one.application)
            tasks.start_soon(undo, new_store, stored, new_store.now())
            for one in stored.brought[3:]:
                tasks.start_soon(change, one.application)
        async with new_store.store.transaction(user_id) as tx:
            left = (await tx.applications.page(user_id, ApplicationFilter(ALL))).items
        assert {one.id for one in left} == set(survivors)
        assert all(one.notes == "Mine." for one in left)

    async def test_an_account_goes_with_its_imports(self, new_store: NewStore) -> None:
        stored, other = await imported(new_store, 2), await imported(new_store, 1)
        user_id = stored.seeker.user.id
        async with new_store.store.transaction() as tx:
            await tx.users.remove(user_id)
        async with new_store.store.transaction() as tx:
            assert (await tx.imports.page(user_id, ALL)).items == ()
            assert await tx.imports.known(user_id) == []
            assert await tx.imports.get(other.seeker.user.id, other.imported.id) == other.imported

    async def test_several_listings_are_ones_own_alone(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        async with new_store.store.transaction() as tx:
            wanted = [seeker.listing.id, other.listing.id, seeker.listing.id]
            assert await tx.listings.several(seeker.user.id, wanted) == [seeker.listing]
            assert await tx.listings.several(seeker.user.id, []) == []


def a_brought(seeker: Seeker, new_store: NewStore) -> Brought:
    """A listing with every member, and an application for it with every member but a resume."""
    at = new_store.now() - timedelta(days=9)
    listing = a_listing(seeker.user.id, at, FULL_DRAFT)
    application = replace(
        an_application(listing, at),
        status_id=StatusId("applied"),
        applied_on=date(2026, 11, 20),
        cover_letter='Dear "Sir",\n\\ and Madam; €',
        notes="They answer fast.",
        tags=("remote", "C, C++", '"first" choice', "{}"),
        follow_up_on=date(2026, 12, 1),
    )
    steps = told([a_step(application, "saved", at, "found it"), a_step(application, "applied", at + MINUTE)])
    return Brought(listing, replace(application, history=steps))


async def imported(new_store: NewStore, count: int) -> StoredImport:
    """A new user's import of so many rows."""
    seeker = await a_seeker(new_store)
    brought = [a_brought(seeker, new_store) for _ in range(count)]
    record = an_import(seeker.user.id, new_store.now(), count)
    await store(new_store, record, brought)
    return StoredImport(seeker, record, brought)


async def store(new_store: NewStore, record: Import, brought: list[Brought]) -> None:
    """Store in a transaction of the user's own."""
    async with new_store.store.transaction(record.user_id) as tx:
        await tx.imports.add(record, brought)


async def undo(new_store: NewStore, stored: StoredImport, at: datetime) -> tuple[Undone, Sequence[ApplicationId]]:
    """Undo in a transaction of the user's own."""
    async with new_store.store.transaction(stored.seeker.user.id) as tx:
        return await tx.imports.undo(stored.seeker.user.id, stored.imported.id, at)


async def touch(new_store: NewStore, application: Application) -> None:
    """Change an application as its user does."""
    async with new_store.store.transaction(application.user_id) as tx:
        current = await tx.applications.get(application.user_id, application.id, lock=True)
        await tx.applications.save(replace(current, notes="Mine.", version=current.version + 1), None)
