"""The front of the queue: how far back a claim has to look."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import anyio

_SLACK: Final = timedelta(seconds=10)
"""How long a job may be in the making, its place taken and its transaction not committed, to be found at once."""
_WHOLE_AFTER: Final = 5.0
"""Seconds after which a claim looks at the whole queue again: by then it finds what took longer."""
_BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
_NEVER_SEEN: Final = _BEGINNING, float("-inf")


class Front:
    """Where the last claims of one process were, for each choice of kinds.

    While somebody's old snapshot keeps the entries of ended jobs in the index, a claim from its beginning walks over
    all of them. What may stand before the front is told of by `forget`, or found by the next whole look. The idea is
    that of Hatchet's "minimum unprocessed queue item".
    """

    def __init__(self) -> None:
        self._fronts: dict[Sequence[str], tuple[datetime, float]] = {}

    def floor(self, kinds: Sequence[str]) -> datetime:
        """The place from which to look on."""
        front, looked_at = self._fronts.get(kinds, _NEVER_SEEN)
        return _BEGINNING if anyio.current_time() - looked_at >= _WHOLE_AFTER else front

    def seen(self, kinds: Sequence[str], floor: datetime, last: datetime | None, now: datetime | None) -> None:
        """Note a claim from *floor* on whose *last* job stood there, at *now* by the store's clock; None for none."""
        front, looked_at = self._fronts.get(kinds, _NEVER_SEEN)
        if floor == _BEGINNING:
            looked_at = anyio.current_time()
        if last and now:
            front = max(_BEGINNING + _SLACK, min(last, now)) - _SLACK
        self._fronts[kinds] = front, looked_at

    def forget(self) -> None:
        """Have the next claims look at the whole queue: something may have come back to an old place."""
        self._fronts.clear()
