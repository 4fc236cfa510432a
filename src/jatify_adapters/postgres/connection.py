"""A transaction's connection: it runs statements, and lets no error of the driver out."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from typing import Final, LiteralString, TypeVar
from uuid import UUID

import anyio
import psycopg
from msgspec import Struct
from psycopg import AsyncConnection, AsyncCursor, errors
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from jatify_adapters.postgres.connecting import DatabaseProblem
from jatify_core.errors import Conflict, Invalid, JatifyError, NotFound, Unavailable

Params = Mapping[str, object]
Answer = tuple[list[TupleRow], int]
"""What a statement returned, and how many rows it found or changed."""


class Kept(AsyncConnection[TupleRow]):
    """A connection that keeps its cursor: to make one for each statement costs a fifth of a short one."""

    @cached_property
    def kept(self) -> AsyncCursor[TupleRow]:
        """For one statement at a time."""
        return self.cursor(binary=True)

    async def answer(self, query: LiteralString, params: Params) -> Answer:
        """Run *query*; what it returns is in memory then."""
        cursor = await self.kept.execute(query, params)
        returns = cursor.pgresult and cursor.pgresult.nfields  # `description` would make an object of each column
        return (await cursor.fetchall() if returns else []), cursor.rowcount


Pool = AsyncConnectionPool[Kept]
T = TypeVar("T")

_CHUNK: Final = 200
"""Lines of one message: the server works on them while the next are made."""


class Ring(Struct, frozen=True):
    """Why the bell rings: a job became claimable, or with *back* claimable again at its old place.

    *told* if the transaction notifies the other processes itself, as `jobs` does; of an old place only the bell tells.
    """

    back: bool = False
    told: bool = False

    def __or__(self, other: "Ring | None") -> "Ring":
        """One ring for both reasons."""
        return Ring(self.back or other.back, self.told or other.told) if other else self


class Connection:
    """Runs the statements of one transaction, and keeps how the bell rings once it has committed, if it does."""

    def __init__(self, conn: Kept) -> None:
        self._conn: Kept | None = conn
        self.rings: Ring | None = None
        self.tells = False

    def ring(self, ring: Ring) -> None:
        """Have the bell ring."""
        self.rings = ring | self.rings

    def tell(self) -> None:
        """Have those who watch told that there are events."""
        self.tells = True

    async def rows(self, query: LiteralString, params: Params) -> list[TupleRow]:
        """Every row that *query* returns."""
        with translated():
            return (await self._answer(query, params))[0]

    async def row(self, query: LiteralString, params: Params) -> TupleRow | None:
        """The first row that *query* returns, or None."""
        with translated():
            return next(iter((await self._answer(query, params))[0]), None)

    async def count(self, query: LiteralString, params: Params) -> int:
        """The one number that *query* returns."""
        row = await self.row(query, params)
        return int(row[0]) if row else 0

    async def change(self, query: LiteralString, params: Params) -> int:
        """How many rows *query* changed."""
        with translated():
            return (await self._answer(query, params))[1]

    def end(self) -> None:
        """Refuse to run anything from now on: the connection goes back to the pool, where others get it."""
        self._conn = None

    async def _answer(self, query: LiteralString, params: Params) -> Answer:
        if self._conn is None:
            raise RuntimeError("This transaction has ended.")
        return await self._conn.answer(query, params)

    async def copy(self, statement: LiteralString, lines: Iterable[str]) -> None:
        """Send *lines* of COPY's text format to *statement*."""
        if self._conn is None:
            raise RuntimeError("This transaction has ended.")
        with translated():
            async with self._conn.cursor() as cursor, cursor.copy(statement) as copy:
                for chunk in _chunks(lines):
                    await copy.write(chunk)


class Each(Connection):
    """Runs each statement on a pooled connection, in a transaction of its own, and rings at once."""

    def __init__(self, pool: Pool, ring: Callable[[Ring], None], tell: Callable[[], None]) -> None:
        self._pool = pool
        self._ring = ring
        self._tell = tell

    def ring(self, ring: Ring) -> None:
        """Ring the bell."""
        self._ring(ring)

    def tell(self) -> None:
        """Tell those who watch."""
        self._tell()

    async def _answer(self, query: LiteralString, params: Params) -> Answer:
        return await self._pooled(lambda conn: conn.answer(query, params))

    async def copy(self, statement: LiteralString, lines: Iterable[str]) -> None:
        """Send *lines* of COPY's text format to *statement*."""
        await self._pooled(lambda conn: Connection(conn).copy(statement, lines))

    async def _pooled(self, work: Callable[[Kept], Awaitable[T]]) -> T:
        conn = await self._pool.getconn()
        try:
            return await work(conn)
        except psycopg.OperationalError:
            # A restart of the server closes them all; whoever comes next gets living ones.
            await self._pool.check()
            raise
        finally:
            with anyio.CancelScope(shield=True):
                await self._pool.putconn(conn)


def _chunks(lines: Iterable[str]) -> Iterator[str]:
    lines = iter(lines)
    while chunk := "".join(islice(lines, _CHUNK)):
        yield chunk


def array(values: Iterable[UUID | int]) -> str:
    """Ids or numbers as the text of an array: what the driver makes of a list costs ten times as much."""
    return f"{{{','.join(map(str, values))}}}"


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
