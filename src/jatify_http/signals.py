"""How a process runs and ends: the first SIGTERM or SIGINT stops all its parts, a second one hurries them."""

import signal
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import anyio
from msgspec import Struct


class Stoppable(Protocol):
    """A part of a process that ends when it is told to."""

    def stop(self, *, hurry: bool = False) -> None:
        """Begin to end; in a *hurry*, end at once."""


class Part(Struct, frozen=True):
    """What runs until it is stopped."""

    run: Callable[[], Coroutine[Any, Any, None]]
    stoppable: Stoppable


async def run_together(*parts: Part) -> None:
    """Run all until a signal, or until the first of them ends; a second signal hurries them."""
    async with anyio.create_task_group() as signals:
        signals.start_soon(stop_on_signals, *(part.stoppable for part in parts))
        async with anyio.create_task_group() as running:
            for part in parts[1:]:
                running.start_soon(part.run)
            await parts[0].run()
            for part in parts:
                part.stoppable.stop()
        signals.cancel_scope.cancel()


async def stop_on_signals(*parts: Stoppable) -> None:
    """Pass signals on to *parts*, until cancelled."""
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        hurry = False
        async for _ in signals:
            for part in parts:
                part.stop(hurry=hurry)
            hurry = True
