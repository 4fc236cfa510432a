"""News: after a commit that added events it wakes whoever watches, in this process at once, in others in its turn."""

import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import anyio
from msgspec import Struct
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from jatify_adapters.postgres.connecting import connected
from jatify_adapters.postgres.connection import Pool
from jatify_adapters.postgres.hints import Hints
from jatify_adapters.postgres.listening import LOST, PATIENCE, notes

CHANNEL: Final = "jatify_events"
_SESSIONS: Final = "sessions"
"""What the database says when sessions were deleted (migration 9)."""

Call = Callable[[], None]


class _Watcher(Struct, frozen=True, eq=False):
    news: Call
    ended: Call

    def catch_up(self) -> None:
        """Look for what was missed before the line was up."""
        self.news()
        self.ended()


class News:
    """Tells one process's news to all and hears those of the others, on the bell's line wherever there is one."""

    def __init__(self, conninfo: str, pool: Pool) -> None:
        self._conninfo = conninfo
        self._pool = pool
        self._name = secrets.token_hex(8)
        self._hints = Hints()
        self._told = anyio.Event()
        self._watchers: list[_Watcher] = []
        self._lines = 0
        self._lost = anyio.Event()
        self._own: list[anyio.CancelScope] = []
        self._own_lines = 0

    @property
    def watching(self) -> bool:
        """Whether news of other processes are heard now."""
        return self._lines + self._own_lines > 0

    def tell(self) -> None:
        """Wake the watchers of this process now, and those elsewhere in their turn."""
        for watcher in tuple(self._watchers):
            watcher.news()
        self._told.set()

    def hear(self, payload: str) -> None:
        """Pass on what the line says."""
        for watcher in tuple(self._watchers):
            if payload == _SESSIONS:
                watcher.ended()
            elif payload != self._name:  # whose own watchers know already
                watcher.news()

    @contextmanager
    def on_a_line(self) -> Iterator[None]:
        """While a line of the bell's is up, `hear` is called for what it says, and watchers need none of their own."""
        self._lines += 1
        for own in self._own:
            own.cancel()
        for watcher in tuple(self._watchers):
            watcher.catch_up()
        try:
            yield
        finally:
            self._lines -= 1
            self._lost.set()
            self._lost = anyio.Event()

    async def watch(self, news: Call, ended: Call) -> None:
        """Call *news* and *ended* as `Store.watch` promises, until cancelled."""
        watcher = _Watcher(news, ended)
        self._watchers.append(watcher)
        try:
            while True:
                if self._lines:
                    watcher.catch_up()
                    await self._lost.wait()
                else:
                    await self._keep_a_line(watcher)
        finally:
            self._watchers.remove(watcher)

    async def send(self) -> None:
        """Send what `tell` asks for, the first at once, until cancelled; what is asked for by then is sent still."""
        try:
            while True:
                await self._told.wait()
                await self._hints.turn()
                if not await self._notify():
                    await anyio.sleep(PATIENCE)
                    self._told.set()
        finally:
            if self._told.is_set():
                await self._notify()

    async def _notify(self) -> bool:
        self._told = anyio.Event()  # before sending, so that what is told from now on asks for one more
        with anyio.move_on_after(PATIENCE, shield=True):
            try:
                # Pooled, since only LISTEN needs a line of its own.
                async with self._pool.connection() as conn:
                    await conn.execute("select pg_notify(%s, %s)", (CHANNEL, self._name))
            except LOST:
                return False
            return True
        return False

    async def _keep_a_line(self, watcher: _Watcher) -> None:
        """Listen on a line of one's own until the bell has one."""
        with anyio.CancelScope() as scope:
            self._own.append(scope)
            try:
                while True:
                    try:
                        async with connected(self._conninfo) as conn:
                            await conn.execute("listen jatify_events")
                            await self._listen(conn, watcher)
                    except LOST:
                        await anyio.sleep(random.uniform(0.5, 1.5))  # noqa: S311  # no secret
            finally:
                self._own.remove(scope)

    async def _listen(self, conn: AsyncConnection[TupleRow], watcher: _Watcher) -> None:
        self._own_lines += 1
        try:
            watcher.catch_up()
            async for note in notes(conn):
                self.hear(note.payload)
        finally:
            self._own_lines -= 1
