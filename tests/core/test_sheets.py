"""Tables of applications: what cells mean, and that what is written is read again."""

import contextlib
import time
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jatify_core.duplicates import normal_title, normal_url
from jatify_core.errors import Invalid
from jatify_core.sheets.cells import (
    StepCell,
    joined_steps,
    joined_tags,
    masked,
    parted_steps,
    parted_tags,
    unmasked,
)
from jatify_core.sheets.columns import EXPORTED, FIELDS, RANKED, guessed
from jatify_core.sheets.dates import DateOrder, Unclear, order_of, read_date, read_instant
from jatify_core.sheets.sheet import Row, understood
from jatify_core.sheets.table import read_table

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
NASTY = st.text(st.sampled_from("=+-@\t\r\n'\";,| ax\\"), max_size=12)


@given(NASTY | TEXT)
def test_whatever_is_masked_comes_back(text: str) -> None:
    assert unmasked(masked(text), ours=True) == text


@given(NASTY)
def test_what_is_masked_begins_no_formula_wherever_it_is_cut(text: str) -> None:
    pieces = [masked(text)]
    for separator in (";", ",", "|", '"', "\n"):
        pieces = [piece for one in pieces for piece in one.split(separator)]
    assert [piece for piece in pieces if piece.startswith(("=", "+", "-", "@"))] == []


@given(st.lists(NASTY.filter(bool) | TEXT.filter(bool), unique=True, max_size=10))
def test_tags_come_back_one_by_one(tags: list[str]) -> None:
    assert parted_tags(joined_tags(tags)) == tags


INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # of which it makes them


@given(st.lists(st.tuples(INSTANTS, st.sampled_from(["saved", "hr_interview", "a-b_2"]), st.none() | NASTY | TEXT)))
def test_a_history_comes_back_step_by_step(told: list[tuple[datetime, str, str | None]]) -> None:
    steps = [StepCell(*one) for one in told]
    assert parted_steps(joined_steps(steps)) == steps


@pytest.mark.parametrize("cell", ["yesterday applied", "2026-01-05", "2026-01-05 applied; x", '2026-01-05 a "b', "\\"])
def test_what_is_no_history_is_refused(cell: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # of whatever words
        parted_steps(cell)


@pytest.mark.parametrize("part", ['"', "a ", '""', '"a"",', ",", " ", '\\"', "; ", '2026 a "'])
def test_no_cell_takes_long_whatever_is_in_it(part: str) -> None:
    cell = (part * 130_000)[:130_000]
    began = time.process_time()
    parted_tags(cell[:5_000])
    with contextlib.suppress(ValueError):
        parted_steps(cell)
    unmasked(masked(cell), ours=True)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-31", "2026/1/31", "31.01.2026", "31.1.26", "31/01/2026", "01/31/2026", "1-31-2026", "Jan 31, 2026",
        "31 January 2026", "31. Januar 2026", "31-Jan-2026", "January 31st 2026", "Sat, Jan 31, 2026",
        "2026-01-31T10:00:00Z", "2026-01-31 10:00", "1/31/2026 9:30 PM", "31/01/2026, 09:30:12", "31 Jan 2026 at 9:30",
    ],
)  # fmt: skip
def test_a_date_is_read_in_every_common_form(cell: str) -> None:
    assert read_date(cell, order_of([cell])) == date(2026, 1, 31)


@pytest.mark.parametrize("cell", ["", "soon", "2026-02-30", "31/31/2026", "1/2", "0/0/0000", "1899-12-31", "9" * 99])
def test_what_is_no_date_is_refused(cell: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # of whatever words
        read_date(cell, None)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (["03/04/2026", "13/04/2026"], "dmy"),
        (["03/04/2026", "04/13/2026", "", "n/a"], "mdy"),
        (["03/04/2026", "04/04/2026"], None),
        (["13/04/2026", "04/13/2026"], None),
        (["2026-04-03"], None),
    ],
)
def test_a_column_as_a_whole_decides_the_order_of_its_dates(column: list[str], expected: DateOrder | None) -> None:
    assert order_of(column) == expected


def test_what_could_be_two_dates_is_never_guessed() -> None:
    with pytest.raises(Unclear):
        read_date("03/04/2026", None)
    assert read_date("04/04/2026", None) == date(2026, 4, 4)
    assert read_date("03/04/2026", "dmy") == date(2026, 4, 3)
    assert read_date("03/04/2026", "mdy") == date(2026, 3, 4)
    assert read_date("26/04/03", "ymd") == date(2026, 4, 3)


@given(
    st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d.%m.%Y"])
)
def test_a_date_is_read_as_it_was_written(day: date, form: str) -> None:
    orders: dict[str, DateOrder] = {"%d/%m/%Y": "dmy", "%m/%d/%Y": "mdy"}
    assert read_date(day.strftime(form), orders.get(form)) == day


def test_an_instant_keeps_its_zone_and_without_one_is_utc() -> None:
    assert read_instant("2026-01-31T10:00:00+02:00", None) == datetime(2026, 1, 31, 8, tzinfo=UTC)
    assert read_instant("2026-01-31 10:00", None) == datetime(2026, 1, 31, 10, tzinfo=UTC)
    assert read_instant("31.01.2026", None) == datetime(2026, 1, 31, tzinfo=UTC)


def rows(text: str, order: DateOrder | None = None, mapping: dict[str, object] | None = None) -> tuple[Row, ...]:
    return understood(read_table(text), mapping, order, "utf-8").rows


def test_ambiguous_dates_are_faults_until_somebody_says_their_order() -> None:
    text = "company,position,applied\nA,B,03/04/2026\nC,D,04/05/2026\n"
    assert [row.faults[0].code for row in rows(text)] == ["ambiguous_date"] * 2
    assert "date_order" in rows(text)[0].faults[0].message
    assert [row.values["applied_on"] for row in rows(text, "dmy")] == [date(2026, 4, 3), date(2026, 5, 4)]
    decided = rows(text + "E,F,25/12/2026\n")
    assert [row.values["applied_on"].month for row in decided] == [4, 5, 12]
    contradictory = rows(text + "E,F,25/12/2026\nG,H,12/25/2026\n")
    assert [[f.code for f in row.faults] for row in contradictory] == [["ambiguous_date"], ["ambiguous_date"], [], []]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("60000", 60_000),
        ("$60,000", 60_000),
        ("60.000 €", 60_000),
        ("60k", 60_000),
        ("60,000.50", 60_000),
        ("EUR 60 000", 60_000),
    ],
)
def test_an_amount_is_read_however_it_is_written(cell: str, expected: int) -> None:
    (row,) = rows(f'company;position;salary from\nA;B;"{cell}"\n')
    assert (row.values.get("salary_min"), row.faults) == (expected, ())


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        ("salary_min", "a lot", "wrong_format"),
        ("salary_min", "9" * 12, "out_of_range"),
        ("salary_currency", "EURO", "wrong_format"),
        ("salary_period", "century", "unknown_value"),
        ("workplace", "moon", "unknown_value"),
        ("url", "javascript:alert(1)", "wrong_format"),
        ("url", "ftp://x.example", "wrong_format"),
        ("location", "x" * 201, "too_long"),
        ("notes", "x" * 40_001, "too_long"),
        ("tags", ",".join(map(str, range(51))), "too_long"),
        ("history", "nothing", "wrong_format"),
    ],
)
def test_a_cell_that_means_nothing_is_a_fault_at_its_column(field: str, cell: str, code: str) -> None:
    (row,) = rows(f'company,position,{field}\nA,B,"{cell}"\n')
    assert [(fault.column, fault.code) for fault in row.faults] == [(field, code)]


def test_our_own_header_is_understood_as_it_stands() -> None:
    assert guessed(EXPORTED) == {field: field for field in EXPORTED}
    assert all(RANKED[field.replace("_", " ")] == (field, 0) for field in FIELDS)


def test_of_two_columns_for_one_field_the_likelier_name_counts() -> None:
    assert guessed(["Title", "Job title", "Date", "Applied"]) == {"Job title": "position", "Applied": "applied_on"}


@given(st.text(max_size=300))
def test_no_text_is_more_than_a_table_or_a_refusal(text: str) -> None:
    try:
        sheet = understood(read_table(text), None, None, "utf-8")
    except Invalid:
        return
    assert len({column.name for column in sheet.columns}) == len(sheet.columns)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://WWW.example.com/jobs/7/?utm_source=x&b=2&a=1#top", "http://example.com/jobs/7?a=1&b=2"),
        ("https://example.com:443/jobs/7?gclid=1", "https://example.com/jobs/7"),
    ],
)
def test_addresses_of_one_advertisement_are_one(one: str, other: str) -> None:
    assert normal_url(one) == normal_url(other)
    assert normal_url(one) != normal_url("https://example.com/jobs/8?a=1&b=2")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Acme GmbH", "Engineer (m/w/d)"), ("ACME", "engineer")),
        (("Müller & Söhne", "Dev-Ops"), ("müller söhne", "dev ops")),
        (("\uff21\uff43\uff4d\uff45", "Engineer"), ("Acme", "Engineer")),
    ],
)
def test_spellings_of_one_position_are_one(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert normal_title(*one) == normal_title(*other)


def test_what_differs_by_signs_alone_is_not_one() -> None:
    keys: set[Any] = {normal_title("A", f"{name} developer") for name in ("C", "C++", "C#")}
    assert len(keys) == 3
    assert normal_title("???", "!") != normal_title("!!!", "!")
