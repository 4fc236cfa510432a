"""Listening on a line: what it says, and whether it lives."""

from collections.abc import AsyncIterator
from typing import Final

import anyio
import psycopg
from psycopg import AsyncConnection, Notify
from psycopg.rows import TupleRow

from jatify_adapters.postgres.connecting import DatabaseProblem

PROBE_AFTER: Final = 10.0
"""Seconds after which a silent line is asked whether it lives: a LISTEN can die without a word."""
PATIENCE: Final = 5.0
LOST: Final = (psycopg.Error, DatabaseProblem, OSError, TimeoutError)
"""How a line ends."""


async def notes(conn: AsyncConnection[TupleRow]) -> AsyncIterator[Notify]:
    """What *conn* is told, until it is lost: raises one of `LOST`."""
    while True:
        async for note in conn.notifies(timeout=PROBE_AFTER):
            yield note
        with anyio.fail_after(PATIENCE):
            await conn.execute("select 1")
