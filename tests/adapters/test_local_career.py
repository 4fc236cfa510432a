"""What the local analyzer makes of a career: dates and years, levels, degrees, and the field of work."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jatify_adapters.local.timeline import covered, in_years, spans
from tests.adapters.local_people import TODAY, aspect, report


def test_who_works_in_the_field_with_other_tools_is_nearer_than_who_does_not() -> None:
    listing = "Developer\n\nRequirements\n- Kotlin\n- Spring Boot\n- MongoDB\n- Jenkins"
    head = "Ann Lee\nEXPERIENCE\nAcme, 2015 - 2024\n"
    inside = report(f"{head}- Wrote Django services.\n- Tuned PostgreSQL.\n- Ran Docker.\n- Built with React.", listing)
    outside = report(f"{head}- Bathed patients.\n- Took vital signs.\n- Gave wound care.\n- Did phlebotomy.", listing)
    near, far = aspect(inside, "experience").score, aspect(outside, "experience").score
    assert not inside.matched_skills
    assert near is not None
    assert far is not None
    assert near > far + 30


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("Jan 2019 - Present", 95),
        ("2017\u20132020", 36),
        ("03/2018 - 05/2021", 39),
        ("2013-09 \u2013 2014-08", 12),
        ("2016/09 - now", 123),
        ("June 2020 \u2013\nPresent", 78),
        ("Sept. 2018 to Dec 2018", 4),
        ("since March 2025", 21),
        ("2020 - 2020", 6),
        ("Jan 2010 - Dec 2012, Jan 2012 - Dec 2013", 48),
        ("Jan 2030 - Dec 2031", 0),
        ("Jan 2025 - Dec 2062", 23),
        ("+1 555 010 2030 | 2019", 0),
        ("Class of 2022", 0),
        ("10.1234/neurips.2022.5678", 0),
    ],
)
def test_dates_in_any_form_are_counted_once(text: str, months: int) -> None:
    assert covered(spans(text, TODAY)) == months


@given(
    st.lists(st.tuples(st.integers(1990, 2020), st.integers(1, 12), st.integers(1, 40)), max_size=6),
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
)
def test_overlapping_positions_never_add_up(jobs: list[tuple[int, int, int]], today: date) -> None:
    lines, months = [], set[int]()
    for year, month, length in jobs:
        first = year * 12 + month - 1
        last = first + length - 1
        months.update(range(first, last + 1))
        lines.append(f"Clerk, {month:02}/{year} - {last % 12 + 1:02}/{last // 12}")
    assert covered(spans("\n".join(lines), today)) == len(months)


@pytest.mark.parametrize(("months", "words"), [(1, "1 month"), (11, "11 months"), (12, "1 year"), (30, "2.5 years")])
def test_months_are_said_as_people_say_them(months: int, words: str) -> None:
    assert in_years(months) == words


def test_school_and_projects_are_no_positions() -> None:
    resume = (
        "Ann Lee\nEXPERIENCE\nClerk, Acme, Jan 2020 - Dec 2021\n- Filed 900 letters a week.\n"
        "EDUCATION\nState University, 2010 - 2019\nPROJECTS\nTrains, 2015 - Present"
    )
    assert "2 years" in aspect(report(resume, "Clerk\n\nFiling and typing"), "experience").explanation


@pytest.mark.parametrize(
    ("demand", "held", "score"),
    [
        ("Bachelor's degree required", "Bachelor of Science in Biology, 2012", 100),
        ("Bachelor's or Master's degree", "B.Sc. Biology, 2012", 100),
        ("Master's degree required", "BSc Biology, 2012", 60),
        ("PhD in biology required", "High School Diploma, 2012", 0),
        ("Bachelor's degree or equivalent experience", "", 100),
        ("Master's degree preferred", "BS in Biology, 2012", 70),
        ("High school diploma", "Ph.D. Biology, 2012", 100),
        ("Bachelor's degree", "Bachelor of Arts (expected 2027)", 60),
        ("Proficient in MS Office", "", None),
        ("Boston, MA", "", None),
    ],
)
def test_degrees_stand_on_a_ladder(demand: str, held: str, score: int | None) -> None:
    resume = f"Ann Lee\nann@example.com\nEXPERIENCE\nClerk, Acme, Jan 2015 - Dec 2021\nEDUCATION\n{held}"
    assert aspect(report(resume, f"Clerk\n\nRequirements\n- {demand}\n- Filing"), "education").score == score


@pytest.mark.parametrize(
    ("line", "years"),
    [
        ("5+ years of experience with filing", "asks for 5"),
        ("At least three years of experience", "asks for 3"),
        ("3-5 years' experience in an office", "asks for 3"),
        ("You are 18 years old or older", "names no number"),
        ("We have been in business for over 40 years of experience", "names no number"),
        ("10 years of experience preferred", "names no number"),
    ],
)
def test_years_asked_for_are_read(line: str, years: str) -> None:
    resume = "Ann Lee\nEXPERIENCE\nClerk, Acme, Jan 2015 - Dec 2021\n- Filed 900 letters a week."
    assert years in aspect(report(resume, f"Clerk\n\nRequirements\n- {line}\n- Filing"), "experience").explanation


def test_a_level_above_the_one_reached_costs_and_one_below_does_not() -> None:
    def fit(position: str, title: str) -> int:
        resume = f"Ann Lee\nEXPERIENCE\n{title}, Acme, Jan 2025 - Dec 2025\n- Filed 900 letters a week."
        score = aspect(report(resume, f"{position}\n\nRequirements\n- Filing"), "experience").score
        assert score is not None
        return score

    assert fit("Principal Clerk", "Junior Clerk") < fit("Senior Clerk", "Junior Clerk") < fit("Clerk", "Junior Clerk")
    assert fit("Senior Clerk", "Lead Clerk") == fit("Senior Clerk", "Senior Clerk")
