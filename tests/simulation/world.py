"""One simulated world: a store, a provider, people and a fleet, and the storm that goes over them."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final
from unittest.mock import patch

from jatify_adapters.memory import PlainExtractor, PlainPasswords, PlainReader, PlainTokens, uuid7s
from jatify_adapters.memory.tables import Tables
from jatify_core.policy import Policy
from jatify_core.ports import Ports
from jatify_core.worker import loop as worker_loop
from tests.simulation.audit import Auditor
from tests.simulation.database import Connection, Database, LoopClock
from tests.simulation.fleet import Fleet
from tests.simulation.ledger import Broken, Ledger
from tests.simulation.loop import Process, VirtualLoop
from tests.simulation.people import Person
from tests.simulation.provider import Provider
from tests.simulation.storm import Storm
from tests.simulation.turns import Turns
from tests.simulation.weather import Scenario, Weather

IN_THE_END: Final = 400.0
"""Seconds after the storm by which all must have ended: the longest pause, delay and lease, one after another."""
A_WHILE: Final = 2.0
RESCUE_EVERY: Final = timedelta(seconds=3)
"""Rarer than in earnest: an idle look costs as much as a busy one, and ten thousand worlds have to fit in a minute."""


class World:
    """Everything that one seed decides."""

    def __init__(self, loop: VirtualLoop, scenario: Scenario) -> None:
        self._loop = loop
        self._scenario = scenario
        self._weather = Weather()
        self._clock = LoopClock(loop)
        self._new_id = uuid7s(self._clock)
        self.ledger = Ledger(loop)
        self._auditor = Auditor(self.ledger, self._clock)
        self._database = Database(self._clock, scenario.spacing, self._audit)
        self._provider = Provider(loop, self.ledger, self._weather, scenario.dice("provider"))
        self._fleet = Fleet(
            scenario, loop, self.ledger, self._weather, self._auditor, self._provider, self._clock, self._ports
        )
        self._turns = Turns(scenario, self.ledger, self._clock, self._fleet)
        self._provider.before_end = lambda: self._turns.look(self._database.tables)
        self._storm = Storm(scenario, loop, self.ledger, self._weather, self._fleet, scenario.dice("storm"))
        self._people = [self._person(f"person {number}") for number in range(1, scenario.users + 1)]

    async def run(self) -> None:
        """Live through it all."""
        self.ledger.note(f"{self._scenario}")
        async with self._database.transaction() as tx:
            for person in self._people:
                await person.move_in(tx, poisoned=self._scenario.poisoned and person is self._people[0])
        for _ in range(self._scenario.workers):
            self._fleet.start()
        lives = [self._loop.start(Process(person.name), person.live(self._scenario)) for person in self._people]
        await self._storm.rage()
        if self._scenario.kind != "safety":
            self._storm.abate()
            await asyncio.wait(lives)
            await self._people[0].ask_last()
            await self._until(lambda: not self._database.tables.jobs, "some jobs never end")
            for machine in self._fleet.working:
                self._fleet.stop(machine, hurry=False)
            await self._until(lambda: not self._fleet.up, "some workers never leave")
        self._auditor.close()

    def close(self) -> None:
        """Take nothing more from anybody."""
        self._database.closed = True

    async def _until(self, reached: Callable[[], bool], otherwise: str) -> None:
        begun_at = self._loop.time()
        while not reached():
            if self._loop.time() > begun_at + IN_THE_END:
                self.ledger.complain(otherwise)
            if not self._fleet.working and self._database.tables.jobs:
                self._fleet.start()
            await asyncio.sleep(A_WHILE)

    def _audit(self, before: Tables, after: Tables) -> None:
        if _queue(before) == _queue(after):
            return
        try:
            self._turns.commit(before, after, self._auditor.commit(before, after))
        except Broken:
            raise
        except Exception as error:  # noqa: BLE001  # workers swallow it, and nobody would know
            self.ledger.complain(f"the auditor stumbled: {error!r}")

    def _person(self, name: str) -> Person:
        _, ports = self._ports(name)
        return Person(name, ports, self.ledger, self._auditor, self._scenario.dice(name))

    def _ports(self, name: str) -> tuple[Connection, Ports]:
        connection = Connection(self._database, self._loop, self._weather, self._scenario.dice(f"{name}'s line"))
        ports = Ports(
            store=connection,
            analyzer=self._provider,
            extractor=PlainExtractor(),
            passwords=PlainPasswords(),
            tokens=PlainTokens(),
            reader=PlainReader(),
            clock=self._clock,
            new_id=self._new_id,
            policy=Policy(max_attempts=self._scenario.max_attempts),
        )
        return connection, ports


def _queue(tables: Tables) -> tuple[object, ...]:
    return tables.jobs, tables.letters, tables.analyses, tables.pauses


def simulate(seed: int) -> Ledger:
    """Run the world of *seed* to its end and return its ledger, with the first complaint if there is one."""
    loop = VirtualLoop()
    world = World(loop, Scenario.of(seed))
    with patch.object(worker_loop, "RESCUE_EVERY", RESCUE_EVERY), patch.object(worker_loop.log, "disabled", new=True):
        try:
            with suppress(Broken):  # the ledger keeps it
                loop.run(Process("world"), world.run())
        finally:
            world.close()
            loop.close()
    return world.ledger
