"""What every store promises about its bell: it rings after the commit that made a job claimable, and only then."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import (
    MINUTE,
    a_seeker,
    a_stored_resume,
    an_analysis,
    bury_next,
    claim_one,
    queued,
    rolled_back,
    settle,
)
from jatify_core.dead_letter import Selection
from jatify_core.job import ANALYSIS, End, Job

SOON = 5.0
"""Seconds within which a bell that rings must have been heard."""
QUIET = 0.2
"""Seconds after which a bell that has not rung is taken not to ring."""


class Bell:
    """Hears the store ring."""

    def __init__(self) -> None:
        self._rung = anyio.Event()

    def ring(self) -> None:
        """What the store calls."""
        self._rung.set()

    def given_up(self) -> None:
        """What the store calls when others take it for dead."""
        pytest.fail("the store gave up")

    async def heard(self) -> None:
        """Wait for a ring, or fail; then listen for the next."""
        with anyio.fail_after(SOON):
            await self._rung.wait()
        self._rung = anyio.Event()

    async def forget(self) -> None:
        """Forget late rings for what was committed before: a store may send its hints a little later."""
        await anyio.sleep(QUIET)
        self._rung = anyio.Event()

    async def quiet(self) -> None:
        """Fail if it rings."""
        with anyio.move_on_after(QUIET):
            await self._rung.wait()
            pytest.fail("the bell rang")


@asynccontextmanager
async def listening(new_store: NewStore) -> AsyncIterator[Bell]:
    """A bell whose line is up, with the ring of its making already heard."""
    bell = Bell()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(new_store.store.listen, bell.ring, bell.given_up)
        await bell.heard()
        await bell.forget()
        yield bell
        tasks.cancel_scope.cancel()


class BellContract:
    """What every store promises about `listen`. Subclass it and provide `new_store`."""

    async def test_the_bell_rings_once_the_line_is_made(self, new_store: NewStore) -> None:
        listens = [new_store.store.listening]
        async with listening(new_store):
            listens.append(new_store.store.listening)
        listens.append(new_store.store.listening)
        assert listens == [False, True, False]

    async def test_the_bell_rings_after_an_enqueue_commits(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        async with listening(new_store) as bell:
            await queued(new_store, seeker)
            await bell.heard()

    async def test_every_listener_hears_the_bell(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        async with listening(new_store) as first, listening(new_store) as second:
            await queued(new_store, seeker)
            await first.heard()
            await second.heard()

    async def test_the_bell_is_silent_before_the_commit_and_after_a_rollback(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        resume = await a_stored_resume(new_store, seeker)
        analysis = an_analysis(resume, None, new_store.now())
        async with listening(new_store) as bell:
            async with rolled_back(new_store) as tx:
                await tx.analyses.add_or_get(analysis, await tx.jobs.enqueue(Job.for_analysis(analysis, 5)))
                await bell.quiet()
            await bell.quiet()

    async def test_the_bell_rings_for_a_released_job(self, new_store: NewStore) -> None:
        await queued(new_store, await a_seeker(new_store))
        job = await claim_one(new_store)
        async with listening(new_store) as bell:
            await settle(new_store, End.released(job))
            await bell.heard()

    async def test_the_bell_rings_for_a_requeued_dead_letter(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        await queued(new_store, seeker)
        await bury_next(new_store)
        async with listening(new_store) as bell:
            async with new_store.store.transaction() as tx:
                requeued = await tx.dead_letters.requeue(seeker.user.id, Selection())
                await tx.analyses.reopen(requeued.analyses)
            await bell.heard()

    async def test_the_bell_rings_for_a_resumed_kind(self, new_store: NewStore) -> None:
        async with new_store.store.transaction() as tx:
            await tx.jobs.pause(ANALYSIS, "unauthorized", "The key is wrong.", 0, MINUTE)
        async with listening(new_store) as bell:
            async with new_store.store.transaction() as tx:
                await tx.jobs.resume(ANALYSIS)
            await bell.heard()
