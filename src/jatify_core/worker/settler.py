"""The settler: writes down what ended, in groups that form by themselves."""

import logging
from collections.abc import Callable, Sequence

import anyio

from jatify_core.job import End
from jatify_core.ports import Store
from jatify_core.worker.upkeep import settle

log = logging.getLogger("jatify.worker")


class Settler:
    """Takes ends, settles whatever came while the last group was under way, and keeps what could not be settled."""

    def __init__(
        self,
        store: Store,
        settled: Callable[[Sequence[End], Sequence[End]], None],
        backoff: Callable[[int], float],
    ) -> None:
        """*settled* is told of each group that is through, and of those in it that came too late.

        *backoff* says how long to wait after so many failures.
        """
        self._store = store
        self._settled = settled
        self._backoff = backoff
        self._ends: list[End] = []
        self._under_way = 0
        self._ended = anyio.Event()

    @property
    def pending(self) -> int:
        """How many ends are not recorded yet."""
        return len(self._ends) + self._under_way

    def add(self, end: End) -> None:
        """Have *end* settled, soon."""
        self._ends.append(end)
        self._ended.set()

    async def work(self) -> None:
        """Settle until cancelled. There is no timer: a group is what has ended by the time that the last is through."""
        failures = 0
        while True:
            if not self._ends:
                if self._ended.is_set():
                    self._ended = anyio.Event()
                await self._ended.wait()
                continue
            ends, self._ends = self._ends, []
            self._under_way += len(ends)
            lost: Sequence[End] = ()
            try:
                lost = await settle(self._store, ends)
                failures = 0
            except Exception as error:  # noqa: BLE001  # the ends are kept and tried again while their leases hold
                failures += 1
                log.warning("settling %d jobs failed: %s", len(ends), error)
                self._ends = [*ends, *self._ends]
            self._under_way -= len(ends)
            if failures:
                await anyio.sleep(self._backoff(failures))
            else:
                self._settled(ends, lost)
