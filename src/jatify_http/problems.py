"""Errors on the wire (RFC 9457), and the one table from error to status."""

import logging
import math
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import uuid4

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from msgspec import UNSET, Meta, Struct, UnsetType

from jatify_core.errors import (
    Conflict,
    Invalid,
    JatifyError,
    Malformed,
    NotFound,
    Stale,
    Throttled,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnderWay,
    Unsupported,
    Violation,
)
from jatify_http.audit import Act, noted
from jatify_http.edge import HEADERS, Unfinished, allow, request_id

LOG: Final = logging.getLogger("jatify.http")
PROBLEM_JSON: Final = "application/problem+json"
MOST_ERRORS: Final = 100
"""Faults that are told at once; a body with more gets the others when these are mended."""
LONGEST_POINTER: Final = 1_000
LONGEST_WORDS: Final = 2_000


class NotAcceptable(JatifyError):
    """The caller takes nothing that could be given."""


STATUS: Final[Mapping[type[JatifyError], int]] = {
    Malformed: 400,
    Unauthenticated: 401,
    NotFound: 404,
    NotAcceptable: 406,
    Conflict: 409,
    Stale: 412,
    TooLarge: 413,
    Unsupported: 415,
    Invalid: 422,
    Throttled: 429,
    Unavailable: 503,
}

SLUGS: Final[Mapping[int, str]] = {
    400: "malformed",
    401: "unauthenticated",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    408: "too-slow",
    409: "conflict",
    412: "stale",
    413: "too-large",
    414: "address-too-long",
    415: "unsupported-type",
    422: "invalid",
    429: "throttled",
    431: "head-too-large",
    500: "internal",
    503: "unavailable",
}

WORDS: Final[Mapping[int, str]] = {
    400: "The request cannot be read.",
    404: str(NotFound()),
    405: "There is no such method here; the Allow header names those there are.",
    408: "The request took too long to arrive.",
    413: "The body is larger than this operation takes.",
    414: "The address with its query is longer than any that is served here.",
    431: "The header fields are more, or longer, than are taken here.",
    500: "Something went wrong here. It has been noted under the id of this request.",
    503: "There is no room for this request at the moment. Try again shortly.",
}
"""What is said where it is not one of the core's errors that speaks."""


class Problem(Struct, frozen=True):
    """What went wrong. `instance` is the id of the request, as in `X-Request-Id`; `errors` comes with 422."""

    type: Annotated[str, Meta(max_length=100, pattern="^/problems/[a-z-]+$")]
    title: Annotated[str, Meta(max_length=100)]
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: Annotated[str, Meta(max_length=4_000)]
    instance: Annotated[str, Meta(max_length=64)]
    errors: Annotated[tuple[Violation, ...], Meta(max_length=MOST_ERRORS)] | UnsetType = UNSET


def refused(request: Request[Any, Any, Any], error: JatifyError) -> Response[Problem]:
    """The answer to an error of the core."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), None)
    if status is None:
        return failed(request, error)
    _note(request, error)
    headers = _headers(request, error)
    violations = tuple(map(_cut, error.violations[:MOST_ERRORS])) if isinstance(error, Invalid) else UNSET
    detail = "One or more members cannot be accepted." if violations else str(error)
    return _answer(request, status, detail, headers, violations)


def rejected(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """The answer to an error of the framework; its own words may name classes and addresses, so ours are given."""
    status = 404 if _names_no_id(error) else error.status_code
    if status not in WORDS or status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return failed(request, error)
    headers = {"Allow": _allowed(error)} if status == HTTPStatus.METHOD_NOT_ALLOWED else {}
    return _answer(request, status, WORDS[status], headers)


def unfinished(request: Request[Any, Any, Any], _: Unfinished) -> Response[Problem]:
    """The answer to a body that did not come."""
    return _answer(request, 408, WORDS[408], {"Connection": "close"})


def failed(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """The answer to a fault of our own: nothing about it but the id under which it was logged."""
    LOG.error("request failed", exc_info=error, extra={"request_id": request_id(request.scope)})
    return _answer(request, 500, WORDS[500], {})


def unread(status: int) -> tuple[Mapping[str, str], bytes]:
    """Header fields and body of the answer to a request that could not be read, before anybody knows whose it is."""
    name = uuid4().hex
    body = msgspec.json.encode(_problem(status, WORDS[status], name))
    headers = {
        **HEADERS,
        "X-Request-Id": name,
        "Cache-Control": "no-store",
        "Content-Type": PROBLEM_JSON,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    return (headers | {"Retry-After": "2"} if status == HTTPStatus.SERVICE_UNAVAILABLE else headers), body


HANDLERS: Final[dict[int | type[Exception], Callable[[Request[Any, Any, Any], Any], Response[Problem]]]] = {
    JatifyError: refused,
    HTTPException: rejected,
    Unfinished: unfinished,
    Exception: failed,
}


def _answer(
    request: Request[Any, Any, Any],
    status: int,
    detail: str,
    headers: Mapping[str, str],
    errors: tuple[Violation, ...] | UnsetType = UNSET,
) -> Response[Problem]:
    problem = _problem(status, detail, request_id(request.scope), errors)
    return Response(problem, status_code=status, headers=dict(headers), media_type=PROBLEM_JSON)


def _problem(status: int, detail: str, instance: str, errors: tuple[Violation, ...] | UnsetType = UNSET) -> Problem:
    return Problem(f"/problems/{SLUGS[status]}", HTTPStatus(status).phrase, status, detail, instance, errors)


def _note(request: Request[Any, Any, Any], error: JatifyError) -> None:
    match error:
        case Unauthenticated():
            act: Act = "login_failed" if request.route_handler.opt.get("act") == "login" else "denied"
            noted(act, method=request.method, route=request.scope.get("path_template"))
        case Throttled():
            noted("throttled", method=request.method, route=request.scope.get("path_template"))
        case _:
            pass


def _headers(request: Request[Any, Any, Any], error: JatifyError) -> dict[str, str]:
    match error:
        case Unauthenticated():
            return {"WWW-Authenticate": "Bearer"}
        case Throttled() | Unavailable() | UnderWay():
            return {"Retry-After": str(max(1, math.ceil(error.retry_after.total_seconds())))}
        case Unsupported():
            return dict([_taken(request)])
        case _:
            return {}


def _cut(violation: Violation) -> Violation:
    """*violation* as it can be told: a name that a caller made up may be as long as a body, and hold a NUL."""
    pointer, message = (text.replace("\0", "\ufffd") for text in (violation.pointer, violation.message))
    return Violation(pointer[:LONGEST_POINTER], violation.code, message[:LONGEST_WORDS])


def _taken(request: Request[Any, Any, Any]) -> tuple[str, str]:
    """The header that says which types this operation takes."""
    takes = request.route_handler.opt.get("takes", "application/json")
    return {"POST": "Accept-Post", "PATCH": "Accept-Patch"}.get(request.method, "Accept"), takes


def _allowed(error: HTTPException) -> str:
    """The methods of the path, which Litestar's own error names."""
    return allow(method.strip() for method in (error.headers or {}).get("allow", "").split(","))


def _names_no_id(error: HTTPException) -> bool:
    """Whether the path holds an id that is none: alike to one that nothing has."""
    extra = error.extra if isinstance(error, ValidationException) and isinstance(error.extra, list) else []
    return any(isinstance(fault, dict) and fault.get("source") == "path" for fault in extra)
