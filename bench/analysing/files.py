"""The real resumes, listings and attacks that lie beside this repository, and what is known of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench.queueing.contenders import ROOT

FOLDER: Final = ROOT.parent / "shared" / "data"

SOFTWARE: Final = "software"
PRODUCT: Final = "product"

RESUMES: Final[Mapping[str, str]] = {
    "reactive_azurill": SOFTWARE,
    "reactive_bronzor": SOFTWARE,
    "reactive_pikachu": SOFTWARE,
    "latexcv_classic": SOFTWARE,
    "latexcv_infographics": SOFTWARE,
    "latexcv_sidebar": SOFTWARE,
    "latexcv_two_column": SOFTWARE,
    "rendercv_classic": SOFTWARE,
    "rendercv_harvard": SOFTWARE,
    "resumematcher_two-column": SOFTWARE,
    "rm_bruce_wayne_fullstack": SOFTWARE,
    "rm_john_doe": SOFTWARE,
    "rm_alfred_pennyworth_pm": PRODUCT,
}
"""Their professions, by reading them."""

LISTINGS: Final[Mapping[str, str]] = {
    "rm_backend-eng": SOFTWARE,
    "rm_frontend-eng": SOFTWARE,
    "rm_ml-eng": SOFTWARE,
    "soc_senior_software_engineer_in_test_remote_option": SOFTWARE,
    "rm_product-manager": PRODUCT,
}
"""All others are of neither profession."""


def resumes() -> list[Path]:
    """Every PDF."""
    return sorted((FOLDER / "resumes").glob("*.pdf"))


def layouts() -> list[Path]:
    """One resume in several layouts of Word."""
    return sorted((FOLDER / "resumes").glob("*.docx"))


def listings() -> dict[str, str]:
    """Every listing that is text."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((FOLDER / "jobs").glob("*.txt"))}


def attacks() -> dict[str, str]:
    """Resumes that speak to a model, as text."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((FOLDER / "hostile").glob("inj_*.txt"))}
