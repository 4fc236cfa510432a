"""The numbers of a user's own search."""

from datetime import date, timedelta

from jatify_core.errors import Invalid
from jatify_core.ports import Ports
from jatify_core.stats import Stats, stats_of, within
from jatify_core.user import UserId


async def count_up(
    ports: Ports, user_id: UserId, first: date | None, last: date | None, offset: timedelta = timedelta(0)
) -> Stats:
    """Count the user's applications that began between two dates, by a clock *offset* ahead of UTC.

    Raises `Invalid` where the dates are in the wrong order.
    """
    if first and last and first > last:
        raise Invalid.at("/to", "out_of_order", "The last day is before the first. Exchange them.")
    now = ports.clock()
    async with ports.store.transaction(user_id) as tx:
        journeys = await tx.applications.journeys(user_id)
        statuses = await tx.applications.statuses(user_id)
    # Counted when the transaction has ended, which nobody is to wait for.
    return stats_of(within(journeys, first, last, offset), statuses, offset, now)
