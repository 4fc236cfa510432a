"""Asks in memory."""

from datetime import datetime

from jatify_adapters.memory.tables import Draft, KnownAsks
from jatify_core.errors import NotFound
from jatify_core.user import UserId


class MemoryAsks:
    """The port `Asks`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def since(self, user_id: UserId, at: datetime) -> int:
        """How many there were."""
        return sum(1 for asked in self._asks(user_id) if asked > at)

    async def newest_but(self, user_id: UserId, count: int) -> datetime | None:
        """When the newest was but for some."""
        asks = self._asks(user_id)
        return asks[-count - 1] if len(asks) > count else None

    async def add(self, user_id: UserId, count: int, at: datetime, forget: datetime) -> None:
        """Note some more."""
        self._draft.require_lock(user_id)
        if user_id not in self._draft.tables.users:
            raise NotFound
        kept = (asked for asked in self._asks(user_id) if asked > forget)
        self._draft.tables.asks[user_id] = KnownAsks(user_id, (*kept, *(at,) * count))

    def _asks(self, user_id: UserId) -> tuple[datetime, ...]:
        known = self._draft.tables.asks.get(user_id)
        return known.times if known else ()
