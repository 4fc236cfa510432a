"""What every store promises about idempotency keys."""

from datetime import timedelta

import anyio
import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import MINUTE, a_listing, a_seeker, rolled_back, strangers_id, unknown_id
from jatify_core.errors import NotFound, UnderWay
from jatify_core.idempotency import KeyedRequest, Taken
from jatify_core.user import UserId

LEASE = timedelta(minutes=1)
LIFE = timedelta(hours=24)
SECOND = timedelta(seconds=1)
UNDER_WAY = Taken(b"print", None)


class IdempotencyContract:
    """What every store promises about idempotency keys. Subclass it and provide `new_store`."""

    async def test_a_new_key_is_taken_and_then_stands_for_its_request(self, new_store: NewStore) -> None:
        request = await a_request(new_store)
        assert await take(new_store, request) is None
        assert await take(new_store, again(request)) == UNDER_WAY
        assert await take(new_store, replace(again(request), fingerprint=b"other")) == UNDER_WAY

    async def test_an_answer_is_given_to_the_byte_as_long_as_the_key_lives(self, new_store: NewStore) -> None:
        request = await a_request(new_store)
        content = bytes(range(256)) * 1_000
        await take(new_store, request)
        await answer(new_store, request, content)
        assert await take(new_store, again(request)) == Taken(b"print", content)
        await new_store.advance(LIFE - SECOND)
        assert await take(new_store, again(request)) == Taken(b"print", content)
        await new_store.advance(2 * SECOND)
        assert await take(new_store, again(request)) is None

    async def test_a_key_is_each_users_own(self, new_store: NewStore) -> None:
        mine = await a_request(new_store)
        theirs = replace(mine, user_id=(await a_seeker(new_store)).user.id, owner=unknown_id())
        await take(new_store, mine)
        await answer(new_store, mine, b"mine")
        assert await take(new_store, theirs) is None
        with pytest.raises(NotFound):
            await take(new_store, replace(mine, user_id=strangers_id()))

    async def test_a_key_whose_process_died_is_free_when_the_lease_lapses_and_no_sooner(
        self, new_store: NewStore
    ) -> None:
        dead = await a_request(new_store)
        await take(new_store, dead)
        await new_store.advance(LEASE - SECOND)
        assert await take(new_store, again(dead)) == UNDER_WAY
        await new_store.advance(2 * SECOND)
        heir = replace(again(dead), fingerprint=b"other")
        assert await take(new_store, heir) is None
        assert await take(new_store, again(dead)) == Taken(b"other", None)

    async def test_who_has_lost_his_key_writes_no_answer_and_frees_nothing(self, new_store: NewStore) -> None:
        slow = await a_request(new_store)
        await take(new_store, slow)
        await new_store.advance(LEASE + SECOND)
        heir = again(slow)
        await take(new_store, heir)
        with pytest.raises(UnderWay):
            await answer(new_store, slow, b"too late")
        await release(new_store, slow)
        assert await take(new_store, again(slow)) == UNDER_WAY
        await answer(new_store, heir, b"in time")
        assert await take(new_store, again(slow)) == Taken(b"print", b"in time")

    async def test_a_slow_owner_whom_nobody_followed_still_answers(self, new_store: NewStore) -> None:
        slow = await a_request(new_store)
        await take(new_store, slow)
        await new_store.advance(LEASE + SECOND)
        await answer(new_store, slow, b"late")
        assert await take(new_store, again(slow)) == Taken(b"print", b"late")

    async def test_a_released_key_is_free_and_an_answered_one_is_not_released(self, new_store: NewStore) -> None:
        request = await a_request(new_store)
        await take(new_store, request)
        await release(new_store, request)
        assert await take(new_store, request) is None
        await answer(new_store, request, b"done")
        await release(new_store, request)
        assert await take(new_store, again(request)) == Taken(b"print", b"done")

    async def test_an_answer_is_given_once(self, new_store: NewStore) -> None:
        request = await a_request(new_store)
        await take(new_store, request)
        await answer(new_store, request, b"first")
        with pytest.raises(UnderWay):
            await answer(new_store, request, b"second")
        assert await take(new_store, again(request)) == Taken(b"print", b"first")

    async def test_an_answer_rolls_back_with_its_effect(self, new_store: NewStore) -> None:
        request = await a_request(new_store)
        await take(new_store, request)
        async with rolled_back(new_store) as tx:
            await tx.listings.add(a_listing(request.user_id, new_store.now()))
            await tx.idempotency.answer(request, b"done")
        assert await take(new_store, again(request)) == UNDER_WAY

    async def test_of_many_who_want_one_key_at_once_one_takes_it(self, new_store: NewStore) -> None:
        request = await a_request(new_store)
        seen: list[Taken | None] = []

        async def attempt() -> None:
            seen.append(await take(new_store, again(request)))

        async with anyio.create_task_group() as tasks:
            for _ in range(30):
                tasks.start_soon(attempt)
        assert (seen.count(None), seen.count(UNDER_WAY)) == (1, 29)

    async def test_a_sweep_forgets_so_many_of_those_whose_life_is_over_the_oldest_first(
        self, new_store: NewStore
    ) -> None:
        user_id = (await a_seeker(new_store)).user.id
        for n in range(4):
            request = KeyedRequest(user_id, f"key {n}", b"print", unknown_id())
            await take(new_store, request)
            if n % 2:
                await answer(new_store, request, b"done")
            await new_store.advance(MINUTE)
        await new_store.advance(LIFE - 2.5 * MINUTE)  # the last two live on
        assert [await sweep(new_store, limit) for limit in (1, 10, 10)] == [1, 1, 0]
        await new_store.advance(2 * MINUTE)
        assert await sweep(new_store, 10) == 2


async def a_request(new_store: NewStore, user_id: UserId | None = None) -> KeyedRequest:
    """A request of a new user's."""
    return KeyedRequest(user_id or (await a_seeker(new_store)).user.id, "key", b"print", unknown_id())


def again(request: KeyedRequest) -> KeyedRequest:
    """The same request in another attempt."""
    return replace(request, owner=unknown_id())


async def take(new_store: NewStore, request: KeyedRequest) -> Taken | None:
    """Take the key in a transaction of its own."""
    async with new_store.store.transaction(request.user_id) as tx:
        return await tx.idempotency.take(request, LEASE, LIFE)


async def answer(new_store: NewStore, request: KeyedRequest, content: bytes) -> None:
    """Answer in a transaction of its own."""
    async with new_store.store.transaction(request.user_id) as tx:
        await tx.idempotency.answer(request, content)


async def release(new_store: NewStore, request: KeyedRequest) -> None:
    """Release in a transaction of its own."""
    async with new_store.store.transaction(request.user_id) as tx:
        await tx.idempotency.release(request)


async def sweep(new_store: NewStore, limit: int) -> int:
    """Sweep in a transaction of its own."""
    async with new_store.store.transaction() as tx:
        return await tx.idempotency.sweep(limit)
