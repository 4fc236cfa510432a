"""A few threads for slow work beside the event loop, with a queue that has an end."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from jatify_core.errors import Unavailable

T = TypeVar("T")


class Lane:
    """Runs at most *at_once* things, while at most *queue* others wait; then it is *crowded*.

    A permit is a thread itself: it is free when its work is really done, also where the caller was cancelled or his
    loop has ended, and it cannot be lost. What still waits when its caller is cancelled is never started.
    """

    def __init__(self, name: str, at_once: int, queue: int, crowded: str) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self._most = at_once + queue
        self._crowded = crowded
        # Added to by the loop and taken from by threads, which a set does in one step.
        self._inside: set[Future[Any]] = set()

    async def run(self, work: Callable[[], T]) -> T:
        """What *work* returns. Raises `Unavailable`, at once, where too many wait."""
        if len(self._inside) >= self._most:
            raise Unavailable(self._crowded)
        future = self._threads.submit(work)
        self._inside.add(future)
        future.add_done_callback(self._inside.discard)
        return await asyncio.wrap_future(future)

    @property
    def busy(self) -> int:
        """How many run or wait."""
        return len(self._inside)
