"""How far an application has come, whatever its owner calls the statuses on the way."""

from collections.abc import Sequence
from typing import Final, Literal

from jatify_core.application import Status

Stage = Literal["saved", "applied", "interview", "offer", "accepted"]
STAGES: Final[tuple[Stage, ...]] = ("saved", "applied", "interview", "offer", "accepted")
"""The nearest first."""

ACCEPTED: Final = "offer_accepted"
APPLIED: Final = "applied"


def stage_of(status: Status, statuses: Sequence[Status]) -> Stage | None:
    """The stage that *status*, one of *statuses*, stands for; None where it ends an application short of `accepted`."""
    if status.id == ACCEPTED:
        return "accepted"
    match status.category:
        case "interview" | "offer":
            return status.category
        case "open":
            sent_from = next((other.position for other in statuses if other.id == APPLIED), None)
            return "saved" if sent_from is not None and status.position < sent_from else "applied"
        case "closed":
            return None


def reaches(stage: Stage | None, least: Stage) -> bool:
    """Whether *stage* is *least* or beyond it."""
    return stage is not None and STAGES.index(stage) >= STAGES.index(least)
