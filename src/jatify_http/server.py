"""The server: uvicorn inside our own task group, ended as everything else is."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

import anyio
import uvicorn
from litestar import Litestar

from jatify_http.feed import Feed
from jatify_http.protocol import GuardedProtocol, Limits
from jatify_http.settings import Settings
from jatify_http.signals import Part
from jatify_http.sockets import ListenError

LET_GO_AFTER = 3.0
"""Seconds after which a server that leaves drops what nobody takes."""
FILES_BESIDE_CONNECTIONS = 150
"""Descriptors that database, worker, readers of documents and log may need."""


def room_for_connections() -> int:
    """How many connections there may be at once: a thousand, or what the system lets one process have open."""
    most = Limits().connections
    if sys.platform == "win32":
        return most
    import resource  # noqa: PLC0415  # there is none on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * most + FILES_BESIDE_CONNECTIONS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        most = min(most, max(50, (soft - FILES_BESIDE_CONNECTIONS) // 2))
    return most


class Server(uvicorn.Server):
    """uvicorn without its own signal handlers: `stop` ends it."""

    def __init__(self, app: Any, settings: Settings, listener: socket.socket, limits: Limits | None = None) -> None:
        limits = limits or Limits(connections=room_for_connections())
        super().__init__(
            uvicorn.Config(
                app,
                # uvicorn calls it, whatever the name of the parameter says.
                http=cast("Any", partial(GuardedProtocol, limits=limits)),
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # `addresses` reads them, and takes less for an address
                timeout_graceful_shutdown=max(1, round(settings.drain.total_seconds())),
                timeout_keep_alive=75,
            )
        )
        self._listener = listener
        self._feed: Feed | None = app.state.get("feed") if isinstance(app, Litestar) else None
        self.ready = anyio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what is under way; wait for nobody who takes nothing of what he has been sent."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._let_go)
            await super().shutdown(sockets)
            tasks.cancel_scope.cancel()

    async def _let_go(self) -> None:
        while True:
            await anyio.sleep(LET_GO_AFTER)
            for connection in tuple(self.server_state.connections):
                if connection.transport.is_closing():  # and yet not closed
                    connection.transport.abort()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the command, which ends server and worker together."""
        yield

    @property
    def address(self) -> str:
        """Where a browser on this machine finds it."""
        host, port = self._listener.getsockname()[:2]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared, not bound
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def part(self) -> Part:
        """The server as a part of its process."""
        return Part(self.run_until_stopped, self)

    async def run_until_stopped(self) -> None:
        """Answer requests until `stop`."""
        await self.serve([self._listener])
        if not self.started:
            raise ListenError("The API could not start; the log above says why.")

    def stop(self, *, hurry: bool = False) -> None:
        """Take no more requests; leave when those under way are answered, or at once in a *hurry*."""
        if self._feed:
            self._feed.close()  # its streams would go on for ever
        self.should_exit = True
        self.force_exit |= hurry
