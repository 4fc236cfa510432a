"""What every store promises about what it remembers of attempts."""

from datetime import datetime, timedelta
from typing import Final

import anyio
import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import rolled_back
from jatify_core.throttle import Attempts, key_of

HOUR: Final = timedelta(hours=1)
KEY: Final = key_of("account", "ada@example.org")
OTHER: Final = key_of("account", "grace@example.org")


class ThrottleContract:
    """What every store promises about its throttle. Subclass it and provide `new_store`."""

    async def test_what_nobody_tried_has_no_tally(self, new_store: NewStore) -> None:
        assert await _known(new_store) == {}

    async def test_a_tally_is_found_as_it_was_saved(self, new_store: NewStore) -> None:
        tally = await _saved(new_store, KEY)
        assert await _known(new_store) == {KEY: tally}

    async def test_a_tally_without_a_wait_is_found_as_it_was_saved(self, new_store: NewStore) -> None:
        tally = replace(await _saved(new_store, KEY), waits_until=None, recent=())
        await _save(new_store, KEY, tally)
        assert await _known(new_store) == {KEY: tally}

    async def test_a_tally_is_replaced(self, new_store: NewStore) -> None:
        tally = await _saved(new_store, KEY)
        await _save(new_store, KEY, replace(tally, failures=9))
        assert (await _known(new_store))[KEY].failures == 9

    async def test_a_tally_is_dropped_alone(self, new_store: NewStore) -> None:
        await _saved(new_store, KEY)
        other = await _saved(new_store, OTHER)
        await _save(new_store, KEY, None)
        assert await _known(new_store) == {OTHER: other}

    async def test_a_tally_is_forgotten_in_time(self, new_store: NewStore) -> None:
        await _saved(new_store, KEY)
        await new_store.advance(HOUR * 2)
        assert await _known(new_store) == {}

    async def test_a_tally_is_not_saved_by_a_transaction_that_fails(self, new_store: NewStore) -> None:
        tally = await _saved(new_store, KEY)
        async with rolled_back(new_store) as tx:
            await tx.throttle.get([KEY], lock=True)
            await tx.throttle.save({KEY: replace(tally, failures=9)})
        assert await _known(new_store) == {KEY: tally}

    @pytest.mark.parametrize("keys", [[KEY], [KEY, OTHER]])
    async def test_of_many_who_count_at_once_each_is_counted(self, new_store: NewStore, keys: list[bytes]) -> None:
        async def count(index: int) -> None:
            async with new_store.store.transaction() as tx:
                # In either order, which must not make them wait for each other.
                now, tallies = await tx.throttle.get(keys[:: -1 if index % 2 else 1], lock=True)
                failures = {key: tallies[key].failures + 1 if key in tallies else 1 for key in keys}
                await tx.throttle.save({key: Attempts(failures[key], (), None, now + HOUR) for key in keys})

        async with anyio.create_task_group() as tasks:
            for index in range(20):
                tasks.start_soon(count, index)
        assert {key: tally.failures for key, tally in (await _known(new_store)).items()} == dict.fromkeys(keys, 20)

    async def test_a_wait_is_prolonged_and_never_made_shorter(self, new_store: NewStore) -> None:
        tally = await _saved(new_store, KEY)
        assert tally.waits_until
        for later in (HOUR, -HOUR, HOUR / 2):
            await _prolong(new_store, KEY, tally.waits_until + later)
        assert await _known(new_store) == {KEY: replace(tally, waits_until=tally.waits_until + HOUR)}

    async def test_what_has_no_wait_or_no_tally_is_not_prolonged(self, new_store: NewStore) -> None:
        tally = replace(await _saved(new_store, KEY), waits_until=None)
        await _save(new_store, KEY, tally)
        for key in (KEY, OTHER):
            await _prolong(new_store, key, tally.forget_at)
        assert await _known(new_store) == {KEY: tally}

    async def test_what_is_locked_can_be_looked_at(self, new_store: NewStore) -> None:
        tally = await _saved(new_store, KEY)
        async with new_store.store.transaction() as tx:
            await tx.throttle.get([KEY], lock=True)
            assert (await tx.throttle.get([KEY]))[1] == {KEY: tally}


async def _known(new_store: NewStore) -> dict[bytes, Attempts]:
    async with new_store.store.transaction() as tx:
        return dict((await tx.throttle.get([KEY, OTHER]))[1])


async def _saved(new_store: NewStore, key: bytes) -> Attempts:
    """Save a tally that is good for an hour."""
    async with new_store.store.transaction() as tx:
        now, _ = await tx.throttle.get([key], lock=True)
        tally = Attempts(5, (now - HOUR, now), now + timedelta(seconds=1), now + HOUR)
        await tx.throttle.save({key: tally})
    return tally


async def _prolong(new_store: NewStore, key: bytes, until: datetime) -> None:
    async with new_store.store.transaction() as tx:
        await tx.throttle.prolong(key, until)


async def _save(new_store: NewStore, key: bytes, tally: Attempts | None) -> None:
    async with new_store.store.transaction() as tx:
        await tx.throttle.get([key], lock=True)
        await tx.throttle.save({key: tally})
