"""`Idempotency-Key` (IETF httpapi draft): a POST that arrives twice acts once, and is answered alike both times.

It stands before every POST that needs a login, so that no new one can forget it.
"""

import hashlib
import logging
from typing import Any, Final
from uuid import uuid4

import anyio
from litestar import Request
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from msgspec import Struct, msgpack
from msgspec.structs import replace

from jatify_core.errors import JatifyError, Malformed
from jatify_core.idempotency import KeyedRequest, read_key
from jatify_core.ports import Ports
from jatify_core.use_cases.idempotency import HeldOpen, begin, conclude, give_up
from jatify_http.guards import authenticated, house
from jatify_http.problems import failed, refused
from jatify_http.uploads import MULTIPART

LOG: Final = logging.getLogger("jatify.http")
HEADER: Final = "idempotency-key"
REPLAYED: Final = (b"idempotent-replayed", b"true")
OWN_PORTS: Final = "ports"
KEPT_HEADERS: Final = frozenset({b"content-type", b"etag", b"link", b"location", b"retry-after"})
"""Of an answer's headers those that belong to it; the others are made for each answer anew."""
LAST_WORDS: Final = 2.0
"""Seconds to free a key in, when the server stops; afterwards its lease does."""


class Answer(Struct, frozen=True, array_like=True):
    """What a repetition is told."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def to_keep(self) -> "Answer":
        """The same without what each answer has of its own."""
        return replace(self, headers=tuple(one for one in self.headers if one[0].lower() in KEPT_HEADERS))


class Idempotent:
    """Wraps a route: what has a key is carried out in one piece with the keeping of its answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        handler = scope["route_handler"]
        if not isinstance(handler, HTTPRouteHandler) or not _has_key(scope, handler):
            await self._app(scope, receive, send)
            return
        request: Request[Any, Any, Any] = handler.resolve_request_class()(scope, receive, send)
        await authenticated(request, handler)
        asked = KeyedRequest(request.user.user_id, _key(request), await fingerprint(request), uuid4())
        answer = await self._answer(request, asked)
        await _tell(answer, send)

    async def _answer(self, request: Request[Any, Any, Any], asked: KeyedRequest) -> Answer:
        ports = await house(request)
        kept = await begin(ports, asked)
        if kept is None:
            return await self._carried_out(request, ports, asked)
        answer = msgpack.decode(kept, type=Answer)
        return replace(answer, headers=(REPLAYED, *answer.headers))

    async def _carried_out(self, request: Request[Any, Any, Any], ports: Ports, asked: KeyedRequest) -> Answer:
        """The answer to a first request. Only one that tells of an effect is kept; any other undoes what was done."""
        store, recorder, kept = HeldOpen(ports.store), _Recorder(), False
        request.scope["state"][OWN_PORTS] = replace(ports, store=store)
        try:
            await self._app(request.scope, request.receive, recorder.send)
            answer = recorder.answer
            if answer.status < 300:
                await conclude(store, asked, msgpack.encode(answer.to_keep))
                kept = True
        except Exception as error:  # noqa: BLE001  # told as a problem, as any other: the framework is past it
            return await _problem(request, error)
        else:
            return answer
        finally:
            if not kept:
                await _let_go(store, ports, asked)


async def own_ports(request: Request[Any, Any, Any]) -> Ports:
    """The ports for this request: those of the house, unless it came with a key."""
    own: Ports | None = request.scope["state"].get(OWN_PORTS)
    return own or await house(request)


def takes_key(handler: HTTPRouteHandler) -> bool:
    """Whether an operation takes an `Idempotency-Key`: each POST of a known caller whose answer may be kept."""
    known = HttpMethod.POST in handler.http_methods and authenticated in handler.resolve_guards()
    return known and not handler.opt.get("secret")


async def fingerprint(request: Request[Any, Any, Any]) -> bytes:
    """A digest of all that makes a request what it is: of a form not the boundary, which each sending makes anew."""
    scope, body = request.scope, await request.body()
    media_type, options = request.content_type
    if media_type == MULTIPART and (boundary := options.get("boundary")):
        body = body.replace(boundary.encode(), b"")
    digest = hashlib.sha256()
    for part in (scope["method"].encode(), scope["path"].encode(), scope["query_string"], media_type.encode(), body):
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()


class _Recorder:
    """Takes an answer down instead of sending it."""

    def __init__(self) -> None:
        self._status = 0
        self._headers: tuple[tuple[bytes, bytes], ...] = ()
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = tuple((bytes(name), bytes(value)) for name, value in message["headers"])
        elif message["type"] == "http.response.body":
            self._body += message["body"]

    @property
    def answer(self) -> Answer:
        return Answer(self._status, self._headers, bytes(self._body))


def _has_key(scope: Scope, handler: HTTPRouteHandler) -> bool:
    return takes_key(handler) and any(name == HEADER.encode() for name, _ in scope["headers"])


def _key(request: Request[Any, Any, Any]) -> str:
    keys = request.headers.getall(HEADER)
    if len(keys) != 1:
        raise Malformed("Send one Idempotency-Key.")
    return read_key(keys[0].strip())


async def _let_go(store: HeldOpen, ports: Ports, asked: KeyedRequest) -> None:
    """Undo what waits, and free the key for the next attempt, even when this one was cancelled."""
    with anyio.move_on_after(LAST_WORDS, shield=True):
        try:
            await store.undo()
            await give_up(ports, asked)
        except Exception as error:  # noqa: BLE001  # the lease lapses
            LOG.warning("an idempotency key could not be freed: %s", error)


async def _problem(request: Request[Any, Any, Any], error: Exception) -> Answer:
    recorder = _Recorder()
    told = refused(request, error) if isinstance(error, JatifyError) else failed(request, error)
    await told.to_asgi_response(app=None, request=request)(request.scope, request.receive, recorder.send)
    return recorder.answer


async def _tell(answer: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": list(answer.headers)})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})
