"""Requests that act once: the key is taken first, and the answer is written in the transaction of the effect."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from jatify_core.errors import NotFound, Unauthenticated
from jatify_core.idempotency import LEASE, LIFE, KeyedRequest, refuse_too_large
from jatify_core.ports import Jobs, Ports, Store, Transaction
from jatify_core.user import UserId


async def begin(ports: Ports, request: KeyedRequest) -> bytes | None:
    """Take the key, so that *request* may be carried out (None); or the answer that it has had already.

    Raises `Invalid` where the key came with another request, and `UnderWay` while the first has no answer.
    """
    try:
        async with ports.store.transaction(request.user_id) as tx:
            taken = await tx.idempotency.take(request, LEASE, LIFE)
    except NotFound:
        raise Unauthenticated("This account is gone.") from None
    return taken.answer_to(request) if taken else None


async def conclude(store: "HeldOpen", request: KeyedRequest, answer: bytes) -> None:
    """Commit what was done for *request* together with its *answer*, or neither.

    Raises `UnderWay` where another has taken the key meanwhile, and `Invalid` for an answer too large to be kept.
    """
    refuse_too_large(answer)
    await store.conclude(request.user_id, lambda tx: tx.idempotency.answer(request, answer))


async def give_up(ports: Ports, request: KeyedRequest) -> None:
    """Let the key go that *request* has not come to an answer with; where it has one, it stays."""
    async with ports.store.transaction(request.user_id) as tx:
        await tx.idempotency.release(request)


class HeldOpen:
    """A store for one request, whose newest transaction waits with its commit for the answer.

    The one before commits when the next begins. So no slow work may come after a transaction that is to be the last:
    the fakes in memory refuse it, as they do inside of one.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: tuple[Transaction, AsyncExitStack] | None = None

    @asynccontextmanager
    async def transaction(self, user_id: UserId | None = None) -> AsyncIterator[Transaction]:
        """Wait with the commit when the block ends, roll back when it raises."""
        held, self._held = self._held, None
        if held:
            await held[1].aclose()
        async with AsyncExitStack() as stack:
            tx = await stack.enter_async_context(self._store.transaction(user_id))
            yield tx
            self._held = tx, stack.pop_all()

    async def conclude(self, user_id: UserId, last: Callable[[Transaction], Awaitable[None]]) -> None:
        """Do the *last* thing in the transaction that waits, or in one of its own, and commit."""
        held, self._held = self._held, None
        if held is None:
            async with self._store.transaction(user_id) as tx:
                await last(tx)
            return
        tx, stack = held
        async with stack:
            await last(tx)

    async def undo(self) -> None:
        """Roll back what waits, if anything does."""
        held, self._held = self._held, None
        if held:
            with suppress(_Undone):
                async with held[1]:
                    raise _Undone

    @property
    def jobs(self) -> Jobs:
        """The store's own."""
        return self._store.jobs

    async def check(self) -> None:
        """As the store does."""
        await self._store.check()

    async def listen(self, wake: Callable[[], None], give_up: Callable[[], None]) -> None:
        """As the store does."""
        await self._store.listen(wake, give_up)

    @property
    def listening(self) -> bool:
        """As the store says."""
        return self._store.listening


class _Undone(Exception):
    """What rolls a transaction back that went well."""
