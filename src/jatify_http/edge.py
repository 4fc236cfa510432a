"""What every answer has in common, errors and 404s included: its id, its headers, `HEAD`, `304`, and patience."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import uuid4

import anyio
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import HttpMethod, ScopeType
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Message, Receive, Scope, Send

from jatify_http.conditional import unchanged

BODY_DEADLINE: Final = 30.0
"""Seconds in which a request's body must have come; the server itself has no such limit."""

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}
SAFE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Unfinished(Exception):
    """The body did not arrive whole: not in time, or its sender hung up."""


class Edge:
    """Wraps the whole application, so that nothing leaves without its headers."""

    def __init__(self, app: ASGIApp, deadline: float = BODY_DEADLINE) -> None:
        self._app = app
        self._deadline = deadline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        asked = Headers.from_scope(scope)
        request_id = named(asked)
        inner: HTTPScope = {**scope, "method": HttpMethod.GET} if scope["method"] == "HEAD" else scope
        inner["state"]["request_id"] = request_id
        answer = _Answer(send, scope, asked, request_id)
        await self._app(inner, _in_time(receive, self._deadline), answer.send)


def named(headers: Mapping[str, str]) -> str:
    """The id of a request: the caller's own if it is harmless, else a new one."""
    given = headers.get("x-request-id", "")
    return given if SAFE_ID.fullmatch(given) else uuid4().hex


def request_id(scope: Mapping[str, Any]) -> str:
    """The id of the request that is being served."""
    found: str = scope["state"]["request_id"]
    return found


class _Answer:
    """Sends one answer on its way, dressed."""

    def __init__(self, send: Send, scope: HTTPScope, asked: Headers, request_id: str) -> None:
        self._send = send
        self._scope = scope
        self._asked = asked
        self._request_id = request_id
        self._bodiless = scope["method"] == "HEAD"

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message.setdefault("headers", [])
            headers = MutableScopeHeaders.from_message(message)
            self._dress(headers)
            if message["status"] == 200 and self._known(headers.get("ETag")):
                message["status"] = 304
                self._strip(headers)
        elif message["type"] == "http.response.body" and self._bodiless:
            message = {**message, "body": b""}
        await self._send(message)

    def _dress(self, headers: MutableScopeHeaders) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers["X-Request-Id"] = self._request_id
        if self._scope["path"].startswith("/api"):
            headers.setdefault("Cache-Control", "no-store")
        if self._scope["method"] == "OPTIONS" and "Allow" in headers:
            headers["Allow"] = _methods(self._scope)

    def _strip(self, headers: MutableScopeHeaders) -> None:
        self._bodiless = True
        for name in ("Content-Length", "Content-Type"):
            if name in headers:
                del headers[name]

    def _known(self, etag: str | None) -> bool:
        reads = self._scope["method"] in {"GET", "HEAD"}
        return etag is not None and reads and unchanged(etag, self._asked.getall("if-none-match", []))


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
