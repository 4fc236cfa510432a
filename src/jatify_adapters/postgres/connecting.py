"""How Jatify connects to Postgres: with deadlines on everything, and with words when it cannot."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

_DEADLINES = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "application_name": "jatify",
}


class DatabaseProblem(Exception):
    """Why the database cannot be used: one clear line that says what to do, without secrets."""


def with_deadlines(conninfo: str, *settings: str) -> str:
    """*conninfo* with a limit on every wait for the network, except those that it sets itself, UTC, and *settings*."""
    try:
        given = conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError:
        # libpq quotes what it could not read, which may hold the password.
        problem = "The database's address cannot be read; write it as postgresql://user:password@host/database."
        raise DatabaseProblem(problem) from None
    options = " ".join([str(given.get("options", "")), *(f"-c {one}" for one in ("timezone=UTC", *settings))]).strip()
    return make_conninfo(conninfo, **{**_DEADLINES, **given, "options": options})


async def connect(conninfo: str) -> AsyncConnection[TupleRow]:
    """A connection of one's own, in autocommit. Raises `DatabaseProblem` where there is none to be had."""
    try:
        return await AsyncConnection.connect(with_deadlines(conninfo), autocommit=True)
    except psycopg.OperationalError as problem:
        raise DatabaseProblem(_words(str(problem))) from problem


@asynccontextmanager
async def connected(conninfo: str) -> AsyncIterator[AsyncConnection[TupleRow]]:
    """The same, closed when the block ends."""
    conn = await connect(conninfo)
    try:
        yield conn
    finally:
        await conn.close()


def _words(said: str) -> str:
    """What to do about libpq's complaint: a connection that failed carries no code that could tell instead."""
    if re.search('database ".*" does not exist', said):
        return "The database's address names a database that does not exist; create it, or correct the name."
    if re.search('role ".*" does not exist|authentication failed|no password supplied|pg_hba.conf', said):
        return "The database refuses this user or password; correct them in its address."
    last = said.strip().splitlines()[-1].strip()
    return f"The database does not answer; see that it runs and that its address is right ({last})."
