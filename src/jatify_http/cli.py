"""The command line: each command reads the settings, loads and opens what it needs, and tells trouble in one line."""

import json
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import anyio
from cyclopts import App, Parameter

from jatify_http.logs import set_up_logs
from jatify_http.settings import Settings, load_settings

app = App(
    name="jatify",
    help="Keeps a job seeker's applications, listings and resumes, and tells how well a resume fits a listing.",
    version=version("jatify"),
)


@app.command
def serve(*, worker: bool = True) -> None:
    """Serve the API, and run a worker beside it.

    Parameters
    ----------
    worker
        Run jobs in this process too; without, leave them to `jatify worker`.
    """
    from jatify_http.serving import serve as run

    _run(run, _settings(), worker)


@app.command
def worker() -> None:
    """Run jobs, and nothing else; any number of these share one database."""
    from jatify_http.working import work

    _run(work, _settings())


@app.command
def demo(*, once: bool = False) -> None:
    """Serve, analyse a sample resume against a sample listing through the API, print the report, and keep serving.

    Parameters
    ----------
    once
        End when the report is printed.
    """
    from jatify_http.demo import run_demo

    _run(run_demo, _settings(), once)


@app.command(name="migrate")
def migrate_database() -> None:
    """Bring the database to this release's shape; safe to run at any time, by several at once."""
    from jatify_http.check import bring_up_to_date

    _run(bring_up_to_date, _settings())


@app.command
def check() -> None:
    """Look at settings, database and model key, and say what is wrong."""
    from jatify_http.check import check_everything

    if not _run(check_everything, _settings()):
        sys.exit(2)


@app.command
def openapi() -> None:
    """Print the API's OpenAPI 3.1 document."""
    from jatify_adapters.memory import memory_ports
    from jatify_http.app import create_app
    from jatify_http.openapi import document

    # The document is the same over any ports, so those that need nothing will do.
    described = document(create_app(memory_ports()))
    sys.stdout.write(json.dumps(described, indent=2, ensure_ascii=False) + "\n")


@app.command
def analyze(
    resume: Path, *, listing: Path | None = None, as_json: Annotated[bool, Parameter(name="--json")] = False
) -> None:
    """Score a resume on the spot, without server or database.

    Parameters
    ----------
    resume
        A PDF, DOCX, text or Markdown file.
    listing
        The advertised position, in a file of the same types; without, a general review.
    as_json
        Print the report as JSON.
    """
    from jatify_http.spot import analyze_file

    if not _run(analyze_file, _settings(), resume, listing, as_json):
        sys.exit(1)


def main() -> None:
    """Run the command line; trouble ends it with exit code 2."""
    with _trouble_told():
        app()


def _settings() -> Settings:
    settings = load_settings(os.environ)
    set_up_logs(settings)
    for name in settings.ignored:
        _tell(f"{name} is no setting of ours and is ignored; `jatify --help` and the README name those there are.")
    return settings


def _run(command: Callable[..., Coroutine[Any, Any, Any]], *arguments: object) -> Any:
    uvloop = sys.platform != "win32"
    return anyio.run(command, *arguments, backend_options={"use_uvloop": uvloop})


@contextmanager
def _trouble_told() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has left; Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        leaves = list(_leaves(error))
        if not all(map(_has_words, leaves)):
            raise
        for leaf in leaves:
            _tell(str(leaf))
        sys.exit(2)


def _leaves(error: Exception) -> Iterator[Exception]:
    if isinstance(error, ExceptionGroup):
        for one in error.exceptions:
            yield from _leaves(one)
    else:
        yield error


def _has_words(error: Exception) -> bool:
    """Whether it is written for the person at the terminal; anything else is a bug and shows its traceback."""
    from jatify_adapters.postgres import DatabaseProblem
    from jatify_adapters.postgres.embedded import EmbeddedError
    from jatify_adapters.security import WeakKeyError
    from jatify_core.errors import JatifyError
    from jatify_http.demo import DemoError
    from jatify_http.settings import SettingsError
    from jatify_http.sockets import ListenError

    worded = (SettingsError, EmbeddedError, DatabaseProblem, ListenError, WeakKeyError, DemoError, JatifyError)
    return isinstance(error, worded)


def _tell(words: str) -> None:
    sys.stderr.write("".join(f"jatify: {line}\n" for line in words.splitlines()))
