"""A calendar as text (RFC 5545), as those who subscribe to it read it: Thunderbird, Google and others.

Days have no hour, so that nobody needs a time zone; they do not make anybody busy, and ring nobody.
"""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from icalendar import Calendar, Component, Event, Timezone, TimezoneStandard

from jatify_core.agenda import Reminder

NAME: Final = "Jatify"
PRODUCT: Final = "-//Jatify//Jatify//EN"
READ_AGAIN: Final = timedelta(hours=1)
WORDS: Final = {"follow_up": "Follow up", "deadline": "Deadline", "silent": "Silent"}


def calendar_text(reminders: Iterable[Reminder]) -> bytes:
    """*reminders* as a calendar: the same for the same ones, whenever it is written."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for name in ("name", "x-wr-calname"):  # the one that RFC 7986 has, and the one that is read
        calendar.add(name, NAME)
    for name in ("refresh-interval", "x-published-ttl"):  # the same
        calendar.add(name, READ_AGAIN, parameters={"VALUE": "DURATION"})
    events: list[Component] = [_event(reminder) for reminder in reminders]
    # There is no calendar without a component; a time zone that nothing refers to is one that shows nowhere.
    for event in events:
        calendar.add_component(event)
    if not events:
        calendar.add_component(_utc())
    text: bytes = calendar.to_ical()
    return text


def _event(reminder: Reminder) -> Event:
    listing = reminder.listing
    event = Event()
    event.add("uid", _uid(reminder))
    event.add("dtstamp", reminder.changed_at.astimezone(UTC))
    event.add("last-modified", reminder.changed_at.astimezone(UTC))
    event.add("sequence", reminder.version)
    event.add("dtstart", reminder.on)
    if reminder.on < date.max:  # without an end it is this one day, too
        event.add("dtend", reminder.on + timedelta(days=1))
    event.add("summary", _line(f"{WORDS[reminder.kind]}: {listing.position}, {listing.company}"))
    if reminder.note:
        event.add("description", _plain(reminder.note))
    event.add("transp", "TRANSPARENT")
    return event


def _uid(reminder: Reminder) -> str:
    """The same as long as it is about the same thing, so that a day that is moved is moved in calendars, too."""
    about = reminder.listing.id if reminder.kind == "deadline" else reminder.application_id
    return f"{reminder.kind.replace('_', '-')}-{about}@jatify"


def _line(text: str) -> str:
    return " ".join(_plain(text).split())


def _plain(text: str) -> str:
    """*text* without the control characters that a calendar may not have, with one way to end a line."""
    lines = "\n".join(text.splitlines())
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) != "Cc")


def _utc() -> Timezone:
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001  # RFC 5545 wants it without a zone: this makes one
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    zone = Timezone()
    zone.add("tzid", "Etc/UTC")
    zone.add_component(standard)
    return zone
