"""The fleet: real workers, each in a process of its own, and all that may happen to a process."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from jatify_adapters.memory.tables import Tables
from jatify_core.analysis import Completed, Outage, Refusal
from jatify_core.job import ANALYSIS, Job
from jatify_core.ports import Ports
from jatify_core.use_cases.analyses import carry_out
from jatify_core.worker import Worker
from jatify_core.worker.loop import LAST_WORDS
from tests.simulation.audit import Auditor
from tests.simulation.database import Connection
from tests.simulation.ledger import Ledger
from tests.simulation.loop import Process, VirtualLoop
from tests.simulation.provider import CLAIM, Provider
from tests.simulation.weather import Scenario, Weather

UNHEEDED = 1.0
"""Seconds that a worker may be late in leaving."""


class Machine(Struct):
    """A worker and the process it runs in."""

    process: Process
    worker: Worker
    connection: Connection
    stopped_at: float | None = None
    left: bool = False


class Fleet:
    """Starts, stops, freezes and kills workers. *connected* gives a process its own line to the store."""

    def __init__(
        self,
        scenario: Scenario,
        loop: VirtualLoop,
        ledger: Ledger,
        weather: Weather,
        auditor: Auditor,
        provider: Provider,
        clock: Callable[[], datetime],
        connected: Callable[[str], tuple[Connection, Ports]],
    ) -> None:
        self._scenario = scenario
        self._loop = loop
        self._ledger = ledger
        self._weather = weather
        self._auditor = auditor
        self._provider = provider
        self._clock = clock
        self._connected = connected
        self.changed_at = clock()
        self.machines: list[Machine] = []

    @property
    def working(self) -> list[Machine]:
        """Machines that are up and not leaving."""
        return [m for m in self.machines if m.process.alive and m.stopped_at is None]

    @property
    def up(self) -> list[Machine]:
        """Machines that are up, leaving ones too."""
        return [m for m in self.machines if m.process.alive and not m.left]

    def start(self) -> None:
        """Start one more worker."""
        name = f"worker {len(self.machines) + 1}"
        connection, ports = self._connected(name)

        async def handle(job: Job) -> Completed | Refusal | Outage:
            CLAIM.set(job)
            return await carry_out(ports, job)

        settings = replace(self._scenario.settings, name=name)
        worker = Worker(connection, {ANALYSIS: handle}, settings, dice=self._scenario.dice(name).random)
        machine = Machine(Process(name), worker, connection)
        self.machines.append(machine)
        self._ledger.note(f"{name} is started")
        self._loop.start(machine.process, self._work(machine))
        self.changed_at = self._clock()

    def stop(self, machine: Machine, *, hurry: bool) -> None:
        """Send SIGTERM, or the second one."""
        self._note(machine, "is told to leave at once" if hurry else "is told to leave")
        machine.stopped_at = machine.stopped_at or self._loop.time()
        self._loop.start(machine.process, self._tell(machine, hurry=hurry))

    def kill(self, machine: Machine) -> None:
        """Send SIGKILL."""
        self._note(machine, "is killed")
        machine.process.kill()

    def freeze(self, machine: Machine, seconds: float) -> None:
        """Send SIGSTOP, and SIGCONT later."""
        self._note(machine, f"is frozen for {seconds:.1f} s")
        machine.process.frozen = True
        self._loop.call_later(seconds, self.thaw, machine)

    def thaw(self, machine: Machine) -> None:
        """Send SIGCONT."""
        if machine.process.alive and machine.process.frozen:
            self._note(machine, "goes on")
            self._loop.thaw(machine.process)

    def cut(self, machine: Machine, seconds: float) -> None:
        """Part one process from the store."""
        self._note(machine, f"is cut off for {seconds:.1f} s")
        machine.connection.cut_until = self._loop.time() + seconds
        self._loop.call_later(seconds, machine.connection.mend_line)

    def mend_lines(self) -> None:
        """Every process hears again."""
        for machine in self.machines:
            machine.connection.mend_line()

    def has_free_slot(self, tables: Tables) -> bool:
        """Whether a worker that is up could run one more job."""
        # A job that its owner drops is gone at once, and its call a little later.
        held = self._auditor.held(tables) | Counter(call.process for call in self._provider.calls)
        return any(held[machine.process] < self._scenario.settings.slots for machine in self.working)

    async def _tell(self, machine: Machine, *, hurry: bool) -> None:
        machine.worker.stop(hurry=hurry)

    async def _work(self, machine: Machine) -> None:
        await machine.worker.run()
        machine.left = True
        self._ledger.note("has left")
        if machine.stopped_at is None:
            self._ledger.complain("a worker left without being told to")
        late = self._loop.time() - machine.stopped_at - (self._scenario.settings.drain + 2 * LAST_WORDS).total_seconds()
        untroubled = max(machine.process.thawed_at, self._weather.slow_until) < machine.stopped_at
        if untroubled and late > UNHEEDED:
            self._ledger.complain(f"a worker left {late:.1f} s late")
        never_troubled = untroubled and not machine.process.thawed_at and machine.connection.troubled_at < 0
        if never_troubled and self._auditor.held()[machine.process]:
            self._ledger.complain("a worker left and kept jobs")

    def _note(self, machine: Machine, what: str) -> None:
        self._ledger.note(f"{machine.process.name} {what}")
