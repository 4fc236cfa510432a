"""A server of this very process on a real socket, for tests that write to sockets by hand."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import anyio
from anyio.abc import SocketStream
from litestar import Litestar

from jatify_http.protocol import Limits
from jatify_http.server import Server
from jatify_http.settings import load_settings
from jatify_http.sockets import bind

CLOSE = b"Connection: close\r\n"


@asynccontextmanager
async def listening(app: Litestar, limits: Limits | None = None, **settings: str) -> AsyncIterator[int]:
    """The port on which *app* answers as long as the block runs."""
    with bind("127.0.0.1", 0) as listener:
        server = Server(app, load_settings(settings, Path("no-such-file")), listener, limits)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(server.run_until_stopped)
            await server.ready.wait()
            yield port_of(listener)
            server.stop(hurry=True)


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


async def said(port: int, *pieces: bytes, within: float = 10) -> str:
    """Everything that the server says to *pieces* until it closes."""

    async def say() -> None:
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):  # it has heard enough
            for piece in pieces:
                await stream.send(piece)

    async with await anyio.connect_tcp("127.0.0.1", port) as stream:
        with anyio.fail_after(within):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(say)
                answer = await heard(stream)
                tasks.cancel_scope.cancel()
    return answer


async def heard(stream: SocketStream) -> str:
    """Everything that comes until the other side closes."""
    received = bytearray()
    try:
        while True:
            received += await stream.receive()
    except (anyio.EndOfStream, anyio.BrokenResourceError):
        return received.decode("latin-1")
