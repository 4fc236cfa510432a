"""A flood of logins in a process of its own, so that who measures does not wait for who floods.

`python -m tests.http.flood PORT CONNECTIONS SECONDS KIND` prints how often each status came, as JSON. KIND says who
guesses: `one` from one address at one account, `many` each time from another address at another account.
"""

import asyncio
import itertools
import json
import sys
from collections import Counter
from contextlib import suppress
from time import monotonic

CUT_EACH = 10
"""Requests of which one hangs up before its answer."""


def request(number: int, kind: str) -> bytes:
    """One guess; a proxy that the server trusts says where it comes from."""
    account, address = (number, number) if kind == "many" else (0, 0)
    body = json.dumps({"email": f"{account}@flood.example", "password": f"guess {number}"})
    return (
        "POST /api/auth/login HTTP/1.1\r\nHost: jatify\r\nContent-Type: application/json\r\n"
        f"X-Forwarded-For: 10.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


class Flood:
    """Connections that ask again as soon as they are answered."""

    def __init__(self, port: int, seconds: float, kind: str) -> None:
        self._port = port
        self._end = monotonic() + seconds
        self._kind = kind
        self._numbers = itertools.count(1)
        self.statuses: Counter[str] = Counter()

    async def run(self, connections: int) -> None:
        await asyncio.gather(*(self._connection() for _ in range(connections)))

    async def _connection(self) -> None:
        while monotonic() < self._end:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            with suppress(OSError, asyncio.IncompleteReadError):
                while monotonic() < self._end and await self._guess(reader, writer):
                    pass
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _guess(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection is still good for another."""
        number = next(self._numbers)
        writer.write(request(number, self._kind))
        await writer.drain()
        if number % CUT_EACH == 0:
            self.statuses["cut"] += 1
            return False
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().split("\r\n")
        length = next(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))
        await reader.readexactly(length)
        self.statuses[lines[0].split()[1]] += 1
        return "connection: close" not in lines


def main() -> None:
    port, connections, seconds, kind = sys.argv[1:]
    flood = Flood(int(port), float(seconds), kind)
    asyncio.run(flood.run(int(connections)))
    sys.stdout.write(json.dumps(flood.statuses))


if __name__ == "__main__":
    main()
