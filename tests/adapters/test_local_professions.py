"""Whose work a listing asks for scores above those of other professions, however their resumes are written."""

import tomllib
from collections.abc import Callable
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from jatify_adapters.local.analyzer import judge
from jatify_core.analysis import Findings
from jatify_core.report import Report

PROFESSIONS = tomllib.loads(Path(__file__).with_name("local_professions.toml").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 1)
LEAST_AUC = 0.85
TITLES = {"experience", "profile", "education", "skills", "summary"}


def score(resume: str, listing: str) -> int:
    findings = judge(resume, listing, TODAY)
    assert isinstance(findings, Findings)
    return Report.checked(findings.proposal, resume, listing).score


def as_written(resume: str) -> str:
    return resume


def on_one_line(resume: str) -> str:
    return " ".join(resume.split())


def without_headings(resume: str) -> str:
    return "\n".join(line for line in resume.split("\n") if line.strip().lower() not in TITLES)


@pytest.mark.parametrize("written", [as_written, on_one_line, without_headings])
def test_a_profession_scores_above_others_however_its_resumes_are_laid_out(written: Callable[[str], str]) -> None:
    same: list[int] = []
    other: list[int] = []
    for (mine, people), (asked, positions) in product(PROFESSIONS.items(), PROFESSIONS.items()):
        scores = [score(written(r), listing) for r in people["resumes"] for listing in positions["listings"]]
        (same if mine == asked else other).extend(scores)
    above = sum((one > two) + (one == two) / 2 for one, two in product(same, other))
    assert above / (len(same) * len(other)) >= LEAST_AUC


def test_one_common_skill_makes_nobody_fit_a_listing_that_names_few() -> None:
    """A pilot who trains first officers is no teacher."""
    pilot, teacher = PROFESSIONS["pilot"]["resumes"][0], PROFESSIONS["teacher"]["resumes"][0]
    listing = PROFESSIONS["teacher"]["listings"][0]
    assert score(pilot, listing) < 50 < score(teacher, listing)
