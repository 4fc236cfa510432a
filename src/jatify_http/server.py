"""The server: uvicorn inside our own task group, beside the worker, with one way for both to end."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import uvicorn
from litestar import Litestar

from jatify_core.worker import Worker
from jatify_http.settings import Settings
from jatify_http.signals import stop_on_signals

HEADER_BYTES = 16 * 1024
BACKLOG = 1_024


class ListenError(Exception):
    """The address cannot be listened on; the text says what to do."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket, taken before anything else is started. Raises `ListenError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ListenError(
            f"Cannot listen on {host} port {port} ({error.strerror or error}). "
            "Stop what uses it, or choose another JATIFY_HOST and JATIFY_PORT."
        ) from None


class Server(uvicorn.Server):
    """uvicorn without its own signal handlers: `stop` ends it."""

    def __init__(self, app: Litestar, settings: Settings, listener: socket.socket) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # `addresses` reads them, and takes less for an address
                h11_max_incomplete_event_size=HEADER_BYTES,
                timeout_graceful_shutdown=max(1, round(settings.drain.total_seconds())),
                timeout_keep_alive=75,
            )
        )
        self._listener = listener
        self.ready = anyio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        self.ready.set()

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

    async def run_until_stopped(self) -> None:
        """Answer requests until `stop`."""
        await self.serve([self._listener])
        if not self.started:
            raise ListenError("The API could not start; the log above says why.")

    def stop(self, *, hurry: bool = False) -> None:
        """Take no more requests; leave when those under way are answered, or at once in a *hurry*."""
        self.should_exit = True
        self.force_exit |= hurry


async def run_together(server: Server, worker: Worker | None) -> None:
    """Run both until a signal, or until the server ends; a second signal hurries them."""
    parts = [part for part in (server, worker) if part]
    async with anyio.create_task_group() as signals:
        signals.start_soon(stop_on_signals, *parts)
        async with anyio.create_task_group() as running:
            if worker:
                running.start_soon(worker.run)
            await server.run_until_stopped()
            for part in parts:
                part.stop()
        signals.cancel_scope.cancel()
