"""An event: something of a user's that changed, as those who watch are told."""

from typing import Literal
from uuid import UUID

from msgspec import Struct

from jatify_core.analysis import AnalysisId, State
from jatify_core.application import ApplicationId
from jatify_core.dead_letter import DeadLetterId
from jatify_core.user import UserId

Kind = Literal["analysis.updated", "application.updated", "dead_letter.added", "dead_letter.removed"]

ChangedTo = Literal["queued", "running", "succeeded", "failed", "cancelled", "dead", "requeued", "deleted"]
"""An analysis's state, or that a dead letter is `dead`, `requeued` or `deleted`; what was deleted has this one too."""


class Change(Struct, frozen=True):
    """What became of one thing: its new `state`, or its new `version` where it has no state."""

    user_id: UserId
    kind: Kind
    subject: UUID
    state: ChangedTo | None = None
    version: int | None = None

    @classmethod
    def analysis(cls, user_id: UserId, analysis_id: AnalysisId, state: State | Literal["deleted"]) -> "Change":
        """An analysis has another state, or is gone."""
        return cls(user_id, "analysis.updated", analysis_id, state)

    @classmethod
    def application(cls, user_id: UserId, application_id: ApplicationId, version: int | None) -> "Change":
        """An application has another version; None for one that was deleted."""
        state: ChangedTo | None = "deleted" if version is None else None
        return cls(user_id, "application.updated", application_id, state, version)

    @classmethod
    def letter_removed(
        cls, user_id: UserId, letter_id: DeadLetterId, state: Literal["requeued", "deleted"]
    ) -> "Change":
        """A dead letter is one no more."""
        return cls(user_id, "dead_letter.removed", letter_id, state)


class Event(Struct, frozen=True):
    """A change and its number, which grows from each to the next, with gaps."""

    id: int
    change: Change


class Batch(Struct, frozen=True):
    """Events in order. Up to the number `upto` nothing is missing, and nothing will be added."""

    events: tuple[Event, ...]
    upto: int
