"""What Schemathesis cannot know of the API: which refusals no schema can foresee, and what a login is good for.

It runs in the environment of `nox -s schemathesis`, without this project's packages.
"""

import json
import os
import re
from itertools import count
from pathlib import Path
from typing import Any, Final

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.transport.requests import multipart_serializer

URL: Final = os.environ["JATIFY_URL"]
PEOPLE: Final = {
    entry["fixedHeaders"][0]["value"] for entry in json.loads(Path(os.environ["JATIFY_PEOPLE"]).read_text())["auth"]
}
NUMBERS: Final = count(1)
KEY: Final = re.compile(r"[!-~]{1,255}")
PASSWORD: Final = "correct horse battery staple"
UNFORESEEN: Final = {
    "unknown_reference",  # the caller owns no such thing
    "unknown_status",  # the statuses are data
    "retired_status",  # the same
    "not_own",
    "needed",
    "not_each_once",
    "beyond_the_end",  # how many statuses there are is data, too
    "unknown_cursor",  # whose cursor it is, the server alone knows
    "out_of_order",  # two members that contradict each other
    "too_weak",  # how easily a password is guessed
    "wrong_password",
    "taken",
    "too_short",  # a password, where the installation asks for more than the description
}
"""Codes of 422 that a request can earn although every member of it fits its schema."""
OF_CALENDARS: Final = {"/at", "/status_at", "/on"}
"""Instants and days: their format has no bounds, and what is centuries away is refused as `out_of_range`."""
OF_FILES: Final = {"/file", "/email", "/mapping"}
"""What is judged by content: a resume without text, an address with a form that few have, a table's columns."""


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Let each request come from an address of its own, and those that end a login or an account end a new one."""
    number = next(NUMBERS)
    case.headers["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    if KEY.fullmatch(case.headers.get("Idempotency-Key") or ""):
        case.headers["Idempotency-Key"] = f"key-{number}"  # the same for another request is refused, as it should be
    ends = "Accounts" in case.operation.tags and case.method in {"POST", "PUT", "DELETE"}
    if ends and case.headers.get("Authorization") in PEOPLE:
        case.headers["Authorization"] = fresh_login(number)


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Drop the refusals that are right: what is valid by its schema may still not be possible."""
    if failure.code != "ST202" or response.status_code != 422:
        return True
    errors = response.json().get("errors", [])
    return not errors or not all(map(is_unforeseen, errors))


def is_unforeseen(error: dict[str, Any]) -> bool:
    """Whether no schema could have told that this would be refused."""
    is_far = error["code"] == "out_of_range" and error["pointer"] in OF_CALENDARS
    return is_far or error["code"] in UNFORESEEN or error["pointer"] in OF_FILES


@schemathesis.serializer("multipart/form-data")
def form(context: Any, value: Any) -> Any:
    """A form whose file has a name, as every form's in a browser has."""
    sent = multipart_serializer(context, value)
    if sent.get("files"):
        sent["files"] = [named(*part) for part in sent["files"]]
    return sent


def named(name: str, part: Any) -> tuple[str, Any]:
    """*part*, called as a text file would be."""
    if name == "file" and isinstance(part, tuple) and len(part) > 1:
        return name, ("resume.txt", *part[1:])
    return name, part


def fresh_login(number: int) -> str:
    """The `Authorization` of somebody who has just registered."""
    account = {"email": f"guest{number}@example.com", "password": PASSWORD}
    headers = {"X-Forwarded-For": f"172.16.{number >> 8 & 255}.{number & 255}"}
    requests.post(f"{URL}/api/auth/register", json={**account, "name": "Guest"}, headers=headers, timeout=30)
    answer = requests.post(f"{URL}/api/auth/login", json=account, headers=headers, timeout=30)
    return f"Bearer {answer.json()['token']}"


schemathesis.openapi.format(
    "binary", st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=200, max_size=2_000).map(str.encode)
)
