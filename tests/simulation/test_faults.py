"""A simulation that finds nothing proves nothing: mistakes that were made on purpose turn it red."""

import pytest

from tests.simulation.faults import Fault, all_faults, red

QUICK = ("a-result-is-recorded-apart-from-its-end", "a-living-lease-is-rescued", "a-retry-costs-nothing")
"""Found within a few seeds; `nox -s faults` plants all of them."""


@pytest.mark.parametrize("fault", [f for f in all_faults() if f.name in QUICK], ids=lambda fault: fault.name)
def test_a_planted_fault_is_found(fault: Fault) -> None:
    assert red(fault)


def test_there_are_at_least_twelve_faults() -> None:
    assert len(all_faults()) >= 12
