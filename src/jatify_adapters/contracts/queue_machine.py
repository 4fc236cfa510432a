"""A machine that does to a queue whatever workers and owners can do, in any order, and holds it to the model.

Prove a store with `run_state_machine_as_test(lambda: QueueMachine(portal, a_new_store()), settings=QUICK)`.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Final, TypeVar, get_args

from anyio.from_thread import BlockingPortal
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.queue_hands import QueueHands
from jatify_adapters.contracts.queue_model import DELAYS, PAIRS, STEP, Expected, Known, QueueModel, kept
from jatify_core.analysis import Analysis, AnalysisId, Reason
from jatify_core.dead_letter import DeadLetterId, Selection, Skipped
from jatify_core.job import Job, Verb

T = TypeVar("T")

QUICK: Final = settings(
    max_examples=20,
    stateful_step_count=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

ANY: Final = st.integers(0, 100)
PAIR: Final = st.integers(0, PAIRS - 1)
ATTEMPTS: Final = st.integers(1, 4)
VERBS: Final[Sequence[Verb]] = get_args(Verb)
REASONS: Final = st.sampled_from(["network", "refused", "worker_lost"])
DELAY: Final = st.sampled_from(DELAYS)


class QueueMachine(RuleBasedStateMachine):
    """Its store is empty at first, of one user, and strict about first in, first out.

    Hypothesis leaves some rules out of each run, so that each brings about what it needs.
    """

    def __init__(self, portal: BlockingPortal, new_store: NewStore) -> None:
        super().__init__()
        self._hands = QueueHands(portal, new_store)
        self._model = QueueModel()
        self._claims: list[Job] = []
        self._letters: list[DeadLetterId] = []

    @rule(pair=PAIR, max_attempts=ATTEMPTS)
    def enqueue(self, pair: int, max_attempts: int) -> None:
        """Ask about a pair, which may have a live job already."""
        self._model.advance()
        twin, id_ = self._model.live(pair), self._hands.ask(pair, max_attempts)
        if twin:
            assert id_ == twin.id
        else:
            self._model.enqueue(id_, pair, max_attempts)

    @rule(limit=st.integers(1, PAIRS))
    def claim(self, limit: int) -> None:
        """Claim just what the model claims, in its order."""
        self._model.advance()
        self._claimed(self._hands.claim(limit), self._model.claim(limit))

    @rule()
    def claim_suspect(self) -> None:
        """Claim the suspect that the model claims."""
        self._model.advance()
        suspect = self._hands.claim_suspect()
        self._claimed([suspect] if suspect else [], self._model.claim_suspect())

    def _claimed(self, jobs: Sequence[Job], claimed: Sequence[Known]) -> None:
        told = [(job.id, job.run, job.attempt, job.requeues, len(job.errors)) for job in jobs]
        assert told == [(one.id, one.run, one.attempt, one.requeues, kept(one.errors)) for one in claimed]
        assert all(job.attempt <= job.max_attempts for job in jobs)
        self._claims += jobs

    @rule(which=ANY)
    def complete(self, which: int) -> None:
        """Record a result."""
        self._settle([(self._a_held(which), "complete")])

    @rule(which=ANY, reason=REASONS, delay=DELAY)
    def retry(self, which: int, reason: Reason, delay: timedelta) -> None:
        """Fail, for a while or, when all attempts are spent, for good."""
        self._settle([(self._a_held(which), "retry")], reason, delay)

    @rule(which=ANY, delay=DELAY)
    def snooze(self, which: int, delay: timedelta) -> None:
        """Come back later."""
        self._settle([(self._a_held(which), "snooze")], delay=delay)

    @rule(which=ANY)
    def release(self, which: int) -> None:
        """Give a job back."""
        self._settle([(self._a_held(which), "release")])

    @rule(which=ANY, reason=REASONS)
    def bury(self, which: int, reason: Reason) -> None:
        """Fail for good."""
        self._settle([(self._a_held(which), "bury")], reason)

    @rule(which=ANY)
    def zombie_ends(self, which: int) -> None:
        """End a claim whose lease was lost, in every way there is."""
        zombie = self._a_zombie(which)
        for verb in VERBS:
            self._settle([(zombie, verb)])

    @rule(which=ANY, verbs=st.permutations(VERBS), reason=REASONS)
    def zombie_ends_among_others(self, which: int, verbs: list[Verb], reason: Reason) -> None:
        """End a claim whose lease was lost, together with all that are held."""
        self._settle(zip([self._a_zombie(which), *self._held()], verbs, strict=False), reason)

    @rule(which=ANY)
    def zombie_renews(self, which: int) -> None:
        """Renew a lease that was lost to another worker: the heir's gains nothing by it."""
        self._renew([self._a_zombie(3 * which + 1)])

    @rule(which=ANY)
    def renew(self, which: int) -> None:
        """Renew all that is held."""
        self._renew([self._a_held(which), *self._held()])

    @rule(steps=st.integers(1, 5))
    def wait(self, steps: int) -> None:
        """Let time pass in which nobody renews: delays end, leases lapse."""
        self._advance(steps * STEP)

    @rule()
    def rescue(self) -> None:
        """Take back what lapsed."""
        self._model.advance()
        rescued = self._hands.rescue()
        put_back, buried = self._model.rescue()
        assert (rescued.requeued, {end.lease.job_id for end in rescued.buried}) == (put_back, buried)
        if put_back:
            self._advance(STEP)  # what crashed before is due a second later, which no model can time

    @rule(which=ANY)
    def crash(self, which: int) -> None:
        """Lose all workers and what they held."""
        self._a_held(which)
        self._advance(2 * STEP)
        self.rescue()

    @precondition(lambda self: self._model.known)
    @rule(which=ANY)
    def drop(self, which: int) -> None:
        """Cancel an analysis, or delete it, or find that it is not there any more."""
        self._model.advance()
        id_ = AnalysisId(_one_of(list(self._model.known), which))
        assert self._hands.drop(id_) == self._model.drop(id_)

    @rule(which=ANY, asked_again=st.booleans())
    def requeue_one(self, which: int, *, asked_again: bool) -> None:
        """Requeue a letter that is, or was; its pair may live again."""
        id_ = self._a_letter(which)
        if asked_again:
            self.enqueue(which % PAIRS, 3)
        self._requeue(Selection(ids=(id_,)), lambda one: one.letter == id_)

    @rule(which=ANY, reason=st.none() | REASONS, asked_again=st.booleans())
    def requeue_many(self, which: int, reason: Reason | None, *, asked_again: bool) -> None:
        """Requeue the letters of one reason, or all; some pairs may live again."""
        self._a_letter(which)
        if asked_again:
            self.enqueue(which % PAIRS, 3)
        self._requeue(Selection(reason=reason), lambda one: reason in (None, one.reason))

    @rule(which=ANY)
    def delete_letter(self, which: int) -> None:
        """Delete a letter that is, or was."""
        id_ = self._a_letter(which)
        self._model.advance()
        assert self._hands.remove(id_) == self._model.remove(id_)

    @invariant()
    def every_job_is_in_its_one_place(self) -> None:
        """Nothing lost, nothing twice, in order, and each result that of the claim which won."""
        seen, model = self._hands.look(), self._model
        waiting = [(place.job_id, place.ahead, place.attempt) for place in seen.places if not place.running]
        assert waiting == [(one.id, ahead, one.attempt) for ahead, one in enumerate(model.all_in("waiting"))]
        running = {(place.job_id, place.attempt) for place in seen.places if place.running}
        assert running == {(one.id, one.attempt) for one in model.all_in("running")}
        letters = sorted((x.analysis_id, x.reason, x.attempts, x.requeues, len(x.errors)) for x in seen.letters)
        dead = model.all_in("dead")
        assert letters == sorted((x.id, x.reason, x.attempt, x.requeues, kept(x.errors)) for x in dead)
        told = sorted((one.id, one.state, _writer(one)) for one in seen.analyses)
        assert told == sorted((one.id, *one.outcome) for one in model.known.values() if one.where != "gone")
        for letter in seen.letters:
            model.known[letter.analysis_id].letter = letter.id
        self._letters += [letter.id for letter in seen.letters if letter.id not in self._letters]

    def _advance(self, by: timedelta) -> None:
        self._hands.advance(by)
        self._model.advance(by)

    def _held(self) -> list[Job]:
        return [job for job in self._claims if self._model.held(job.lease)]

    def _a_held(self, which: int) -> Job:
        """A claim that is held, made if there is none."""
        if not self._held():
            self.enqueue(which % PAIRS, 3)
            self._advance(3 * STEP)  # whatever waits is due
            self.claim(PAIRS)
            self.claim_suspect()
        return _one_of(self._held(), which)

    def _a_zombie(self, which: int) -> Job:
        """A claim whose lease was lost: to another worker, to nobody yet, or any; by *which*, and if it can be."""
        kind = which % 3
        if kind or not self._lost():
            self.crash(which)
        if kind == 1:
            self._a_held(which)
        wanted = {one.id for one in self._model.all_in("running" if kind == 1 else "waiting")}
        fitting = [job for job in self._lost() if kind and job.id in wanted]
        # Of a job that waits, the newest claim is the one whose run is the job's own still.
        return _one_of(fitting or self._lost(), 0 if kind == 2 else which // 3)

    def _a_letter(self, which: int) -> DeadLetterId:
        """A dead letter; for an odd *which* it may be one that was."""
        if not (self._letters if which % 2 else self._model.all_in("dead")):
            self.bury(which, "refused")
            self.every_job_is_in_its_one_place()
        dead = [one.letter for one in self._model.all_in("dead") if one.letter]
        return _one_of(self._letters if which % 2 else dead, which // 2)

    def _lost(self) -> list[Job]:
        return [job for job in self._claims if not self._model.held(job.lease)]

    def _settle(
        self, ended: Iterable[tuple[Job, Verb]], reason: Reason = "network", delay: timedelta = DELAYS[0]
    ) -> None:
        self._model.advance()
        ends = [self._hands.end(job, verb, reason, delay) for job, verb in ended]
        lost = self._hands.settle(ends)
        expected = [Expected(end.lease, end.verb, reason, delay) for end in ends]
        assert [end.lease for end in lost] == self._model.settle(expected)

    def _renew(self, claims: Iterable[Job]) -> None:
        self._model.advance()
        leases = list({job.lease: None for job in claims})
        assert self._hands.renew(leases) == self._model.renew(leases)

    def _requeue(self, selection: Selection, selects: Callable[[Known], bool]) -> None:
        self._model.advance()
        requeued = self._hands.requeue(selection)
        letters = self._model.letters(selects)
        # Of letters from one moment any may come first: the store's word is taken, and held to the order of failures.
        told: list[DeadLetterId | None] = [*requeued.ids, *(skipped.id for skipped in requeued.skipped)]
        reborn, left = self._model.requeue(sorted(letters, key=lambda one: (one.failed_at, told.index(one.letter))))
        assert requeued.ids == tuple(one.letter for one in reborn)
        assert requeued.analyses == tuple(one.id for one in reborn)
        unknown = {(id_, "not_found") for id_ in selection.ids or () if not letters}
        assert set(map(_why, requeued.skipped)) == unknown | {(one.letter, "already_live") for one in left}


def _one_of(options: Sequence[T], which: int) -> T:
    """One of *options*, the newest for 0."""
    return options[-1 - which % len(options)]


def _writer(analysis: Analysis) -> str:
    """The claim whose result this analysis shows."""
    return analysis.identity.model if analysis.report else ""


def _why(skipped: Skipped) -> tuple[DeadLetterId | None, str]:
    return skipped.id, skipped.reason
