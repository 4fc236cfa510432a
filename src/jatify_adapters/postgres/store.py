"""The store: a pool of connections, and transactions over it."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from datetime import timedelta
from typing import Final

import anyio
import msgspec
import psycopg
from msgspec import Struct
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_loads

from jatify_adapters.postgres.analyses import Analyses
from jatify_adapters.postgres.applications import Applications
from jatify_adapters.postgres.arrays import send_arrays
from jatify_adapters.postgres.asks import Asks
from jatify_adapters.postgres.bell import Bell, open_bell
from jatify_adapters.postgres.calendar_links import CalendarLinks
from jatify_adapters.postgres.connecting import DatabaseProblem, connected, with_deadlines
from jatify_adapters.postgres.connection import Connection, Each, Kept, Lane, Pool, translated
from jatify_adapters.postgres.dead_letters import DeadLetters
from jatify_adapters.postgres.events import Events
from jatify_adapters.postgres.idempotency import Idempotency
from jatify_adapters.postgres.imports import Imports
from jatify_adapters.postgres.jobs import Jobs
from jatify_adapters.postgres.listings import Listings
from jatify_adapters.postgres.migrating import refuse_old_server, unfitness
from jatify_adapters.postgres.process import Process
from jatify_adapters.postgres.reminders import Reminders
from jatify_adapters.postgres.resumes import Resumes
from jatify_adapters.postgres.statuses import Statuses
from jatify_adapters.postgres.throttle import Throttle
from jatify_adapters.postgres.users import Sessions, Users
from jatify_adapters.postgres.walls import SHUT_OUT, Walls, walls_of
from jatify_core.errors import Unavailable
from jatify_core.ports import Transaction
from jatify_core.user import UserId

log = logging.getLogger("jatify.database")

_WAIT: Final = 1.8
"""Seconds that a transaction waits for a connection: whoever is told to come back hears it within two."""
_RECONNECT: Final = 2.0
"""Seconds after which the pool gives up on a connection. Short, because the pauses between its attempts grow, while the
next caller has a new one tried at once."""
_LANE: Final = 2
"""Connections of the queue's own, beside the pool: a claim does not wait behind requests, nor they behind it."""

_in_transaction: ContextVar["PostgresStore | None"] = ContextVar("_in_transaction", default=None)


class Crowding(Struct, frozen=True):
    """How full a pool is: connections in use, the most there can be, and who waits for one."""

    in_use: int
    most: int
    waiting: int


class PostgresStore:
    """Implements `jatify_core.ports.Store`; made by `open_store`."""

    def __init__(self, pool: Pool, lane: Lane, bell: Bell, process: Process, walls: Walls) -> None:
        self._pool = pool
        self._lane = lane
        self._bell = bell
        self._process = process
        self.walls = walls

    @property
    def jobs(self) -> Jobs:
        """The queue, each call in a transaction of its own."""
        return Jobs(Each(self._lane, self._bell.ring, self._bell.news.tell), self._process)

    @asynccontextmanager
    async def transaction(self, user_id: UserId | None = None) -> AsyncIterator[Transaction]:
        """Commit when the block ends, roll back when it raises."""
        if _in_transaction.get() is self:
            raise RuntimeError("A transaction is open already, and transactions do not nest.")
        token = _in_transaction.set(self)
        try:
            with translated():
                async with self._begun(user_id) as conn:
                    db = Connection(conn)
                    try:
                        yield self._through(db)
                    except BaseException:
                        self._process.front.forget()  # what it claimed waits again
                        raise
                    finally:
                        db.end()
        finally:
            _in_transaction.reset(token)
        if db.rings:
            self._bell.ring(db.rings)
        if db.tells:
            self._bell.news.tell()

    async def check(self) -> None:
        """Return if the database answers and is fit for this release."""
        with translated():
            async with self._begun() as conn:
                problem = await unfitness(conn)
        if problem:
            raise Unavailable(problem)

    async def listen(self, wake: Callable[[], None], give_up: Callable[[], None]) -> None:
        """Call *wake* whenever a job may have become claimable, *give_up* when others take us for dead."""
        await self._bell.listen(wake, give_up)

    @property
    def listening(self) -> bool:
        """Whether hints arrive now."""
        return self._bell.listening

    async def watch(self, news: Callable[[], None], ended: Callable[[], None]) -> None:
        """Call *news* whenever there may be events to read, *ended* when sessions may have ended."""
        await self._bell.news.watch(news, ended)

    @property
    def watching(self) -> bool:
        """Whether these hints arrive now."""
        return self._bell.news.watching

    @property
    def crowding(self) -> Mapping[str, Crowding]:
        """How full each pool of connections is."""
        return {name: _crowding(pool) for name, pool in (("pool", self._pool), ("lane", self._lane.pool))}

    def _through(self, db: Connection) -> Transaction:
        return Transaction(
            users=Users(db),
            sessions=Sessions(db),
            listings=Listings(db),
            applications=Applications(db),
            resumes=Resumes(db),
            analyses=Analyses(db),
            jobs=Jobs(db, self._process),
            dead_letters=DeadLetters(db, self._process.fair_spacing),
            asks=Asks(db),
            idempotency=Idempotency(db),
            events=Events(db),
            throttle=Throttle(db),
            statuses=Statuses(db),
            reminders=Reminders(db),
            calendar_links=CalendarLinks(db),
            imports=Imports(db),
        )

    @asynccontextmanager
    async def _begun(self, user_id: UserId | None = None) -> AsyncIterator[Kept]:
        """A pooled connection in a transaction of that user, or of the house; it ends as the block does."""
        conn = await self._begin(self.walls.begin(user_id))
        try:
            yield conn
            _refuse_broken(conn)
            await conn.commit()
        finally:
            await self._give_back(conn)

    async def _begin(self, statement: bytes) -> Kept:
        # A connection that the server has closed meanwhile, as a restart closes them all, shows it here, where nothing
        # is done yet and the next one is as good.
        for _ in range(self._pool.max_size):
            conn = await self._pool.getconn()
            try:
                await conn.execute(statement, prepare=False)
            except psycopg.OperationalError:
                await self._give_back(conn)
            except BaseException:
                await self._give_back(conn)
                raise
            else:
                return conn
        raise psycopg.OperationalError("the server closes every connection")

    async def _give_back(self, conn: Kept) -> None:
        # Shielded: what a cancelled task keeps would be lost to the pool for good.
        with anyio.CancelScope(shield=True):
            with anyio.move_on_after(_WAIT), suppress(psycopg.Error):
                await conn.rollback()
            await self._pool.putconn(conn)


@asynccontextmanager
async def open_store(
    conninfo: str,
    *,
    listen_conninfo: str | None = None,
    fair_spacing: timedelta = timedelta(0),
    pool_size: int = 10,
    max_waiting: int = 100,
) -> AsyncIterator[PostgresStore]:
    """A store in the migrated database at *conninfo*, open until the block ends.

    LISTEN and NOTIFY need a direct line: *listen_conninfo* is one where *conninfo* goes through a transaction pooler.
    A user's next waiting job sorts *fair_spacing* behind his last. At most *max_waiting* transactions wait, for two
    seconds, for one of *pool_size* connections; everybody else gets `Unavailable`. Raises `DatabaseProblem` where the
    database cannot be used; once open, the store outlives whatever happens to the database.
    """
    walls = await _fit_walls(conninfo)
    if walls.complaint:
        log.warning(walls.complaint)
    # A transaction pooler gives each transaction another connection, which knows no statement prepared on the last.
    direct = listen_conninfo is None
    process = Process(fair_spacing)
    nobody = walls.of_nobody if direct else []
    # The queue's few statements are planned once and for all: planning a claim takes longer than the claim.
    queue = ["plan_cache_mode=force_generic_plan", *walls.of_the_house] if direct else []
    async with (
        _pool(with_deadlines(conninfo, *nobody), pool_size, max_waiting, 5 if direct else None) as pool,
        _pool(with_deadlines(conninfo, *queue), _LANE, max_waiting, 0 if direct else None) as lane,
        open_bell(with_deadlines(listen_conninfo or conninfo, *walls.of_the_house), process, lane) as bell,
    ):
        yield PostgresStore(pool, Lane(lane, None if direct else walls.begin(None)), bell, process, walls)


def _crowding(pool: Pool) -> Crowding:
    stats = pool.get_stats()
    in_use = stats["pool_size"] - stats["pool_available"]
    return Crowding(max(0, in_use), stats["pool_max"], stats.get("requests_waiting", 0))


def _pool(conninfo: str, size: int, max_waiting: int, prepare_threshold: int | None) -> Pool:
    return Pool(
        conninfo,
        connection_class=Kept,
        kwargs={"autocommit": True, "prepare_threshold": prepare_threshold},
        configure=_configure,
        min_size=1,
        max_size=size,
        max_waiting=max_waiting,
        timeout=_WAIT,
        reconnect_timeout=_RECONNECT,
        open=False,
    )


async def _configure(conn: Kept) -> None:
    set_json_loads(msgspec.json.decode, conn)
    send_arrays(conn)


async def _fit_walls(conninfo: str) -> Walls:
    """The walls of the database, which is fit for this release. Raises `DatabaseProblem` where it is not."""
    async with connected(conninfo) as conn:
        refuse_old_server(conn)
        try:
            problem = await unfitness(conn)
        except psycopg.errors.InsufficientPrivilege:
            raise DatabaseProblem(SHUT_OUT) from None
        if problem:
            raise DatabaseProblem(problem)
        return await walls_of(conn)


def _refuse_broken(conn: Kept) -> None:
    """Raise where the block has caught a statement's error: the server would roll back and call that committed."""
    if conn.info.transaction_status == TransactionStatus.INERROR:
        raise RuntimeError("A statement of this transaction failed, so that it cannot commit.")
