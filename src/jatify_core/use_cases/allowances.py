"""Allowances: how much one user may have and ask for. Each is exact, because the user is locked while it is counted."""

from datetime import timedelta
from typing import NoReturn

from jatify_core.errors import Conflict, Throttled
from jatify_core.ports import Ports, Transaction
from jatify_core.resume import Kept
from jatify_core.user import UserId

DAY = timedelta(days=1)
"""Any 24 hours: an ask counts for this long from its own instant, whatever becomes of its analysis."""
SOON = timedelta(minutes=1)


async def charge_analysis(ports: Ports, tx: Transaction, user_id: UserId) -> None:
    """Count one more analysis, whose job is in the queue already. Raises `Throttled` where it is one too many."""
    now = ports.clock()
    if await tx.asks.since(user_id, now - DAY) >= ports.policy.daily_analyses:
        raise await too_many_today(ports, tx, user_id)
    if await tx.jobs.waiting(user_id) > ports.policy.max_waiting:
        raise too_many_waiting(ports)
    await tx.asks.add(user_id, 1, now, now - DAY)


async def room_for_analyses(ports: Ports, tx: Transaction, user_id: UserId) -> int:
    """How many more analyses may be queued now."""
    asked = await tx.asks.since(user_id, ports.clock() - DAY)
    waiting = await tx.jobs.waiting(user_id)
    return max(0, min(ports.policy.daily_analyses - asked, ports.policy.max_waiting - waiting))


async def refuse_for_want_of_room(ports: Ports, tx: Transaction, user_id: UserId) -> NoReturn:
    """Raise `Throttled` with whichever limit leaves no room."""
    if await tx.asks.since(user_id, ports.clock() - DAY) >= ports.policy.daily_analyses:
        raise await too_many_today(ports, tx, user_id)
    raise too_many_waiting(ports)


async def refuse_too_many_files(ports: Ports, tx: Transaction, user_id: UserId, size: int) -> None:
    """Raise `Conflict` where a user has no room for one more file of *size* bytes."""
    policy, kept = ports.policy, await tx.resumes.kept(user_id)
    if kept.files >= policy.max_resumes:
        raise Conflict(f"You keep {kept.files} resumes, the most there can be. Delete one, and upload this again.")
    if kept.size + size > policy.max_resume_bytes:
        raise Conflict(
            f"Your resumes may have {policy.max_resume_bytes} bytes together. They have {kept.size}, and this one "
            f"{size} more. Delete one, and upload this again."
        )


async def refuse_what_does_not_fit(ports: Ports, tx: Transaction, user_id: UserId, more: Kept) -> None:
    """Raise `Conflict` where a user has no room for so many *more* files, which come together or not at all."""
    policy, kept = ports.policy, await tx.resumes.kept(user_id)
    if kept.files + more.files > policy.max_resumes:
        raise Conflict(
            f"You may keep {policy.max_resumes} resumes. You have {kept.files}, and this brings {more.files}. "
            "Delete some first."
        )
    if kept.size + more.size > policy.max_resume_bytes:
        raise Conflict(
            f"Your resumes may have {policy.max_resume_bytes} bytes together. They have {kept.size}, and this brings "
            f"{more.size} more. Delete some first."
        )


async def too_many_today(ports: Ports, tx: Transaction, user_id: UserId) -> Throttled:
    """The refusal of one who has asked too often; it says when the oldest ask that counts no longer does."""
    most = ports.policy.daily_analyses
    oldest = await tx.asks.newest_but(user_id, most - 1)
    return Throttled(
        f"You have asked for {most} analyses within 24 hours, the most there can be; deleting them gives none back.",
        (oldest + DAY - ports.clock()) if oldest else DAY,
    )


def too_many_waiting(ports: Ports) -> Throttled:
    """The refusal of one whose queue is full."""
    return Throttled(
        f"{ports.policy.max_waiting} of your analyses wait, the most there can be. Let some end, or cancel some.",
        SOON,
    )
