"""From what a job's handler answered to what becomes of the job: pure rules, without clock or dice."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, assert_never

from jatify_core.analysis import Completed, Outage, Refusal
from jatify_core.job import MAX_SNOOZES, End, Job

Answer = Completed | Refusal | Outage | None
"""None: done, and there is nothing to record."""

Handler = Callable[[Job], Awaitable[Answer]]
"""What a worker does with a claimed job. It may raise anything: the worker makes an outage of it."""

FIRST_DELAY: Final = timedelta(seconds=5)
LONGEST_DELAY: Final = timedelta(minutes=10)
LONGEST_SNOOZE: Final = timedelta(hours=1)
NO_TIME: Final = timedelta(0)
PAUSED_SNOOZE: Final = timedelta(seconds=1)
"""How soon a job of a paused kind is due again: it is the pause that holds it back."""


def end_of(job: Job, answer: Answer, dice: float, *, paused: bool = False) -> End:
    """What becomes of *job*. *dice*, from 0 to 1, spreads retries; while its kind is *paused* no attempt is spent."""
    match answer:
        case None | Completed():
            return End.succeeded(job, answer)
        case Refusal(reason, message):
            return End.buried(job, reason, message)
        case Outage(reason, message) if paused or answer.pauses:
            return End.snoozed(job, reason, message, PAUSED_SNOOZE)
        case Outage(reason, message, wait) if wait is not None and not answer.spends and job.snoozes < MAX_SNOOZES:
            return End.snoozed(job, reason, message, _asked(wait, dice))
        case Outage(reason, message, wait):
            if _is_spent(job, answer):
                return End.buried(job, reason, message)
            return End.retried(job, reason, message, max(delay(job.attempt, dice), _asked(wait or NO_TIME, dice)))
        case _:
            assert_never(answer)


def delay(attempt: int, dice: float) -> timedelta:
    """How long to wait after a failed *attempt* (from 1): exponential, capped, the upper half of it jittered.

    After "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015), "equal jitter".
    """
    longest = min(LONGEST_DELAY, FIRST_DELAY * (1 << min(attempt - 1, 16)))
    return longest * (0.5 + dice / 2)


def _asked(wait: timedelta, dice: float) -> timedelta:
    """The time that a provider asked for, within bounds, and a little more, lest all come back at once."""
    return min(wait, LONGEST_SNOOZE) * (1 + dice / 10)


def _is_spent(job: Job, outage: Outage) -> bool:
    before = sum(1 for error in job.errors if error.reason == outage.reason)
    return job.attempt >= job.max_attempts or (outage.tries is not None and before >= outage.tries)
