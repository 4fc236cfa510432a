"""Calendar links: make and end one's own, and read the calendar that it opens."""

from datetime import timedelta
from typing import Final

from jatify_core.agenda import Days, Reminder, standing
from jatify_core.calendar_link import CalendarLink, digest_of
from jatify_core.errors import NotFound
from jatify_core.ports import Ports
from jatify_core.user import UserId

LOOKING_BACK: Final = timedelta(days=90)
"""How long what has passed stays in the calendar."""
MOST: Final = 500
"""How many follow-ups and how many deadlines a calendar has, the oldest first."""


async def make_link(ports: Ports, user_id: UserId, token: str) -> CalendarLink:
    """Have *token*, which nobody can guess, open the user's calendar, and no other any more."""
    link = CalendarLink.to(token, user_id, ports.clock())
    async with ports.store.transaction(user_id) as tx:
        await tx.calendar_links.put(link)
    return link


async def look_at_link(ports: Ports, user_id: UserId) -> CalendarLink | None:
    """The user's link, if he has one."""
    async with ports.store.transaction(user_id) as tx:
        return await tx.calendar_links.get(user_id)


async def end_link(ports: Ports, user_id: UserId) -> None:
    """Have the user's link, if he has one, open nothing any more, at once."""
    async with ports.store.transaction(user_id) as tx:
        await tx.calendar_links.remove(user_id)


async def read_calendar(ports: Ports, token: str) -> tuple[Reminder, ...]:
    """What is due in the calendar that *token* opens, which is noted. Raises `NotFound` if it opens none."""
    link = await _opened(ports, token)
    now = ports.clock()
    days = Days(first=now.date() - LOOKING_BACK)
    async with ports.store.transaction(link.user_id) as tx:
        # The user's own transaction looks again: the link may have ended since the house found it.
        current = await tx.calendar_links.get(link.user_id)
        if current is None or current.digest != link.digest:
            raise NotFound
        if current.unnoticed(now):
            await tx.calendar_links.touch(current, now)
        known = standing(tuple(await tx.applications.statuses(link.user_id)))
        follow_ups = await tx.reminders.follow_ups(link.user_id, known.undecided, days, MOST)
        deadlines = await tx.reminders.deadlines(link.user_id, known.unsent, days, MOST)
    return (*follow_ups.reminders, *deadlines.reminders)


async def _opened(ports: Ports, token: str) -> CalendarLink:
    async with ports.store.transaction() as tx:
        link = await tx.calendar_links.by_digest(digest_of(token))
    if link is None:
        raise NotFound
    return link
