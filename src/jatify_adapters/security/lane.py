"""A few threads for slow work beside the event loop, with a queue that has an end."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Final, TypeVar

from jatify_core.errors import Unavailable

T = TypeVar("T")

_NICENESS: Final = 10


class Lane:
    """Runs at most *at_once* things, while at most *queue* others wait; then it is *crowded*.

    A permit is a thread itself: it is free when its work is really done, also where the caller was cancelled or his
    loop has ended, and it cannot be lost. What still waits when its caller is cancelled is never started.
    """

    def __init__(self, name: str, at_once: int, queue: int, crowded: str) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix=name, initializer=_step_back)
        self._places = at_once + queue
        self._crowded = crowded
        # Added to by the loop and taken from by threads, which a set does in one step.
        self._inside: set[object] = set()

    async def run(self, work: Callable[[], T]) -> T:
        """What *work* returns. Raises `Unavailable`, at once, where too many wait and the caller has no turn."""
        if _turn.get() is not self:
            self._refuse_crowd()
        future = self._threads.submit(work)
        if _turn.get() is not self:
            self._inside.add(future)
            future.add_done_callback(self._inside.discard)
        return await asyncio.wrap_future(future)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold a place while the block runs, for all that it runs one after the other. Raises as `run`.

        Who has more to do than to run something is refused before he begins.
        """
        self._refuse_crowd()
        place = object()
        self._inside.add(place)
        before = _turn.set(self)
        try:
            yield
        finally:
            _turn.reset(before)
            self._inside.discard(place)

    @property
    def busy(self) -> int:
        """How many run or wait."""
        return len(self._inside)

    def _refuse_crowd(self) -> None:
        if len(self._inside) >= self._places:
            raise Unavailable(self._crowded)


_turn: ContextVar[Lane | None] = ContextVar("_turn", default=None)


def _step_back() -> None:
    """Let this thread compute when nobody else wants to: a flood of logins slows logins then, and not the rest."""
    if sys.platform == "linux":  # elsewhere it is the whole process that has a priority
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
