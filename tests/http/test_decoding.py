"""Strict reading: pointers and codes for what msgspec finds, and merge patches as RFC 7396 has them."""

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from jatify_core.errors import Invalid
from jatify_http.cursors import opened, sealed
from jatify_http.decoding import _merge, strictly, violation


class Inner(Struct, forbid_unknown_fields=True):
    at: int


class Outer(Struct):
    one: Inner | None = None
    many: list[Inner] = []
    text: Annotated[str, Meta(min_length=2, max_length=4)] = "ab"


@pytest.mark.parametrize(
    ("value", "pointer", "code"),
    [
        ({"one": {"at": "x"}}, "/one/at", "wrong_type"),
        ({"one": {}}, "/one/at", "missing"),
        ({"one": {"at": 1, "b~/": 2}}, "/one/b~0~1", "unknown_member"),
        ({"many": [{"at": 1}, {"at": None}]}, "/many/1/at", "wrong_type"),
        ({"text": "a"}, "/text", "too_short"),
        ({"text": "abcde"}, "/text", "too_long"),
        ({"other": 1}, "/other", "unknown_member"),
        ([], "", "wrong_type"),
        (None, "", "wrong_type"),
    ],
)
def test_a_fault_has_a_pointer_and_a_code(value: Any, pointer: str, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        strictly(value, Outer)
    assert [(v.pointer, v.code) for v in raised.value.violations] == [(pointer, code)]


def test_words_that_nobody_knows_still_make_a_violation() -> None:
    assert violation("Something is odd - at `$.a[2].b`") == violation("Something is odd - at `$.a[2].b`")
    found = violation("Something is odd - at `$.a[2].b`", "/x")
    assert (found.pointer, found.code, found.message) == ("/x/a/2/b", "invalid", "Something is odd.")


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch_does_what_the_examples_of_its_rfc_say(target: Any, patch: Any, result: Any) -> None:
    assert _merge(target, patch) == result


MARKS = st.lists(st.text(st.characters(exclude_categories=["Cs"]))).map(tuple)


@given(MARKS, st.binary())
def test_a_cursor_opens_where_it_was_sealed(mark: tuple[str, ...], scope: bytes) -> None:
    assert opened(sealed(mark, scope), scope) == mark


@given(MARKS, st.binary(), st.integers(0), st.characters(categories=["L", "N"]))
def test_a_cursor_opens_nowhere_else(mark: tuple[str, ...], scope: bytes, place: int, letter: str) -> None:
    cursor = sealed(mark, scope)
    with pytest.raises(Invalid):
        opened(cursor, scope + b"x")
    mangled = cursor[: place % len(cursor)] + letter + cursor[place % len(cursor) + 1 :]
    if mangled != cursor:
        with pytest.raises(Invalid):
            opened(mangled, scope)
