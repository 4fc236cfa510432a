"""The bell: after a commit it wakes whoever listens in this process, and other processes where nothing else did."""

import math
import random
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, LiteralString

import anyio
import psycopg
from psycopg import AsyncConnection, Notify
from psycopg.rows import TupleRow

from jatify_adapters.postgres.connecting import connect, connected
from jatify_adapters.postgres.connection import Pool, Ring
from jatify_adapters.postgres.listening import LOST, PATIENCE, notes
from jatify_adapters.postgres.liveness import BETWEEN, LOCK_CLASS
from jatify_adapters.postgres.news import CHANNEL, News
from jatify_adapters.postgres.process import Process

_SHORTEST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 4.0
"""All lines are made again before anybody takes another process for dead (`liveness`)."""
_HURRY: Final = BETWEEN - 0.15
"""Seconds after a line was lost within which it is up again, or its process counts as dead."""
_HURRIED_PAUSE: Final = 0.05

_HINT: Final = "notify jatify_queue"
_BACK: Final = "notify jatify_queue, 'back'"
"""Of a job that has its old place again."""

Wake = Callable[[], None]


class Bell:
    """Rings for one process and hears the rings of all others; made by `open_bell`."""

    def __init__(self, conninfo: str, process: Process, news: News) -> None:
        self._conninfo = conninfo
        self._process = process
        self.news = news
        self._wakes: list[Wake] = []
        self._rung = anyio.Event()
        self._brings_back = False
        self._sender: AsyncConnection[TupleRow] | None = None

    @property
    def listening(self) -> bool:
        """Whether rings of other processes are heard now."""
        return self._process.lines.identity is not None

    def ring(self, ring: Ring) -> None:
        """Wake the listeners of this process now, and those elsewhere, if nothing else does, in their turn."""
        if ring.back:
            self._process.front.forget()
            self._brings_back = True
        for wake in self._wakes:
            wake()
        if ring.back or not ring.told:
            self._rung.set()

    async def listen(self, wake: Wake, give_up: Wake) -> None:
        """Call *wake* at each ring, and whenever the line is made or lost, until cancelled.

        *give_up* is called once a lost line could not be made again in time.
        """
        self._wakes.append(wake)
        try:
            await self._keep_a_line(wake, give_up)
        finally:
            self._wakes.remove(wake)

    async def send(self) -> None:
        """Send what `ring` asks for, the first at once, until cancelled; what is asked for by then is sent still."""
        try:
            while True:
                await self._rung.wait()
                await self._process.hints.turn()
                await self._notify()
        finally:
            if self._rung.is_set():
                await self._notify()
            await self._hang_up()

    async def _keep_a_line(self, wake: Wake, give_up: Wake) -> None:
        failures, line = 0, _Line()
        while True:
            with anyio.CancelScope(deadline=line.doubted_at) as hurry:
                try:
                    async with connected(self._conninfo) as conn:
                        await line.sign_in(conn)
                        hurry.deadline = math.inf
                        failures = 0
                        await self._hear(conn, wake, line)
                except LOST as loss:
                    if not failures:
                        line.lose(loss)
                        wake()  # whoever relies on the line must know that it is down
                    failures += 1
            if anyio.current_time() >= line.doubted_at:
                line.give_up()
                give_up()
            await anyio.sleep(_HURRIED_PAUSE if line.in_a_hurry else _pause(failures))

    async def _hear(self, conn: AsyncConnection[TupleRow], wake: Wake, line: "_Line") -> None:
        await conn.execute("listen jatify_events")
        await conn.execute("listen jatify_queue")
        identity = line.identity
        self._process.lines.up(identity, again=line.was_up)
        line.was_up = True
        try:
            self._process.front.forget()
            wake()  # for what was missed before the line was up
            with self.news.on_a_line():
                async for note in notes(conn):
                    self._heard(note, wake)
        finally:
            self._process.lines.down(identity)

    def _heard(self, note: Notify, wake: Wake) -> None:
        if note.channel == CHANNEL:
            self.news.hear(note.payload)
            return
        if note.payload:
            self._process.front.forget()
        wake()

    async def _notify(self) -> None:
        self._rung = anyio.Event()  # before sending, so that a ring from now on asks for one more
        said, self._brings_back = _BACK if self._brings_back else _HINT, False
        with anyio.move_on_after(PATIENCE, shield=True):
            # The connection may have died while nothing rang: a fresh one is worth one try. Beyond that it is only a
            # hint, and polling finds the job.
            await self._sent(said) or await self._sent(said)

    async def _sent(self, said: LiteralString) -> bool:
        try:
            self._sender = self._sender or await connect(self._conninfo)
            await self._sender.execute(said)
        except LOST:
            await self._hang_up()
            return False
        return True

    async def _hang_up(self) -> None:
        if self._sender:
            await self._sender.close()
            self._sender = None


@asynccontextmanager
async def open_bell(conninfo: str, process: Process, pool: Pool) -> AsyncIterator[Bell]:
    """A bell, good until the block ends. What the block raises comes out as it is, not as a group."""
    bell = Bell(conninfo, process, News(conninfo, pool))
    failure: Exception | None = None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(bell.send)
        tasks.start_soon(bell.news.send)
        try:
            yield bell
        except Exception as problem:  # noqa: BLE001  # it is raised again below, outside the group
            failure = problem
        tasks.cancel_scope.cancel()
    if failure:
        raise failure


class _Line:
    """One line over all its lives, and what others may think of its process while it is down."""

    def __init__(self) -> None:
        self._before: int | None = None
        self._farewell = False
        self._hurry_until = -math.inf
        self.identity = 0
        self.was_up = False
        self.doubted_at = math.inf

    @property
    def in_a_hurry(self) -> bool:
        """Whether it was lost a moment ago."""
        return anyio.current_time() < self._hurry_until

    async def sign_in(self, conn: AsyncConnection[TupleRow]) -> None:
        """Take a lock that says this process lives, and with it the running jobs of the identity before."""
        self._farewell = False
        conn.add_notice_handler(self._told)
        self.identity = secrets.randbits(31)
        await conn.execute("select pg_advisory_lock(%s, %s)", (LOCK_CLASS, self.identity))
        if self._before is not None:
            await conn.execute(
                "update job set owner = %(now)s where id = any(array(select unnest(job_ids) from claim)) "
                "and status = 'processing' and owner = %(before)s",
                {"now": self.identity, "before": self._before},
            )
        self._before, self.doubted_at = self.identity, math.inf

    def lose(self, loss: BaseException) -> None:
        """The line is down. One that falls silent keeps its lock; one that ends loses it, and so is doubted soon.

        But for a server that says that it goes: then everybody has lost his, and nobody is taken for dead at first.
        """
        if not self.was_up:
            return
        self._hurry_until = anyio.current_time() + _HURRY
        if not (self._farewell or isinstance(loss, TimeoutError) or _says_farewell(getattr(loss, "sqlstate", None))):
            self.doubted_at = self._hurry_until

    def give_up(self) -> None:
        """Leave the running jobs to others."""
        self._before, self.doubted_at = None, math.inf

    def _told(self, notice: psycopg.errors.Diagnostic) -> None:
        self._farewell |= _says_farewell(notice.sqlstate)


def _says_farewell(sqlstate: str | None) -> bool:
    return (sqlstate or "").startswith("57P")  # the class of an operator's interventions


def _pause(failures: int) -> float:
    """Seconds before the line is made again, with jitter, lest all processes return at once."""
    longest = min(_LONGEST_PAUSE, _SHORTEST_PAUSE * 2.0 ** min(failures, 10))
    return random.uniform(longest / 2, longest)  # noqa: S311  # no secret
