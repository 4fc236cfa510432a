"""The storm: faults at random times, until it abates."""

import asyncio
import heapq
from collections.abc import Callable
from itertools import count
from random import Random
from typing import Final

from tests.simulation.fleet import Fleet, Machine
from tests.simulation.ledger import Ledger
from tests.simulation.loop import VirtualLoop
from tests.simulation.weather import Scenario, Weather

FIERCE: Final = ("clear", "flaky", "down", "throttled", "locked out")
MILD: Final = ("clear", "choosy", "locked out")
MOST_MACHINES: Final = 4


class Storm:
    """Lets things happen to store, lines, provider and fleet."""

    def __init__(
        self, scenario: Scenario, loop: VirtualLoop, ledger: Ledger, weather: Weather, fleet: Fleet, dice: Random
    ) -> None:
        self._scenario = scenario
        self._loop = loop
        self._ledger = ledger
        self._weather = weather
        self._fleet = fleet
        self._dice = dice
        self._numbers = count()
        self._coming: list[tuple[float, int, Callable[[], None]]] = []
        self._faults: dict[Callable[[], None], int] = {self._turn: 3, self._stop: 2, self._start: 2}
        if scenario.kind != "calm":
            self._faults |= {
                self._kill: 3,
                self._freeze: 4,
                self._part: 3,
                self._sink: 2,
                self._fail: 3,
                self._slow_down: 2,
                self._deafen: 2,
            }

    async def rage(self) -> None:
        """Go on until it is over."""
        self._turn()
        for _ in range(self._dice.randint(2, 8)):
            (fault,) = self._dice.choices(list(self._faults), list(self._faults.values()))
            self._at(self._dice.uniform(0, self._scenario.storm), fault)
        self._at(self._scenario.storm, self._end)
        while self._coming:
            hour, _, fault = heapq.heappop(self._coming)
            await asyncio.sleep(hour - self._loop.time())
            fault()

    def abate(self) -> None:
        """End all trouble; at times the lines stay cut, for the poll alone has to do then."""
        stays_deaf = self._scenario.kind == "liveness" and self._dice.random() < 0.3
        self._ledger.note("the storm is over" + (", and nobody hears" if stays_deaf else ""))
        self._weather.clear_up()
        if stays_deaf:
            self._weather.deafen(float("inf"), silently=self._dice.random() < 0.7)
        for machine in self._fleet.machines:
            machine.connection.cut_until = 0
            self._fleet.thaw(machine)
        if not self._fleet.working:
            self._fleet.start()
        self._fleet.mend_lines()

    def _at(self, hour: float, fault: Callable[[], None]) -> None:
        heapq.heappush(self._coming, (hour, next(self._numbers), fault))

    def _end(self) -> None:
        self._coming.clear()

    def _turn(self) -> None:
        self._weather.mood = self._dice.choice(MILD if self._scenario.kind == "calm" else FIERCE)
        self._ledger.note(f"the provider is {self._weather.mood}")

    def _start(self) -> None:
        if len(self._fleet.working) < MOST_MACHINES:
            self._fleet.start()

    def _stop(self) -> None:
        if machine := self._somebody():
            self._fleet.stop(machine, hurry=self._dice.random() < 0.3)
            self._at(self._loop.time() + self._dice.uniform(0, 3), self._start)

    def _kill(self) -> None:
        if machine := self._somebody():
            self._fleet.kill(machine)
            self._at(self._loop.time() + self._dice.uniform(0, 10), self._start)

    def _freeze(self) -> None:
        if machine := self._somebody():
            self._fleet.freeze(machine, self._dice.uniform(0.2, 2.5) * self._scenario.settings.lease.total_seconds())

    def _part(self) -> None:
        if machine := self._somebody():
            self._fleet.cut(machine, self._dice.uniform(0.2, 2.5) * self._scenario.settings.lease.total_seconds())

    def _sink(self) -> None:
        self._weather.store_down_until = self._until("the store is down")

    def _fail(self) -> None:
        self._weather.failing_until = self._until("transactions fail")

    def _slow_down(self) -> None:
        self._weather.slow_until = self._until("the store is slow")

    def _deafen(self) -> None:
        self._weather.deafen(self._until("nobody hears"), silently=self._dice.random() < 0.7)
        self._loop.call_at(self._weather.deaf_until, self._fleet.mend_lines)

    def _until(self, what: str) -> float:
        seconds = self._lasting()
        self._ledger.note(f"{what} for {seconds:.1f} s")
        return self._loop.time() + seconds

    def _lasting(self) -> float:
        return 1 + self._dice.expovariate(0.1)

    def _somebody(self) -> Machine | None:
        return self._dice.choice(self._fleet.up) if self._fleet.up else None
