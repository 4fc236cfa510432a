"""Migrations: numbered files of SQL, each applied once, in order, whoever else is at it."""

import hashlib
from importlib.resources import files

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from jatify_adapters.postgres.connecting import DatabaseProblem, connected
from jatify_adapters.postgres.walls import raise_walls

OLDEST_SERVER = 140_000
"""Postgres 14, as the server reports it."""

_LOCK = 0x6A61746966790001  # "jatify" and a number: an advisory lock is nothing but a number that all agree on

_MAY_NOT = (
    "The database's user may not make Jatify's tables here; run `jatify migrate` as their owner, or grant this user "
    "`create` on the schema."
)


def migrations() -> dict[str, str]:
    """This release's migrations, by name, in order."""
    folder = files(__package__) / "migrations"
    found = {entry.name.removesuffix(".sql"): entry for entry in folder.iterdir() if entry.name.endswith(".sql")}
    return {name: found[name].read_text(encoding="utf-8") for name in sorted(found)}


async def migrate(conninfo: str) -> list[str]:
    """Bring the database up to this release, with its walls; return the names of the migrations applied now.

    Any number of processes may do this at once. Raises `DatabaseProblem` with what to do where it cannot be done; what
    was applied until then stays, whole migrations only.
    """
    applied = []
    async with connected(conninfo) as conn:
        refuse_old_server(conn)
        try:
            while name := await _apply_next(conn):
                applied.append(name)
            async with conn.transaction():
                await _lock(conn)
                await raise_walls(conn)
        except psycopg.errors.InsufficientPrivilege as problem:
            raise DatabaseProblem(_MAY_NOT) from problem
    return applied


async def unfitness(conn: AsyncConnection[TupleRow]) -> str | None:
    """Why the database is not fit for this release, in words; None if it is.

    Migrations of a newer release do no harm: changes only expand until the previous release is gone.
    """
    if not await _is_begun(conn):
        return "The database is empty; run `jatify migrate`."
    recorded = await _recorded(conn)
    missing = [name for name in migrations() if name not in recorded]
    if missing:
        return f"The database lacks the migration {missing[0]}; run `jatify migrate`."
    return _changed(recorded)


def refuse_old_server(conn: AsyncConnection[TupleRow]) -> None:
    """Raise `DatabaseProblem` where the server is older than Jatify can use."""
    if conn.info.server_version < OLDEST_SERVER:
        found, needed = conn.info.server_version // 10_000, OLDEST_SERVER // 10_000
        raise DatabaseProblem(f"This is Postgres {found}; Jatify needs Postgres {needed} or newer.")


async def _apply_next(conn: AsyncConnection[TupleRow]) -> str | None:
    """Apply the first migration that is missing and return its name; None if there is none."""
    async with conn.transaction():
        await _lock(conn)
        if not await _is_begun(conn):  # asked first: who may not create anything may still find that all is applied
            await conn.execute(
                """
                create table schema_migration (
                  name text primary key, sha256 text not null, applied_at timestamptz not null default now()
                )
                """
            )
        recorded = await _recorded(conn)
        _refuse_foreign_history(recorded)
        for name, text in migrations().items():
            if name not in recorded:
                await _apply(conn, name, text)
                return name
    return None


async def _is_begun(conn: AsyncConnection[TupleRow]) -> bool:
    found = await conn.execute("select to_regclass('schema_migration') is not null")
    return any(await found.fetchone() or ())


async def _lock(conn: AsyncConnection[TupleRow]) -> None:
    # Held to the end of the transaction: a lock of the session would not survive a transaction pooler.
    await conn.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


async def _apply(conn: AsyncConnection[TupleRow], name: str, text: str) -> None:
    try:
        await conn.execute(text.encode())
    except psycopg.Error as problem:
        raise DatabaseProblem(f"The migration {name} failed and changed nothing: {problem}") from problem
    await conn.execute(
        "insert into schema_migration (name, sha256) values (%(name)s, %(sha256)s)",
        {"name": name, "sha256": _checksum(text)},
    )


async def _recorded(conn: AsyncConnection[TupleRow]) -> dict[str, str]:
    rows = await (await conn.execute("select name, sha256 from schema_migration")).fetchall()
    return dict(rows)


def _refuse_foreign_history(recorded: dict[str, str]) -> None:
    unknown = sorted(recorded.keys() - migrations().keys())
    if unknown:
        raise DatabaseProblem(f"The database is newer than this Jatify (it has {unknown[-1]}); install that release.")
    if changed := _changed(recorded):
        raise DatabaseProblem(changed)


def _changed(recorded: dict[str, str]) -> str | None:
    for name, text in migrations().items():
        if recorded.get(name, _checksum(text)) != _checksum(text):
            return f"The migration {name} is not the one that was applied; install an unchanged release."
    return None


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
