"""A transaction's connection: it runs statements, and lets no error of the driver out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import LiteralString

import anyio
import psycopg
from msgspec import Struct
from psycopg import AsyncConnection, AsyncCursor, errors
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from jatify_adapters.postgres.connecting import DatabaseProblem
from jatify_core.errors import Conflict, Contended, Invalid, JatifyError, NotFound, Unavailable

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


class Lane(Struct, frozen=True):
    """Connections of the queue's own.

    *begin* begins each statement's transaction where a connection cannot keep for whom it acts: behind a pooler.
    """

    pool: Pool
    begin: bytes | None = None


class Each(Connection):
    """Runs each statement on a connection of the lane, in a transaction of its own, and rings at once."""

    def __init__(self, lane: Lane, ring: Callable[[Ring], None], tell: Callable[[], None]) -> None:
        self._lane = lane
        self._ring = ring
        self._tell = tell

    def ring(self, ring: Ring) -> None:
        """Ring the bell."""
        self._ring(ring)

    def tell(self) -> None:
        """Tell those who watch."""
        self._tell()

    async def _answer(self, query: LiteralString, params: Params) -> Answer:
        pool, begin = self._lane.pool, self._lane.begin
        conn = await pool.getconn()
        try:
            return await (conn.answer(query, params) if begin is None else _begun_with(begin, conn, query, params))
        except psycopg.OperationalError:
            # A restart of the server closes them all; whoever comes next gets living ones.
            await pool.check()
            raise
        finally:
            with anyio.CancelScope(shield=True):
                await pool.putconn(conn)


async def _begun_with(begin: bytes, conn: Kept, query: LiteralString, params: Params) -> Answer:
    await conn.execute(begin, prepare=False)
    answer = await conn.answer(query, params)
    await conn.commit()
    return answer  # on an error the pool rolls back what it is given


@contextmanager
def translated() -> Iterator[None]:
    """Raise the core's error, or a `DatabaseProblem`, for whatever the driver raises: the one place that knows both."""
    try:
        yield
    except psycopg.Error as problem:
        raise _ours(problem) from problem


def _ours(problem: psycopg.Error) -> JatifyError | DatabaseProblem:
    match problem:
        case errors.DeadlockDetected():
            return Contended("Others were changing the same just now. Try again.")
        case psycopg.OperationalError() | psycopg.InterfaceError():
            # Gone, full, shutting down, or two transactions in each other's way: the same may work in a moment.
            return Unavailable("The database does not answer just now. Try again shortly.")
        case errors.ForeignKeyViolation() | errors.InsufficientPrivilege() if _refers_elsewhere(problem):
            return NotFound()
        case errors.UniqueViolation():
            return Conflict("This exists already.")
        case psycopg.DataError():
            return Invalid.at("", "cannot_be_stored", "A value here cannot be stored.")
        case _:
            return DatabaseProblem(
                f"The database refused a statement ({problem.sqlstate}); see that `jatify migrate` has run."
            )


def _refers_elsewhere(problem: psycopg.Error) -> bool:
    """Whether what a row refers to went away meanwhile, or is somebody else's.

    So row security says it, in a server of any language: in this user's transaction there is nobody else.
    """
    walled = problem.diag.source_function == "ExecWithCheckOptions"
    return walled or isinstance(problem, errors.ForeignKeyViolation)
