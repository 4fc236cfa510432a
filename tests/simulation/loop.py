"""An event loop without a world outside: time jumps to what happens next, and processes can be frozen and killed."""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from itertools import count
from typing import Any, Final, Never, TypeVarTuple

import anyio
from sniffio import current_async_library_cvar

Ts = TypeVarTuple("Ts")

MOST_STEPS: Final = 50_000
"""Far more than any world takes."""


class Process:
    """Tasks that live and die together, as those of one operating-system process do."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = True
        self.frozen = False
        self.thawed_at = 0.0
        self.parked: list[asyncio.Handle] = []

    def kill(self) -> None:
        """Take no further step, as after SIGKILL: no clean-up, no last words."""
        self.alive = False
        self.frozen = True


PROCESS: ContextVar[Process | None] = ContextVar("process", default=None)


class Life:
    """What a process was started for, until it ends or the world does."""

    task: asyncio.Task[Any]

    def __init__(self, process: Process, work: Coroutine[Any, Any, Any]) -> None:
        self.process = process
        self._work = work
        self._scope: anyio.CancelScope | None = None

    async def live(self) -> Any:
        """Do the work."""
        with anyio.CancelScope() as self._scope:
            return await self._work

    def end(self) -> None:
        """Cancel it for good: a scope insists where a task forgets."""
        if self._scope:
            self._scope.cancel()
        else:
            self._work.close()
            self.task.cancel()


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs what is ready first in, first out, and takes no time: the same program always takes the same course."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._steps: deque[asyncio.Handle] = deque()
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._numbers = count()
        self._lives: list[Life] = []
        self.halted = False

    def time(self) -> float:
        """Virtual seconds since the beginning."""
        return self._now

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        """Run *callback* behind all that is ready."""
        step = asyncio.Handle(callback, args, self, context)
        self._steps.append(step)
        return step

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run *callback* at *when*."""
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, next(self._numbers), timer))
        return timer

    def call_exception_handler(self, context: dict[str, Any]) -> Never:
        """Nothing may go wrong unseen."""
        raise context.get("exception") or RuntimeError(context["message"])

    def start(self, process: Process, work: Coroutine[Any, Any, object]) -> asyncio.Task[Any]:
        """Begin *work* as the first task of *process*; what it starts belongs there too."""
        context = copy_context()
        context.run(PROCESS.set, process)
        context.run(current_async_library_cvar.set, "asyncio")  # as anyio.run does
        life = Life(process, work)
        life.task = self.create_task(life.live(), context=context)
        self._lives.append(life)
        return life.task

    def run(self, process: Process, work: Coroutine[Any, Any, object]) -> None:
        """Run until *work* is done, or until it is halted."""
        asyncio._set_running_loop(self)
        try:
            task = self.start(process, work)
            self._step_while(lambda: not (task.done() or self.halted))
            if task.done():
                task.result()
        finally:
            asyncio._set_running_loop(None)

    def close(self) -> None:
        """Cancel all that is left, in killed processes too, and let it end."""
        asyncio._set_running_loop(self)
        try:
            for life in self._lives:
                self.thaw(life.process)
                life.end()
            self._step_while(lambda: any(not life.task.done() for life in self._lives))
        finally:
            asyncio._set_running_loop(None)
        for life in self._lives:
            if not life.task.cancelled():
                life.task.exception()  # was complained of, or comes of the world's end
        super().close()

    def thaw(self, process: Process) -> None:
        """Let a frozen process go on with all that came due meanwhile."""
        process.frozen = False
        process.thawed_at = self._now
        self._steps.extend(process.parked)
        process.parked.clear()

    def _step_while(self, goes_on: Callable[[], bool]) -> None:
        steps = self._steps
        for _ in range(MOST_STEPS):
            if not goes_on():
                return
            if not steps:
                self._pass_time()
            step = steps.popleft()
            if step._cancelled:
                continue
            process = step._context.get(PROCESS)  # type: ignore[attr-defined]  # Python 3.12 has get_context
            if process is not None and process.frozen:
                process.parked.append(step)
            else:
                step._run()
        raise RuntimeError("The world goes round and round.")

    def _pass_time(self) -> None:
        if not self._timers:
            raise RuntimeError("Everybody waits for somebody else.")
        self._now = max(self._now, self._timers[0][0])
        while self._timers and self._timers[0][0] <= self._now:
            self._steps.append(heapq.heappop(self._timers)[2])
