"""Whose turn it is: first in, first out, one probe at a time while paused, and at once where nothing hinders it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from jatify_adapters.memory.tables import LiveJob, Tables
from jatify_core.job import ANALYSIS, JobId
from jatify_core.worker.breaker import PROVIDER_REASONS
from tests.simulation.fleet import Fleet
from tests.simulation.ledger import Ledger
from tests.simulation.moves import Step
from tests.simulation.weather import Scenario

AT_ONCE: Final = timedelta(seconds=0.25)
"""More than a few round trips to the store take when it is well."""


class Turns:
    """Watches the order and, in a calm world, the delay of claims."""

    def __init__(
        self,
        scenario: Scenario,
        ledger: Ledger,
        clock: Callable[[], datetime],
        fleet: Fleet,
    ) -> None:
        self._scenario = scenario
        self._ledger = ledger
        self._clock = clock
        self._fleet = fleet
        self._order: dict[JobId, int] = {}
        self._hindered_at = clock()

    def commit(self, before: Tables, after: Tables, steps: Mapping[JobId, Step]) -> None:
        """Check the claims of one commit."""
        for job_id, step in steps.items():
            if step.move == "enqueued":
                self._order[job_id] = len(self._order)
        self.look(before)
        claimed = [before.jobs[job_id] for job_id, step in steps.items() if step.move == "claimed"]
        if claimed:
            self._check_order(claimed, after)
            self._check_pause(claimed, before, after)
        if self._scenario.kind == "calm":
            self._check_delay(claimed)
            self._check_burials(before, after, steps)

    def look(self, tables: Tables) -> None:
        """Note whether anything could have been claimed until now."""
        if not self._fleet.has_free_slot(tables) or ANALYSIS in tables.pauses:
            self._hindered_at = self._clock()

    def _check_order(self, claimed: Sequence[LiveJob], after: Tables) -> None:
        now = self._clock()
        due = (live for live in after.jobs.values() if live.lease_ends_at is None and live.available_at <= now)
        left = [live for live in due if not live.job.is_suspect]  # suspects run when their worker has nothing else
        for first in left:
            for second in (live for live in claimed if not live.job.is_suspect):
                if _key(first) < _key(second) or self._came_before(first, second):
                    self._ledger.complain(f"job {first.job.id.int & 0xFFFF} was passed over")

    def _came_before(self, first: LiveJob, second: LiveJob) -> bool:
        """Whether *first* was asked for earlier and nothing has happened to either; spacing has an order of its own."""
        untouched = not self._scenario.spacing and _is_untouched(first) and _is_untouched(second)
        return untouched and self._order[first.job.id] < self._order[second.job.id]

    def _check_pause(self, claimed: Sequence[LiveJob], before: Tables, after: Tables) -> None:
        if ANALYSIS in before.pauses and ANALYSIS in after.pauses:
            now = self._clock()
            due = before.pauses[ANALYSIS].probe_at <= now < after.pauses[ANALYSIS].probe_at
            if len(claimed) > 1 or not due:
                self._ledger.complain("a paused kind was claimed, and not as its one probe")

    def _check_delay(self, claimed: Sequence[LiveJob]) -> None:
        for live in claimed:
            waited = self._clock() - max(live.available_at, self._hindered_at, self._fleet.changed_at)
            if waited > self._patience(live):
                self._ledger.complain(f"job {live.job.id.int & 0xFFFF} waited {waited} beside a free slot")

    def _patience(self, live: LiveJob) -> timedelta:
        """A new job is rung for; of a retry only the worker that ended it knows when it is due, the others poll."""
        if _is_untouched(live) or len(self._fleet.machines) == 1:
            return AT_ONCE
        return self._scenario.settings.poll_interval * 1.2 + AT_ONCE

    def _check_burials(self, before: Tables, after: Tables, steps: Mapping[JobId, Step]) -> None:
        pause = before.pauses.get(ANALYSIS)
        if pause is None or self._clock() - pause.since < AT_ONCE * 4:
            return
        for letter in after.letters.values():
            step = steps.get(letter.job.id)
            if step and step.move == "buried" and letter.reason in PROVIDER_REASONS:
                self._ledger.complain(f"job {letter.job.id.int & 0xFFFF} was buried while its provider was away")


def _key(live: LiveJob) -> tuple[datetime, int]:
    return live.sort_at, live.sequence


def _is_untouched(live: LiveJob) -> bool:
    return not (live.job.errors or live.job.requeues)
