"""Idempotency keys in memory."""

from datetime import timedelta

from msgspec.structs import replace

from jatify_adapters.memory.tables import Draft, KnownKey
from jatify_core.errors import NotFound
from jatify_core.idempotency import KeyedRequest, Taken, lost


class MemoryIdempotency:
    """The port `Idempotency`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def take(self, request: KeyedRequest, lease: timedelta, life: timedelta) -> Taken | None:
        """Take the key unless it is taken."""
        tables, now, place = self._draft.tables, self._draft.now, (request.user_id, request.key)
        if request.user_id not in tables.users:
            raise NotFound
        known = tables.keys.get(place)
        if known and known.expires_at > now and (known.answer is not None or known.leased_until > now):
            return Taken(known.request.fingerprint, known.answer)
        tables.keys[place] = KnownKey(request=request, leased_until=now + lease, expires_at=now + life)
        return None

    async def answer(self, request: KeyedRequest, answer: bytes) -> None:
        """Keep the answer."""
        known = self._own(request)
        if known is None:
            raise lost()
        self._draft.tables.keys[request.user_id, request.key] = replace(known, answer=bytes(answer))

    async def release(self, request: KeyedRequest) -> None:
        """Let the key go."""
        if self._own(request):
            del self._draft.tables.keys[request.user_id, request.key]

    async def sweep(self, limit: int) -> int:
        """Forget keys whose life is over."""
        keys = self._draft.tables.keys
        over = sorted((known.expires_at, place) for place, known in keys.items() if known.expires_at <= self._draft.now)
        for _, place in over[:limit]:
            del keys[place]
        return len(over[:limit])

    def _own(self, request: KeyedRequest) -> KnownKey | None:
        known = self._draft.tables.keys.get((request.user_id, request.key))
        return known if known and known.request.owner == request.owner and known.answer is None else None
