"""The rules of the local analyzer, one by one: words, names of skills, listings."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jatify_adapters.local.advert import advert
from jatify_adapters.local.analyzer import judge
from jatify_adapters.local.demands import demands
from jatify_adapters.local.lexicon import hits, lexicon
from jatify_adapters.local.outline import outline
from jatify_adapters.local.words import clip, stem, tokens
from jatify_core.analysis import Findings, Refusal
from tests.adapters.local_people import TODAY, aspect, report


def skills_in(text: str) -> set[str]:
    return {hit.skill for hit in hits(text, tokens(text))}


def asked(listing: str) -> dict[str, str]:
    return {demand.name: demand.importance for demand in demands(advert(listing), english=True)}


@pytest.mark.parametrize(
    ("one", "other"),
    [("schedules", "scheduling"), ("nurse", "nursing"), ("planned", "planning"), ("companies", "company")],
)
def test_inflections_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("excellence", "excel"), ("manager", "management"), ("business", "busy")])
def test_different_words_do_not_share_a_stem(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("Proficient in Go, Python and Rust", "Go"),
        ("Languages: C, C++, R", "C"),
        ("Languages: C, C++, R", "R"),
        ("Reports in Excel and PowerPoint", "Microsoft Excel"),
        ("advanced microsoft outlook word excel powerpoint", "Microsoft Excel"),
        ("Wrote the app in Swift and Objective-C", "Swift"),
        ("Built with React using Redux", "React"),
        ("C#/.NET services", ".NET"),
        ("k8s clusters", "Kubernetes"),
    ],
)
def test_ambiguous_names_are_found_among_their_like(text: str, skill: str) -> None:
    assert skill in skills_in(text)


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("Go to market with us", "Go"),
        ("Owned the go-to-market plan", "Go"),
        ("Helped Python teams go live", "Go"),
        ("Excel in everything you do", "Microsoft Excel"),
        ("We excel at service", "Microsoft Excel"),
        ("Swift Transportation, Phoenix", "Swift"),
        ("Presented to the C-suite", "C"),
        ("Class C licence", "C"),
        ("R&D budget", "R"),
        ("John R. Smith", "R"),
        ("Unescorted access to the plant", "Microsoft Access"),
        ("Worked with product managers", "Product management"),
        ("Reacted quickly to the unexpected", "React"),
        ("Paper on emergent communication protocols", "Communication"),
        ("Spotlight presentation, top 5% of submissions", "Presentation skills"),
        ("Lost less than 1% of the accuracy", "Attention to detail"),
        ("Scored spreadsheet data with an algorithm", "Microsoft Excel"),
        ("Served 4 developers by shipping features", "Shipping and receiving"),
        ("Topics included customer contracts", "Contract negotiation"),
    ],
)
def test_common_words_are_no_skills(text: str, skill: str) -> None:
    assert skill not in skills_in(text)


def test_the_lexicon_is_sound() -> None:
    skills = lexicon().skills
    assert len(skills) > 500
    assert all(implied in skills for skill in skills.values() for implied in skill.implies)
    assert all(name not in skill.implies for name, skill in skills.items())
    assert all(0 < len(name) <= 100 for name in skills)


def test_no_two_skills_share_a_form() -> None:
    owners: dict[tuple[str, ...], set[str]] = {}
    for form in (form for forms in lexicon().forms.values() for form in forms):
        owners.setdefault(form.words, set()).add(form.skill)
    assert [words for words, skills in owners.items() if len(skills) > 1] == []


def test_who_shows_a_skill_shows_what_it_implies() -> None:
    made = report(
        "Ann Lee\nann@example.com\nEXPERIENCE\nClerk, Acme, 2019 - 2024\n- Wrote 40 PostgreSQL reports.",
        "Clerk\n\nRequirements\n- SQL\n- Relational databases",
    )
    assert {skill.name for skill in made.matched_skills} >= {"SQL", "Relational databases"}


def test_names_of_technology_are_said_in_their_order_and_those_of_other_work_in_any() -> None:
    made = report(
        "Ann Lee\nEXPERIENCE\nClerk, Acme, 2019 - 2024\n- Created a compression pipeline deployed on 9 devices.\n"
        "- Inspected every vehicle of the fleet.",
        "Clerk\n\nRequirements\n- CI/CD\n- Vehicle inspections",
    )
    assert {skill.name for skill in made.matched_skills} == {"Vehicle inspection"}


def test_one_word_of_a_phrase_does_not_meet_it() -> None:
    resume = "Ann Lee\nEXPERIENCE\nClerk, Acme, 2019 - 2024\n- Improved the conversion of sales by 25%."
    made = report(resume, "clerk\n\nmaintains appropriate sales\nfiles letters")
    assert "maintains appropriate sales" in {skill.name for skill in made.missing_skills}


def test_what_the_position_is_called_is_said_so() -> None:
    (first, *_) = report(
        "Ann Lee\nEXPERIENCE\nCook, Acme, 2019 - 2024\n- Cooked 90 meals.", "Nurse\n\nCare"
    ).suggestions
    assert first.text.startswith('The position is called "Nurse", and the resume shows no Nursing.')


def test_importance_follows_the_listing_s_own_words() -> None:
    importance = asked(
        "Developer\n\nAbout us\nWe love Java.\n\nResponsibilities\n- Maintain our Django services\n\n"
        "Qualifications\n- Python\n- Docker is a plus\n\nNice to have\n- Kafka"
    )
    assert importance["Python"] == "required"
    assert importance["Docker"] == "preferred"
    assert importance["Kafka"] == "preferred"
    assert importance["Django"] == "mentioned"
    assert "Java" not in importance


def test_any_of_several_will_do() -> None:
    assert "GitHub Actions or CircleCI" in asked("Developer\n\nRequirements\n- GitHub Actions or CircleCI")


def test_phrases_outside_the_lexicon_are_demands_too() -> None:
    importance = asked("falconer\n\nknowledge hooding jessing peregrine falcons\nable weigh birds before flight")
    assert "hooding jessing peregrine falcons" in importance


def test_a_phrase_is_met_by_a_line_that_says_it() -> None:
    listing = "Falconer\n\nRequirements\n- Hooding and weighing of peregrine falcons"
    resume = (
        "Ann Lee\nEXPERIENCE\nFalconer, Sky Park, 2019 - 2024\n- Weighed and hooded 9 peregrine falcons every morning."
    )
    assert [skill.name for skill in report(resume, listing).matched_skills] == [
        "Hooding and weighing of peregrine falcons"
    ]


def test_the_lists_have_their_licence_beside_them() -> None:
    lists = files("jatify_adapters.local").joinpath("data")
    assert "MIT License" in lists.joinpath("LICENSE").read_text(encoding="utf-8")
    named = lists.joinpath("README.md").read_text(encoding="utf-8")
    assert all(f"`{list_.name}`" in named for list_ in lists.iterdir() if list_.name.endswith(".txt"))


def test_side_bar_headings_do_not_swallow_the_positions() -> None:
    text = (
        "Ann Lee\nSkills\nSummary\nExperience\nEducation\nPython, Git\nAcme Inc.\nClerk\n"
        "January 2019 to December 2020\n"
        "Filed 900 letters a week.\nState University\nBachelor of Arts\n2010 to 2014"
    )
    assert {"skills", "summary", "experience", "education"} <= outline(text).sections
    assert "2 years" in aspect(report(text, "Clerk\n\nFiling and typing"), "experience").explanation


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_is_judged_or_refused(resume: str, listing: str) -> None:
    assert isinstance(judge(resume, listing, TODAY), Findings | Refusal)


@given(st.text(max_size=200), st.integers(10, 120))
def test_clipped_text_is_one_short_line(text: str, length: int) -> None:
    clipped = clip(text, length)
    assert len(clipped) <= length
    assert "\n" not in clipped


@pytest.mark.parametrize("unit", ["Jan 2019 - Mar 2020 ", "a ", "- ", "give this ", "<", "a,", "1", "ignore "])
def test_hostile_texts_take_no_longer_than_their_length_allows(unit: str) -> None:
    text = (unit * 60_000)[:60_000]
    assert isinstance(judge(text, text[:40_000], TODAY), Findings | Refusal)


def test_headings_in_the_margin_open_sections_too() -> None:
    text = (
        "Ann Lee\nSummary Clerk with a steady hand\nExperience Acme Inc.\nClerk\nJanuary 2019 to December 2020\n"
        "Filed 900 letters a week.\nEducation State University\n2010 to 2014\nSkills Filing"
    )
    assert {"summary", "experience", "education", "skills"} <= outline(text).sections
    assert "2 years" in aspect(report(text, "Clerk\n\nFiling and typing"), "experience").explanation
