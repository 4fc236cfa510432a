"""The pace: 429s halve the calls in flight, once for a crowd, and successes raise them again."""

from datetime import timedelta
from itertools import pairwise
from typing import Final

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jatify_adapters.memory import ScriptedAnalyzer
from jatify_core.analysis import Material, Outage, Outcome, Reason, Refusal
from jatify_core.worker.ends import Answer
from jatify_core.worker.pace import Pace
from tests.worker.world import a_world, in_virtual_time, working

THROTTLED: Final = Outage("rate_limited", "Slow down.", retry_after=timedelta(seconds=10))


def test_it_starts_at_the_most_there_may_be() -> None:
    assert Pace(10).allowed == 10


def test_a_429_halves_it() -> None:
    pace = Pace(10)
    pace.heed(THROTTLED, began_at=0, now=1)
    assert pace.allowed == 5


def test_the_crowd_that_was_in_flight_at_a_cut_cuts_no_deeper() -> None:
    pace = Pace(16)
    for now in (1.0, 1.1, 5.0):
        pace.heed(THROTTLED, began_at=0.5, now=now)
    assert pace.allowed == 8


@pytest.mark.parametrize("began_at", [1.0, 1.5])
def test_who_began_after_a_cut_cuts_again(began_at: float) -> None:
    pace = Pace(16)
    pace.heed(THROTTLED, began_at=0, now=1)
    pace.heed(THROTTLED, began_at=began_at, now=2)
    assert pace.allowed == 4


def test_however_many_429s_leave_one() -> None:
    pace = Pace(10)
    for second in range(20):
        pace.heed(THROTTLED, began_at=second, now=second + 1)
    assert pace.allowed == 1


def test_a_round_of_successes_raises_it_by_one() -> None:
    pace = Pace(16)
    pace.heed(THROTTLED, began_at=0, now=1)
    for expected in (9, 10, 11):
        for _ in range(pace.allowed + 1):  # one more than the round, because the parts of a whole fall just short of it
            pace.heed(None, began_at=1, now=2)
        assert pace.allowed == expected


def test_successes_raise_it_to_the_most_and_no_further() -> None:
    pace = Pace(3)
    for second in range(5):
        pace.heed(THROTTLED, began_at=second, now=second + 1)
    for _ in range(100):
        pace.heed(None, began_at=5, now=6)
    assert pace.allowed == 3


@pytest.mark.parametrize("reason", ["timeout", "network", "provider_unavailable", "unauthorized", "internal"])
def test_another_outage_says_nothing_about_the_pace(reason: Reason) -> None:
    pace = Pace(10)
    pace.heed(Outage(reason, "It broke.", retry_after=timedelta(seconds=1)), began_at=0, now=1)
    assert pace.allowed == 10


def test_a_refusal_is_no_success() -> None:
    pace = Pace(10)
    pace.heed(THROTTLED, began_at=0, now=1)
    for _ in range(100):
        pace.heed(Refusal("refused", "No."), began_at=1, now=2)
    assert pace.allowed == 5


@given(most=st.integers(1, 500), answers=st.lists(st.sampled_from([THROTTLED, None]), max_size=200))
def test_whatever_is_answered_it_stays_between_one_and_the_most(most: int, answers: list[Answer]) -> None:
    pace = Pace(most)
    for second, answer in enumerate(answers):
        before = pace.allowed
        pace.heed(answer, began_at=second, now=second + 0.5)
        assert 1 <= pace.allowed <= most
        assert pace.allowed <= before if answer else pace.allowed >= before


@in_virtual_time
async def test_429s_halve_the_calls_in_flight_once_for_each_crowd() -> None:
    provider = Provider(mends_after=5)
    world = await a_world(analyzer=provider)
    async with working(world.worker(slots=8)):
        ended = await world.ended(await world.ask(40))
    assert provider.crowds[:5] == [8, 4, 2, 1, 1]
    assert {(a.state, a.attempts) for a in ended} == {("succeeded", 1)}
    assert await world.letters() == ()


@in_virtual_time
async def test_successes_raise_the_calls_in_flight_again_and_never_above_the_slots() -> None:
    provider = Provider(mends_after=3)
    world = await a_world(analyzer=provider)
    async with working(world.worker(slots=5)):
        await world.ended(await world.ask(40))
    rising = provider.crowds[3 : provider.crowds.index(5, 3) + 1]
    assert rising[0] == 1
    assert all(after - before in {0, 1} for before, after in pairwise(rising))
    assert max(provider.crowds) == 5


class Provider(ScriptedAnalyzer):
    """A provider whose calls take a second, and who answers 429 to those of the first seconds.

    `crowds` are the most calls that were in flight at once, second by second.
    """

    def __init__(self, mends_after: int) -> None:
        super().__init__()
        self._mends_after = mends_after
        self._in_flight = 0
        self.crowds: list[int] = []

    async def analyze(self, material: Material) -> Outcome:
        second = round(anyio.current_time())
        self.crowds += [0] * (second + 1 - len(self.crowds))
        self._in_flight += 1
        self.crowds[second] = max(self.crowds[second], self._in_flight)
        await anyio.sleep(1)
        self._in_flight -= 1
        return THROTTLED if second < self._mends_after else await super().analyze(material)
