"""Every check of the project: `nox` runs them all, `nox -R -s tests -- -k lease` one of them without installing anew.

The sessions run where nox itself is installed, so that one environment serves a developer, his editor and CI.
"""

import sys
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "contracts", "tests"]

PROJECT = nox.project.load_toml("pyproject.toml")
PINS = Path("constraints.txt")
EVERYTHING = ("-e", ".", *nox.project.dependency_groups(PROJECT, "dev"))


def run(session: nox.Session, tool: str, *arguments: str) -> None:
    """Run the tool of this environment: one of the same name on the PATH may be another."""
    session.run(str(Path(sys.executable).with_name(tool)), *arguments, external=True)


@nox.session(default=False)
def install(session: nox.Session) -> None:
    # The groups are spelled out, because pip reads `--group` only since 25.1.
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    session.run_install(*pip, "--constraint", str(PINS), *EVERYTHING)


@nox.session(requires=["install"])
def lint(session: nox.Session) -> None:
    run(session, "ruff", "check")
    run(session, "ruff", "format", "--check")


@nox.session(requires=["install"])
def types(session: nox.Session) -> None:
    run(session, "mypy")


@nox.session(requires=["install"])
def contracts(session: nox.Session) -> None:
    run(session, "lint-imports")


@nox.session(requires=["install"])
def tests(session: nox.Session) -> None:
    run(session, "pytest", *session.posargs)


@nox.session(requires=["install"], default=False)
def chaos(session: nox.Session) -> None:
    # Real processes, killed, frozen and cut off: up to 15 minutes. `-s` lets the ledger be seen.
    run(session, "pytest", "-s", "-m", "chaos", "tests/chaos", *session.posargs)


@nox.session(requires=["install"], default=False)
def hard(session: nox.Session) -> None:
    # The API under attack and load: up to 15 minutes. `-s` lets the figures be seen.
    run(session, "pytest", "-s", "-m", "hard", "tests", *session.posargs)


@nox.session(requires=["install"], default=False)
def simulation(session: nox.Session) -> None:
    run(session, "python", "-m", "tests.simulation", "--seeds", "10000", *session.posargs)


@nox.session(requires=["install"], default=False)
def faults(session: nox.Session) -> None:
    run(session, "python", "-m", "tests.simulation.faults", *session.posargs)


@nox.session(venv_backend="venv", python="3.11", default=False)
def pins(session: nox.Session) -> None:
    # The oldest Python decides: what it gets, the newer ones can install too.
    session.install(*EVERYTHING)
    listing = session.run("python", "-m", "pip", "freeze", "--exclude-editable", silent=True)
    versions = sorted((line for line in str(listing).splitlines() if "==" in line), key=str.lower)
    text = "\n".join(["# Written by `nox -s pins`: see docs/decisions/0003.", *versions, ""])
    PINS.write_text(text, encoding="utf-8")
