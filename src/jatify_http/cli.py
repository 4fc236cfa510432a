"""The command line: each command reads the settings, loads and opens what it needs, and tells trouble in one line."""

import json
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from getpass import getpass
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

user = App(name="user", help="Manage accounts; whoever can run this, can do all of it.")
app.command(user)


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


@user.command(name="add")
def add_user(email: str, *, name: str | None = None) -> None:
    """Make an account, also where registration is closed. The password is asked for, or read from standard input.

    Parameters
    ----------
    email
        By which the account is known.
    name
        What its owner is called; without, the part of the e-mail before the @.
    """
    from jatify_http.people import add_user as run

    _run(run, _settings(), email, name or email.partition("@")[0], _password())


@user.command
def reset_password(email: str) -> None:
    """Give an account another password and end all its sessions. It is asked for, or read from standard input."""
    from jatify_http.people import reset_password as run

    _run(run, _settings(), email, _password())


@user.command(name="list")
def list_users() -> None:
    """Print every account, oldest first."""
    from jatify_http.people import list_users as run

    _run(run, _settings())


@user.command(name="delete")
def delete_user(email: str, *, yes: bool = False) -> None:
    """Delete an account with everything that is its own. There is no way back.

    Parameters
    ----------
    email
        Whose account.
    yes
        Do not ask.
    """
    from jatify_http.people import PeopleError
    from jatify_http.people import delete_user as run

    if not yes and _answer(f"Type {email} again to delete it with everything: ") != email:
        raise PeopleError("Nothing was deleted. Where nobody can be asked, say --yes.")
    _run(run, _settings(), email)


@user.command
def promote(email: str) -> None:
    """Make somebody an operator, who sees the queue and the dead letters of all, without their contents."""
    from jatify_http.people import appoint

    _run(appoint, _settings(), email, True)


@user.command
def demote(email: str) -> None:
    """Make an operator a user like all others, at once."""
    from jatify_http.people import appoint

    _run(appoint, _settings(), email, False)


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


def _password() -> str:
    """The password that was typed, unseen and twice, or the first line of standard input where nobody types."""
    from jatify_http.people import PeopleError

    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
    elif (password := getpass("Password: ")) != getpass("The same again: "):
        raise PeopleError("These two are not the same; nothing was changed.")
    if not password:
        raise PeopleError("There is no password; type one, or give it as the first line of standard input.")
    return password


def _answer(question: str) -> str:
    return input(question) if sys.stdin.isatty() else ""


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
    from jatify_http.people import PeopleError
    from jatify_http.settings import SettingsError
    from jatify_http.sockets import ListenError

    ours = (JatifyError, SettingsError, DemoError, PeopleError)
    worded = (*ours, EmbeddedError, DatabaseProblem, ListenError, WeakKeyError)
    return isinstance(error, worded)


def _tell(words: str) -> None:
    sys.stderr.write("".join(f"jatify: {line}\n" for line in words.splitlines()))
