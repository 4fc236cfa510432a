"""Events in memory: transactions follow each other here, so that a number can be given at once."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from jatify_adapters.memory.tables import Draft, StoredEvent
from jatify_core.analysis import AnalysisId
from jatify_core.event import Batch, Change, Event
from jatify_core.job import JobId
from jatify_core.user import UserId

DAY: Final = timedelta(days=1)


class MemoryEvents:
    """The port `Events`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def add(self, changes: Sequence[Change]) -> None:
        """Have watchers told of *changes*."""
        tell(self._draft, *changes)

    async def read(self, user_ids: Collection[UserId], after: int | None, limit: int) -> Batch:
        """Events of these users after a number."""
        newest = self._draft.tables.numbered
        after = newest if after is None else min(after, newest)
        new = [stored.event for stored in self._draft.tables.events if stored.event.id > after]
        events = tuple(event for event in new if event.change.user_id in user_ids)[:limit]
        return Batch(events, events[-1].id if len(events) == limit else newest)

    async def forget(self, limit: int) -> int:
        """Delete what is older than a day."""
        tables = self._draft.tables
        old = [stored for stored in tables.events[:limit] if stored.at < self._draft.now - DAY]
        tables.events = [stored for stored in tables.events if stored not in old]
        return len(old)


def tell(draft: Draft, *changes: Change) -> None:
    """Add events."""
    tables = draft.tables
    for change in changes:
        tables.numbered += 1
        tables.events.append(StoredEvent(Event(tables.numbered, change), draft.now))


def drop_all(draft: Draft, user_id: UserId, analyses: Collection[AnalysisId]) -> None:
    """Drop analyses of a user with their jobs and dead letters, and tell of it."""
    tables = draft.tables
    jobs = {JobId(analysis_id) for analysis_id in analyses}
    tell(draft, *(Change.analysis(user_id, analysis_id, "deleted") for analysis_id in analyses))
    for letter in tables.letters.values():
        if letter.job.id in jobs:
            tell(draft, Change.letter_removed(user_id, letter.id, "deleted"))
    tables.forget(analyses)
