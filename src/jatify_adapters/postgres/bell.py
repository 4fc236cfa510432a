"""The bell: after a commit it wakes whoever listens in this process at once, and every other process by one NOTIFY."""

import random
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import anyio
import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from jatify_adapters.postgres.connecting import DatabaseProblem, connect, connected
from jatify_adapters.postgres.liveness import LOCK_CLASS

_GAP: Final = 0.05
"""Seconds between two notifications of a process: at its commit each takes a lock of the whole server."""
_PROBE_AFTER: Final = 10.0
"""Seconds after which a silent line is asked whether it lives: a LISTEN can die without a word."""
_PATIENCE: Final = 5.0
_SHORTEST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 15.0
_LOST: Final = (psycopg.Error, DatabaseProblem, OSError, TimeoutError)

Wake = Callable[[], None]


class Bell:
    """Rings for one process and hears the rings of all others; made by `open_bell`."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._wakes: list[Wake] = []
        self._identities: list[int] = []
        self._rung = anyio.Event()
        self._sender: AsyncConnection[TupleRow] | None = None

    @property
    def listening(self) -> bool:
        """Whether rings of other processes are heard now."""
        return bool(self._identities)

    @property
    def identity(self) -> int | None:
        """The name under which this process is known to be alive, while a line is up."""
        return self._identities[-1] if self._identities else None

    def ring(self) -> None:
        """Wake the listeners of this process now, and those elsewhere within `_GAP`."""
        for wake in self._wakes:
            wake()
        self._rung.set()

    async def listen(self, wake: Wake) -> None:
        """Call *wake* at each ring, and whenever the line is made or lost, until cancelled."""
        self._wakes.append(wake)
        try:
            await self._keep_a_line(wake)
        finally:
            self._wakes.remove(wake)

    async def send(self) -> None:
        """Send what `ring` asks for, the first at once, until cancelled; what is asked for by then is sent still."""
        try:
            while True:
                await self._rung.wait()
                await self._notify()
                await anyio.sleep(_GAP)
        finally:
            if self._rung.is_set():
                await self._notify()
            await self._hang_up()

    async def _keep_a_line(self, wake: Wake) -> None:
        failures, before = 0, None
        while True:
            try:
                async with connected(self._conninfo) as conn:
                    before = await _sign_in(conn, before)
                    await conn.execute("listen jatify_queue")
                    failures = 0
                    await self._hear(conn, wake, before)
            except _LOST:
                if not failures:
                    wake()  # whoever relies on the line must know that it is down
                failures += 1
            await anyio.sleep(_pause(failures))

    async def _hear(self, conn: AsyncConnection[TupleRow], wake: Wake, identity: int) -> None:
        self._identities.append(identity)
        try:
            wake()  # for what was missed before the line was up
            while True:
                async for _ in conn.notifies(timeout=_PROBE_AFTER):
                    wake()
                with anyio.fail_after(_PATIENCE):
                    await conn.execute("select 1")
        finally:
            self._identities.remove(identity)

    async def _notify(self) -> None:
        self._rung = anyio.Event()  # before sending, so that a ring from now on asks for one more
        with anyio.move_on_after(_PATIENCE, shield=True):
            # The connection may have died while nothing rang: a fresh one is worth one try. Beyond that it is only a
            # hint, and polling finds the job.
            await self._sent() or await self._sent()

    async def _sent(self) -> bool:
        try:
            self._sender = self._sender or await connect(self._conninfo)
            await self._sender.execute("notify jatify_queue")
        except _LOST:
            await self._hang_up()
            return False
        return True

    async def _hang_up(self) -> None:
        if self._sender:
            await self._sender.close()
            self._sender = None


@asynccontextmanager
async def open_bell(conninfo: str) -> AsyncIterator[Bell]:
    """A bell, good until the block ends. What the block raises comes out as it is, not as a group."""
    bell = Bell(conninfo)
    failure: Exception | None = None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(bell.send)
        try:
            yield bell
        except Exception as problem:  # noqa: BLE001  # it is raised again below, outside the group
            failure = problem
        tasks.cancel_scope.cancel()
    if failure:
        raise failure


async def _sign_in(conn: AsyncConnection[TupleRow], before: int | None) -> int:
    """Take a lock that says this process lives, and with it the running jobs of its identity *before*."""
    identity = secrets.randbits(31)
    await conn.execute("select pg_advisory_lock(%s, %s)", (LOCK_CLASS, identity))
    if before is not None:
        await conn.execute(
            "update job set owner = %(now)s where owner = %(before)s and status = 'processing'",
            {"now": identity, "before": before},
        )
    return identity


def _pause(failures: int) -> float:
    """Seconds before the line is made again, with jitter, lest all processes return at once."""
    longest = min(_LONGEST_PAUSE, _SHORTEST_PAUSE * 2.0 ** min(failures, 10))
    return random.uniform(longest / 2, longest)  # noqa: S311  # no secret
