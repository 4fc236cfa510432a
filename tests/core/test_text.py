"""What no database can store is refused before it gets there."""

import pytest

from jatify_core.errors import Invalid
from jatify_core.text import refuse_nul


@pytest.mark.parametrize("value", ["a\x00b", ["ok", "\x00"], {"a": {"b": ["\x00"]}}, "\ud800"])
def test_a_character_that_cannot_be_stored_is_refused_wherever_it_hides(value: object) -> None:
    with pytest.raises(Invalid):
        refuse_nul(value)


def test_the_refusal_points_at_the_place() -> None:
    with pytest.raises(Invalid) as refused:
        refuse_nul({"tags": ["fine", "\x00"]})
    assert refused.value.violations[0].pointer == "/tags/1"


@pytest.mark.parametrize("value", ["plain", "\u00e9\U0001f600", None, 3, ["a", {"b": "c"}]])
def test_everything_else_passes(value: object) -> None:
    refuse_nul(value)
