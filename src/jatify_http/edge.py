"""What every answer has in common, errors and 404s included: its id, headers, `HEAD`, `304`, patience, and its line."""

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import Any, Final
from uuid import uuid4

import anyio
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import HttpMethod, ScopeType
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Message, Receive, Scope, Send
from msgspec import Struct

from jatify_http.asking import asking
from jatify_http.conditional import unchanged

LOG: Final = logging.getLogger("jatify.access")
BODY_DEADLINE: Final = 30.0
"""Seconds in which a request's body must have come; the server itself has no such limit."""

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}
PUBLIC: Final = tuple((name.lower().encode(), value.encode()) for name, value in HEADERS.items())
PRIVATE: Final = (*PUBLIC, (b"cache-control", b"no-store"))
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SAFE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Unfinished(Exception):
    """The body did not arrive whole: not in time, or its sender hung up."""


class Served(Struct, frozen=True):
    """One request and how it was answered. *route* is the template of its path, empty where none fits."""

    method: str
    route: str
    status: int
    seconds: float


Watch = Callable[[Served], None]
HUNG_UP: Final = 499
"""The status of a request that got no answer because nobody waited for one."""


class Edge:
    """Wraps the whole application, so that nothing leaves without its headers, and *watch* hears of every request."""

    def __init__(self, app: ASGIApp, deadline: float = BODY_DEADLINE, watch: Watch | None = None) -> None:
        self._app = app
        self._deadline = deadline
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        asked = Headers.from_scope(scope)
        request_id = named(asked)
        inner: HTTPScope = {**scope, "method": HttpMethod.GET} if scope["method"] == "HEAD" else scope
        inner["state"]["request_id"] = request_id
        inner["state"]["is_head"] = scope["method"] == "HEAD"
        answer = _Answer(send, scope, asked, request_id)
        began = perf_counter()
        client, _ = scope.get("client") or (None, None)
        with asking(request_id, client):
            try:
                await self._app(inner, _in_time(receive, self._deadline), answer.send)
            finally:
                method = scope["method"] if scope["method"] in METHODS else "OTHER"
                # Of the path its template alone is told: ids and queries may be secrets of their own.
                route = inner.get("path_template", "")
                self._tell(Served(method, route, answer.status, perf_counter() - began))

    def _tell(self, served: Served) -> None:
        if LOG.isEnabledFor(logging.INFO):
            ms = round(served.seconds * 1_000, 1)
            facts = {"method": served.method, "route": served.route, "status": served.status, "ms": ms}
            # `info` would look for the line of code that it is called from, which takes longer than all else.
            LOG.handle(LOG.makeRecord(LOG.name, logging.INFO, "", 0, "request", (), None, extra=facts))
        if self._watch:
            self._watch(served)


def named(headers: Mapping[str, str]) -> str:
    """The id of a request: the caller's own if it is harmless, else a new one."""
    given = headers.get("x-request-id", "")
    return given if SAFE_ID.fullmatch(given) else uuid4().hex


def request_id(scope: Mapping[str, Any]) -> str:
    """The id of the request that is being served."""
    found: str = scope["state"]["request_id"]
    return found


def is_head(scope: Mapping[str, Any]) -> bool:
    """Whether nobody waits for the body of an answer that goes on for ever."""
    return bool(scope["state"]["is_head"])


class _Answer:
    """Sends one answer on its way, dressed."""

    def __init__(self, send: Send, scope: HTTPScope, asked: Headers, request_id: str) -> None:
        self._send = send
        self._scope = scope
        self._asked = asked
        self._request_id = request_id
        self._bodiless = scope["method"] == "HEAD"
        self.status = HUNG_UP

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name.lower(), value) for name, value in message.get("headers", ())]
            message["headers"] = self._dressed(headers)
            if (
                message["status"] == 200
                and (etag := dict(headers).get(b"etag"))
                and self._known(etag.decode("latin-1"))
            ):
                message["status"] = 304
                self._strip(MutableScopeHeaders.from_message(message))
            self.status = message["status"]
        elif message["type"] == "http.response.body" and self._bodiless:
            message = {**message, "body": b""}
        await self._send(message)

    def _dressed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """*headers*, whose names are in small letters, and what they lack."""
        # By hand: Litestar's own mapping looks through all of them for each.
        given = {name for name, _ in headers}
        usual = PRIVATE if self._scope["path"].startswith("/api") else PUBLIC
        dressed = [*headers, *(header for header in usual if header[0] not in given)]
        dressed.append((b"x-request-id", self._request_id.encode()))
        if self._scope["method"] == "OPTIONS" and b"allow" in given:
            allowed = b"allow", _methods(self._scope).encode()
            return [allowed if header[0] == b"allow" else header for header in dressed]
        return dressed

    def _strip(self, headers: MutableScopeHeaders) -> None:
        self._bodiless = True
        for name in ("Content-Length", "Content-Type"):
            if name in headers:
                del headers[name]

    def _known(self, etag: str) -> bool:
        reads = self._scope["method"] in {"GET", "HEAD"}
        return reads and unchanged(etag, self._asked.getall("if-none-match", []))


def _methods(scope: HTTPScope) -> str:
    """The methods of the path that was asked for.

    Litestar's own answer lacks those of handlers that came to the path after the first.
    """
    routes = scope["litestar_app"].routes
    methods = {
        m for r in routes if isinstance(r, HTTPRoute) and r.path_format == scope["path_template"] for m in r.methods
    }
    return allow(methods)


def allow(methods: Iterable[str]) -> str:
    """The `Allow` header of *methods*; what can be got can be headed."""
    known = {str(method) for method in methods}
    return ", ".join(sorted(known | ({"HEAD"} if "GET" in known else set())))


def _in_time(receive: Receive, deadline: float) -> Receive:
    """*receive*, which raises `Unfinished` unless the whole body has come within *deadline* seconds."""
    until = anyio.current_time() + deadline
    whole = False

    async def patient() -> HTTPReceiveMessage:
        nonlocal whole
        if whole:  # what comes now is only the news that the caller hung up, and may take as long as the answer
            return await receive()  # type: ignore[return-value]  # an http scope receives http messages
        try:
            with anyio.fail_after(until - anyio.current_time()):
                message = await receive()
        except TimeoutError:
            raise Unfinished from None
        if message["type"] == "http.disconnect":
            raise Unfinished
        whole = not message.get("more_body", False)
        return message  # type: ignore[return-value]  # the same

    return patient
