"""The agenda: what to do next."""

from typing import Final

from jatify_core.agenda import Agenda, Horizon, checked, standing
from jatify_core.ports import Ports
from jatify_core.user import UserId

MOST: Final = 100
"""How many of each list are told; of the others, how many there are."""


async def read_agenda(ports: Ports, user_id: UserId, horizon: Horizon) -> Agenda:
    """What is overdue, due on the day and in the days after it, what fell silent, and which deadlines come."""
    checked(horizon)
    async with ports.store.transaction(user_id) as tx:
        known = standing(tuple(await tx.applications.statuses(user_id)))
        reminders = tx.reminders
        return Agenda(
            horizon.on,
            overdue=await reminders.follow_ups(user_id, known.undecided, horizon.past, MOST),
            today=await reminders.follow_ups(user_id, known.undecided, horizon.today, MOST),
            upcoming=await reminders.follow_ups(user_id, known.undecided, horizon.ahead, MOST),
            silent=await reminders.silent(user_id, known.sent, horizon.silent_before, horizon.past, MOST),
            deadlines=await reminders.deadlines(user_id, known.unsent, horizon.from_today, MOST),
        )
