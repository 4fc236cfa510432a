"""How a process ends: the first SIGTERM or SIGINT stops its parts in order, a second one hurries them."""

import signal
from typing import Protocol

import anyio


class Stoppable(Protocol):
    """A part of a process that ends when it is told to."""

    def stop(self, *, hurry: bool = False) -> None:
        """Begin to end; in a *hurry*, end at once."""


async def stop_on_signals(*parts: Stoppable) -> None:
    """Pass signals on to *parts*, until cancelled."""
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        hurry = False
        async for _ in signals:
            for part in parts:
                part.stop(hurry=hurry)
            hurry = True
