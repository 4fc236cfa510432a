"""Listings found in pastes: pages as the boards make them, mails, and whatever hostile people paste."""

import json
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import to_builtins

from jatify_adapters.clipping.pay import find_pay
from jatify_adapters.clipping.prose import read_prose
from jatify_adapters.clipping.words import find_day, find_employment, find_workplace
from jatify_core.clipping import Clipping
from jatify_core.listing import Salary
from tests.adapters.pastes import TODAY, assert_fits, pasted
from tests.shared_data import DATA, needs_shared_data

PASTED: Final = Path(__file__).parent / "pasted"
EXPECTED: Final[dict[str, dict[str, Any]]] = json.loads((PASTED / "expected.json").read_text())


def shown(clipping: Clipping) -> dict[str, Any]:
    """What was found, with the salary in brief."""
    draft = {name: value for name, value in to_builtins(clipping.draft).items() if value is not None}
    if pay := draft.get("salary"):
        draft["salary"] = [pay["min"], pay["max"], pay["currency"], pay["period"]]
    return draft


@pytest.mark.parametrize("name", EXPECTED)
def test_each_sample_gives_its_members_and_no_others(name: str) -> None:
    found, expected = shown(pasted((PASTED / name).read_text())), dict(EXPECTED[name])
    assert expected.pop("description") in found.pop("description")
    assert found == expected


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("greenhouse.html", "json_ld"),
        ("smartrecruiters.html", "microdata"),
        ("linkedin.html", "meta"),
        ("mail_en.txt", "heuristic"),
    ],
)
def test_it_is_told_by_what_a_member_was_found(name: str, how: str) -> None:
    clipping = pasted((PASTED / name).read_text())
    assert clipping.found["company"] == how
    assert clipping.found.keys() == shown(clipping).keys()


def test_what_a_page_says_for_machines_is_believed_before_its_words() -> None:
    page = (PASTED / "workday.html").read_text().replace("<div ", "<h1>Another</h1><p>Remote, part-time<div ")
    clipping = pasted(page)
    assert (clipping.draft.position, clipping.draft.employment_type) == (
        "Regulatory Affairs Specialist",
        "full time, temporary",
    )


def test_where_it_was_found_is_what_the_paster_says() -> None:
    clipping = pasted((PASTED / "lever.html").read_text(), "https://www.stepstone.de/7")
    assert clipping.draft.url == "https://www.stepstone.de/7"
    assert "url" not in clipping.found


def test_a_description_reads_like_markdown() -> None:
    page = "<h2>Tasks</h2><ul><li>One &amp; <b>two</b><li><p>Three</p></ul><p>Bye<br>now</p><script>alert(1)</script><style>p{}</style>"  # noqa: E501
    assert read_prose(page) == "## Tasks\n\n- One & two\n- Three\n\nBye\nnow"
    assert read_prose("&lt;p&gt;Fish &amp;amp; chips&lt;/p&gt;&lt;p&gt;Tea&lt;/p&gt;") == "Fish & chips\n\nTea"
    assert read_prose("a < b\n\n\n\n• c") == "a < b\n\n- c"


@pytest.mark.parametrize(
    ("words", "low", "high", "currency", "period"),
    [
        ("80k\u201395k €", 80_000, 95_000, "EUR", "year"),
        ("$120,000 - $150,000 a year", 120_000, 150_000, "USD", "year"),
        ("25 €/h", 25, None, "EUR", "hour"),
        ("Gehalt: 3.400 € brutto im Monat", 3_400, None, "EUR", "month"),
        ("60.000 bis 75.000 EUR p.a.", 60_000, 75_000, "EUR", "year"),
        ("CHF 110'000 - 130'000", 110_000, 130_000, "CHF", "year"),
        ("Salary: £45k to £55k", 45_000, 55_000, "GBP", "year"),
        ("$80-95k", 80_000, 95_000, "USD", "year"),
        ("up to 90,000 USD per year", None, 90_000, "USD", "year"),
        ("Tagessatz 650 €", 650, None, "EUR", "day"),
        ("$18.50 hourly", 18, None, "USD", "hour"),
    ],
)
def test_a_salary_is_read_as_people_write_it(words: str, low: int, high: int, currency: str, period: Any) -> None:
    assert find_pay(f"We are glad to pay.\n{words}\nAnd more.") == Salary(low, high, currency, period)


@pytest.mark.parametrize(
    "words",
    [
        "We raised $40 million",
        "a $3,000 sign-on bonus",
        "401(k)",
        "room 2026",
        "5-10 years",
        "€2bn in revenue",
        "call 555 0199",
        "100 %",
    ],
)
def test_an_amount_that_is_no_pay_is_none(words: str) -> None:
    assert find_pay(words) is None


@pytest.mark.parametrize(
    ("words", "workplace"),
    [
        ("Fully remote within the EU", "remote"),
        ("Remote or hybrid, as you like", "hybrid"),
        ("Arbeiten im Homeoffice möglich", "remote"),
        ("teilweise im Home-Office", "hybrid"),
        ("This role is on-site in Leeds", "onsite"),
        ("Arbeit vor Ort", "onsite"),
        ("This is not a remote position", "onsite"),
        ("We build remote control toys on-site", "onsite"),
        ("You will like it here", None),
    ],
)
def test_where_one_works_is_told_in_english_and_german(words: str, workplace: str | None) -> None:
    assert find_workplace(words) == workplace


@pytest.mark.parametrize(
    ("words", "employment"),
    [
        ("Full-time, permanent", "full time"),
        ("Vollzeit oder Teilzeit", "full time, part time"),
        ("Wir suchen Praktikanten: Praktikum ab Mai", "internship"),
        ("befristet auf zwei Jahre", "temporary"),
        ("internal tools", None),
    ],
)
def test_how_one_is_employed_is_told_in_english_and_german(words: str, employment: str | None) -> None:
    assert find_employment(words) == employment


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-12-01T10:00:00Z", date(2026, 12, 1)),
        ("1. Dezember 2026", date(2026, 12, 1)),
        ("01.12.2026", date(2026, 12, 1)),
        ("December 1st, 2026", date(2026, 12, 1)),
        ("12/31/2026", date(2026, 12, 31)),
        ("31/12/2026", date(2026, 12, 31)),
        ("vor 3 Tagen", date(2026, 11, 21)),
        ("Posted a week ago", date(2026, 11, 17)),
        ("gestern", date(2026, 11, 23)),
        ("31.02.2026", None),
        ("soon", None),
    ],
)
def test_a_day_is_read_as_people_write_it(words: str, day: date | None) -> None:
    assert find_day(words, TODAY) == day


@pytest.mark.parametrize(
    ("words", "position"),
    [
        (
            "We are looking for a Senior Bread Engineer to run our ovens. You will plan and\nbuild.",
            "Senior Bread Engineer",
        ),
        ("We need you, and are hiring\na Bread Engineer to lead the night shift.", "Bread Engineer"),
        ("Requirements: 3+ years of engineering; strong hands with experience\nin dough.", None),
        ("alongside oven engineering, design and sales, and with the go-to-market teams\nof us.", None),
    ],
)
def test_a_piece_of_a_sentence_is_no_position(words: str, position: str | None) -> None:
    assert pasted(words).draft.position == position


@needs_shared_data
def test_real_listings_in_plain_text_are_kept_whole_and_fit_a_listing() -> None:
    for path in sorted((DATA / "jobs").glob("*.txt")):
        content = path.read_text()
        draft = pasted(content).draft
        assert draft.description
        assert draft.description.split() == content.split() or "- " in draft.description, path
        assert_fits(draft)
