"""What every store promises about reminders: what is due is told once, the oldest first, and nothing that is not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import Seeker, a_listing, a_seeker, a_step, an_application
from jatify_core.agenda import Days, Due, Reminder
from jatify_core.application import Application, StatusId
from jatify_core.listing import Listing, ListingBrief

_DAY: Final = date(2026, 12, 1)
_NOON: Final = datetime(2026, 11, 10, 12, tzinfo=UTC)
_APPLIED: Final = StatusId("applied")
_SAVED: Final = StatusId("saved")
_ANY: Final = Days()
_PAST: Final = Days(last=date(2026, 11, 30))
ONE_DAY: Final = timedelta(days=1)


class RemindersContract:
    """What every store promises about reminders. Subclass it and provide `new_store`."""

    async def test_a_follow_up_is_told_with_all_that_it_is_about(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        kept = await _applied(new_store, seeker, follow_up_on=_DAY, follow_up_note="Call.", version=3)
        assert await _follow_ups(new_store, seeker) == Due(
            (
                Reminder(
                    kind="follow_up",
                    on=_DAY,
                    listing=kept.listing,
                    application_id=kept.id,
                    status_id=_APPLIED,
                    note="Call.",
                    changed_at=kept.updated_at,
                    version=3,
                ),
            ),
            1,
        )

    @pytest.mark.parametrize(
        ("days", "found"),
        [
            (Days(_DAY, _DAY), True),
            (Days(last=_DAY), True),
            (Days(first=_DAY), True),
            (_ANY, True),
            (Days(last=_DAY - ONE_DAY), False),
            (Days(first=_DAY + ONE_DAY), False),
        ],
    )
    async def test_the_days_are_meant_with_both_their_ends(
        self, new_store: NewStore, days: Days, *, found: bool
    ) -> None:
        seeker = await a_seeker(new_store)
        await _applied(new_store, seeker, follow_up_on=_DAY)
        await _deadline(new_store, seeker, _DAY)
        assert (await _follow_ups(new_store, seeker, days)).total == found
        assert (await _deadlines(new_store, seeker, days)).total == found

    async def test_lists_begin_with_the_oldest_and_count_what_they_leave_out(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        for ahead in (3, 1, 2, 1):
            day = _DAY + ahead * ONE_DAY
            at = _NOON - ahead * ONE_DAY
            await _applied(new_store, seeker, at=at, follow_up_on=day)
            await _applied(new_store, seeker, at=at)
            await _deadline(new_store, seeker, day)
        for due, oldest in (
            (await _follow_ups(new_store, seeker, limit=3), [_DAY + n * ONE_DAY for n in (1, 1, 2)]),
            (
                await _deadlines(new_store, seeker, Days(first=_DAY + ONE_DAY), limit=3),
                [_DAY + n * ONE_DAY for n in (1, 1, 2)],
            ),
            (await _silent(new_store, seeker, limit=3), [_NOON.date() - n * ONE_DAY for n in (3, 2, 1)]),
        ):
            assert [reminder.on for reminder in due.reminders] == oldest
            assert (due.total, due.more) == (4, 1)

    async def test_what_ended_or_was_deleted_asks_for_nothing(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await _applied(new_store, seeker, status_id=StatusId("rejected"), follow_up_on=_DAY)
        gone = await _applied(new_store, seeker, follow_up_on=_DAY)
        async with new_store.store.transaction() as tx:
            await tx.applications.remove(seeker.user.id, gone.id, new_store.now())
        assert await _follow_ups(new_store, seeker) == Due((), 0)
        assert await _silent(new_store, seeker) == Due((), 0)

    async def test_silent_is_what_had_its_newest_step_before_an_instant(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        kept = await _applied(new_store, seeker, at=_NOON - 9 * ONE_DAY)
        await _applied(new_store, seeker, status_id=_SAVED, at=_NOON - 9 * ONE_DAY)
        async with new_store.store.transaction() as tx:
            await tx.applications.get(seeker.user.id, kept.id, lock=True)
            await tx.applications.save(kept, a_step(kept, _APPLIED, _NOON))
        told = await _silent(new_store, seeker, before=_NOON + timedelta(seconds=1))
        assert [(r.kind, r.on, r.application_id, r.status_id) for r in told.reminders] == [
            ("silent", _NOON.date(), kept.id, _APPLIED)
        ]
        assert await _silent(new_store, seeker, before=_NOON) == Due((), 0)

    async def test_a_step_that_was_back_dated_is_the_newest_all_the_same(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        kept = await _applied(new_store, seeker, at=_NOON + 9 * ONE_DAY)
        assert await _silent(new_store, seeker) == Due((), 0)
        async with new_store.store.transaction() as tx:
            await tx.applications.get(seeker.user.id, kept.id, lock=True)
            await tx.applications.save(kept, a_step(kept, _APPLIED, _NOON))
        assert [reminder.on for reminder in (await _silent(new_store, seeker)).reminders] == [_NOON.date()]

    @pytest.mark.parametrize(("follow_up_on", "found"), [(None, 1), (date(2026, 11, 30), 1), (_DAY, 0)])
    async def test_what_will_be_followed_up_is_not_silent(
        self, new_store: NewStore, follow_up_on: date | None, found: int
    ) -> None:
        seeker = await a_seeker(new_store)
        await _applied(new_store, seeker, follow_up_on=follow_up_on)
        assert (await _silent(new_store, seeker)).total == found

    async def test_a_deadline_is_told_until_one_application_went_out(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        listing = await _deadline(new_store, seeker, _DAY)
        (alone,) = (await _deadlines(new_store, seeker, Days(_DAY, _DAY))).reminders
        assert (alone.kind, alone.on, alone.application_id, alone.status_id, alone.note) == (
            "deadline",
            _DAY,
            None,
            None,
            None,
        )
        assert (alone.listing, alone.changed_at, alone.version) == (
            ListingBrief(listing.id, listing.company, listing.position),
            listing.updated_at,
            1,
        )
        await _applied(new_store, seeker, listing=listing, status_id=_SAVED, at=_NOON - ONE_DAY)
        newest = await _applied(new_store, seeker, listing=listing, status_id=_SAVED, at=_NOON)
        (kept,) = (await _deadlines(new_store, seeker, Days(_DAY, _DAY))).reminders
        assert (kept.application_id, kept.status_id) == (newest.id, _SAVED)
        sent = await _applied(new_store, seeker, listing=listing)
        assert await _deadlines(new_store, seeker, Days(_DAY, _DAY)) == Due((), 0)
        async with new_store.store.transaction() as tx:
            await tx.applications.remove(seeker.user.id, sent.id, new_store.now())
        assert (await _deadlines(new_store, seeker, Days(_DAY, _DAY))).reminders == (kept,)

    async def test_nobody_is_reminded_of_anothers(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        await _applied(new_store, seeker, follow_up_on=_DAY - 9 * ONE_DAY)
        async with new_store.store.transaction(seeker.user.id) as tx:
            assert (
                await tx.reminders.silent(seeker.user.id, [_APPLIED], new_store.now() + ONE_DAY, _ANY, 9)
            ).total == 1
        async with new_store.store.transaction(other.user.id) as tx:
            for due in (
                await tx.reminders.follow_ups(seeker.user.id, [_APPLIED], _ANY, 9),
                await tx.reminders.silent(seeker.user.id, [_APPLIED], new_store.now() + ONE_DAY, _ANY, 9),
                await tx.reminders.deadlines(seeker.user.id, [_APPLIED], _ANY, 9),
            ):
                assert due == Due((), 0)


async def _applied(
    new_store: NewStore,
    seeker: Seeker,
    *,
    listing: Listing | None = None,
    at: datetime = _NOON,
    status_id: StatusId = _APPLIED,
    **members: Any,
) -> Application:
    """Store an application whose one step was taken at *at*."""
    application = replace(an_application(listing or seeker.listing, at), status_id=status_id, **members)
    async with new_store.store.transaction() as tx:
        await tx.applications.add(application, a_step(application, status_id, at))
    return application


async def _deadline(new_store: NewStore, seeker: Seeker, on: date) -> Listing:
    draft = replace(seeker.listing.draft, deadline_on=on)
    listing = a_listing(seeker.user.id, new_store.now(), draft)
    async with new_store.store.transaction() as tx:
        await tx.listings.add(listing)
    return listing


async def _follow_ups(new_store: NewStore, seeker: Seeker, days: Days = _ANY, limit: int = 100) -> Due:
    async with new_store.store.transaction(seeker.user.id) as tx:
        return await tx.reminders.follow_ups(seeker.user.id, [_APPLIED], days, limit)


async def _silent(new_store: NewStore, seeker: Seeker, before: datetime = _NOON + ONE_DAY, limit: int = 100) -> Due:
    async with new_store.store.transaction(seeker.user.id) as tx:
        return await tx.reminders.silent(seeker.user.id, [_APPLIED], before, _PAST, limit)


async def _deadlines(new_store: NewStore, seeker: Seeker, days: Days, limit: int = 100) -> Due:
    """But for the sample listing, whose deadline is on the second of December."""
    async with new_store.store.transaction(seeker.user.id) as tx:
        due = await tx.reminders.deadlines(seeker.user.id, [_SAVED], days, limit + 1)
    kept = tuple(reminder for reminder in due.reminders if reminder.listing.id != seeker.listing.id)
    return Due(kept[:limit], due.total - (len(due.reminders) - len(kept)))
