"""A TCP proxy in a thread of its own: it passes bytes on, holds them back without a word, or hangs up."""

import asyncio
from collections.abc import Coroutine
from contextlib import AbstractContextManager, suppress
from typing import Literal

from tests.chaos.middleman import Middleman, before

Weather = Literal["fair", "frozen", "closed"]
"""Frozen is a machine that vanished: connections stay open, new ones are accepted, and nothing comes through."""

CHUNK = 65_536


class Proxy(Middleman):
    """Made by `proxied`."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self._writers: set[asyncio.StreamWriter] = set()
        self._fair = asyncio.Event()
        self._fair.set()
        self._weather: Weather = "fair"

    def turn(self, weather: Weather) -> None:
        """Change the weather for every connection, old and new; "closed" cuts the old ones."""
        asyncio.run_coroutine_threadsafe(self._turn(weather), self.loop).result(5)

    def cut(self) -> None:
        """Hang up on everybody once. What was sent by then may or may not have had an effect."""
        asyncio.run_coroutine_threadsafe(self._cut(), self.loop).result(5)

    async def client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass everything on, both ways, as the weather allows."""
        self._writers.add(writer)
        there: asyncio.StreamWriter | None = None
        try:
            await self._fair.wait()
            if self._weather == "fair":
                back, there = await asyncio.open_connection(*self.server_address)
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


def proxied(conninfo: str) -> AbstractContextManager[tuple[Proxy, str]]:
    """A proxy before the database at *conninfo* until the block ends, and the conninfo that leads through it."""
    return before(conninfo, Proxy)
