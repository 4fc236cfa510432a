"""The crew: a fixed set of tasks that run jobs, fed from a queue. Starting a task for each job costs 100 times more."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable

import anyio

from jatify_core.worker.holding import Held


class Crew:
    """As many `work` tasks as there are slots; `hand_out` gives them jobs, first in, first out."""

    def __init__(self, run: Callable[[Held], Awaitable[None]], cut_short: Callable[[Held], Awaitable[None]]) -> None:
        """*run* runs a job; *cut_short* is told of one whose run was cancelled through its `Held.run`."""
        self._run = run
        self._cut_short = cut_short
        self._inbox: deque[Held] = deque()
        self._idle: list[anyio.Event] = []
        self._waking = 0

    def hand_out(self, jobs: Iterable[Held]) -> None:
        """Let the crew run these."""
        self._inbox.extend(jobs)
        self._wake_one()

    async def work(self) -> None:
        """Run jobs until cancelled. Jobs share one scope; it is made anew only after a run in it was cancelled."""
        while True:
            held: Held | None = None
            with anyio.CancelScope() as scope:
                while True:
                    held = None
                    held = await self._next()
                    held.run = scope
                    await self._run(held)
                    held.run = None
            if held:
                held.run = None
                await self._cut_short(held)

    async def _next(self) -> Held:
        while not self._inbox:
            called = anyio.Event()
            self._idle.append(called)
            try:
                await called.wait()
            except BaseException:
                # A cancellation that was meant for the job before may come as late as here: the call goes to another.
                if called.is_set():
                    self._waking -= 1
                    self._wake_one()
                else:
                    self._idle.remove(called)
                raise
            self._waking -= 1
        held = self._inbox.popleft()
        self._wake_one()
        return held

    def _wake_one(self) -> None:
        # One at a time, each waking the next: jobs that end without waiting are all run by the first that is awake.
        if self._inbox and self._idle and not self._waking:
            self._waking += 1
            self._idle.pop().set()
