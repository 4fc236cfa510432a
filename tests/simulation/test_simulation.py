"""Whatever happens to workers, store, lines and provider, the queue keeps its promises."""

import os
import subprocess
import sys

import pytest

from tests.simulation.seeds import failures
from tests.simulation.world import simulate


@pytest.mark.parametrize("first", range(0, 300, 100))
def test_whatever_happens_no_promise_is_broken(first: int) -> None:
    assert not [str(failure) for failure in failures(range(first, first + 100))]


@pytest.mark.parametrize("seed", range(5))
def test_a_seed_decides_everything(seed: int) -> None:
    told = "\n".join(simulate(seed).lines())
    replay = (sys.executable, "-m", "tests.simulation", "--seed", str(seed))
    again = subprocess.run(replay, capture_output=True, text=True, check=True, env=os.environ | {"PYTHONHASHSEED": "1"})
    assert again.stdout == f"{told}\n"
