"""What every store promises about applications, their history and the pipeline."""

from datetime import date
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    MINUTE,
    Seeker,
    a_listing,
    a_seeker,
    a_step,
    a_stored_resume,
    an_application,
    first_step,
    strangers_id,
    unknown_id,
    walk,
)
from jatify_core.application import (
    SORT_KEYS,
    Application,
    ApplicationFilter,
    ApplicationId,
    StatusChange,
    StatusId,
)
from jatify_core.errors import NotFound
from jatify_core.history import told
from jatify_core.listing import ListingDraft
from jatify_core.paging import Page, Sort, Window

OLDEST_FIRST = Window(Sort("created_at"))

PIPELINE = [
    ("saved", "open", False),
    ("applied", "open", False),
    ("hr_interview", "interview", False),
    ("user_interview", "interview", False),
    ("offer", "offer", False),
    ("offer_accepted", "closed", True),
    ("offer_turned_down", "closed", True),
    ("rejected", "closed", True),
    ("ghosted", "closed", True),
    ("withdrawn", "closed", True),
]


class ApplicationsContract:
    """What every store promises about its applications. Subclass it and provide `new_store`."""

    async def test_the_pipeline_is_the_one_that_jatify_ships_in_its_order(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        async with new_store.store.transaction() as tx:
            statuses = await tx.applications.statuses(seeker.user.id)
        assert [(s.id, s.category, s.terminal) for s in statuses] == PIPELINE
        assert [s.position for s in statuses] == sorted({s.position for s in statuses})
        assert "HR interview" in {s.label for s in statuses}

    async def test_an_application_comes_back_with_its_listing_and_first_step(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        application = replace(
            an_application(seeker.listing, new_store.now(), resume.id),
            status_id=StatusId("applied"),
            applied_on=date(2026, 11, 20),
            cover_letter="Dear Sir",
            notes="They answer fast.",
            tags=("remote", "first choice"),
            follow_up_on=date(2026, 12, 1),
            follow_up_note="Call Mr Babbage.",
        )
        await _store(new_store, application)
        assert await _get(new_store, application) == replace(application, history=(first_step(application),))

    async def test_an_application_that_is_missing_or_anothers_is_not_found(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        application = await _store(new_store, an_application(seeker.listing, new_store.now()))
        async with new_store.store.transaction() as tx:
            for user_id, application_id in (
                (strangers_id(), application.id),
                (seeker.user.id, ApplicationId(unknown_id())),
            ):
                with pytest.raises(NotFound):
                    await tx.applications.get(user_id, application_id)
                with pytest.raises(NotFound):
                    await tx.applications.get(user_id, application_id, lock=True)
                with pytest.raises(NotFound):
                    await tx.applications.remove(user_id, application_id, new_store.now())

    async def test_an_application_for_anothers_listing_or_with_anothers_resume_is_refused(
        self, new_store: NewStore
    ) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        resume = await a_stored_resume(new_store, other)
        mine = an_application(seeker.listing, new_store.now())
        for foreign in (replace(mine, user_id=other.user.id), replace(mine, resume_id=resume.id)):
            with pytest.raises(NotFound):
                await _store(new_store, foreign)

    async def test_a_saved_application_is_replaced_and_its_history_grows(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        listing = a_listing(seeker.user.id, new_store.now(), ListingDraft("Acme", "Clerk"))
        async with new_store.store.transaction() as tx:
            await tx.listings.add(listing)
        stored = await _store(new_store, an_application(seeker.listing, new_store.now()))
        moved = replace(
            an_application(listing, new_store.now()),
            id=stored.id,
            created_at=stored.created_at,
            status_id=StatusId("applied"),
            applied_on=date(2026, 11, 20),
            tags=("remote",),
            follow_up_note="Call Mr Babbage.",
            version=2,
        )
        change = a_step(stored, "applied", new_store.now() + MINUTE)
        await _save(new_store, moved, change)
        await _save(new_store, replace(moved, notes="Sent.", version=3), None)
        assert await _get(new_store, moved) == replace(
            moved, notes="Sent.", version=3, history=told([first_step(stored), change])
        )

    async def test_changes_under_a_lock_do_not_overwrite_each_other(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        application = await _store(new_store, an_application(seeker.listing, new_store.now()))

        async def change() -> None:
            async with new_store.store.transaction() as tx:
                current = await tx.applications.get(seeker.user.id, application.id, lock=True)
                await anyio.lowlevel.checkpoint()
                step = a_step(application, "applied", new_store.now(), f"{current.version}")
                await tx.applications.save(replace(current, version=current.version + 1), step)

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(change)
        changed = await _get(new_store, application)
        assert (changed.version, len(changed.history)) == (6, 6)

    async def test_an_application_shows_its_listing_as_it_reads_now(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        application = await _store(new_store, an_application(seeker.listing, new_store.now()))
        async with new_store.store.transaction() as tx:
            listing = await tx.listings.get(seeker.user.id, seeker.listing.id, lock=True)
            await tx.listings.save(listing.changed_to(ListingDraft("Acme", "Clerk"), new_store.now()))
        assert (await _get(new_store, application)).listing.company == "Acme"
        assert (await _matching(new_store, seeker))[0].listing.position == "Clerk"

    async def test_an_application_is_one_version_on_when_its_listing_has_another_name(
        self, new_store: NewStore
    ) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        mine, theirs = [await _store(new_store, an_application(w.listing, new_store.now())) for w in (seeker, other)]
        at = new_store.now() + MINUTE
        draft = seeker.listing.draft
        for changed, version in (
            (replace(draft, description="Another text."), 1),
            (replace(draft, position="Clerk"), 2),
            (replace(draft, company="Acme", position="Clerk"), 3),
            (replace(draft, company="Acme", position="Clerk"), 3),
        ):
            async with new_store.store.transaction() as tx:
                listing = await tx.listings.get(seeker.user.id, seeker.listing.id, lock=True)
                await tx.listings.save(listing.changed_to(changed, at))
            shown = await _get(new_store, mine)
            assert shown.version == version
            assert shown.updated_at == (at if version > 1 else mine.updated_at)
        assert (await _get(new_store, theirs)).version == 1

    async def test_a_removed_application_is_hidden(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        application = await _store(new_store, an_application(seeker.listing, new_store.now()))
        async with new_store.store.transaction() as tx:
            await tx.applications.remove(seeker.user.id, application.id, new_store.now())
        assert await _matching(new_store, seeker) == []
        async with new_store.store.transaction() as tx:
            with pytest.raises(NotFound):
                await tx.applications.get(seeker.user.id, application.id)
            with pytest.raises(NotFound):
                await tx.applications.remove(seeker.user.id, application.id, new_store.now())

    async def test_the_archive_holds_every_application_once_with_its_history(self, new_store: NewStore) -> None:
        seeker, now = await a_seeker(new_store), new_store.now()
        await _store(new_store, an_application((await a_seeker(new_store)).listing, now))
        kept = [await _store(new_store, an_application(seeker.listing, now + n * MINUTE)) for n in range(3)]
        later = a_step(kept[1], "applied", now + 9 * MINUTE, "sent")
        moved = replace(kept[1], status_id=later.status_id, version=2)
        async with new_store.store.transaction() as tx:
            await tx.applications.get(seeker.user.id, moved.id, lock=True)
            await tx.applications.save(moved, later)
            await tx.applications.remove(seeker.user.id, kept[0].id, now + 8 * MINUTE)
            await tx.applications.remove(seeker.user.id, moved.id, now + 9 * MINUTE)

        async def fetch(window: Window) -> Page[Application]:
            async with new_store.store.transaction() as tx:
                return await tx.applications.archive(seeker.user.id, window)

        expected = [
            replace(kept[0], history=(first_step(kept[0]),), deleted_at=now + 8 * MINUTE),
            replace(moved, history=told([first_step(kept[1]), later]), deleted_at=now + 9 * MINUTE),
            replace(kept[2], history=(first_step(kept[2]),)),
        ]
        for limit in (1, 2, 3):
            assert await walk(fetch, Sort("created_at"), limit) == expected

    @pytest.mark.parametrize(
        ("where", "found"),
        [
            ({"q": "ENGINES"}, True),
            ({"q": "programm"}, True),
            ({"q": "dear sir"}, True),
            ({"q": "answer_fast"}, False),
            ({"q": "answer fast"}, True),
            ({"q": "London"}, False),
            ({"status_id": "applied"}, True),
            ({"status_id": "saved"}, False),
            ({"tag": "remote"}, True),
            ({"tag": "rem"}, False),
            ({"applied_from": date(2026, 11, 20), "applied_to": date(2026, 11, 20)}, True),
            ({"applied_from": date(2026, 11, 21)}, False),
            ({"applied_to": date(2026, 11, 19)}, False),
            ({"follow_up_before": date(2026, 12, 1)}, True),
            ({"follow_up_before": date(2026, 11, 30)}, False),
            ({"status_id": "applied", "tag": "none"}, False),
        ],
    )
    async def test_a_filter_finds_what_matches_in_every_member(
        self, new_store: NewStore, where: dict[str, Any], *, found: bool
    ) -> None:
        seeker = await a_seeker(new_store)
        bare = await _store(new_store, an_application(seeker.listing, new_store.now()))
        async with new_store.store.transaction() as tx:
            await tx.applications.remove(seeker.user.id, bare.id, new_store.now())
        application = replace(
            an_application(seeker.listing, new_store.now()),
            status_id=StatusId("applied"),
            applied_on=date(2026, 11, 20),
            follow_up_on=date(2026, 12, 1),
            cover_letter="Dear Sir",
            notes="They answer fast.",
            tags=("remote", "first choice"),
        )
        await _store(new_store, application)
        matching = await _matching(new_store, seeker, ApplicationFilter(OLDEST_FIRST, **where))
        assert matching == ([application] if found else [])

    async def test_a_filter_by_date_leaves_out_what_has_none(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await _store(new_store, an_application(seeker.listing, new_store.now()))
        for where in (
            ApplicationFilter(OLDEST_FIRST, applied_from=date.min),
            ApplicationFilter(OLDEST_FIRST, applied_to=date(2999, 1, 1)),
            ApplicationFilter(OLDEST_FIRST, follow_up_before=date(2999, 1, 1)),
        ):
            assert await _matching(new_store, seeker, where) == []

    async def test_a_filter_by_listing_or_resume_finds_those_alone(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        other = a_listing(seeker.user.id, new_store.now())
        async with new_store.store.transaction() as tx:
            await tx.listings.add(other)
        linked = await _store(new_store, an_application(seeker.listing, new_store.now(), resume.id))
        bare = await _store(new_store, an_application(other, new_store.now()))
        for where, found in (
            (ApplicationFilter(OLDEST_FIRST, listing_id=other.id), bare),
            (ApplicationFilter(OLDEST_FIRST, resume_id=resume.id), linked),
        ):
            assert await _matching(new_store, seeker, where) == [found]

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("key", SORT_KEYS)
    async def test_pages_hold_every_application_once_in_order(
        self, new_store: NewStore, key: str, *, descending: bool
    ) -> None:
        seeker = await a_seeker(new_store)
        days = [date(2026, 11, 3), None, date(2026, 11, 1), date(2026, 11, 3), None, date.min]
        rows = [
            replace(an_application(seeker.listing, new_store.now() + MINUTE * (i // 2)), applied_on=day)
            for i, day in enumerate(days)
        ]
        for row in rows:
            await _store(new_store, row)

        async def fetch(window: Window) -> Page[Application]:
            async with new_store.store.transaction() as tx:
                return await tx.applications.page(seeker.user.id, ApplicationFilter(window))

        in_order = sorted(rows, key=lambda row: (getattr(row, key) or date.min, row.id), reverse=descending)
        for limit in (1, 2, 4, 100):
            assert await walk(fetch, Sort(key, descending), limit) == in_order

    async def test_nobody_lists_anothers_applications(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        application = await _store(new_store, an_application(seeker.listing, new_store.now()))
        assert await _matching(new_store, seeker) == [application]
        assert await _matching(new_store, other) == []


async def _store(new_store: NewStore, application: Application) -> Application:
    async with new_store.store.transaction() as tx:
        await tx.applications.add(application, first_step(application))
    return application


async def _save(new_store: NewStore, application: Application, change: StatusChange | None) -> None:
    async with new_store.store.transaction() as tx:
        await tx.applications.get(application.user_id, application.id, lock=True)
        await tx.applications.save(application, change)


async def _get(new_store: NewStore, application: Application) -> Application:
    async with new_store.store.transaction() as tx:
        return await tx.applications.get(application.user_id, application.id)


async def _matching(new_store: NewStore, seeker: Seeker, where: ApplicationFilter | None = None) -> list[Application]:
    async with new_store.store.transaction() as tx:
        return list((await tx.applications.page(seeker.user.id, where or ApplicationFilter(OLDEST_FIRST))).items)
