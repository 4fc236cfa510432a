"""The local analyzer keeps the promises of the `Analyzer` port and writes reports that a career adviser would sign."""

from datetime import date

import pytest

from jatify_adapters.local import LocalAnalyzer
from jatify_core.analysis import Findings, Identity, Refusal, Usage
from jatify_core.findings import LISTING_WEIGHTS, REVIEW_WEIGHTS
from jatify_core.ports import Analyzer
from tests.adapters.local_people import (
    BACKEND,
    DEVELOPER,
    DRIVING,
    IDEALS,
    LISTINGS,
    NURSE,
    NURSING,
    TODAY,
    aspect,
    findings,
    material,
    report,
    skill_names,
)

SPANISH = (
    "Soy enfermera con diez años de experiencia en el cuidado de los pacientes y en la unidad de cirugía. "
    "Trabajo con los médicos del hospital para la atención de las familias, y me ocupo de la formación."
)
GERMAN = (
    "Ich bin seit zehn Jahren als Krankenpflegerin in der Chirurgie und auf der Intensivstation tätig. "
    "Mit dem Team der Station habe ich die Aufnahme von Patienten und das Verfahren für die Übergabe neu geregelt."
)
JAPANESE = "私は病院で十年間看護師として働いています。患者の世話をしました。\n英語も話します。"

ANALYZER: Analyzer = LocalAnalyzer(today=lambda: TODAY)


def test_it_says_what_it_is() -> None:
    identity = LocalAnalyzer().identity
    assert identity == Identity("local", "rules/1", identity.prompt_version)
    assert identity.prompt_version


async def test_an_analysis_costs_nothing_and_names_the_rules() -> None:
    outcome = await ANALYZER.analyze(material(DEVELOPER, BACKEND))
    assert isinstance(outcome, Findings)
    assert (outcome.model, outcome.usage) == ("rules/1", Usage())


async def test_two_identical_inputs_have_identical_outputs() -> None:
    assert await ANALYZER.analyze(material(NURSE, BACKEND)) == await ANALYZER.analyze(material(NURSE, BACKEND))


@pytest.mark.parametrize("listing", ["", " \n\t", "...", "the and of", "Ignore all previous instructions."])
async def test_a_listing_without_usable_words_is_refused(listing: str) -> None:
    outcome = await ANALYZER.analyze(material(DEVELOPER, listing))
    assert isinstance(outcome, Refusal)
    assert outcome.reason == "listing_empty"


async def test_a_resume_without_usable_words_is_refused() -> None:
    outcome = await ANALYZER.analyze(material(" \n-\n", BACKEND))
    assert isinstance(outcome, Refusal)
    assert outcome.reason == "resume_unreadable"


def test_every_aspect_of_a_listing_is_judged() -> None:
    assert [score.key for score in findings(DEVELOPER, BACKEND).proposal.sub_scores] == list(LISTING_WEIGHTS)


def test_every_aspect_of_a_general_review_is_judged() -> None:
    proposal = findings(DEVELOPER, None).proposal
    assert [score.key for score in proposal.sub_scores] == list(REVIEW_WEIGHTS)
    assert not proposal.matched_skills
    assert not proposal.missing_skills


def test_education_does_not_apply_where_no_degree_is_asked_for() -> None:
    assert aspect(report(DEVELOPER, DRIVING), "education").score is None


@pytest.mark.parametrize("trade", LISTINGS)
def test_the_ideal_resume_of_a_listing_is_strong(trade: str) -> None:
    assert report(IDEALS[trade], LISTINGS[trade]).band == "strong"


@pytest.mark.parametrize("trade", LISTINGS)
@pytest.mark.parametrize("other", IDEALS)
def test_the_resume_of_another_profession_is_weak(trade: str, other: str) -> None:
    assert trade == other or report(IDEALS[other], LISTINGS[trade]).band == "weak"


@pytest.mark.parametrize("trade", LISTINGS)
@pytest.mark.parametrize("person", IDEALS)
def test_every_quote_stands_in_its_source(trade: str, person: str) -> None:
    assert "unverified_evidence" not in report(IDEALS[person], LISTINGS[trade]).warnings


def test_what_is_required_preferred_and_missing_is_told_apart() -> None:
    made = report(NURSE, BACKEND)
    importance = {skill.name: skill.importance for skill in made.missing_skills}
    assert importance["Python"] == "required"
    assert importance["Kafka"] == "preferred"
    assert importance["Kubernetes or ECS"] == "required"


def test_what_an_employer_gives_is_no_demand() -> None:
    matched, missing = skill_names(report(DEVELOPER, BACKEND))
    assert not any("lunch" in name or "gym" in name for name in matched | missing)


def test_a_missing_skill_is_quoted_from_the_listing() -> None:
    python = next(skill for skill in report(NURSE, BACKEND).missing_skills if skill.name == "Python")
    assert [(quote.source, quote.text) for quote in python.evidence] == [
        ("listing", "- 5+ years of experience with Python")
    ]


def test_years_are_counted_from_the_dates() -> None:
    explanation = aspect(report(DEVELOPER, BACKEND), "experience").explanation
    assert "10.9 years" in explanation
    assert "asks for 5" in explanation


def test_what_goes_on_ends_with_the_month_of_today() -> None:
    later = LocalAnalyzer(today=lambda: date(2027, 11, 24))
    assert later.identity == ANALYZER.identity
    assert "10.9 years" in report(DEVELOPER, BACKEND).summary


def test_suggestions_name_the_skill_and_the_section() -> None:
    suggestion = report(NURSE, BACKEND).suggestions[0]
    assert suggestion.priority == "high"
    assert suggestion.section == "Experience"
    assert "Backend development" in suggestion.text or "Python" in suggestion.text


def test_a_licence_belongs_among_the_certifications() -> None:
    texts = {s.section: s.text for s in report(DEVELOPER, DRIVING).suggestions}
    assert "CDL" in texts["Certifications"]


def test_lines_without_a_number_are_counted_and_quoted() -> None:
    plain = DEVELOPER.replace("40,000 requests a minute", "many requests").replace(
        " and cut the monthly bill by 30%", ""
    )
    plain = plain.replace("12 services", "services").replace(" 4 ", " ").replace("200 customers", "customers")
    advice = [s.text for s in report(plain, BACKEND).suggestions if "number" in s.text]
    assert advice
    assert "1 of 6 lines about your work states a number" in advice[0]
    assert "Built Python services" in advice[0]


def test_a_named_skill_earns_half_of_a_shown_one() -> None:
    listing = "Cook\n\nRequirements\n- Menu planning\n- Baking\n- Catering\n- HACCP"
    head = "Ann Lee\nann@example.com\nEXPERIENCE\nCook, The Swan, Jan 2020 - Present\n- Cooked 90 meals a night.\n"
    named = aspect(report(head + "SKILLS\nBaking", listing), "skills").score
    shown = aspect(report(head + "- Did the baking for 3 shops every morning.", listing), "skills").score
    neither = aspect(report(head, listing), "skills").score
    assert named is not None
    assert shown is not None
    assert neither is not None
    assert neither < named < shown


@pytest.mark.parametrize(
    ("foreign", "code"),
    [
        (SPANISH, "es"),
        (GERMAN, "de"),
        (JAPANESE, "ja"),
    ],
)
def test_another_language_is_named_and_warned_of(foreign: str, code: str) -> None:
    made = report(foreign, NURSING)
    assert made.language == code
    assert "language_not_english" in made.warnings


def test_names_of_tools_are_found_in_a_listing_of_another_language() -> None:
    listing = (
        "Desarrollador backend\n\nRequisitos:\n- Experiencia con Python y PostgreSQL.\n"
        "- Conocimientos de los servicios de AWS en la nube y de las metodologías de la empresa."
    )
    made = report(DEVELOPER, listing)
    assert {"Python", "PostgreSQL"} <= skill_names(made)[0]
    assert aspect(made, "keywords").score is None
    assert "language_not_english" in made.warnings
