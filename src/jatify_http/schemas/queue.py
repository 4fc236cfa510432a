"""The queue on the wire: where one's own jobs stand."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from msgspec import Meta, Struct

from jatify_core.job import Place
from jatify_core.use_cases.queue import QueueView
from jatify_http.schemas import MOST, Count, utc
from jatify_http.schemas.health import PauseView
from jatify_http.schemas.lists import TURN, Cursor, ListQuery

Position = Annotated[
    int, Meta(ge=1, le=1_001, description="From 1, among everybody's; 1001 stands for all that come later.")
]


class PlaceView(Struct, frozen=True, kw_only=True):
    """An analysis that waits or runs; `position` is null while it runs, and it is not begun before `due_at`.

    `job_id` is the listing's, null for a general review.
    """

    analysis_id: UUID
    resume_id: UUID | None
    job_id: UUID | None
    state: Literal["queued", "running"]
    position: Position | None
    age_seconds: Count
    attempts: Count
    enqueued_at: datetime
    due_at: datetime

    @classmethod
    def of(cls, place: Place, at: datetime) -> "PlaceView":
        """How *place* looks *at* that instant."""
        return cls(
            analysis_id=place.job_id,
            resume_id=place.resume_id,
            job_id=place.listing_id,
            state="running" if place.running else "queued",
            position=None if place.running else place.ahead + 1,
            age_seconds=max(0, int((at - place.enqueued_at).total_seconds())),
            attempts=place.attempt,
            enqueued_at=utc(place.enqueued_at),
            due_at=utc(place.due_at),
        )


class Queue(Struct, frozen=True):
    """A page of what is one's own and waits or runs; `paused` are the kinds of job that nobody begins for now.

    `operator` tells whether the caller may see everybody's, under `/api/operator`.
    """

    items: Annotated[tuple[PlaceView, ...], Meta(max_length=MOST)]
    paused: Annotated[tuple[PauseView, ...], Meta(max_length=100)]
    next_cursor: Cursor | None
    operator: bool

    @classmethod
    def of(cls, queue: QueueView, cursor: str | None, *, operator: bool) -> "Queue":
        """How *queue* looks, and where it is read on."""
        return cls(
            tuple(PlaceView.of(place, queue.at) for place in queue.places.items),
            tuple(PauseView.of(pause) for pause in queue.pauses),
            cursor,
            operator,
        )


class QueueQuery(ListQuery, frozen=True, kw_only=True):
    """Which part of the queue: there is one order, that of the turns."""

    newest_first: ClassVar[str] = TURN
