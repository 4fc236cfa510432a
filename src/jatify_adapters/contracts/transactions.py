"""What every store promises about transactions: all or nothing, and never one inside another."""

import anyio
import anyio.lowlevel
import pytest

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import a_listing, a_seeker, a_user, rolled_back
from jatify_core.errors import NotFound


class TransactionsContract:
    """What every store promises about its transactions. Subclass it and provide `new_store`."""

    async def test_a_store_that_answers_passes_its_check(self, new_store: NewStore) -> None:
        await new_store.store.check()

    async def test_a_transaction_commits_when_its_block_ends(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        async with new_store.store.transaction() as tx:
            assert await tx.listings.get(seeker.user.id, seeker.listing.id) == seeker.listing

    async def test_a_transaction_sees_what_it_wrote(self, new_store: NewStore) -> None:
        user = a_user(new_store.now())
        async with new_store.store.transaction() as tx:
            await tx.users.add(user)
            assert await tx.users.by_email(user.email) == user

    async def test_a_transaction_rolls_back_when_its_block_raises(self, new_store: NewStore) -> None:
        user = a_user(new_store.now())
        listing = a_listing(user.id, new_store.now())
        async with rolled_back(new_store) as tx:
            await tx.users.add(user)
            await tx.listings.add(listing)
        async with new_store.store.transaction() as tx:
            assert await tx.users.by_email(user.email) is None
            with pytest.raises(NotFound):
                await tx.listings.get(user.id, listing.id)

    async def test_a_transaction_rolls_back_when_its_task_is_cancelled(self, new_store: NewStore) -> None:
        user = a_user(new_store.now())
        with anyio.CancelScope() as scope:
            async with new_store.store.transaction() as tx:
                await tx.users.add(user)
                scope.cancel()
                await anyio.lowlevel.checkpoint()
        async with new_store.store.transaction() as tx:
            assert await tx.users.by_email(user.email) is None

    async def test_a_transaction_inside_another_is_refused(self, new_store: NewStore) -> None:
        async with new_store.store.transaction() as tx:
            with pytest.raises(RuntimeError):
                async with new_store.store.transaction():
                    pytest.fail("transactions nested")
            assert await tx.users.by_email("nobody@example.org") is None

    async def test_a_store_works_on_after_a_transaction_failed(self, new_store: NewStore) -> None:
        with pytest.raises(ZeroDivisionError):
            async with new_store.store.transaction():
                raise ZeroDivisionError
        await a_seeker(new_store)

    async def test_many_transactions_at_once_all_commit(self, new_store: NewStore) -> None:
        users = [a_user(new_store.now()) for _ in range(10)]

        async def add(index: int) -> None:
            async with new_store.store.transaction() as tx:
                await tx.users.add(users[index])

        async with anyio.create_task_group() as tasks:
            for index in range(len(users)):
                tasks.start_soon(add, index)
        async with new_store.store.transaction() as tx:
            assert [await tx.users.by_email(user.email) for user in users] == users
