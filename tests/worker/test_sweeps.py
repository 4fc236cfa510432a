"""What is kept for a day only goes when the day is over, by the worker's hand."""

from uuid import uuid4

import anyio

from jatify_core.idempotency import LEASE, LIFE, KeyedRequest
from tests.worker.world import World, a_world, in_virtual_time, working


@in_virtual_time
async def test_keys_are_swept_soon_after_their_life_is_over_and_not_before() -> None:
    world = await a_world()
    await _take(world, "first")
    await anyio.sleep(LIFE.total_seconds() - 700)
    await _take(world, "second")
    async with working(world.worker()):
        await anyio.sleep(650)
        assert _known(world) == {"first", "second"}
        await anyio.sleep(400)
        assert _known(world) == {"second"}


@in_virtual_time
async def test_a_sweep_that_fails_comes_round_again() -> None:
    world = await a_world()
    await _take(world, "first")
    await anyio.sleep(LIFE.total_seconds())
    async with working(world.worker()):
        world.store.reachable = False
        await anyio.sleep(400)
        world.store.reachable = True
        await anyio.sleep(400)
    assert _known(world) == set()


def _known(world: World) -> set[str]:
    return {key for _, key in world.store._tables.keys}


async def _take(world: World, key: str) -> None:
    async with world.store.transaction() as tx:
        assert await tx.idempotency.take(KeyedRequest(world.user.id, key, b"print", uuid4()), LEASE, LIFE) is None
