"""The protocol of a connection: uvicorn's, with limits on whoever opens, fills or drains it slowly or without end.

What it refuses here, nobody behind it has to read, and the answer is a problem like any other.
"""

import asyncio
import logging
from functools import partial
from typing import Any, Final

from msgspec import Struct
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from jatify_http.problems import unread

LOG: Final = logging.getLogger("jatify.http")


class Limits(Struct, frozen=True):
    """What one connection may take, and how many there may be."""

    connections: int = 1_000
    head_bytes: int = 16 * 1024
    """Of everything before the body, and of what follows a chunked one."""
    head_fields: int = 100
    target_bytes: int = 8 * 1024
    """Of path and query."""
    head_seconds: float = 10.0
    """From the first byte, or from connecting, until the head is whole."""
    linger_seconds: float = 2.0
    """In which the rest of a body that nobody wants is read and thrown away, so that the answer is not lost."""
    drain_seconds: float = 30.0
    drain_bytes: int = 8 * 1024
    """So much of a waiting answer must be taken in each `drain_seconds`."""


async def _say_unavailable(cycle: RequestResponseCycle) -> None:
    """Answer a request that was cut short, as the end of a shutdown cuts what still waits."""
    headers, body = unread(503)
    told = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await cycle.send({"type": "http.response.start", "status": 503, "headers": told})
    await cycle.send({"type": "http.response.body", "body": body, "more_body": False})


class Refused(Exception):
    """A head is larger than it may be, or wrong; raised inside the parser, which gives up then."""


class GuardedProtocol(HttpToolsProtocol):
    """One connection, within its limits."""

    def __init__(self, *args: Any, limits: Limits = Limits(), **kwargs: Any) -> None:  # noqa: B008  # frozen
        super().__init__(*args, **kwargs)
        self._limits = limits
        self._fault = 400
        self._arrived = 0
        self._head = 0
        self._in_head = False
        self._deaf = False
        self._patience: asyncio.TimerHandle | None = None
        self._lingering: asyncio.TimerHandle | None = None
        self._draining: asyncio.TimerHandle | None = None
        self._left = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a connection in, if there is room for it."""
        super().connection_made(transport)
        if len(self.connections) > 2 * self._limits.connections:
            transport.abort()  # a flood is not worth an answer
        elif len(self.connections) > self._limits.connections:
            self.refuse(503)
        else:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection and its timers."""
        self._stop("_patience", "_lingering", "_draining")
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the connection has been refused."""
        if self._deaf:
            return
        if self._is_idle:
            self._expect_head()
        super().data_received(data)
        if self._in_head:
            self._arrived += len(data)
            if self._arrived > self._limits.head_bytes:
                self.refuse(431)

    def on_message_begin(self) -> None:
        """Begin to read a head."""
        self._head = self._arrived = 0
        self._in_head = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one field, also of those that follow a body."""
        self._head += len(name) + len(value) + 4
        if self._head > self._limits.head_bytes or len(self.headers) >= self._limits.head_fields:
            self._give_up(431)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Serve the request whose head this is."""
        self._stop("_patience")
        self._in_head = False
        if len(self.url) > self._limits.target_bytes:
            self._give_up(414)
        if self.parser.get_http_version() == "1.1" and [name for name, _ in self.headers].count(b"host") != 1:
            self._give_up(400)  # RFC 9112, 3.2
        super().on_headers_complete()
        self.cycle.send_500_response = partial(_say_unavailable, self.cycle)  # type: ignore[method-assign]  # its one hook

    def on_message_complete(self) -> None:
        """Know that a request has come whole, whether somebody wanted it or not."""
        super().on_message_complete()
        if self._lingering:
            self.transport.close()

    def on_response_complete(self) -> None:
        """Wait for the next request; what is left of this one is not waited for."""
        super().on_response_complete()
        if not self.cycle.response_complete or self.transport.is_closing():
            return
        if self.cycle.more_body:
            self._lingering = self.loop.call_later(self._limits.linger_seconds, self.transport.close)
        elif self._in_head and not self._patience:
            self._expect_head()

    def pause_writing(self) -> None:
        """Wait for a caller who does not take the answer as fast as it comes, but not for one who takes nothing."""
        super().pause_writing()
        self._left = self.transport.get_write_buffer_size()
        self._draining = self.loop.call_later(self._limits.drain_seconds, self._look_at_drain)

    def resume_writing(self) -> None:
        """Send on."""
        self._stop("_draining")
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn's words; ours are the problem's
        """Answer what cannot be read."""
        self.refuse(self._fault)

    def refuse(self, status: int) -> None:
        """Answer with a problem and hear nothing more; close when the caller has had time to read it."""
        if self._deaf or self.transport.is_closing():
            return
        self._deaf = True
        self._stop("_patience")
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        LOG.info("refused before it was read", extra={"status": status})
        headers, body = unread(status)
        lines = [STATUS_LINE[status], *(f"{name}: {value}\r\n".encode() for name, value in headers.items()), b"\r\n"]
        self.transport.write(b"".join([*lines, body]))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._lingering = self.loop.call_later(self._limits.linger_seconds, self.transport.abort)

    @property
    def _is_idle(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        busy = cycle is not None and not cycle.response_complete
        return not busy and self._patience is None and self._lingering is None

    def _give_up(self, status: int) -> None:
        self._fault = status
        raise Refused

    def _expect_head(self) -> None:
        self._patience = self.loop.call_later(self._limits.head_seconds, self._lose_patience)

    def _lose_patience(self) -> None:
        self._patience = None
        if self._in_head:
            self.refuse(408)
        else:
            self.transport.close()  # nobody has asked for anything

    def _look_at_drain(self) -> None:
        left = self.transport.get_write_buffer_size()
        if self._left - left < self._limits.drain_bytes:
            self.transport.abort()
            return
        self._left = left
        self._draining = self.loop.call_later(self._limits.drain_seconds, self._look_at_drain)

    def _stop(self, *timers: str) -> None:
        for name in timers:
            if timer := getattr(self, name):
                timer.cancel()
            setattr(self, name, None)
