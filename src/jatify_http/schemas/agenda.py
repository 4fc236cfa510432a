"""The agenda on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from jatify_core.agenda import Agenda, Due, Horizon, Reminder, ReminderKind
from jatify_core.application import FollowUpNote, StatusCode
from jatify_core.text import Word
from jatify_core.use_cases.agenda import MOST
from jatify_http.schemas import Count

LONGEST = 4_000_000
"""Days that the calendar has, and some."""


class ReminderView(Struct, frozen=True):
    """One thing that is due: `days` counts from the agenda's day, so that what is negative has passed.

    A `follow_up` or a `deadline` is due `on` that day; an application is `silent` since then.
    """

    kind: ReminderKind
    on: date
    days: Annotated[int, Meta(ge=-LONGEST, le=LONGEST)]
    application_id: UUID | None
    job_id: UUID
    company: Word
    position: Word
    status_id: StatusCode | None
    note: FollowUpNote | None

    @classmethod
    def of(cls, reminder: Reminder, today: date) -> "ReminderView":
        """How *reminder* looks from *today*."""
        return cls(
            kind=reminder.kind,
            on=reminder.on,
            days=(reminder.on - today).days,
            application_id=reminder.application_id,
            job_id=reminder.listing.id,
            company=reminder.listing.company,
            position=reminder.listing.position,
            status_id=reminder.status_id,
            note=reminder.note,
        )


Reminders = Annotated[tuple[ReminderView, ...], Meta(max_length=MOST)]


class More(Struct, frozen=True):
    """How many each list of an agenda has left out."""

    overdue: Count
    today: Count
    upcoming: Count
    silent: Count
    deadlines: Count


class AgendaView(Struct, frozen=True):
    """What to do next, seen from the day `on`: each list the oldest first, and at most 100 long."""

    on: date
    overdue: Reminders
    today: Reminders
    upcoming: Reminders
    silent: Reminders
    deadlines: Reminders
    more: More

    @classmethod
    def of(cls, agenda: Agenda) -> "AgendaView":
        """How *agenda* looks."""

        def told(due: Due) -> tuple[ReminderView, ...]:
            return tuple(ReminderView.of(reminder, agenda.on) for reminder in due.reminders)

        return cls(
            on=agenda.on,
            overdue=told(agenda.overdue),
            today=told(agenda.today),
            upcoming=told(agenda.upcoming),
            silent=told(agenda.silent),
            deadlines=told(agenda.deadlines),
            more=More(
                overdue=agenda.overdue.more,
                today=agenda.today.more,
                upcoming=agenda.upcoming.more,
                silent=agenda.silent.more,
                deadlines=agenda.deadlines.more,
            ),
        )


class AgendaQuery(Struct, frozen=True):
    """From which day the agenda is seen, and how far."""

    on: (
        Annotated[
            date,
            Meta(
                description="The day it is where the caller is. Without it: what day it is in UTC.",
                extra_json_schema={"pattern": "^(19|20|21)[0-9]{2}-"},
            ),
        ]
        | None
    ) = None
    silent_days: Annotated[
        int, Meta(ge=1, le=365, description="For how many days nothing must have happened to be a silence.")
    ] = 14
    days: Annotated[int, Meta(ge=0, le=365, description="How many days are looked ahead.")] = 14

    def horizon(self, today: date) -> Horizon:
        """The same as the core understands it; *today* is what day it is in UTC."""
        return Horizon(self.on or today, self.days, self.silent_days)
