"""The memory store as the one database of a simulated world, and the faulty connections that processes have to it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from random import Random
from types import TracebackType
from typing import Any, Final, Literal, cast

from jatify_adapters.memory import MemoryStore, MovableClock
from jatify_adapters.memory.tables import Tables
from jatify_core.errors import Unavailable
from jatify_core.ports import Jobs, Transaction
from jatify_core.user import UserId
from tests.simulation.loop import VirtualLoop
from tests.simulation.weather import Weather

Fate = Literal["kept", "lost", "rolled back", "refused", "unknown"]
"""Of a transaction: `unknown` is one that commits, and whose caller never learns of it."""

FAILURES: Final[tuple[Fate, ...]] = ("lost", "rolled back", "refused", "unknown", "unknown")
START: Final = datetime(2026, 1, 1, tzinfo=UTC)
ODDS_OF_FAILING: Final = 0.4
ODDS_OF_WAITING: Final = 0.2
LONGEST_WAIT: Final = 25.0


class LoopClock(MovableClock):
    """The loop's own time, as a date."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def __call__(self) -> datetime:
        return START + timedelta(seconds=self._loop.time())


class Database(MemoryStore):
    """The memory store; *audit* sees what each commit changes."""

    def __init__(self, clock: MovableClock, spacing: float, audit: Callable[[Tables, Tables], None]) -> None:
        self._committed = Tables()
        self._audit: Callable[[Tables, Tables], None] = lambda _before, _after: None
        super().__init__(clock, fair_spacing=timedelta(seconds=spacing))
        self._one_at_a_time = Turnstile()  # type: ignore[assignment]  # a process killed in a lock would keep it
        self._audit = audit
        self.closed = False

    @property
    def _tables(self) -> Tables:
        return self._committed

    @_tables.setter
    def _tables(self, tables: Tables) -> None:
        before, self._committed = self._committed, tables
        self._audit(before, tables)

    @property
    def tables(self) -> Tables:
        """What is committed."""
        return self._committed


class Turnstile:
    """Lets one in at a time, and nobody waits: that is refused, since nothing is awaited inside a transaction."""

    def __init__(self) -> None:
        self._taken = False

    async def __aenter__(self) -> None:
        if self._taken:
            raise RuntimeError("Somebody waits for something inside a transaction.")
        self._taken = True

    async def __aexit__(self, *_: object) -> None:
        self._taken = False


class Connection:
    """The port `Store` as one process has it: over a network, with that network's and the server's troubles."""

    def __init__(self, database: Database, loop: VirtualLoop, weather: Weather, dice: Random) -> None:
        self._database = database
        self._loop = loop
        self._weather = weather
        self._dice = dice
        self._wakes: list[Callable[[], None]] = []
        self.cut_until = 0.0
        self.troubled_at = float("-inf")

    def transaction(self, user_id: UserId | None = None) -> "Journey":
        return Journey(self, self._database, user_id)

    @property
    def jobs(self) -> Jobs:
        return cast("Jobs", SingleCalls(self))

    async def check(self) -> None:
        await self._database.check()

    async def listen(self, wake: Callable[[], None], give_up: Callable[[], None]) -> None:
        self._wakes.append(wake)
        await self._database.listen(lambda: self._hear(wake), give_up)

    @property
    def listening(self) -> bool:
        return self._weather.silently or not self._is_deaf

    async def watch(self, news: Callable[[], None], ended: Callable[[], None]) -> None:
        await self._database.watch(news, ended)

    @property
    def watching(self) -> bool:
        return self._database.watching

    def mend_line(self) -> None:
        """The line was made anew; what was missed is looked for once."""
        for wake in self._wakes:
            self._hear(wake)

    async def travel(self) -> None:
        """Take as long as the way to the store, or back, takes now."""
        if self._loop.time() < self._weather.slow_until:
            self.troubled_at = self._loop.time()
            await asyncio.sleep(min(LONGEST_WAIT, self._dice.expovariate(0.3)))
        elif (chance := self._dice.random()) < ODDS_OF_WAITING:
            await asyncio.sleep(chance * 0.02)

    def fate(self) -> Fate:
        """What will become of a transaction that begins now."""
        now = self._loop.time()
        if self._database.closed or now < max(self._weather.store_down_until, self.cut_until):
            return "lost"
        if now < self._weather.failing_until and self._dice.random() < ODDS_OF_FAILING:
            return self._dice.choice(FAILURES)
        return "kept"

    def fail(self, fate: Fate) -> Exception:
        """Remember the trouble, and return it."""
        self.troubled_at = self._loop.time()
        return ValueError("A row is refused.") if fate == "refused" else Unavailable(f"The transaction is {fate}.")

    def _hear(self, wake: Callable[[], None]) -> None:
        if not self._is_deaf:
            wake()

    @property
    def _is_deaf(self) -> bool:
        return self._loop.time() < max(self._weather.deaf_until, self.cut_until)


class Journey:
    """One transaction over a connection: there, through it, and back with the answer, if nothing comes between."""

    def __init__(self, connection: Connection, database: Database, user_id: UserId | None) -> None:
        self._connection = connection
        self._inside = database.transaction(user_id)
        self._fate: Fate = "lost"

    async def __aenter__(self) -> Transaction:
        await self._connection.travel()
        self._fate = self._connection.fate()
        if self._fate == "lost":
            raise self._connection.fail(self._fate)
        return await self._inside.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and self._fate in {"rolled back", "refused"}:
            trouble = self._connection.fail(self._fate)
            await self._inside.__aexit__(type(trouble), trouble, None)
            raise trouble
        await self._inside.__aexit__(kind, error, trace)
        if error is None:
            if self._fate == "unknown":
                raise self._connection.fail(self._fate)
            await self._connection.travel()


class SingleCalls:
    """Whatever `Jobs` has, each call in a transaction of its own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def call(*args: Any) -> Any:
            async with self._connection.transaction() as tx:
                return await getattr(tx.jobs, name)(*args)

        return call
