"""What each kind of problem means and what its reader can do: the pages that the `type` of a problem leads to."""

from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from typing import Annotated, Final

from msgspec import Meta, Struct

from jatify_http.problems import SLUGS
from jatify_http.schemas import Code, Told

MEANINGS: Final[Mapping[str, tuple[str, str]]] = {
    "malformed": (
        "The request, or its body, could not be read at all.",
        "Send well-formed HTTP, and a body that is valid JSON (or a valid form) in UTF-8.",
    ),
    "unauthenticated": (
        "Nobody is logged in with what was presented, or the login has ended.",
        "Log in with POST /api/auth/login, and send the token as `Authorization: Bearer <token>`.",
    ),
    "not-found": (
        "There is nothing at this address, or it is somebody else's: the two are never told apart.",
        "Check the address and the id. What was deleted does not come back.",
    ),
    "method-not-allowed": (
        "The address exists, but has no such method.",
        "Use one of the methods that the `Allow` header names.",
    ),
    "not-acceptable": (
        "The answer cannot be given in a type that the `Accept` header leaves room for.",
        "Accept application/json, and application/problem+json for problems.",
    ),
    "too-slow": (
        "The request did not arrive whole within its time: 10 seconds for its head, 30 for its body.",
        "Send it again over a better connection; nothing has been changed by it.",
    ),
    "conflict": (
        "The request contradicts what is stored, for instance an e-mail that is taken or a job that applications use.",
        "Read the detail, change what stands in the way, and try again.",
    ),
    "stale": (
        "What you meant to change has changed since you read it: `If-Match` names another version.",
        "Read it again, repeat your change on what it is now, and send the new ETag.",
    ),
    "too-large": (
        "The body is larger than this operation takes.",
        "Send less: JSON 64 KiB (applications 256, accounts 4 KiB), a table 5 MiB, a resume what the operator allows.",
    ),
    "address-too-long": (
        "Path and query are longer than any address of this API.",
        "Shorten the query. A cursor is passed on as it came.",
    ),
    "unsupported-type": (
        "The body is of a type, charset or encoding that this operation does not take.",
        "Send one of the types that Accept-Post, Accept-Patch or Accept names, in UTF-8 and without an encoding.",
    ),
    "invalid": (
        "The request was understood, but one or more values cannot be accepted.",
        "`errors` names each of them with a JSON pointer, a stable code and words. Correct all of them and try again.",
    ),
    "throttled": (
        "Too much was asked for in too short a time, or more than one account may have.",
        "Wait as many seconds as `Retry-After` says. Asking sooner makes it no shorter.",
    ),
    "head-too-large": (
        "The header fields are more than 100, or longer than 16 KiB.",
        "Send fewer or shorter header fields; cookies are not used here.",
    ),
    "internal": (
        "Something went wrong on our side. It has been noted under the id that `instance` gives.",
        "Try again later. If it stays, tell the operator that id.",
    ),
    "unavailable": (
        "A part of the house is down or full for the moment.",
        "Try again after as many seconds as `Retry-After` says. Nothing has been changed by the request.",
    ),
}


class ProblemKind(Struct, frozen=True):
    """A kind of problem: what it means, and what to do about it."""

    type: Code
    title: Code
    status: Annotated[int, Meta(ge=400, le=599)]
    meaning: Told
    remedy: Told


KINDS: Final[Mapping[str, ProblemKind]] = {
    slug: ProblemKind(f"/problems/{slug}", HTTPStatus(status).phrase, status, *MEANINGS[slug])
    for status, slug in SLUGS.items()
}


def page_of(kind: ProblemKind) -> str:
    """The same as a page for people."""
    title = escape(f"{kind.status} {kind.title}")
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n</head>\n'
        f"<body>\n<h1>{title}</h1>\n<p>{escape(kind.meaning)}</p>\n<h2>What to do</h2>\n<p>{escape(kind.remedy)}</p>\n"
        f"<p><code>{escape(kind.type)}</code></p>\n</body>\n</html>\n"
    )
