"""How often something may be tried."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jatify_core.throttle import Attempts, Backoff, Limit, Window, key_of, neighbourhood

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BACKOFF = Backoff()
WINDOW = Window(3, timedelta(minutes=1))


def after(limit: Limit, *seconds: float) -> Attempts | None:
    """The tally when attempts came so many seconds after the beginning."""
    tally = None
    for at in seconds:
        tally = limit.ruling(tally, NOW + at * SECOND).tally
    return tally


def wait(limit: Limit, tally: Attempts | None, at: float) -> float | None:
    ruled = limit.ruling(tally, NOW + at * SECOND).wait
    return None if ruled is None else ruled.total_seconds()


def test_five_attempts_are_free_and_the_sixth_waits_a_second() -> None:
    for tried in range(5):
        assert wait(BACKOFF, after(BACKOFF, *[0] * tried), 0) is None
    assert wait(BACKOFF, after(BACKOFF, *[0] * 5), 0) == 1
    assert wait(BACKOFF, after(BACKOFF, *[0] * 5), 0.4) == pytest.approx(1)
    assert wait(BACKOFF, after(BACKOFF, *[0] * 5), 1) is None


def test_waits_double_up_to_a_quarter_of_an_hour() -> None:
    tally, now, waits = after(BACKOFF, *[0] * 5), NOW, []
    for _ in range(12):
        assert tally
        assert tally.waits_until
        waits.append((tally.waits_until - now).total_seconds())
        now = tally.waits_until
        tally = BACKOFF.ruling(tally, now).tally
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_a_success_clears_the_count() -> None:
    limit: Limit = BACKOFF
    assert limit.forgiven(after(limit, *[0] * 5), NOW) is None


def test_guesses_that_rain_are_one_burst_for_ten_seconds_and_no_longer() -> None:
    rain = [at / 10 for at in range(99)]
    admitted = 0
    tally = after(BACKOFF, *[0] * 5)
    for at in rain:
        ruling = BACKOFF.ruling(tally, NOW + at * SECOND)
        admitted += ruling.wait is None
        tally = ruling.tally
    assert admitted == 0
    assert wait(BACKOFF, tally, 10) is None


def test_who_waits_as_long_as_he_was_told_is_let_through() -> None:
    tally, at = after(BACKOFF, *[0] * 5), 0.0
    for _ in range(6):
        ruling = BACKOFF.ruling(tally, NOW + (at + 0.01) * SECOND)
        assert ruling.wait
        at += 0.01 + ruling.wait.total_seconds()
        ruling = BACKOFF.ruling(ruling.tally, NOW + at * SECOND)
        assert ruling.wait is None
        tally = ruling.tally


def test_a_long_wait_is_not_made_longer_by_who_cannot_wait() -> None:
    tally = after(BACKOFF, *[0] * 5, 100, 200, 300, 400, 500)
    assert tally
    assert tally.waits_until == NOW + 532 * SECOND
    assert BACKOFF.ruling(tally, NOW + 510 * SECOND).tally == tally


def test_a_window_lets_so_many_through_and_the_next_when_the_first_is_out_of_it() -> None:
    tally = after(WINDOW, 0, 10, 20)
    assert wait(WINDOW, tally, 30) == 30
    assert wait(WINDOW, tally, 59.5) == 0.5
    assert wait(WINDOW, tally, 60) is None
    assert WINDOW.ruling(tally, NOW + 30 * SECOND).tally == tally


@given(st.lists(st.floats(0, 300), max_size=60))
def test_no_window_of_time_holds_more_than_it_may(times: list[float]) -> None:
    tally, admitted = None, []
    for at in sorted(times):
        ruling = WINDOW.ruling(tally, NOW + at * SECOND)
        tally = ruling.tally
        if ruling.wait is None:
            admitted.append(NOW + at * SECOND)
    for first in admitted:
        assert sum(first <= at < first + WINDOW.per for at in admitted) <= WINDOW.most


def test_what_turned_out_well_leaves_the_window() -> None:
    tally = WINDOW.forgiven(after(WINDOW, 0, 10, 20), NOW + 10 * SECOND)
    assert wait(WINDOW, tally, 30) is None
    assert WINDOW.forgiven(after(WINDOW, 0), NOW) is None
    assert WINDOW.forgiven(after(WINDOW, 0), NOW + SECOND) == after(WINDOW, 0)


def test_a_key_tells_nothing_and_kinds_do_not_mix() -> None:
    assert key_of("account", "ada@example.org") != key_of("login", "ada@example.org")
    assert b"ada" not in key_of("account", "ada@example.org")


@pytest.mark.parametrize(
    ("address", "whom"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
    ],
)
def test_an_ipv6_address_stands_for_its_whole_subnet(address: str, whom: str) -> None:
    assert neighbourhood(address) == whom
