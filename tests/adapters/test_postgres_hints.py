"""How often a process notifies: once in a gap, whoever asks, and whatever the time does between two looks at it."""

from itertools import count

import anyio
import pytest

from jatify_adapters.postgres.hints import GAP, Hints


async def test_leave_to_notify_is_given_once_in_a_gap() -> None:
    hints = Hints()
    assert [hints.take(), hints.take()] == [True, False]
    await anyio.sleep(GAP)
    assert [hints.take(), hints.take()] == [True, False]


async def test_a_turn_comes_when_the_gap_is_over_and_counts() -> None:
    hints = Hints()
    hints.take()
    began = anyio.current_time()
    await hints.turn()
    assert anyio.current_time() - began >= GAP * 0.9
    assert not hints.take()


async def test_a_gap_that_ends_between_two_looks_at_the_clock_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = count()
    monkeypatch.setattr(anyio, "current_time", lambda: next(looks) * GAP * 0.6)
    hints = Hints()
    hints.take()
    await hints.turn()
