"""A Postgres for the tests: one server a session, and clones of one migrated template."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from jatify_adapters.postgres import PostgresStore, migrate, open_store
from jatify_adapters.postgres.embedded import embedded_postgres


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The embedded server, or, to see another release of Postgres pass, the one that the environment names."""
    if given := os.environ.get("JATIFY_TEST_DATABASE_URL"):
        yield given
        return
    with embedded_postgres(tmp_path_factory.mktemp("postgres") / "jatify", durable=False) as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
async def template(postgres: str) -> str:
    """The name of a migrated database; each worker of pytest has one of its own."""
    name = f"template_of_tests_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with psycopg.connect(postgres, autocommit=True) as link:
        link.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))
        link.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    await migrate(make_conninfo(postgres, dbname=name))
    return name


@contextmanager
def copied(postgres: str, template: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
    with psycopg.connect(postgres, autocommit=True) as link:
        link.execute(sql.SQL("create database {name} template {template}").format(**names))
        yield make_conninfo(postgres, dbname=name)
        link.execute(sql.SQL("drop database {name} with (force)").format(**names))


@pytest.fixture
def own_database(postgres: str, template: str) -> Iterator[str]:
    """A migrated database of the test's own, to break or to fill."""
    with copied(postgres, template) as conninfo:
        yield conninfo


@pytest.fixture
def empty_database(postgres: str) -> Iterator[str]:
    """A database of the test's own that nothing has migrated."""
    with copied(postgres, "template1") as conninfo:
        yield conninfo


@pytest.fixture
async def own_store(own_database: str) -> AsyncIterator[PostgresStore]:
    async with open_store(own_database) as store:
        yield store


class PostgresNewStore:
    """A new store whose clock stands while its rows move: the database's own clock cannot be set."""

    def __init__(self, store: PostgresStore, conninfo: str) -> None:
        self.store = store
        self.conninfo = conninfo

    async def advance(self, by: timedelta) -> None:
        async with await psycopg.AsyncConnection.connect(self.conninfo) as link:
            await link.execute(
                """
                with jobs as (
                  update job set available_at = available_at - %(by)s, sort_at = sort_at - %(by)s,
                                 enqueued_at = enqueued_at - %(by)s, claimed_at = claimed_at - %(by)s,
                                 lease_expires_at = lease_expires_at - %(by)s
                ), pauses as (
                  update queue_pause set since = since - %(by)s, probe_at = probe_at - %(by)s
                ), keys as (
                  update idempotency_key
                     set leased_until = leased_until - %(by)s, expires_at = expires_at - %(by)s
                ), new_events as (
                  update event_new set at = at - %(by)s
                ), events as (
                  update event set at = at - %(by)s
                ), tallies as (
                  update throttle set forget_at = forget_at - %(by)s
                )
                update dead_letter set failed_at = failed_at - %(by)s
                """,
                {"by": by},
            )
        self.store._process.front.forget()  # which moved as well

    def now(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture(scope="module")
async def shared_store(postgres: str, template: str) -> AsyncIterator[PostgresNewStore]:
    with copied(postgres, template) as conninfo:
        async with open_store(conninfo) as store:
            yield PostgresNewStore(store, conninfo)


@pytest.fixture
def new_postgres_store(shared_store: PostgresNewStore) -> Iterator[PostgresNewStore]:
    """A store that the whole module shares, emptied after each test: much faster than a clone for each."""
    yield shared_store
    with psycopg.connect(shared_store.conninfo) as link:
        link.execute("delete from account")
        link.execute("delete from job")  # of kinds that no analysis, and so no account, vouches for
        link.execute("delete from dead_letter")
        link.execute("delete from queue_pause")
        link.execute("delete from throttle")


@pytest.fixture
def store(new_postgres_store: PostgresNewStore) -> PostgresStore:
    return new_postgres_store.store


@pytest.fixture
def database(new_postgres_store: PostgresNewStore) -> str:
    return new_postgres_store.conninfo
