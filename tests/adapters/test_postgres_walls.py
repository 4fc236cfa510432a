"""The second wall in Postgres: what statements see and write that forget to ask whose a row is."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import AsyncConnection, sql
from psycopg.conninfo import make_conninfo

from jatify_adapters.contracts.samples import (
    Seeker,
    a_completed,
    a_seeker,
    a_session,
    a_stored_resume,
    an_application,
    an_import,
    ask,
    bury_next,
    claim_one,
    first_step,
    queued,
    settle,
)
from jatify_adapters.postgres import PostgresStore, listings, migrate, open_store
from jatify_adapters.postgres.connection import Connection
from jatify_core.application import ResumeCopy, ResumeLink
from jatify_core.calendar_link import CalendarLink
from jatify_core.errors import NotFound
from jatify_core.event import Change
from jatify_core.idempotency import KeyedRequest
from jatify_core.job import End
from tests.adapters.chores import execute
from tests.adapters.conftest import PostgresNewStore

OF_NOBODY = {"schema_migration", "status", "queue_pause", "throttle", "claim"}
"""Tables whose rows are no user's. Whoever adds one says so here, and has thought of who may read it."""

WALLED = """
select pg_class.relname from pg_class join pg_attribute on attrelid = pg_class.oid
 where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not attisdropped
   and (attname = 'user_id' or relname = 'account' and attname = 'id')
 order by relname
"""


@pytest.fixture
def new_store(new_postgres_store: PostgresNewStore) -> PostgresNewStore:
    return new_postgres_store


@pytest.fixture
async def two(new_store: PostgresNewStore) -> tuple[Seeker, Seeker]:
    """Two people with rows in every table that is somebody's."""
    return await furnished(new_store), await furnished(new_store)


async def test_every_table_with_a_user_has_its_wall_forced_on_all(database: str) -> None:
    open_ = await rows(
        database,
        """
        select relname from pg_class
         where not (relrowsecurity and relforcerowsecurity
                    and array(select polname::text from pg_policy where polrelid = pg_class.oid order by polname)
                        = array['house', 'keeper', 'yours'])
        """,
    )
    assert not {name for (name,) in open_} & set(await walled_tables(database)), (
        "Add `select jatify_wall('…')` to the migration that makes these tables."
    )


async def test_every_table_is_somebodys_or_known_to_be_nobodys(database: str) -> None:
    every = await rows(
        database,
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')",
    )
    walled = await rows(database, WALLED)
    assert {name for (name,) in every} - {name for (name,) in walled} == OF_NOBODY


async def test_the_roles_own_nothing_and_may_nothing_else(database: str) -> None:
    owned = "select count(*) from pg_class where relowner in ('jatify_app'::regrole, 'jatify_house'::regrole)"
    assert await rows(database, owned) == [(0,)]
    assert await rows(
        database,
        """
        select bool_or(rolsuper or rolcreaterole or rolcreatedb or rolcanlogin or rolreplication
                       or rolbypassrls and rolname = 'jatify_app')
          from pg_roles where rolname in ('jatify_app', 'jatify_house')
        """,
    ) == [(False,)]


async def test_the_role_of_users_without_a_user_sees_nothing(database: str, two: tuple[Seeker, Seeker]) -> None:
    del two
    async with in_role(database, "jatify_app") as link:
        assert await counts(link) == dict.fromkeys(await walled_tables(database), 0)
    async with in_role(database, "jatify_house") as link:
        assert min((await counts(link)).values()) == 2  # all that there is was there to be seen


async def test_the_role_of_users_sees_one_users_rows_alone(database: str, two: tuple[Seeker, Seeker]) -> None:
    for seeker in two:
        async with in_role(database, "jatify_app", seeker.user.id) as link:
            for table in await walled_tables(database):
                whose = "id" if table == "account" else "user_id"
                found = await link.execute(
                    sql.SQL("select distinct {} from {}").format(sql.Identifier(whose), sql.Identifier(table))
                )
                assert await found.fetchall() == [(seeker.user.id,)], table


@pytest.mark.parametrize("somebody", [True, False])
async def test_the_role_of_users_inserts_nothing_for_another(
    database: str, two: tuple[Seeker, Seeker], *, somebody: bool
) -> None:
    ann, bob = two
    for table in await walled_tables(database):
        copy = await a_copy(database, table, bob.user.id)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            async with in_role(database, "jatify_app", ann.user.id if somebody else None) as link:
                await link.execute(*copy)
        with suppress(psycopg.errors.UniqueViolation):  # the wall lets him pass, and the key mostly does not
            async with in_role(database, "jatify_app", bob.user.id) as link:
                await link.execute(*copy)


async def test_the_role_of_users_neither_changes_nor_deletes_nor_gives_away(
    database: str, two: tuple[Seeker, Seeker]
) -> None:
    ann, bob = two
    async with in_role(database, "jatify_app", ann.user.id) as link:
        assert (await link.execute("update listing set company = 'mine now'")).rowcount == 1
        assert (await link.execute("delete from session")).rowcount == 1
        assert (await link.execute("select from resume for update")).rowcount == len(await texts(link))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            await link.execute("update listing set user_id = %s", [bob.user.id])


async def test_the_roles_cannot_touch_what_is_not_theirs_to_touch(database: str) -> None:
    for role, statement in (
        ("jatify_app", "update status set label = ''"),
        ("jatify_app", "delete from queue_pause"),
        ("jatify_app", "select from schema_migration"),
        ("jatify_app", "select jatify_wall('listing')"),
        ("jatify_app", "truncate listing"),
        ("jatify_app", "alter table listing disable row level security"),
        ("jatify_app", "drop policy yours on listing"),
        ("jatify_house", "delete from schema_migration"),
        ("jatify_house", "alter table listing disable row level security"),
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with in_role(database, role) as link:
                await link.execute(statement.encode())


async def test_a_statement_that_forgets_whose_a_row_is_stands_before_the_wall(
    new_store: PostgresNewStore, two: tuple[Seeker, Seeker], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = two
    monkeypatch.setattr(listings, "_SELECT", listings._SELECT.replace("user_id = %(user_id)s", "true"))
    async with new_store.store.transaction() as tx:  # the house sees it: the statement does forget
        assert await tx.listings.get(ann.user.id, bob.listing.id) == bob.listing
    async with new_store.store.transaction(ann.user.id) as tx:
        with pytest.raises(NotFound):
            await tx.listings.get(ann.user.id, bob.listing.id)
        assert await tx.listings.get(ann.user.id, ann.listing.id) == ann.listing


async def test_a_transaction_leaves_nobody_behind_on_its_connection(database: str) -> None:
    async with open_store(database, pool_size=1) as store:
        seeker = await furnished(PostgresNewStore(store, database))
        for user_id in (seeker.user.id, None):
            async with store.transaction(user_id) as tx:
                assert await tx.users.by_email(seeker.user.email) == seeker.user
            with pytest.raises(ZeroDivisionError):
                async with store.transaction(user_id):
                    raise ZeroDivisionError
            async with store._pool.connection() as conn:
                assert set((await counts(conn)).values()) == {0}


async def test_a_connection_of_the_pool_is_no_owner_even_between_transactions(own_store: PostgresStore) -> None:
    async with own_store._pool.connection() as conn:
        assert await (await conn.execute("select current_user::text")).fetchone() == ("jatify_app",)


async def test_the_window_to_the_queue_shows_nothing_of_others(database: str, two: tuple[Seeker, Seeker]) -> None:
    ann, _ = two
    async with in_role(database, "jatify_app", ann.user.id) as link:
        seen = await (await link.execute("select * from jatify_places_ahead(%s, 1000)", [ann.user.id])).fetchall()
        own = await (await link.execute("select seq from job where status = 'pending'")).fetchall()
        assert [seq for seq, _ in seen] == [seq for (seq,) in own]
        assert await (await link.execute("select count(distinct user_id) from job")).fetchone() == (1,)


async def test_a_users_report_goes_with_his_analysis(new_store: PostgresNewStore, two: tuple[Seeker, Seeker]) -> None:
    ann, bob = two
    async with new_store.store._begun(ann.user.id) as conn:
        (analysis,) = await Connection(conn).rows("select analysis_id from analysis_report", {})
    async with new_store.store.transaction(ann.user.id) as tx:
        await tx.analyses.drop(ann.user.id, analysis[0])
    assert await rows(new_store.conninfo, "select user_id from analysis_report") == [(bob.user.id,)]


async def test_the_house_makes_room_for_a_table_of_a_later_migration(own_database: str) -> None:
    await execute(own_database, "create table later (id uuid primary key, user_id uuid); select jatify_wall('later')")
    await migrate(own_database)
    user_id = uuid4()
    async with in_role(own_database, "jatify_app", user_id) as link:
        await link.execute("insert into later values (%s, %s)", [uuid4(), user_id])
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            await link.execute("insert into later values (%s, %s)", [uuid4(), uuid4()])


@pytest.mark.skipif("JATIFY_TEST_DATABASE_URL" in os.environ, reason="only the embedded server's is ours to change")
async def test_in_the_embedded_database_an_expression_cannot_change_for_whom_it_is(
    postgres: str, template: str
) -> None:
    del template  # with which the roles came
    for setting in ("role", "jatify.user_id", "session_authorization"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="set_config"):
            async with in_role(postgres, "jatify_app") as link:
                await link.execute("select set_config(%s, 'jatify_house', true)", [setting])


async def furnished(new_store: PostgresNewStore) -> Seeker:
    seeker = await a_seeker(new_store)
    resume = await a_stored_resume(new_store, seeker)
    application = an_application(seeker.listing, new_store.now(), resume.id)
    async with new_store.store.transaction(seeker.user.id) as tx:
        await tx.sessions.add(a_session(seeker.user, new_store.now()))
        await tx.applications.add(application, first_step(application))
        await tx.applications.relink(application, ResumeLink(new_store.now(), ResumeCopy.of(resume)))
        await tx.users.lock(seeker.user.id)
        await tx.asks.add(seeker.user.id, 1, new_store.now(), new_store.now() - timedelta(days=1))
        await tx.events.add([Change.application(seeker.user.id, application.id, 1)])
        key = KeyedRequest(seeker.user.id, "key", b"fingerprint", uuid4())
        await tx.idempotency.take(key, timedelta(minutes=1), timedelta(days=1))
        await tx.calendar_links.put(CalendarLink.to(uuid4().hex, seeker.user.id, new_store.now()))
        await tx.imports.add(an_import(seeker.user.id, new_store.now()), ())
    await execute(  # as the reader of events does, to which one is new no more
        new_store.conninfo,
        "insert into event (user_id, kind, subject, at) values (%s, 'application.updated', %s, now())",
        seeker.user.id,
        application.id,
    )
    analysis = await ask(new_store, resume, seeker.listing)
    await settle(new_store, End.succeeded(await claim_one(new_store), a_completed(analysis, new_store.now())))
    await queued(new_store, seeker, name="Failed")
    await bury_next(new_store)
    waiting = await queued(new_store, seeker, kind="later", name="Waits")
    assert waiting.state == "queued"
    return seeker


@asynccontextmanager
async def in_role(conninfo: str, role: str, user_id: UUID | None = None) -> AsyncIterator[AsyncConnection[Any]]:
    """A connection that has that role from its first moment on, in a transaction of that user."""
    async with await AsyncConnection.connect(make_conninfo(conninfo, options=f"-c role={role}")) as link:
        if user_id:
            await link.execute(f"set local jatify.user_id = '{user_id}'".encode())
        yield link
        await link.rollback()


async def rows(conninfo: str, query: str) -> list[tuple[Any, ...]]:
    async with await AsyncConnection.connect(conninfo) as link:
        return await (await link.execute(query.encode())).fetchall()


async def walled_tables(conninfo: str) -> list[str]:
    return [name for (name,) in await rows(conninfo, WALLED)]


async def counts(link: AsyncConnection[Any]) -> Mapping[str, int]:
    """How many rows of each walled table are seen."""
    tables = [name for (name,) in await (await link.execute(WALLED.encode())).fetchall()]
    found = {}
    for table in tables:
        counted = await link.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table)))
        ((found[table],),) = await counted.fetchall()
    return found


async def texts(link: AsyncConnection[Any]) -> list[tuple[str]]:
    return await (await link.execute("select text from resume_file")).fetchall()


async def a_copy(conninfo: str, table: str, user_id: UUID) -> tuple[sql.Composed, list[object]]:
    """A statement that inserts a row of that user's once more."""
    async with await AsyncConnection.connect(conninfo) as link:
        found = await link.execute(
            """
            select attname from pg_attribute
             where attrelid = %s::regclass and attnum > 0 and not attisdropped
               and attgenerated = '' and attidentity = ''
            """,
            [table],
        )
        columns = sql.SQL(", ").join(sql.Identifier(name) for (name,) in await found.fetchall())
        whose = sql.Identifier("id" if table == "account" else "user_id")
        row = await link.execute(
            sql.SQL("select to_jsonb({t}.*)::text from {t} where {w} = %s limit 1").format(
                t=sql.Identifier(table), w=whose
            ),
            [user_id],
        )
        ((kept,),) = await row.fetchall()
    statement = sql.SQL("insert into {t} ({c}) select {c} from jsonb_populate_record(null::{t}, %s::jsonb)")
    return statement.format(t=sql.Identifier(table), c=columns), [kept]
