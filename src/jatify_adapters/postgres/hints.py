"""How often one process notifies the others, whichever of its connections does it."""

import math
from typing import Final

import anyio

GAP: Final = 0.05
"""Seconds between two notifications of a process: at its commit each takes a lock of the whole server."""


class Hints:
    """Gives leave to notify, once in `GAP` seconds."""

    def __init__(self) -> None:
        self._last = -math.inf

    def take(self) -> bool:
        """Whether a notification may go out now; if so it counts as sent."""
        now = anyio.current_time()
        if now - self._last < GAP:
            return False
        self._last = now
        return True

    async def turn(self) -> None:
        """Return when the next one may go out, which counts as sent then."""
        while not self.take():  # noqa: ASYNC110  # the time is known, though others may be quicker
            await anyio.sleep(max(0.0, self._last + GAP - anyio.current_time()))
