"""What the console does with texts: two versions put together, and quotes found where they stand."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

LINES = st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=8).map("\n".join)
CALL = """
async ([path, name, given]) => {
  const module = await import(new URL(path, document.querySelector("script[type=module]").src));
  return module[name](...given);
}
"""


def called(page: Page, path: str, name: str, *given: Any) -> Any:
    return page.evaluate(CALL, [path, name, list(given)])


@pytest.fixture
def loaded(page: Page) -> Page:
    page.goto("/")
    return page


def test_what_each_changed_on_his_own_is_there_once(loaded: Page) -> None:
    base = "one\ntwo\nthree"
    merged = called(loaded, "parts/differences.js", "together", base, "zero\n" + base, base + "\nfour")
    assert merged == "zero\none\ntwo\nthree\nfour"


def test_what_both_changed_alike_is_there_once_and_otherwise_twice(loaded: Page) -> None:
    together = ("parts/differences.js", "together")
    assert called(loaded, *together, "one\ntwo", "one\n2", "one\n2") == "one\n2"
    assert called(loaded, *together, "one\ntwo", "one\n2", "one\nii") == "one\n2\nii"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=LINES, mine=LINES, theirs=LINES)
def test_no_line_that_somebody_wrote_is_lost(loaded: Page, base: str, mine: str, theirs: str) -> None:
    merged = called(loaded, "parts/differences.js", "together", base, mine, theirs).split("\n")
    old = set(base.split("\n"))
    assert (set(mine.split("\n")) | set(theirs.split("\n"))) - old <= set(merged)
    assert called(loaded, "parts/differences.js", "together", base, base, theirs) == theirs
    assert called(loaded, "parts/differences.js", "together", base, mine, base) == mine


def test_quotes_are_counted_in_code_points_and_found_again_where_they_moved(loaded: Page) -> None:
    text = "Loves 🎈 and Python."
    start = text.index("Python")
    quote = {"text": "Python", "start": start, "end": start + 6}
    (place,) = called(loaded, "screens/match/places.js", "placesOf", [quote], text)
    assert place == {"start": start + 1, "end": start + 7}
    moved, gone = called(
        loaded, "screens/match/places.js", "placesOf", [quote, quote | {"text": "Rust"}], f"Now {text}"
    )
    assert moved["start"] == start + 5
    assert gone is None


def test_a_skill_is_a_whole_word(loaded: Page) -> None:
    named = ("screens/match/places.js", "namedIn")
    assert len(called(loaded, *named, "Go or go, R, C++ and C.", "Go")) == 1
    assert len(called(loaded, *named, "Go or go, R, C++ and C.", "C")) == 1
    assert len(called(loaded, *named, "python, Pythonic, PYTHON", "Python")) == 2
    assert len(called(loaded, *named, "Kubernetes; ECS", "Kubernetes or ECS")) == 2


@pytest.mark.parametrize("text", ["", "one\n\ntwo", "x" * 90 + "\nand so on\n- a point\n" + "y" * 90 + "\n- another"])
def test_joining_wrapped_lines_keeps_every_character_in_its_place(loaded: Page, text: str) -> None:
    joined = called(loaded, "parts/prose.js", "unwrapped", text)
    assert len(joined) == len(text)
    assert joined.split() == text.split()
