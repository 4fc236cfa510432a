"""Every check of the project: `nox` runs them all, `nox -R -s tests -- -k lease` one of them without installing anew.

The sessions run where nox itself is installed, so that one environment serves a developer, his editor and CI.
"""

import shutil
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
def quick(session: nox.Session) -> None:
    # The same by as many processes as there are cores; what measures time has the machine for itself first.
    run(session, "pytest", "-m", "alone")
    run(session, "pytest", "-m", "not alone", "-n", "auto", "--maxprocesses", "4", "--dist", "worksteal")


@nox.session(requires=["install"], default=False)
def chaos(session: nox.Session) -> None:
    # Real processes, killed, frozen and cut off: up to 15 minutes. `-s` lets the ledger be seen.
    run(session, "pytest", "-s", "-m", "chaos", "tests/chaos", *session.posargs)


@nox.session(requires=["install"], default=False)
def soak(session: nox.Session) -> None:
    session.env["JATIFY_SOAK_CALM"] = "480"
    run(session, "pytest", "-s", "-m", "chaos", "tests/chaos/test_soak.py", *session.posargs)


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


@nox.session(requires=["install"], default=False)
def mocks(session: nox.Session) -> None:
    # Mocks of providers that others wrote, in a folder of their own: this project depends on neither.
    folder = Path(session.create_tmp()) / "mocks"
    session.run_install(sys.executable, "-m", "venv", str(folder / "python"))
    llmock, aimock = folder / "python" / "bin" / "llmock", folder / "node_modules" / ".bin" / "llmock"
    pip = (str(llmock.with_name("python")), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    session.run_install(*pip, "--requirement", "tests/mocks/requirements.txt", external=True)
    shutil.copy("tests/mocks/package.json", folder)
    npm = ("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder))
    session.run_install(*npm, external=True)
    found = {"JATIFY_TEST_LLMOCK": str(llmock.resolve()), "JATIFY_TEST_AIMOCK": str(aimock.absolute())}
    session.env.update(found)
    run(session, "pytest", "-m", "mocks", "tests/mocks", *session.posargs)


@nox.session(requires=["install"], default=False)
def screenshots(session: nox.Session) -> None:
    # The README's three; `nox -s screenshots -- FOLDER --all` takes every screen in both themes and both widths.
    run(session, "python", "-m", "tests.console.screenshots", *(session.posargs or ["docs/images"]))


@nox.session(venv_backend="venv", python="3.11", default=False)
def pins(session: nox.Session) -> None:
    # The oldest Python decides: what it gets, the newer ones can install too.
    session.install(*EVERYTHING)
    listing = session.run("python", "-m", "pip", "freeze", "--exclude-editable", silent=True)
    versions = sorted((line for line in str(listing).splitlines() if "==" in line), key=str.lower)
    text = "\n".join(["# Written by `nox -s pins`: see docs/decisions/0003.", *versions, ""])
    PINS.write_text(text, encoding="utf-8")


@nox.session(default=False)
def spectral(session: nox.Session) -> None:
    # Every rule for OpenAPI and of OWASP's list; tests/outside/spectral says which are off, and why.
    folder = from_npm(session, "spectral")
    rules, description = str(folder / ".spectral.yaml"), str(Path("openapi.json").resolve())
    with session.chdir(folder):
        session.run("npx", "--no-install", "spectral", "lint", "-F", "hint", "-r", rules, description, external=True)


@nox.session(requires=["install"], venv_backend="venv", default=False)
def schemathesis(session: nox.Session) -> None:
    # All checks and phases, two people, at least 100 examples an operation, against a real server: 10 minutes.
    session.install("schemathesis==4.32.5")
    config = "tests/outside/schemathesis/schemathesis.toml"
    beside_a_server(session, session.bin, "schemathesis", "--config-file", config, "run", "openapi.json")


@nox.session(requires=["install"], venv_backend="venv", default=False)
def clients(session: nox.Session) -> None:
    # Clients that two public generators make of openapi.json are type-checked and do what a front end does.
    session.install("openapi-python-client==0.29.1", "mypy==2.4.1")
    python = copied(session, "python_client")
    made = ("--path", "openapi.json", "--output-path", str(python / "jatify_client"), "--meta", "none", "--overwrite")
    session.run("openapi-python-client", "generate", *made)
    session.run("mypy", "--strict", str(python), env={"MYPYPATH": str(python)})
    typescript = from_npm(session, "typescript")
    description = str(Path("openapi.json").resolve())
    with session.chdir(typescript):
        session.run("npx", "--no-install", "openapi-typescript", description, "-o", "api.d.ts", external=True)
        session.run("npx", "--no-install", "tsc", external=True)
    beside_a_server(session, session.bin, "python", str(python / "smoke.py"))
    beside_a_server(session, "", "node", str(typescript / "out" / "smoke.js"))


def copied(session: nox.Session, name: str) -> Path:
    """The folder *name* of tests/outside, in a place of the session's own that tools may write to."""
    folder = Path(session.create_tmp()).resolve() / name
    shutil.copytree(Path("tests/outside") / name, folder, dirs_exist_ok=True)
    return folder


def from_npm(session: nox.Session, name: str) -> Path:
    """The same with the packages that it names installed; none of their scripts is run."""
    folder = copied(session, name)
    with session.chdir(folder):
        session.run_install(
            "npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", external=True
        )
    return folder


def beside_a_server(session: nox.Session, folder: str, program: str, *arguments: str) -> None:
    """Run *program* while a server of this environment listens for it."""
    command = (str(Path(folder) / program) if folder else program, *arguments, *session.posargs)
    session.run(sys.executable, "-m", "tests.outside.hosting", *command, external=True)
