"""Every verb says for whom it acts: the wall behind a statement is only as good as the name that it is told."""

import ast
from pathlib import Path

from jatify_core import use_cases

OF_THE_HOUSE = {
    "_added": "whose account is not there before",
    "login": "whom nobody knows until the password is right",
    "look": "attempts are counted by what is tried, not by who tries it",
    "admitted": "the same",
    "_prove": "the same",
    "note_use": "after the answer, where the login may have ended meanwhile",
    "recognise": "whom nobody knows until the session is found",
    "readiness": "nobody asks",
    "_opened": "whom nobody knows until the password is right, or until his calendar's link is found",
    "look_at_everybodys_queue": "as operators may",
    "list_everybodys_dead_letters": "as operators may",
    "requeue_anybodys": "as operators may",
    "delete_anybodys": "as operators may",
    "list_users": "at the command line",
    "reset_password": "at the command line",
    "remove_user": "at the command line",
    "appoint": "at the command line",
}
"""Verbs that act for no user, and why. Think twice before adding one."""

NAMED = {"user_id", "caller.user_id", "job.user_id", "request.user_id", "link.user_id"}
"""How a verb knows its user: as who was recognised, or as whose the job, the key or the calendar's link is."""


def transactions() -> list[tuple[str, str]]:
    """Each transaction that a use case opens: the function's name, and what it is told."""
    (folder,) = use_cases.__path__
    return [
        (function.name, ", ".join(map(ast.unparse, call.args)))
        for module in Path(folder).glob("*.py")
        for function in ast.walk(ast.parse(module.read_text()))
        if isinstance(function, ast.AsyncFunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "transaction"
    ]


def test_only_these_verbs_act_for_the_house() -> None:
    assert {name for name, told in transactions() if not told} == set(OF_THE_HOUSE)


def test_all_other_verbs_name_the_user_who_asks() -> None:
    assert {told for _, told in transactions() if told} <= NAMED
    assert len(transactions()) > 20
