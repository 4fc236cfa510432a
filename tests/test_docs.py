"""What the documents say is so: tests that they name exist, code that they show runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUARANTEES = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
ANALYSIS = (ROOT / "docs" / "analysis.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """What stands below the heading *title*, up to the next of the same rank."""
    _, _, rest = README.partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", [GUARANTEES, ANALYSIS, OPERATING], ids=["guarantees", "analysis", "operating"])
def test_every_test_that_a_page_names_exists(page: str) -> None:
    named = set(re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", page))
    assert named
    assert [f"{file}::{test}" for file, test in sorted(named) if not exists(ROOT / file, test)] == []


def exists(file: Path, test: str) -> bool:
    """Whether there is *file*, and that test in it if one is named."""
    return file.is_file() and bool(
        not test or re.search(rf"^\s*(async )?def {test}\(", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    )


def test_each_guarantee_names_a_test_that_proves_it() -> None:
    promised = GUARANTEES.partition("\n## Promised\n")[2].partition("\n## ")[0].split("\n### ")[1:]
    assert len(promised) == 9
    assert all("::test_" in one for one in promised)


def test_the_example_of_the_library_runs() -> None:
    (example,) = blocks(section("As a library"), "python")
    ran = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=True)
    assert ran.stdout == "queued\n"


@pytest.mark.parametrize("title", ["Run it", "Test it"])
def test_there_is_one_command_of_one_line_to(title: str) -> None:
    (command,) = blocks(section(title), r"\w*")
    assert len(command.splitlines()) == 1
