"""The auditor: looks at every commit and complains about the first that breaks a promise of the queue."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import TypeVar

from jatify_adapters.memory.tables import Letter, LiveJob, Tables
from jatify_core.analysis import Analysis, AnalysisId
from jatify_core.job import JobId
from tests.simulation.ledger import Ledger
from tests.simulation.loop import PROCESS, Process
from tests.simulation.moves import HOLDERS_OWN, Illegal, Place, Step, moved
from tests.simulation.provider import label

INTENT: ContextVar[frozenset[object]] = ContextVar("intent", default=frozenset())
"""The ids that the stepping person means to drop: of resumes, listings, analyses, dead letters."""

Letters = Mapping[JobId, Letter]
K = TypeVar("K")
V = TypeVar("V")


class Auditor:
    """Knows who claimed what, what was dropped by whom, and what was acknowledged to whom."""

    def __init__(self, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._holders: dict[tuple[JobId, int], Process | None] = {}
        self._dropped: set[AnalysisId] = set()
        self._acknowledged: set[AnalysisId] = set()
        self._tables = Tables()

    def held(self, tables: Tables | None = None) -> Counter[Process | None]:
        """How many leases each process has, in *tables* or now."""
        jobs = (tables or self._tables).jobs.values()
        return Counter(self._holders[live.job.id, live.job.run] for live in jobs if live.lease_ends_at)

    def commit(self, before: Tables, after: Tables) -> Mapping[JobId, Step]:
        """Check what this commit changed, and that all it touched is in one place; return what it did to jobs."""
        self._tables = after
        dead_before, dead_after = self._by_job(before), self._by_job(after)
        steps = {
            job_id: self._step(job_id, _place(job_id, before, dead_before), self._only_place(job_id, after, dead_after))
            for job_id in _changed(before.jobs, after.jobs) | _changed(dead_before, dead_after)
        }
        touched = {AnalysisId(job_id) for job_id in steps} | _changed(before.analyses, after.analyses)
        for analysis_id in touched:
            job_id = JobId(analysis_id)
            old, new = before.analyses.get(analysis_id), after.analyses.get(analysis_id)
            self._check_place(new, _place(job_id, after, dead_after))
            self._check_analysis(old, new, steps.get(job_id), before.jobs.get(job_id), dead_after.get(job_id))
        for job_id, step in steps.items():
            if step.move == "gone from the dead letters" and AnalysisId(job_id) in after.analyses:
                self._check_drop(dead_before[job_id].id)
        if any(step.move in {"enqueued", "requeued"} for step in steps.values()):
            self._check_pairs(after)
        return steps

    def acknowledge(self, analysis: Analysis) -> None:
        """A person was told of this analysis: from now on it is there, unless he drops it."""
        self._acknowledged.add(analysis.id)
        self._check_acknowledged()

    def close(self) -> None:
        """Check everything once more, as it stands."""
        dead = self._by_job(self._tables)
        for analysis in self._tables.analyses.values():
            self._check_place(analysis, self._only_place(JobId(analysis.id), self._tables, dead))
        for job_id in {*self._tables.jobs, *dead}:
            if AnalysisId(job_id) not in self._tables.analyses:
                self._ledger.complain(f"{job_id} has no analysis")
        self._check_acknowledged()

    def _by_job(self, tables: Tables) -> Letters:
        letters = {letter.job.id: letter for letter in tables.letters.values()}
        if len(letters) != len(tables.letters):
            self._ledger.complain("one job has two dead letters")
        return letters

    def _only_place(self, job_id: JobId, tables: Tables, dead: Letters) -> Place:
        if job_id in tables.jobs and job_id in dead:
            self._ledger.complain(f"{_name(job_id)} is live and dead at once")
        return _place(job_id, tables, dead)

    def _step(self, job_id: JobId, before: Place, after: Place) -> Step:
        try:
            step = moved(before, after, self._clock())
        except Illegal as why:
            self._ledger.complain(f"{_name(job_id)}: {why}")
        process = PROCESS.get()
        self._ledger.note(f"{_name(job_id)} {step.move}, run {step.run}")
        if step.move == "claimed":
            if (job_id, step.run) in self._holders:
                self._ledger.complain(f"{_name(job_id)} was claimed twice as run {step.run}")
            self._holders[job_id, step.run] = process
        elif step.move in HOLDERS_OWN:
            self._check_speaker(job_id, step, after)
        return step

    def _check_speaker(self, job_id: JobId, step: Step, after: Place) -> None:
        holder = self._holders[job_id, step.run]
        if PROCESS.get() is not holder:
            self._ledger.complain(f"{_name(job_id)} was {step.move} by somebody else than its holder {holder}")
        if after and step.move in {"retried", "snoozed", "buried"}:
            self._check_words(after.job.errors[-1].message, AnalysisId(job_id), step.run)

    def _check_words(self, words: str, analysis_id: AnalysisId, run: int) -> None:
        if words.startswith("call ") and words != label(analysis_id, run):
            self._ledger.complain(f"{label(analysis_id, run)} has the answer of {words}")

    def _check_place(self, analysis: Analysis | None, place: Place) -> None:
        match analysis.state if analysis else None, place:
            case ("queued", LiveJob()) | ("failed", Letter() | None):
                return
            case ("succeeded" | "cancelled" | None, None):
                return
            case state, where:
                self._ledger.complain(f"an analysis is {state} and its job is {type(where).__name__}")

    def _check_analysis(
        self, old: Analysis | None, new: Analysis | None, step: Step | None, was: LiveJob | None, letter: Letter | None
    ) -> None:
        move = step.move if step else None
        match old.state if old else None, new.state if new else None:
            case (None, "queued") | (None, None):
                return
            case "queued", "succeeded" if old and new and was and move == "gone from the queue":
                self._check_result(old, new, was)
            case "queued", "failed" if new and letter and move in {"buried", "lost for good"}:
                self._check_failure(new, letter)
            case "failed", "queued" if move == "requeued":
                return
            case _, None if old:
                self._check_drop(old.id, old.resume_id, old.listing_id)
                self._dropped.add(old.id)
            case "queued", "cancelled" if old and move == "gone from the queue":
                self._check_drop(old.id)
            case "queued", "queued" if move not in {None, "gone from the queue", "gone from the dead letters"}:
                return
            case "failed", "failed" if move == "gone from the dead letters" and old == new:
                return
            case state, changed:
                self._ledger.complain(f"an analysis went from {state} to {changed} as its job was {move}")

    def _check_result(self, old: Analysis, new: Analysis, was: LiveJob) -> None:
        if PROCESS.get() is not self._holders.get((was.job.id, was.job.run)) or was.lease_ends_at is None:
            self._ledger.complain(f"{_name(was.job.id)} was recorded by a process that had lost it")
        if new.identity.model != label(old.id, was.job.run) or new.report is None:
            self._ledger.complain(f"{label(old.id, was.job.run)} has the report of {new.identity.model}")
        if new.attempts != was.job.attempt:
            self._ledger.complain(f"{_name(was.job.id)} tells of {new.attempts} attempts and not {was.job.attempt}")
        self._ledger.note(f"{_name(was.job.id)} has its report")

    def _check_failure(self, new: Analysis, letter: Letter) -> None:
        told = (new.error.code, new.error.message, new.attempts) if new.error else None
        if told != (letter.reason, letter.message, letter.job.attempt):
            self._ledger.complain(f"{_name(letter.job.id)} failed of {told} and its dead letter says otherwise")

    def _check_drop(self, *ids: object) -> None:
        if not INTENT.get().intersection(ids):
            self._ledger.complain(f"{ids} vanished, and nobody meant it to")

    def _check_pairs(self, tables: Tables) -> None:
        live = [a for a in tables.analyses.values() if JobId(a.id) in tables.jobs]
        if len({(a.resume_id, a.listing_id) for a in live}) < len(live):
            self._ledger.complain("one pair has two live jobs")

    def _check_acknowledged(self) -> None:
        lost = self._acknowledged - self._dropped - set(self._tables.analyses)
        if lost:
            self._ledger.complain(f"acknowledged, and not there: {lost}")


def _place(job_id: JobId, tables: Tables, dead: Letters) -> Place:
    return tables.jobs.get(job_id) or dead.get(job_id)


def _changed(before: Mapping[K, V], after: Mapping[K, V]) -> set[K]:
    return {k for k, v in after.items() if before.get(k) is not v} | {k for k in before if k not in after}


def _name(job_id: JobId) -> str:
    return f"job {job_id.int & 0xFFFF}"
