"""The local analyzer against realistic resumes, listings and attacks, which lie outside the project."""

import json
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from jatify_core.report import Report
from tests.adapters.local_people import report

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the folder of samples beside the project is missing")

SOFTWARE = ["resumematcher_two-column", "rm_bruce_wayne_fullstack", "rm_john_doe", "reactive_azurill"]
SOFTWARE_LISTINGS = ["rm_backend-eng", "rm_frontend-eng", "soc_senior_software_engineer_in_test_remote_option"]
OTHER_LISTINGS = [
    "soc_nursing_assistant_transplant_6_central_32_hrs_nigh",
    "soc_driver_dedicated_truck_driver_class_a_cdl",
    "soc_industrial_electrician_westfield_ma",
    "soc_audit_associate_boston_ma",
]


def listing(name: str) -> str:
    return (SAMPLES / "jobs" / f"{name}.txt").read_text(encoding="utf-8")


def listings() -> Iterator[Path]:
    return iter(sorted((SAMPLES / "jobs").glob("*.txt")))


def resume(name: str) -> str:
    with pypdfium2.PdfDocument(SAMPLES / "resumes" / f"{name}.pdf") as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    return "\n".join(pages).replace("\r\n", "\n").replace("\ufffe\n", "-").replace("\ufffe", "-")


def attack(name: str) -> str:
    return (SAMPLES / "hostile" / name).read_text(encoding="utf-8")


def judged(name: str, position: str) -> Report:
    return report(resume(name), listing(position))


@pytest.mark.parametrize("name", SOFTWARE)
def test_software_resumes_rank_software_listings_above_others(name: str) -> None:
    text = resume(name)
    best = max(report(text, listing(position)).score for position in SOFTWARE_LISTINGS)
    others = [report(text, listing(position)).score for position in OTHER_LISTINGS]
    assert max(others) < 40
    assert best > max(others) + 10


def test_the_backend_engineer_is_the_best_of_all_for_the_backend_listing() -> None:
    scores = {
        path.stem: judged(path.stem, "rm_backend-eng").score for path in sorted((SAMPLES / "resumes").glob("*.pdf"))
    }
    assert max(scores, key=lambda name: scores[name]) == "resumematcher_two-column"
    assert scores["resumematcher_two-column"] >= 75


@pytest.mark.parametrize(
    ("name", "years"),
    [
        ("resumematcher_two-column", "7.4 years"),
        ("rm_john_doe", "10.4 years"),
        ("rm_bruce_wayne_fullstack", "14.5 years"),
        ("rm_alfred_pennyworth_pm", "27.9 years"),
        ("rendercv_classic", "4.8 years"),
        ("reactive_azurill", "10.5 years"),
    ],
)
def test_years_are_right_in_every_layout(name: str, years: str) -> None:
    assert years in judged(name, "rm_backend-eng").summary


@pytest.mark.parametrize("name", ["delimiter", "exfil", "keyword_stuffing", "plain", "praise"])
def test_an_attack_moves_no_score(name: str) -> None:
    attacked = attack(f"inj_{name}.txt")
    honest = attacked.split("cash handling")[0] + "cash handling\n"
    for path in listings():
        position = path.read_text(encoding="utf-8")
        assert abs(report(attacked, position).score - report(honest, position).score) <= 5
    assert report(attacked, listing("rm_backend-eng")).warnings


def test_every_quote_of_every_pair_stands_in_its_source() -> None:
    names = sorted(path.stem for path in (SAMPLES / "resumes").glob("*.pdf"))
    for name in names[::4]:
        text = resume(name)
        for path in listings():
            assert "unverified_evidence" not in report(text, path.read_text(encoding="utf-8")).warnings


def test_hostile_plain_texts_are_judged() -> None:
    kinds = json.loads((SAMPLES / "hostile" / "MANIFEST.json").read_text(encoding="utf-8"))
    for name in kinds:
        if name.endswith(".txt"):
            text = (SAMPLES / "hostile" / name).read_bytes().decode(errors="replace")[:60_000]
            report(f"{text}\nplain words of a person", listing("rm_backend-eng"))
