"""What happened in each week of a search."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct

from jatify_core.journey import Advance, Journey, Stages, reached_at
from jatify_core.stages import Stage

MOST_WEEKS: Final = 260
"""Five years; the newest are told."""
WEEK: Final = timedelta(weeks=1)

_Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class WeekCounts(Struct, frozen=True):
    """A week, named by its Monday: applications that began in it, came to a stage or beyond it, or were closed."""

    week: date
    created: _Count = 0
    applied: _Count = 0
    interviews: _Count = 0
    offers: _Count = 0
    closed: _Count = 0


REACHED: Final[tuple[tuple[str, Stage], ...]] = (
    ("applied", "applied"),
    ("interviews", "interview"),
    ("offers", "offer"),
)


def by_week(
    told: Iterable[tuple[Journey, tuple[Advance, ...]]], stages: Stages, offset: timedelta, now: datetime
) -> tuple[WeekCounts, ...]:
    """Every week from the first in which something happened to the last, the quiet ones between them too.

    Each application counts once for whatever it came to. What is dated later than this week is not told yet.
    """
    counted = Counter(
        (monday(local(at, offset)), what) for journey, taken in told for what, at in _happened(journey, taken, stages)
    )
    eventful = {week for week, _ in counted if week <= monday(local(now, offset))}
    if not eventful:
        return ()
    first = max(min(eventful), max(eventful) - (MOST_WEEKS - 1) * WEEK)
    weeks = (first + n * WEEK for n in range((max(eventful) - first) // WEEK + 1))
    return tuple(
        WeekCounts(week, *(counted[week, what] for what in WeekCounts.__struct_fields__[1:])) for week in weeks
    )


def local(at: datetime, offset: timedelta) -> date:
    """The date of *at* by a clock that is *offset* ahead of UTC."""
    return (at.astimezone(UTC) + offset).date()


def monday(day: date) -> date:
    """The Monday of the week of *day*."""
    return day - timedelta(days=day.weekday())


def _happened(journey: Journey, taken: tuple[Advance, ...], stages: Stages) -> Iterator[tuple[str, datetime]]:
    yield "created", journey.stops[0].at
    for what, stage in REACHED:
        if at := reached_at(taken, stage):
            yield what, at
    if stages.get(journey.status_id) in {None, "accepted"}:
        yield "closed", _last_arrival(journey)


def _last_arrival(journey: Journey) -> datetime:
    """When the application came to where it stands."""
    since = journey.stops[-1].at
    for stop in reversed(journey.stops):
        if stop.status_id != journey.status_id:
            break
        since = stop.at
    return since
