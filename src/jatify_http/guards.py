"""Guards: what is checked of every request before anything is read or done, the login first."""

import logging
import re
from typing import Any, Final

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.status_codes import HTTP_204_NO_CONTENT
from msgspec import Struct

from jatify_core.errors import NotFound, Unauthenticated
from jatify_core.ports import Ports
from jatify_core.use_cases import sessions
from jatify_core.use_cases.users import recognise
from jatify_core.user import Caller
from jatify_http.asking import recognised
from jatify_http.problems import NotAcceptable
from jatify_http.requests import EVENT_STREAM, JSON, query_of

LOG: Final = logging.getLogger("jatify.http")
WEIGHT: Final = re.compile(r"(?:^|;)\s*q=(?P<q>[0-9.]+)", re.IGNORECASE)


async def authenticated(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: raise `Unauthenticated` unless a live session's token is presented."""
    ports = await house(connection)
    known = await recognise(ports, bearer_token(connection.headers.getall("authorization", [])))
    connection.scope["user"] = known
    recognised(str(known.user_id))


class NoQuery(Struct, frozen=True):
    """The query of an operation that takes none."""


async def known_query(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard: refuse parameters where none are known."""
    if connection.scope["query_string"] and "where" not in handler.parsed_fn_signature.parameters:
        query_of(connection, NoQuery)


async def acceptable(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard: refuse a caller who does not take JSON, or a stream of events, before anything is done for him."""
    told = isinstance(handler, HTTPRouteHandler) and handler.status_code != HTTP_204_NO_CONTENT
    given = handler.opt.get("gives", JSON)
    if told and given in {JSON, EVENT_STREAM} and not takes(given, connection.headers.getall("accept", [])):
        raise NotAcceptable(f"This is told in {given} only.")


def takes(media_type: str, accept: list[str]) -> bool:
    """Whether these `Accept` headers leave room for *media_type*: the most specific range that fits decides."""
    return _room_for(media_type, accept) > 0


def prefers_html(accept: list[str]) -> bool:
    """Whether these `Accept` headers rank a page above JSON, as those of browsers do."""
    return _room_for("text/html", accept) > _room_for(JSON, accept)


def _room_for(media_type: str, accept: list[str]) -> float:
    ranges = [part.strip() for header in accept for part in header.split(",") if part.strip()]
    fitting = {r.split(";")[0].strip().lower(): _weight(r) for r in ranges}
    family = f"{media_type.partition('/')[0]}/*"
    named = (fitting[name] for name in (media_type, family, "*/*") if name in fitting)
    return next(named, 0.0 if ranges else 1.0)


async def operators_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: for everybody but operators there is nothing here, as there is nothing at a path that no operation has."""
    if not connection.scope["user"].user.is_operator:
        raise NotFound


ANYBODY: Final = (known_query, acceptable)
"""For operations that need no login."""
LOGGED_IN: Final = (authenticated, known_query, acceptable)
"""For all others: who is not logged in learns nothing else."""
OPERATORS: Final = (authenticated, operators_only, known_query, acceptable)
"""For those that the command line has made operators."""


async def note_use(request: Request[Caller, Any, Any]) -> None:
    """After an answer is on its way: note that the session was used. It delays nobody and is no reason to fail."""
    caller: Caller | None = request.scope.get("user")
    if caller:
        try:
            await sessions.note_use(await house(request), caller)
        except Exception as error:  # noqa: BLE001  # whatever it is, the next request tries again
            LOG.warning("the use of a session was not noted: %s", error)


async def house(request: ASGIConnection[Any, Any, Any, Any]) -> Ports:
    """The ports that the application was made over."""
    ports: Ports = request.app.state.ports
    return ports


async def caller(request: Request[Caller, Any, Any]) -> Caller:
    """Whom `authenticated` has recognised."""
    return request.user


def bearer_token(headers: list[str]) -> str:
    """The token in the one `Authorization` header of a request."""
    if len(headers) != 1:
        raise Unauthenticated("Log in, and present the token as a bearer token.")
    scheme, _, token = headers[0].partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Log in, and present the token as a bearer token.")
    return token.strip()


def _weight(media_range: str) -> float:
    match = WEIGHT.search(media_range.partition(";")[2])
    try:
        return float(match["q"]) if match else 1.0
    except ValueError:
        return 1.0
