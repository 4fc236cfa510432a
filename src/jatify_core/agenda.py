"""The agenda: what one's applications and listings ask for, and on which day."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from msgspec import Struct

from jatify_core.application import ApplicationId, Status, StatusId
from jatify_core.errors import Invalid
from jatify_core.listing import ListingBrief
from jatify_core.stages import reaches, stage_of

ReminderKind = Literal["follow_up", "silent", "deadline"]


class Reminder(Struct, frozen=True, kw_only=True):
    """One thing that is due.

    `on` is the day of the follow-up or the deadline, or that of the newest step of what has been silent since.
    `changed_at` and `version` are those of what it was read off: the application, or the listing of a deadline.
    """

    kind: ReminderKind
    on: date
    listing: ListingBrief
    application_id: ApplicationId | None
    status_id: StatusId | None
    note: str | None
    changed_at: datetime
    version: int


class Due(Struct, frozen=True):
    """Reminders, the oldest first, and how many there are with those that were left out."""

    reminders: tuple[Reminder, ...]
    total: int

    @property
    def more(self) -> int:
        """How many were left out."""
        return self.total - len(self.reminders)


class Days(Struct, frozen=True):
    """The days from `first` to `last`, both included; None is no end."""

    first: date | None = None
    last: date | None = None

    def hold(self, day: date) -> bool:
        """Whether *day* is one of them."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


class Horizon(Struct, frozen=True):
    """What an agenda looks at: the day `on` which it is read, the `days` after it, and how many are a silence."""

    on: date
    days: int
    silent_days: int

    @property
    def past(self) -> Days:
        """What is overdue."""
        return Days(last=self._day(-1))

    @property
    def today(self) -> Days:
        """The day itself."""
        return Days(self.on, self.on)

    @property
    def ahead(self) -> Days:
        """The days after it."""
        return Days(self._day(1), self._day(self.days))

    @property
    def from_today(self) -> Days:
        """The day and those after it."""
        return Days(self.on, self._day(self.days))

    @property
    def silent_before(self) -> datetime:
        """When the newest step was taken of what counts as silent: before this, by the days of UTC."""
        return datetime.combine(self._day(1 - self.silent_days), time(), UTC)

    def _day(self, away: int) -> date:
        return self.on + timedelta(days=away)


class Agenda(Struct, frozen=True):
    """All that is due by a horizon."""

    on: date
    overdue: Due
    today: Due
    upcoming: Due
    silent: Due
    deadlines: Due


class Standing(Struct, frozen=True):
    """Which statuses mean what for an agenda.

    `undecided` may be followed up, those of them that were `sent` may be silent, and `unsent` leave a deadline open.
    """

    undecided: tuple[StatusId, ...]
    sent: tuple[StatusId, ...]
    unsent: tuple[StatusId, ...]


def standing(statuses: tuple[Status, ...]) -> Standing:
    """What *statuses*, the pipeline, mean."""
    stages = {status.id: stage_of(status, statuses) for status in statuses}
    undecided = tuple(status.id for status in statuses if not status.terminal)
    return Standing(
        undecided,
        sent=tuple(status_id for status_id in undecided if reaches(stages[status_id], "applied")),
        unsent=tuple(status_id for status_id, stage in stages.items() if stage == "saved"),
    )


def checked(horizon: Horizon) -> Horizon:
    """Return *horizon* if all its days are in the calendar, else raise `Invalid`."""
    if not 1900 <= horizon.on.year < 2200:
        raise Invalid.at("/on", "out_of_range", "Give a day between the years 1900 and 2199.")
    return horizon
