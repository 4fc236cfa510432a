"""What becomes of a job depends on what its handler answered, and on nothing else."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jatify_core.analysis import Outage, Refusal
from jatify_core.job import MAX_SNOOZES, Job, JobError, JobId
from jatify_core.user import UserId
from jatify_core.worker.ends import LONGEST_SNOOZE, delay, end_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_job(*, attempt: int = 1, snoozes: int = 0, errors: tuple[JobError, ...] = ()) -> Job:
    return Job(
        id=JobId(UUID(int=1)),
        user_id=UserId(UUID(int=2)),
        kind="analysis",
        attempt=attempt,
        run=attempt,
        snoozes=snoozes,
        errors=errors,
        enqueued_at=NOW,
    )


def test_a_job_without_a_result_is_complete_too() -> None:
    assert end_of(a_job(), None, 0.5).verb == "complete"


def test_a_refusal_is_buried_at_once() -> None:
    end = end_of(a_job(), Refusal("refused", "No."), 0.5)
    assert (end.verb, end.reason, end.message) == ("bury", "refused", "No.")


def test_an_outage_is_retried_until_the_attempts_are_used_up() -> None:
    verbs = [end_of(a_job(attempt=n), Outage("provider_unavailable", "Down."), 0.5).verb for n in (1, 4, 5)]
    assert verbs == ["retry", "retry", "bury"]


def test_a_time_that_the_provider_names_burns_no_attempt() -> None:
    end = end_of(a_job(attempt=5), Outage("rate_limited", "Slower.", retry_after=timedelta(seconds=40)), 0)
    assert (end.verb, end.delay) == ("snooze", timedelta(seconds=40))


def test_a_time_that_a_broken_provider_names_is_kept_and_burns_an_attempt() -> None:
    outage = Outage("provider_unavailable", "Down.", retry_after=timedelta(seconds=40), spends=True)
    first, fourth, last = (end_of(a_job(attempt=n), outage, 0) for n in (1, 4, 5))
    assert (first.verb, first.delay) == ("retry", timedelta(seconds=40))
    assert (fourth.verb, fourth.delay) == ("retry", timedelta(seconds=40))
    assert end_of(a_job(attempt=4), Outage("network", "Gone."), 1).delay == fourth.delay
    assert last.verb == "bury"


def test_a_snooze_is_never_longer_than_its_cap() -> None:
    end = end_of(a_job(), Outage("rate_limited", "Slower.", retry_after=timedelta(days=9)), 0)
    assert end.delay == LONGEST_SNOOZE


def test_after_many_snoozes_a_job_burns_attempts_again() -> None:
    outage = Outage("rate_limited", "Slower.", retry_after=timedelta(seconds=1))
    assert end_of(a_job(snoozes=MAX_SNOOZES), outage, 0.5).verb == "retry"
    assert end_of(a_job(snoozes=MAX_SNOOZES, attempt=5), outage, 0.5).verb == "bury"


@pytest.mark.parametrize(("before", "verb"), [(0, "retry"), (1, "retry"), (2, "bury")])
def test_nonsense_is_asked_again_only_so_often(before: int, verb: str) -> None:
    errors = tuple(JobError(n, NOW, "invalid_output", "") for n in range(before))
    errors = (*errors, JobError(9, NOW, "network", ""))
    assert end_of(a_job(errors=errors), Outage("invalid_output", "Nonsense.", tries=2), 0.5).verb == verb


def test_while_the_provider_refuses_everything_no_attempt_is_spent() -> None:
    assert end_of(a_job(attempt=5), Outage("unauthorized", "Key.", pauses=True), 0.5).verb == "snooze"
    assert end_of(a_job(attempt=5), Outage("network", "Gone."), 0.5, paused=True).verb == "snooze"


@given(st.integers(1, 1_000), st.floats(0, 1))
def test_a_delay_grows_to_its_cap_and_half_of_it_is_jitter(attempt: int, dice: float) -> None:
    longest = min(timedelta(minutes=10), timedelta(seconds=5) * 2 ** min(attempt - 1, 20))
    assert longest / 2 <= delay(attempt, dice) <= longest
