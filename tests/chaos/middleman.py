"""Whoever stands between clients and one server: a TCP server on loopback, in a thread of its own."""

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import TypeVar

from psycopg.conninfo import conninfo_to_dict, make_conninfo


class Middleman(ABC):
    """Made by `before`; `client` says what becomes of a connection."""

    def __init__(self, host: str, port: int) -> None:
        self.server_address = host, port
        self.port = 0
        self.loop: asyncio.AbstractEventLoop
        self._tasks: set[asyncio.Task[None]] = set()

    @abstractmethod
    async def client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, to its end."""

    def spawn(self, way: Coroutine[object, object, None]) -> None:
        """Go on with *way* beside everything else, until the end."""
        task = asyncio.ensure_future(way)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def serve(self, started: threading.Event, ended: threading.Event) -> None:
        self.loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        while not ended.is_set():
            await asyncio.sleep(0.05)
        server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.spawn(self.client(reader, writer))


M = TypeVar("M", bound=Middleman)


@contextmanager
def before(conninfo: str, kind: type[M]) -> Iterator[tuple[M, str]]:
    """A middleman before the database at *conninfo* until the block ends, and the conninfo that leads through him."""
    given = conninfo_to_dict(conninfo)
    middleman = kind(str(given["host"]), int(str(given["port"])))
    started, ended = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(middleman.serve(started, ended)))
    thread.start()
    try:
        assert started.wait(5)
        yield middleman, make_conninfo(conninfo, host="127.0.0.1", port=middleman.port)
    finally:
        ended.set()
        thread.join()
