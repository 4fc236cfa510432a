"""Server-sent events: an answer that goes on until its reader leaves, stops reading, or is not logged in any more."""

import logging
from typing import Any, Final

import anyio
from litestar import Litestar, Request, Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Send

from jatify_core.errors import Invalid
from jatify_http.edge import Unfinished
from jatify_http.feed import Seat
from jatify_http.requests import EVENT_STREAM
from jatify_http.schemas.events import block

log = logging.getLogger("jatify.http")

LAST_EVENT_ID: Final = "Last-Event-ID"
FARTHEST: Final = 2**63 - 1
PING_EVERY: Final = 15.0
PING: Final = b": ping\n\n"
HELLO: Final = b": connected\n\n"
"""Lets whoever stands between see that the answer has begun."""
SLOWEST: Final = 10.0
"""Seconds in which a reader must make room for the next piece."""
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStream(Response[bytes]):
    """What is told from a *seat*; without one its headers alone."""

    def __init__(self, seat: Seat | None) -> None:
        where = {LAST_EVENT_ID: str(seat.position)} if seat else {}
        super().__init__(b"", headers=HEADERS | where, media_type=EVENT_STREAM)
        self._seat = seat

    def to_asgi_response(self, app: Litestar | None, request: Request[Any, Any, Any], **how: Any) -> ASGIResponse:
        """The answer itself."""
        if not self._seat:
            return super().to_asgi_response(app, request, **how)
        return _Streaming(self._seat, headers=self.headers, media_type=EVENT_STREAM, status_code=self.status_code)


class _Streaming(ASGIResponse):
    _should_set_content_length = False

    def __init__(self, seat: Seat, **answer: Any) -> None:
        super().__init__(**answer)
        self._seat = seat

    async def send_body(self, send: Send, receive: Receive) -> None:
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_until_gone, receive, tasks.cancel_scope)
                if await self._tell(send):
                    await self._sent(send, b"", more=False)
                tasks.cancel_scope.cancel()
        finally:
            self._seat.leave()

    async def _tell(self, send: Send) -> bool:
        """Tell until the stream is over; return whether its reader kept pace."""
        said = HELLO
        ping_at = anyio.current_time() + PING_EVERY
        while await self._sent(send, said):
            said = b""
            with anyio.move_on_after(ping_at - anyio.current_time()):
                try:
                    said = b"".join(map(block, await self._seat.next()))
                except Exception as error:  # noqa: BLE001  # the reader comes back, and tells how far he was told
                    log.warning("a stream of events ends early: %s", error)
                    return True
            if self._seat.over:
                return True
            if anyio.current_time() >= ping_at:
                said += PING
                ping_at = anyio.current_time() + PING_EVERY
        return False

    async def _sent(self, send: Send, body: bytes, *, more: bool = True) -> bool:
        """Send a piece; return whether its reader made room for it in time."""
        with anyio.move_on_after(SLOWEST) as self._seat.sending:
            await send({"type": "http.response.body", "body": body, "more_body": more})
            return True
        log.warning("a stream of events is cut: its reader does not read")
        return False


async def last_event_id(request: Request[Any, Any, Any]) -> int | None:
    """The number after which events are wanted; None for what happens from now on. Raises `Invalid` for what is none.

    To ignore it would lose events without a word.
    """
    given = request.headers.get(LAST_EVENT_ID, "").strip()
    if not given:
        return None
    if given.isascii() and given.isdigit() and len(given) < 20:
        return min(int(given), FARTHEST)
    raise Invalid.at(
        "", "unknown_event", f"{LAST_EVENT_ID} is none of ours: send the last id that you received, or leave it out."
    )


async def _until_gone(receive: Receive, answer: anyio.CancelScope) -> None:
    """Cancel *answer* once its reader has hung up."""
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    except Unfinished:
        pass
    answer.cancel()
