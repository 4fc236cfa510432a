"""A transaction's connection: it runs statements, and lets no error of the driver out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import LiteralString

import psycopg
from psycopg import AsyncConnection, AsyncCursor, errors
from psycopg.rows import TupleRow

from jatify_adapters.postgres.connecting import DatabaseProblem
from jatify_core.errors import Conflict, Invalid, JatifyError, NotFound, Unavailable

Params = Mapping[str, object]


class Connection:
    """Runs the statements of one transaction, and keeps whether the bell rings once it has committed."""

    def __init__(self, conn: AsyncConnection[TupleRow]) -> None:
        self._conn: AsyncConnection[TupleRow] | None = conn
        self.rings = False

    async def rows(self, query: LiteralString, params: Params) -> list[TupleRow]:
        """Every row that *query* returns."""
        with translated():
            return await (await self._execute(query, params)).fetchall()

    async def row(self, query: LiteralString, params: Params) -> TupleRow | None:
        """The first row that *query* returns, or None."""
        with translated():
            return await (await self._execute(query, params)).fetchone()

    async def count(self, query: LiteralString, params: Params) -> int:
        """The one number that *query* returns."""
        row = await self.row(query, params)
        return int(row[0]) if row else 0

    async def change(self, query: LiteralString, params: Params) -> int:
        """How many rows *query* changed."""
        with translated():
            return (await self._execute(query, params)).rowcount

    def end(self) -> None:
        """Refuse to run anything from now on: the connection goes back to the pool, where others get it."""
        self._conn = None

    async def _execute(self, query: LiteralString, params: Params) -> AsyncCursor[TupleRow]:
        if self._conn is None:
            raise RuntimeError("This transaction has ended.")
        return await self._conn.execute(query, params, binary=True)


@contextmanager
def translated() -> Iterator[None]:
    """Raise the core's error, or a `DatabaseProblem`, for whatever the driver raises: the one place that knows both."""
    try:
        yield
    except psycopg.Error as problem:
        raise _ours(problem) from problem


def _ours(problem: psycopg.Error) -> JatifyError | DatabaseProblem:
    match problem:
        case psycopg.OperationalError() | psycopg.InterfaceError():
            # Gone, full, shutting down, or two transactions in each other's way: the same may work in a moment.
            return Unavailable("The database does not answer just now. Try again shortly.")
        case errors.ForeignKeyViolation():
            # What a row refers to went away meanwhile, or is somebody else's.
            return NotFound()
        case errors.UniqueViolation():
            return Conflict("This exists already.")
        case psycopg.DataError():
            return Invalid.at("", "cannot_be_stored", "A value here cannot be stored.")
        case _:
            return DatabaseProblem(
                f"The database refused a statement ({problem.sqlstate}); see that `jatify migrate` has run."
            )
