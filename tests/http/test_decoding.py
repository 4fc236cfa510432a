"""Strict reading: pointers and codes for what msgspec finds, and merge patches as RFC 7396 has them."""

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from jatify_core.errors import Invalid, Malformed
from jatify_core.listing import ListingDraft
from jatify_http.cursors import opened, sealed
from jatify_http.decoding import _merge, decoded_json, refuse_unfit_patch, strictly, violation


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


def test_a_whole_number_is_one_however_it_is_written() -> None:
    assert decoded_json(b'{"n": 70000.0, "m": [1e3, 0.5, 1e300]}') == {"n": 70_000, "m": [1_000, 0.5, 1e300]}
    assert [type(n) for n in decoded_json(b"[70000.0, 0.5]")] == [int, float]


def test_what_is_nested_without_end_is_refused() -> None:
    assert decoded_json(b"[" * 20 + b"]" * 20)
    for depth in (22, 500, 100_000):
        with pytest.raises(Malformed):
            decoded_json(b"[" * depth + b"]" * depth)


@pytest.mark.parametrize(
    ("patch", "pointer", "code"),
    [
        ({"deadline_on": "soon"}, "/deadline_on", "wrong_format"),
        ({"company": None}, "/company", "missing"),
        ({"colour": "red"}, "/colour", "unknown_member"),
    ],
)
def test_a_patch_that_can_never_fit_is_refused_unread(patch: dict[str, Any], pointer: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        refuse_unfit_patch(patch, ListingDraft)
    assert [(v.pointer, v.code) for v in caught.value.violations] == [(pointer, code)]
    refuse_unfit_patch({"salary": {"max": 1}, "location": None, "position": "Baker"}, ListingDraft)
