"""What every store promises about each user's own pipeline."""

import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    Seeker,
    a_seeker,
    a_step,
    a_user,
    an_application,
    first_step,
    rolled_back,
    strangers_id,
)
from jatify_core.application import Application, Status, StatusId
from jatify_core.errors import Conflict, NotFound
from jatify_core.ports import Transaction
from jatify_core.status import Pipeline, StatusDraft
from jatify_core.user import UserId

SCREEN = StatusDraft("Phone screen", "interview")


class StatusesContract:
    """What every store promises about its statuses. Subclass it and provide `new_store`."""

    async def test_an_account_begins_with_what_is_shipped(self, new_store: NewStore) -> None:
        user = a_user(new_store.now())
        async with new_store.store.transaction() as tx:
            await tx.users.add(user)
            statuses = await tx.applications.statuses(user.id)
        assert statuses
        assert [status.position for status in statuses] == [*range(1, len(statuses) + 1)]
        assert {(status.own, status.retired, status.version) for status in statuses} == {(False, False, 1)}

    async def test_a_status_is_added_and_replaced_for_its_user_alone(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        added = await _add(new_store, seeker)
        renamed = replace(added, label="By phone", category="open", terminal=True, retired=True, version=2)
        async with new_store.store.transaction(seeker.user.id) as tx:
            await tx.statuses.save(seeker.user.id, [renamed])
        assert renamed in await _statuses(new_store, seeker)
        assert await _held(new_store, seeker.user.id, added.id) == renamed
        assert added.id not in {status.id for status in await _statuses(new_store, other)}
        assert await _held(new_store, other.user.id, added.id) is None

    async def test_many_change_places_at_once(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        before = Pipeline(tuple(await _statuses(new_store, seeker)))
        backwards = before.in_order([status.id for status in reversed(before.statuses)])
        async with new_store.store.transaction(seeker.user.id) as tx:
            await tx.statuses.save(seeker.user.id, backwards.changes(before))
            await tx.statuses.save(seeker.user.id, [])
        after = await _statuses(new_store, seeker)
        assert [status.id for status in after] == [status.id for status in backwards.statuses]

    async def test_two_statuses_do_not_come_to_have_one_place(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        before = await _statuses(new_store, seeker)
        with pytest.raises(Conflict):
            async with new_store.store.transaction(seeker.user.id) as tx:
                await tx.statuses.save(seeker.user.id, [replace(before[0], position=before[1].position)])
        assert await _statuses(new_store, seeker) == before

    async def test_a_change_rolls_back_with_its_transaction(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        added = await _add(new_store, seeker)
        before = await _statuses(new_store, seeker)
        async with rolled_back(new_store) as tx:
            await tx.statuses.save(seeker.user.id, [replace(before[0], label="First", version=2)])
            await tx.statuses.remove(seeker.user.id, added.id)
        assert await _statuses(new_store, seeker) == before

    async def test_uses_count_each_application_once_where_it_is_and_was(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        first, second = await _apply(new_store, seeker), await _apply(new_store, seeker)
        await _apply(new_store, other)
        for status_id in ("applied", first.status_id, "applied"):
            await _move(new_store, first, StatusId(status_id))
        async with new_store.store.transaction(seeker.user.id) as tx:
            await tx.applications.remove(seeker.user.id, second.id, new_store.now())
            assert await tx.statuses.uses(seeker.user.id) == {first.status_id: 2, "applied": 1}

    async def test_a_status_goes_that_no_application_was_ever_in(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        added = await _add(new_store, seeker)
        async with new_store.store.transaction(seeker.user.id) as tx:
            await tx.statuses.remove(seeker.user.id, added.id)
        assert added not in await _statuses(new_store, seeker)

    @pytest.mark.parametrize("fate", ["in it", "was in it", "hidden"])
    async def test_a_status_stays_that_an_application_is_or_was_in(self, new_store: NewStore, fate: str) -> None:
        seeker = await a_seeker(new_store)
        added = await _add(new_store, seeker)
        application = await _apply(new_store, seeker)
        await _move(new_store, application, added.id)
        if fate == "was in it":
            await _move(new_store, application, application.status_id)
        async with new_store.store.transaction(seeker.user.id) as tx:
            if fate == "hidden":
                await tx.applications.remove(seeker.user.id, application.id, new_store.now())
        with pytest.raises(Conflict, match="1"):
            async with new_store.store.transaction(seeker.user.id) as tx:
                await tx.statuses.remove(seeker.user.id, added.id)
        assert added in await _statuses(new_store, seeker)

    async def test_what_is_not_there_or_anothers_is_not_removed(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        added = await _add(new_store, seeker)
        for user_id, status_id in ((other.user.id, added.id), (seeker.user.id, StatusId("nothing"))):
            with pytest.raises(NotFound):
                async with new_store.store.transaction() as tx:
                    await tx.statuses.remove(user_id, status_id)
        assert added in await _statuses(new_store, seeker)

    async def test_no_application_is_in_a_status_of_nobody_or_of_another(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        added = await _add(new_store, other)
        for status_id in (StatusId("nothing"), added.id):
            stray = replace(an_application(seeker.listing, new_store.now()), status_id=status_id)
            with pytest.raises(NotFound):
                async with new_store.store.transaction() as tx:
                    await tx.applications.add(stray, first_step(stray))

    async def test_nobody_changes_anothers_pipeline(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        added = await _add(new_store, seeker)

        async def save(tx: Transaction) -> None:
            await tx.statuses.save(seeker.user.id, [replace(added, label="Mine now")])

        async def remove(tx: Transaction) -> None:
            await tx.statuses.remove(seeker.user.id, added.id)

        for deed in (save, remove):
            with pytest.raises(NotFound):
                async with new_store.store.transaction(other.user.id) as tx:
                    await deed(tx)
        async with new_store.store.transaction(other.user.id) as tx:
            assert not await tx.applications.statuses(seeker.user.id)
            assert await tx.statuses.held(seeker.user.id, added.id) is None
        assert added in await _statuses(new_store, seeker)

    async def test_a_pipeline_goes_with_its_account(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        added = await _add(new_store, seeker)
        await _move(new_store, await _apply(new_store, seeker), added.id)
        async with new_store.store.transaction() as tx:
            await tx.users.remove(seeker.user.id)
            assert not await tx.applications.statuses(seeker.user.id)

    async def test_nobody_without_an_account_has_a_pipeline(self, new_store: NewStore) -> None:
        user_id, status = strangers_id(), Status(StatusId("one"), "One", "open", terminal=False, position=1)
        with pytest.raises(NotFound):
            async with new_store.store.transaction() as tx:
                await tx.statuses.save(user_id, [status])


async def _statuses(new_store: NewStore, seeker: Seeker) -> list[Status]:
    async with new_store.store.transaction(seeker.user.id) as tx:
        return list(await tx.applications.statuses(seeker.user.id))


async def _held(new_store: NewStore, user_id: UserId, status_id: StatusId) -> Status | None:
    async with new_store.store.transaction(user_id) as tx:
        return await tx.statuses.held(user_id, status_id)


async def _add(new_store: NewStore, seeker: Seeker) -> Status:
    """A status of the seeker's own, in the midst of the others."""
    async with new_store.store.transaction(seeker.user.id) as tx:
        before = Pipeline(tuple(await tx.applications.statuses(seeker.user.id)))
        after, status_id = before.with_new(SCREEN)
        await tx.statuses.save(seeker.user.id, after.changes(before))
    return after.find(status_id)


async def _apply(new_store: NewStore, seeker: Seeker) -> Application:
    application = an_application(seeker.listing, new_store.now())
    async with new_store.store.transaction(seeker.user.id) as tx:
        await tx.applications.add(application, first_step(application))
    return application


async def _move(new_store: NewStore, application: Application, status_id: StatusId) -> None:
    user_id = application.user_id
    async with new_store.store.transaction(user_id) as tx:
        current = await tx.applications.get(user_id, application.id, lock=True)
        step = a_step(current, status_id, new_store.now())
        await tx.applications.save(replace(current, status_id=status_id), step)
