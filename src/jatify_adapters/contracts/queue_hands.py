"""What workers and owners do to a queue, each with one call from outside the store's event loop."""

from collections.abc import Awaitable, Callable, Iterable, Sequence, Set
from datetime import timedelta
from typing import Final, TypeVar, assert_never

from anyio.from_thread import BlockingPortal
from msgspec import Struct
from msgspec.structs import replace

from jatify_adapters.contracts import samples
from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.queue_model import LEASE, LIMIT, PAIRS
from jatify_core.analysis import Analysis, AnalysisId, Identity, Reason
from jatify_core.dead_letter import DeadLetter, DeadLetterFilter, DeadLetterId, Requeued, Selection
from jatify_core.errors import NotFound
from jatify_core.job import ANALYSIS, End, Job, JobId, Lease, Place, Rescued, Verb
from jatify_core.paging import Sort, Window
from jatify_core.ports import Transaction
from jatify_core.resume import Resume

T = TypeVar("T")

ENOUGH: Final = 100


class Seen(Struct, frozen=True):
    """All that a store shows of the queue of its only user."""

    places: Sequence[Place]
    letters: Sequence[DeadLetter]
    analyses: Sequence[Analysis]


class QueueHands:
    """The only user's and his workers'. Each method is a transaction of its own."""

    def __init__(self, portal: BlockingPortal, new_store: NewStore) -> None:
        self._portal = portal
        self._new_store = new_store
        self._asked: dict[AnalysisId, Analysis] = {}
        self._seeker, self._resumes = portal.call(_a_seeker, new_store)
        self._user_id = self._seeker.user.id

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._portal.call(self._new_store.advance, by)

    def ask(self, pair: int, max_attempts: int) -> AnalysisId:
        """Ask about a pair; the answer is the new analysis, or the one whose job lives."""
        asked = samples.an_analysis(self._resumes[pair], self._seeker.listing, self._new_store.now())

        async def ask(tx: Transaction) -> Analysis:
            return await tx.analyses.add_or_get(asked, await tx.jobs.enqueue(Job.for_analysis(asked, max_attempts)))

        self._asked[asked.id] = asked
        return self._do(ask).id

    def claim(self, limit: int) -> Sequence[Job]:
        """Claim."""
        return self._do(lambda tx: tx.jobs.claim([ANALYSIS], limit, LEASE, "worker"))

    def claim_suspect(self) -> Job | None:
        """Claim a suspect."""
        return self._do(lambda tx: tx.jobs.claim_suspect([ANALYSIS], LEASE, "worker"))

    def renew(self, leases: Sequence[Lease]) -> Set[JobId]:
        """Renew."""
        return self._do(lambda tx: tx.jobs.renew(leases, LEASE, LIMIT))

    def settle(self, ends: Iterable[End]) -> Sequence[End]:
        """Settle, and record what that means."""
        return self._portal.call(samples.settle, self._new_store, *ends)

    def rescue(self) -> Rescued:
        """Take back what lapsed, and record what is buried."""

        async def take_back(tx: Transaction) -> Rescued:
            rescued = await tx.jobs.rescue(ENOUGH)
            await tx.analyses.record(rescued.buried)
            return rescued

        return self._do(take_back)

    def requeue(self, selection: Selection) -> Requeued:
        """Requeue, and reopen what lives again."""

        async def revive(tx: Transaction) -> Requeued:
            requeued = await tx.dead_letters.requeue(self._user_id, selection)
            await tx.analyses.reopen(requeued.analyses)
            return requeued

        return self._do(revive)

    def drop(self, id_: AnalysisId) -> bool:
        """Drop an analysis; False if there is none."""
        return self._found(lambda tx: tx.analyses.drop(self._user_id, id_))

    def remove(self, id_: DeadLetterId) -> bool:
        """Delete a dead letter; False if there is none."""
        return self._found(lambda tx: tx.dead_letters.remove(self._user_id, id_))

    def look(self) -> Seen:
        """Look at everything."""

        async def look(tx: Transaction) -> Seen:
            window = Window(samples.NEWEST_FIRST, ENOUGH)
            pages = [await tx.analyses.page(self._user_id, resume.id, window) for resume in self._resumes]
            letters = await tx.dead_letters.page(self._user_id, DeadLetterFilter(Window(Sort("failed_at"), ENOUGH)))
            places = await tx.jobs.places(self._user_id, Window(Sort("turn"), ENOUGH))
            assert places.next is None
            return Seen(places.items, letters.items, [one for page in pages for one in page.items])

        return self._do(look)

    def end(self, job: Job, verb: Verb, reason: Reason, delay: timedelta) -> End:
        """An end of this claim as a worker makes it: a result tells whose it is, and what is spent is buried."""
        match verb:
            case "complete":
                done = samples.a_completed(self._asked[AnalysisId(job.id)], self._new_store.now())
                return End.succeeded(job, replace(done, identity=Identity("scripted", f"run {job.run}", "1")))
            case "retry" if job.attempt < job.max_attempts:
                return End.retried(job, reason, "It broke.", delay)
            case "retry" | "bury":
                return End.buried(job, reason, "It broke for good.")
            case "snooze":
                return End.snoozed(job, reason, "Too much.", delay)
            case "release":
                return End.released(job)
            case _:
                assert_never(verb)

    def _found(self, what: Callable[[Transaction], Awaitable[object]]) -> bool:
        try:
            self._do(what)
        except NotFound:
            return False
        return True

    def _do(self, what: Callable[[Transaction], Awaitable[T]]) -> T:
        async def in_a_transaction() -> T:
            async with self._new_store.store.transaction() as tx:
                return await what(tx)

        return self._portal.call(in_a_transaction)


async def _a_seeker(new_store: NewStore) -> tuple[samples.Seeker, Sequence[Resume]]:
    seeker = await samples.a_seeker(new_store)
    return seeker, [await samples.a_stored_resume(new_store, seeker, f"Resume {n}") for n in range(PAIRS)]
