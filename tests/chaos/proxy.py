"""A TCP proxy in a thread of its own: it passes bytes on, holds them back without a word, or hangs up."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from psycopg.conninfo import conninfo_to_dict, make_conninfo

Weather = Literal["fair", "frozen", "closed"]
"""Frozen is a machine that vanished: connections stay open, new ones are accepted, and nothing comes through."""

CHUNK = 65_536


class Proxy:
    """Between clients and one server; made by `proxied`."""

    def __init__(self, host: str, port: int) -> None:
        self._server_address = host, port
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._fair = asyncio.Event()
        self._weather: Weather = "fair"
        self.port = 0

    def turn(self, weather: Weather) -> None:
        """Change the weather for every connection, old and new; "closed" cuts the old ones."""
        asyncio.run_coroutine_threadsafe(self._turn(weather), self._loop).result(5)

    def cut(self) -> None:
        """Hang up on everybody once. What was sent by then may or may not have had an effect."""
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(5)

    def run(self, started: threading.Event, ended: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve(started, ended))
        self._loop.close()

    async def _serve(self, started: threading.Event, ended: threading.Event) -> None:
        await self._turn("fair")
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
        task = asyncio.ensure_future(self._connection(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        there: asyncio.StreamWriter | None = None
        try:
            await self._fair.wait()
            if self._weather == "fair":
                back, there = await asyncio.open_connection(*self._server_address)
                self._writers.add(there)
                await _until_one_ends(self._pass_on(reader, there), self._pass_on(back, writer))
        except OSError:
            pass  # the server is down, and so is the line
        finally:
            for end in (writer, there):
                if end:
                    self._writers.discard(end)
                    end.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK):
                await self._fair.wait()
                writer.write(chunk)
                await writer.drain()
        await self._fair.wait()  # in a frost not even a goodbye comes through

    async def _turn(self, weather: Weather) -> None:
        self._weather = weather
        if weather == "frozen":
            self._fair.clear()
        else:
            self._fair.set()
        if weather == "closed":
            await self._cut()

    async def _cut(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()


async def _until_one_ends(*ways: Coroutine[object, object, None]) -> None:
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def proxied(conninfo: str) -> Iterator[tuple[Proxy, str]]:
    """A proxy before the database at *conninfo* until the block ends, and the conninfo that leads through it."""
    given = conninfo_to_dict(conninfo)
    proxy = Proxy(str(given["host"]), int(str(given["port"])))
    started, ended = threading.Event(), threading.Event()
    thread = threading.Thread(target=proxy.run, args=(started, ended))
    thread.start()
    try:
        assert started.wait(5)
        yield proxy, make_conninfo(conninfo, host="127.0.0.1", port=proxy.port)
    finally:
        ended.set()
        thread.join()
