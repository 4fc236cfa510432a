"""The memory store: transactions one after another, each on a copy that replaces the original when it commits."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import anyio

from jatify_adapters.memory.analyses import MemoryAnalyses
from jatify_adapters.memory.applications import MemoryApplications
from jatify_adapters.memory.asks import MemoryAsks
from jatify_adapters.memory.calendar_links import MemoryCalendarLinks
from jatify_adapters.memory.clock import uuid7s
from jatify_adapters.memory.dead_letters import MemoryDeadLetters
from jatify_adapters.memory.events import MemoryEvents
from jatify_adapters.memory.idempotency import MemoryIdempotency
from jatify_adapters.memory.imports import MemoryImports
from jatify_adapters.memory.jobs import MemoryJobs
from jatify_adapters.memory.listings import MemoryListings
from jatify_adapters.memory.reminders import MemoryReminders
from jatify_adapters.memory.resumes import MemoryResumes
from jatify_adapters.memory.statuses import MemoryStatuses
from jatify_adapters.memory.tables import Draft, Tables, enter, refuse_inside_transaction
from jatify_adapters.memory.throttle import MemoryThrottle
from jatify_adapters.memory.users import MemorySessions, MemoryUsers
from jatify_core.errors import Unavailable
from jatify_core.ports import Jobs, Transaction
from jatify_core.user import UserId


class MemoryStore:
    """The port `Store`. *clock* is its own clock; *fair_spacing* is the policy's; *new_id* names dead letters.

    A transaction that is opened inside another raises `RuntimeError`. While `reachable` is False every transaction
    and `check` raise `Unavailable`.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        fair_spacing: timedelta = timedelta(0),
        new_id: Callable[[], UUID] | None = None,
    ) -> None:
        self._clock = clock
        self._fair_spacing = fair_spacing
        self._new_id = new_id or uuid7s(clock)
        self._tables = Tables()
        self._one_at_a_time = anyio.Lock()
        self._wakes: list[Callable[[], None]] = []
        self._give_ups: list[Callable[[], None]] = []
        self._watchers: list[tuple[Callable[[], None], Callable[[], None]]] = []
        self._line_is_up = True
        self.reachable = True

    @asynccontextmanager
    async def transaction(self, user_id: UserId | None = None) -> AsyncIterator[Transaction]:
        """Commit when the block ends, roll back when it raises."""
        refuse_inside_transaction("A transaction was opened")
        async with self._one_at_a_time:
            await self.check()
            before = self._tables
            draft = Draft(self._tables, self._clock(), self._fair_spacing, self._new_id, user_id)
            enter(draft)
            try:
                yield _transaction(draft)
                self._tables = draft.whole()
            finally:
                draft.end()
                enter(None)
        if draft.rings:
            self._ring()
        for news, ended in tuple(self._watchers) if self._line_is_up else ():
            if self._tables.numbered > before.numbered:
                news()
            if not before.sessions.keys() <= self._tables.sessions.keys():
                ended()

    @property
    def jobs(self) -> Jobs:
        """The queue, each call in a transaction of its own."""
        return cast("Jobs", _Each(self))

    async def check(self) -> None:
        """Return while the store is reachable."""
        if not self.reachable:
            raise Unavailable("The store does not answer.")

    async def listen(self, wake: Callable[[], None], give_up: Callable[[], None]) -> None:
        """Call *wake* now, after every commit that made a job claimable, and when the line is mended."""
        self._wakes.append(wake)
        self._give_ups.append(give_up)
        try:
            if self._line_is_up:
                wake()
            await anyio.sleep_forever()
        finally:
            self._wakes.remove(wake)
            self._give_ups.remove(give_up)

    @property
    def listening(self) -> bool:
        """Whether somebody listens on a line that is up."""
        return self._line_is_up and bool(self._wakes)

    async def watch(self, news: Callable[[], None], ended: Callable[[], None]) -> None:
        """Call *news* after every commit that added events, *ended* after one that deleted sessions."""
        watcher = news, ended
        self._watchers.append(watcher)
        try:
            if self._line_is_up:
                news()
                ended()
            await anyio.sleep_forever()
        finally:
            self._watchers.remove(watcher)

    @property
    def watching(self) -> bool:
        """Whether somebody watches over a line that is up."""
        return self._line_is_up and bool(self._watchers)

    def cut_line(self) -> None:
        """Lose every hint from now on, as a broken connection does; nothing else changes."""
        self._line_is_up = False

    def take_for_dead(self) -> None:
        """Tell every listener that others are about to rescue his jobs, as a real store does whose line broke."""
        for give_up in tuple(self._give_ups):
            give_up()

    def mend_line(self) -> None:
        """Let hints through again, and ring once for those that were lost."""
        self._line_is_up = True
        self._ring()
        for news, ended in tuple(self._watchers):
            news()
            ended()

    def _ring(self) -> None:
        if self._line_is_up:
            for wake in tuple(self._wakes):
                wake()


class _Each:
    """Calls whatever `Jobs` has, each in a transaction of its own."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            async with self._store.transaction() as tx:
                return await getattr(tx.jobs, name)(*args, **kwargs)

        return call


def _transaction(draft: Draft) -> Transaction:
    return Transaction(
        users=MemoryUsers(draft),
        sessions=MemorySessions(draft),
        listings=MemoryListings(draft),
        applications=MemoryApplications(draft),
        resumes=MemoryResumes(draft),
        analyses=MemoryAnalyses(draft),
        jobs=MemoryJobs(draft),
        dead_letters=MemoryDeadLetters(draft),
        asks=MemoryAsks(draft),
        idempotency=MemoryIdempotency(draft),
        events=MemoryEvents(draft),
        throttle=MemoryThrottle(draft),
        statuses=MemoryStatuses(draft),
        reminders=MemoryReminders(draft),
        calendar_links=MemoryCalendarLinks(draft),
        imports=MemoryImports(draft),
    )
