"""The feed: one reader a process, who fetches new events once and hands them to every stream that is open here."""

import logging
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final
from weakref import WeakSet

import anyio
from litestar import Litestar, Request

from jatify_core.errors import Throttled, Unavailable
from jatify_core.event import Batch, Event
from jatify_core.ports import Ports
from jatify_core.user import Caller, UserId

log = logging.getLogger("jatify.http")

STREAMS: Final = 3
"""How many streams a user may have open in one process."""
ROOM: Final = 500
"""Events that wait for one stream at most; whoever is further behind reads them from the store again, at his pace."""
PIECE: Final = 100
BATCH: Final = 1_000
GAP: Final = 0.02
"""Seconds between two looks at the store, however often it says that there is news."""
POLL: Final = 5.0
POLL_WHILE_DEAF: Final = 1.0
SESSIONS_EVERY: Final = 15.0
FORGET_EVERY: Final = 60.0
LAST_PIECE: Final = 1.0
"""Seconds that a reader has for what is on its way to him when his stream ends."""
RETRY_AFTER: Final = timedelta(seconds=15)


class Feed:
    """Who watches, and what he has still to be told. Its work is done while `running`."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        # Weakly: a seat whose answer never begins is nobody's, and must not count for ever.
        self._seats: WeakSet[Seat] = WeakSet()
        self._live: defaultdict[UserId, list[Seat]] = defaultdict(list)
        self._upto = 0
        self._open = False
        self._news = anyio.Event()
        self._ended = anyio.Event()

    @asynccontextmanager
    async def running(self, _: Litestar) -> AsyncIterator[None]:
        """Work as long as the application does."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._ports.store.watch, self.poke, self._note_ended)
            tasks.start_soon(_again_and_again, self._hand_out)
            tasks.start_soon(_again_and_again, self._see_to_sessions)
            tasks.start_soon(_again_and_again, self._forget)
            self._open = True
            yield
            self.close()
            tasks.cancel_scope.cancel()

    async def seat(self, caller: Caller, after: int | None) -> "Seat":
        """A place from which the caller is told what comes *after* that number; None for what comes from now on.

        Raises `Throttled` where he has all he may have.
        """
        if not self._open:
            raise Unavailable("Live changes are not told just now. Try again shortly.")
        if sum(1 for seat in self._seats if seat.caller.user_id == caller.user_id) >= STREAMS:
            raise Throttled(f"You have {STREAMS} streams open here, the most there can be. Close one.", RETRY_AFTER)
        seat = Seat(self, caller, after)
        self._seats.add(seat)
        await seat.begin()
        self._note_ended()  # his session may have ended since he was recognised
        return seat

    def close(self) -> None:
        """End every stream, and open no more."""
        self._open = False
        for seat in tuple(self._seats):
            seat.end()

    def poke(self) -> None:
        """Look for events now."""
        self._news.set()

    async def read(self, user_ids: Collection[UserId], after: int | None, limit: int) -> Batch:
        """What the store has."""
        async with self._ports.store.transaction() as tx:
            return await tx.events.read(user_ids, after, limit)

    def admit(self, seat: "Seat", position: int) -> bool:
        """Hand out new events to *seat* from now on, unless the reader is beyond its *position* already."""
        if not self._live:
            self._upto = position
        elif self._upto > position:
            return False
        self._live[seat.caller.user_id].append(seat)
        self.poke()
        return True

    def retire(self, seat: "Seat") -> None:
        """Hand out nothing more to *seat*."""
        others = [other for other in self._live.pop(seat.caller.user_id, []) if other is not seat]
        if others:
            self._live[seat.caller.user_id] = others

    def leave(self, seat: "Seat") -> None:
        """Forget *seat*."""
        self.retire(seat)
        self._seats.discard(seat)

    def _note_ended(self) -> None:
        self._ended.set()

    async def _hand_out(self) -> None:
        with anyio.move_on_after(self._interval(POLL)):
            await self._news.wait()
        self._news = anyio.Event()
        behind = True
        while self._live and behind:
            users, after = set(self._live), self._upto
            batch = await self.read(users, after, BATCH)
            if self._upto != after or not self._live.keys() <= users:
                continue  # somebody came meanwhile, whose events were not asked for
            self._upto, behind = batch.upto, len(batch.events) == BATCH
            for event in batch.events:
                for seat in tuple(self._live.get(event.change.user_id, ())):
                    seat.offer(event)
        await anyio.sleep(GAP)

    async def _see_to_sessions(self) -> None:
        """End the streams of sessions that have ended."""
        with anyio.move_on_after(self._interval(SESSIONS_EVERY)):
            await self._ended.wait()
        self._ended = anyio.Event()
        seats = tuple(self._seats)
        if seats:
            async with self._ports.store.transaction() as tx:
                living = await tx.sessions.living({seat.caller.session.id for seat in seats})
            now = self._ports.clock()
            for seat in seats:
                if seat.caller.session.id not in living or seat.caller.session.expires_at <= now:
                    seat.end()
        await anyio.sleep(GAP)

    async def _forget(self) -> None:
        await anyio.sleep(FORGET_EVERY)
        full = True
        while full:
            async with self._ports.store.transaction() as tx:
                full = await tx.events.forget(BATCH) == BATCH

    def _interval(self, usual: float) -> float:
        return usual if self._ports.store.watching else POLL_WHILE_DEAF


class Seat:
    """One stream's place: what it has been given, and what waits for it."""

    def __init__(self, feed: Feed, caller: Caller, after: int | None) -> None:
        self._feed = feed
        self._after = after
        self._live = False
        self._waiting: deque[Event] = deque()
        self._stirred = anyio.Event()
        self.caller = caller
        self.position = 0
        self.over = False
        self.sending: anyio.CancelScope | None = None

    async def begin(self) -> None:
        """Find out from where on events are told."""
        try:
            # Of none of the events, only how far they go: a number that was never given stands for that.
            newest = (await self._feed.read((), None, 1)).upto
        except BaseException:
            self.leave()
            raise
        self.position = newest if self._after is None else min(self._after, newest)

    async def next(self) -> Sequence[Event]:
        """The events that come next, at least one; none once the stream is over."""
        while not self.over:
            if self._waiting:
                return self._piece()
            if self._live:
                self._stirred = anyio.Event()
                await self._stirred.wait()
                continue
            batch = await self._feed.read([self.caller.user_id], self.position, PIECE)
            self.position = batch.upto
            if batch.events:
                return batch.events
            self._live = self._feed.admit(self, self.position)
        return ()

    def offer(self, event: Event) -> None:
        """Let *event* wait for the stream; one that has no more room is left to catch up by itself."""
        if event.id <= self.position:
            return
        if len(self._waiting) >= ROOM:
            self._live = False
            self._feed.retire(self)
            return
        self._waiting.append(event)
        self._stirred.set()

    def end(self) -> None:
        """Tell nothing more, and do not wait for a reader who has stopped."""
        self.over = True
        self._stirred.set()
        if self.sending:
            self.sending.deadline = min(self.sending.deadline, anyio.current_time() + LAST_PIECE)

    def leave(self) -> None:
        """Make room for another."""
        self.end()
        self._feed.leave(self)

    def _piece(self) -> Sequence[Event]:
        piece = [self._waiting.popleft() for _ in range(min(PIECE, len(self._waiting)))]
        self.position = piece[-1].id
        return piece


async def feed(request: Request[Any, Any, Any]) -> Feed:
    """The feed of the application."""
    found: Feed = request.app.state.feed
    return found


async def _again_and_again(work: Callable[[], Awaitable[None]]) -> None:
    """Do *work* until cancelled, whatever it raises."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001  # the feed outlives whatever the store raises
            log.warning("the feed of events stumbled: %s", error)
            await anyio.sleep(POLL_WHILE_DEAF)
