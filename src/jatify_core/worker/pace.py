"""The pace: how many calls one process may have in flight, by additive increase and multiplicative decrease."""

from typing import Final

from jatify_core.analysis import Outage, Refusal
from jatify_core.worker.ends import Answer

SLOWER: Final = 0.5


class Pace:
    """Halved when the provider says slower, raised by one for a round of successes, never above *most*.

    The rule is TCP's congestion avoidance (Chiu and Jain, 1989). Calls that began before the last cut were part of the
    same crowd: what they are told cuts no deeper.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._allowed = float(most)
        self._cut_at = float("-inf")

    @property
    def allowed(self) -> int:
        """How many calls there may be now; at least one."""
        return int(self._allowed)

    def heed(self, answer: Answer, began_at: float, now: float) -> None:
        """Note what a call that began at *began_at* got (both monotonic seconds)."""
        match answer:
            case Outage(reason="rate_limited") if began_at >= self._cut_at:
                self._allowed = max(1.0, self._allowed * SLOWER)
                self._cut_at = now
            case Outage() | Refusal():
                pass
            case _:
                self._allowed = min(float(self._most), self._allowed + 1 / self._allowed)
