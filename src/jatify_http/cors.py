"""CORS: off until origins are named; then exactly those, and never with credentials."""

from collections.abc import Collection
from typing import Final

from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.status_codes import HTTP_204_NO_CONTENT
from litestar.types import ASGIApp, Message, Receive, Scope, Send

PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, Prefer, X-Request-Id"
    ),
    "Access-Control-Max-Age": "600",
}
EXPOSED: Final = (
    "Content-Disposition, ETag, Idempotent-Replayed, Last-Event-ID, Link, Location, Preference-Applied, Retry-After, "
    "WWW-Authenticate, X-Request-Id"
)


class Cors:
    """Lets pages of the named origins read the answers. A token travels in a header, so cookies are never allowed."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        asked = Headers.from_scope(scope)
        origin = asked.get("origin", "")
        allowed = origin in self._origins
        if allowed and scope["method"] == "OPTIONS" and "access-control-request-method" in asked:
            await _preflight(origin, send)
            return

        async def shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                headers = MutableScopeHeaders.from_message(message)
                headers.extend_header_value("Vary", "Origin")
                if allowed:
                    headers["Access-Control-Allow-Origin"] = origin
                    headers["Access-Control-Expose-Headers"] = EXPOSED
            await send(message)

        await self._app(scope, receive, shared)


async def _preflight(origin: str, send: Send) -> None:
    """Tell a browser that its page may ask: this needs no login, the request itself does."""
    answer = {**PREFLIGHT, "Access-Control-Allow-Origin": origin, "Vary": "Origin"}
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.items()]
    await send({"type": "http.response.start", "status": HTTP_204_NO_CONTENT, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
