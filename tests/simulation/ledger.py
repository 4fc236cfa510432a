"""What happened in one simulated world, in order, and the complaint when something happened that never may."""

from typing import NoReturn

from tests.simulation.loop import PROCESS, VirtualLoop


class Broken(AssertionError):
    """A promise of the queue does not hold."""


class Ledger:
    """Everything worth telling, with its virtual time and the process that did it."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._entries: list[tuple[float, str, str]] = []
        self.broken: Broken | None = None

    def note(self, what: str) -> None:
        """Add an entry for the process that is stepping now."""
        process = PROCESS.get()
        self._entries.append((self._loop.time(), process.name if process else "world", what))

    def complain(self, what: str) -> NoReturn:
        """Say what is broken; the first complaint stays, whoever swallows the exception."""
        self.note(f"BROKEN: {what}")
        broken = Broken(f"{what} (at {self._loop.time():.3f} s)")
        self.broken = self.broken or broken
        self._loop.halted = True
        raise broken

    def lines(self) -> list[str]:
        """The entries as text."""
        return [f"{at:9.3f}  {who:<8}  {what}" for at, who, what in self._entries]
