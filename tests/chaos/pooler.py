"""A transaction pooler in a thread: each transaction may run on another server connection, as behind PgBouncer.

It knows nothing of prepared statements, session locks or LISTEN: what a session leaves behind stays with a server
connection, and that is the next client's.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

from tests.chaos.middleman import Middleman, before

SSL_REQUEST, GSS_REQUEST, PROTOCOL = 80_877_103, 80_877_104, 196_608
SERVER_CONNECTIONS = 6
EXPECTS_READY = frozenset(b"QS")
"""Messages of a client that the server ends with ReadyForQuery."""

Inbox = asyncio.Queue[tuple[bool, bytes]]
"""Messages with whether they are the server's; an empty one is the end of a connection."""


class ServerLine:
    """One connection to the server; what it says goes to whoever holds it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.inbox: Inbox = asyncio.Queue()

    async def pump(self) -> None:
        try:
            async for message in _messages(self.reader):
                self.inbox.put_nowait((True, message))
        finally:
            self.writer.close()


class Pooler(Middleman):
    """Made by `pooled`."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self._idle: list[ServerLine] = []
        self._room = asyncio.Semaphore(SERVER_CONNECTIONS)

    async def client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Give each transaction of this client a line of its own."""
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                startup = await _startup(reader, writer)
                async with self._room:
                    line, said = await self._connect(startup)
                    self._idle.append(line)
                writer.write(said)
                await self._converse(reader, writer, startup)
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, startup: bytes) -> None:
        inbox: Inbox = asyncio.Queue()
        self.spawn(_pump_client(reader, inbox))
        while True:
            _, first = await inbox.get()
            if first[:1] in {b"", b"X"}:
                return
            async with self._room:
                line = self._idle.pop() if self._idle else (await self._connect(startup))[0]
                line.inbox = inbox
                if not await _relay(first, inbox, line.writer, writer):
                    line.writer.close()  # what is left of a transaction must not reach the next client
                    return
                self._idle.append(line)

    async def _connect(self, startup: bytes) -> tuple[ServerLine, bytes]:
        """A new line to the server, and what the server said to greet it."""
        reader, writer = await asyncio.open_connection(*self.server_address)
        writer.write(startup)
        said = bytearray()
        async for message in _messages(reader):
            said += message
            if message.startswith(b"Z"):
                break
        line = ServerLine(reader, writer)
        self.spawn(line.pump())
        return line, bytes(said)


async def _relay(first: bytes, inbox: Inbox, server: asyncio.StreamWriter, client: asyncio.StreamWriter) -> bool:
    """Pass everything on, both ways, until the server is outside of any transaction; False if an end is lost."""
    awaited, from_server, message = 0, False, first
    while message:
        (client if from_server else server).write(message)
        if from_server and message.startswith(b"Z"):
            awaited -= 1
            if not awaited and message.endswith(b"I"):
                return True
        elif not from_server:
            awaited += message[0] in EXPECTS_READY
        from_server, message = await inbox.get()
    return False


async def _pump_client(reader: asyncio.StreamReader, inbox: Inbox) -> None:
    async for message in _messages(reader):
        inbox.put_nowait((False, message))


async def _startup(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    while True:
        length, code = struct.unpack("!ii", await reader.readexactly(8))
        rest = await reader.readexactly(length - 8)
        if code == PROTOCOL:
            return struct.pack("!ii", length, code) + rest
        if code not in {SSL_REQUEST, GSS_REQUEST}:
            raise ConnectionAbortedError  # a cancellation, which is only a wish
        writer.write(b"N")


async def _messages(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Whole messages, and an empty one at the end of the connection."""
    with suppress(OSError, asyncio.IncompleteReadError):
        while True:
            head = await reader.readexactly(5)
            yield head + await reader.readexactly(struct.unpack("!i", head[1:])[0] - 4)
    yield b""


@contextmanager
def pooled(conninfo: str) -> Iterator[str]:
    """The conninfo of a pooler before the database at *conninfo*, until the block ends."""
    with before(conninfo, Pooler) as (_, indirect):
        yield indirect
