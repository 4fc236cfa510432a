"""Migrations: once each, in order, whoever else is at it, and with clear words where it cannot be done."""

from uuid import UUID

import anyio
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from jatify_adapters.postgres import DatabaseProblem, connecting, migrate, migrating, open_store
from jatify_core.duplicates import Keys
from jatify_core.errors import Unavailable
from jatify_core.listing import ListingFilter
from jatify_core.paging import Sort, Window
from jatify_core.user import UserId

ANN = UserId(UUID("0199b4c0-0000-7000-8000-000000000001"))
NOWHERE = "host=127.0.0.1 port=1 user=jatify password=hidden-word dbname=jatify"


async def test_every_migration_is_applied_once_in_order(empty_database: str) -> None:
    applied = await migrate(empty_database)
    assert applied == sorted(migrating.migrations())
    assert applied[0].startswith("0001_")
    assert await migrate(empty_database) == []


async def test_many_may_migrate_at_once(empty_database: str) -> None:
    applied: list[str] = []

    async def run() -> None:
        applied.extend(await migrate(empty_database))

    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(run)
    assert sorted(applied) == sorted(migrating.migrations())


async def test_a_migration_that_fails_changes_nothing_and_is_tried_again(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = {"0001_good": "create table one (n integer);"}
    monkeypatch.setattr(migrating, "migrations", lambda: good | {"0002_bad": "create table two (); select 1 / 0;"})
    with pytest.raises(DatabaseProblem, match="0002_bad failed and changed nothing: division by zero"):
        await migrate(empty_database)
    monkeypatch.setattr(migrating, "migrations", lambda: good | {"0002_bad": "create table two ();"})
    assert await migrate(empty_database) == ["0002_bad"]


async def test_a_released_migration_never_changes(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "migrations", lambda: {"0001_a": "create table one ();"})
    await migrate(empty_database)
    monkeypatch.setattr(migrating, "migrations", lambda: {"0001_a": "create table other ();"})
    for use in (migrate(empty_database), opened(empty_database)):
        with pytest.raises(DatabaseProblem, match="0001_a is not the one that was applied"):
            await use


async def test_a_database_newer_than_the_code_is_not_migrated_but_used(own_database: str) -> None:
    change(own_database, "insert into schema_migration (name, sha256) values ('9999_later', '')")
    with pytest.raises(DatabaseProblem, match=r"newer than this Jatify .*9999_later"):
        await migrate(own_database)
    await opened(own_database)


async def test_a_database_that_is_not_migrated_says_so(empty_database: str) -> None:
    with pytest.raises(DatabaseProblem, match="run `jatify migrate`"):
        await opened(empty_database)


async def test_a_database_that_lacks_a_migration_says_so_and_fails_its_check(own_database: str) -> None:
    async with open_store(own_database) as store:
        await store.check()
        change(own_database, "delete from schema_migration where name = '0005_queue'")
        with pytest.raises(Unavailable, match="lacks the migration 0005_queue; run `jatify migrate`"):
            await store.check()
    with pytest.raises(DatabaseProblem, match="0005_queue"):
        await opened(own_database)


async def test_a_server_that_is_too_old_is_refused(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "OLDEST_SERVER", 990_000)
    for use in (migrate(empty_database), opened(empty_database)):
        with pytest.raises(DatabaseProblem, match="needs Postgres 99 or newer"):
            await use


async def test_a_server_that_does_not_answer_is_told_in_one_line_without_secrets() -> None:
    for use in (migrate(NOWHERE), opened(NOWHERE)):
        with pytest.raises(DatabaseProblem, match="does not answer") as caught:
            await use
        assert "\n" not in str(caught.value)
        assert "hidden-word" not in str(caught.value)


async def test_a_wrong_name_of_user_or_database_is_told(postgres: str) -> None:
    with pytest.raises(DatabaseProblem, match="refuses this user or password"):
        await migrate(make_conninfo(postgres, user="nobody_here"))
    with pytest.raises(DatabaseProblem, match="a database that does not exist"):
        await migrate(make_conninfo(postgres, dbname="nothing_here"))


@pytest.mark.parametrize("conninfo", ["postgresql://a:hidden-word@[", "hidden-word"])
async def test_an_address_that_cannot_be_read_is_told_without_secrets(conninfo: str) -> None:
    with pytest.raises(DatabaseProblem, match="cannot be read") as caught:
        await migrate(conninfo)
    assert "hidden-word" not in str(caught.value)


def test_an_address_keeps_its_own_settings() -> None:
    dressed = connecting.with_deadlines("host=db connect_timeout=60 options='-c jit=off'")
    assert "connect_timeout=60" in dressed
    assert "options='-c jit=off -c timezone=UTC'" in dressed


async def opened(conninfo: str) -> None:
    async with open_store(conninfo):
        pass


def change(conninfo: str, statement: str) -> None:
    with psycopg.connect(conninfo) as link:
        link.execute(statement.encode())


async def test_whoever_was_here_before_has_a_pipeline_and_what_he_applied_for(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await before_own_statuses(empty_database, monkeypatch)
    await migrate(empty_database)
    async with open_store(empty_database) as store, store.transaction(ANN) as tx:
        statuses = await tx.applications.statuses(ANN)
        assert [(s.id, s.own, s.retired) for s in statuses][:2] == [("saved", False, False), ("applied", False, False)]
        assert len(statuses) == 10
        assert await tx.statuses.uses(ANN) == {"saved": 1, "offer": 1}
        (listing,) = (await tx.listings.page(ANN, ListingFilter(Window(Sort("created_at"))))).items
        keys = Keys.of(listing)
        (twin,) = await tx.listings.twins(ANN, keys.url, keys.title, 20)
        assert (twin.status_id, twin.because) == ("offer", "company_and_position")


async def before_own_statuses(conninfo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a database as an earlier release did, with somebody's application."""
    every = migrating.migrations()
    with monkeypatch.context() as patch:
        patch.setattr(migrating, "migrations", lambda: {name: every[name] for name in every if name < "0012"})
        await migrate(conninfo)
    with psycopg.connect(conninfo) as link:
        link.execute("set local jatify.house = 'on'")
        link.execute(
            """
            insert into account (id, email, email_key, name, password_hash, created_at)
            values (%(ann)s, 'ann@example.com', 'ann@example.com', 'Ann', '', now())
            """,
            {"ann": ANN},
        )
        link.execute(
            """
            insert into listing (id, user_id, company, position, content_hash, created_at, updated_at, version)
            select id, id, 'Acme', 'Clerk', '', now(), now(), 1 from account
            """
        )
        link.execute(
            """
            insert into application (id, user_id, listing_id, status_id, tags, created_at, updated_at, version)
            select id, id, id, 'offer', '{}', now(), now(), 2 from account
            """
        )
        link.execute(
            """
            insert into status_change (user_id, application_id, status_id, from_status_id, at)
            select account.id, account.id, step.status_id, step.from_status_id, now()
              from account, (values ('saved', null), ('offer', 'saved')) as step (status_id, from_status_id)
            """
        )
