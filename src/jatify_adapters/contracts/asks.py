"""What every store promises about asks, and about the lock that makes any count of a user's exact."""

from datetime import datetime, timedelta

import anyio
import pytest

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import MINUTE, a_seeker, queued, rolled_back, strangers_id
from jatify_core.errors import NotFound
from jatify_core.user import UserId

DAY = timedelta(days=1)


class AsksContract:
    """What every store promises about its asks. Subclass it and provide `new_store`."""

    async def test_asks_after_an_instant_are_counted_a_users_own_alone(self, new_store: NewStore) -> None:
        me, other = (await a_seeker(new_store)).user.id, (await a_seeker(new_store)).user.id
        start = new_store.now()
        await _add(new_store, other, 7, start)
        for minutes, count in ((1, 1), (2, 3), (4, 2)):
            await _add(new_store, me, count, start + minutes * MINUTE)
        counted = [await _since(new_store, me, start + minutes * MINUTE) for minutes in range(6)]
        assert counted == [6, 5, 2, 2, 0, 0]
        assert await _since(new_store, strangers_id(), start) == 0

    async def test_the_newest_but_some_is_found_where_there_are_as_many(self, new_store: NewStore) -> None:
        me = (await a_seeker(new_store)).user.id
        start = new_store.now()
        async with new_store.store.transaction() as tx:
            assert await tx.asks.newest_but(me, 0) is None
        for minutes in (1, 2, 2, 3):
            await _add(new_store, me, 1, start + minutes * MINUTE)
        async with new_store.store.transaction() as tx:
            found = [await tx.asks.newest_but(me, count) for count in range(5)]
        assert found == [*(start + minutes * MINUTE for minutes in (3, 2, 2, 1)), None]

    async def test_what_may_be_forgotten_does_not_pile_up_and_what_may_not_is_counted(
        self, new_store: NewStore
    ) -> None:
        me = (await a_seeker(new_store)).user.id
        start = new_store.now()
        for hours in range(100):
            at = start + timedelta(hours=hours)
            await _add(new_store, me, 1, at, forget=at - DAY)
        end = start + timedelta(hours=99)
        assert await _since(new_store, me, end - DAY) == 24
        assert 24 <= await _since(new_store, me, start - DAY) <= 26

    async def test_asks_outlive_what_was_asked_for(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        analysis = await queued(new_store, seeker)
        await _add(new_store, seeker.user.id, 1, new_store.now())
        async with new_store.store.transaction() as tx:
            await tx.resumes.remove(seeker.user.id, analysis.resume_id)
        assert await _since(new_store, seeker.user.id, new_store.now() - DAY) == 1

    async def test_an_ask_rolls_back_with_its_transaction(self, new_store: NewStore) -> None:
        me = (await a_seeker(new_store)).user.id
        async with rolled_back(new_store) as tx:
            await tx.users.lock(me)
            await tx.asks.add(me, 1, new_store.now(), new_store.now() - DAY)
        assert await _since(new_store, me, new_store.now() - DAY) == 0

    async def test_who_locks_a_user_counts_exactly_however_many_do_at_once(self, new_store: NewStore) -> None:
        me = (await a_seeker(new_store)).user.id
        now = new_store.now()
        let_in = 0

        async def ask() -> None:
            nonlocal let_in
            async with new_store.store.transaction(me) as tx:
                await tx.users.lock(me)
                if await tx.asks.since(me, now - DAY) < 10:
                    await tx.asks.add(me, 1, now, now - DAY)
                    let_in += 1

        async with anyio.create_task_group() as tasks:
            for _ in range(30):
                tasks.start_soon(ask)
        assert (let_in, await _since(new_store, me, now - DAY)) == (10, 10)

    async def test_nobody_asks_who_has_no_account(self, new_store: NewStore) -> None:
        with pytest.raises(NotFound):
            await _add(new_store, strangers_id(), 1, new_store.now())


async def _add(new_store: NewStore, user_id: UserId, count: int, at: datetime, forget: datetime | None = None) -> None:
    async with new_store.store.transaction() as tx:
        await tx.users.lock(user_id)
        await tx.asks.add(user_id, count, at, forget or at - DAY)


async def _since(new_store: NewStore, user_id: UserId, at: datetime) -> int:
    async with new_store.store.transaction() as tx:
        return await tx.asks.since(user_id, at)
