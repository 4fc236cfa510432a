"""What only Postgres can get wrong: the pool, outages, foreign rows, and errors of the driver."""

import random
from contextlib import suppress
from uuid import uuid4

import anyio
import psycopg
import pytest
from msgspec.structs import replace
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from jatify_adapters.contracts.samples import (
    RESUME_TEXT,
    a_resume,
    a_seeker,
    a_session,
    a_stored_resume,
    an_application,
    bury_next,
    first_step,
    queued,
    strangers_id,
)
from jatify_adapters.postgres import DatabaseProblem, PostgresStore, open_store
from jatify_adapters.postgres import store as store_module
from jatify_core.errors import Conflict, Invalid, NotFound, Unavailable
from jatify_core.user import SessionId
from tests.adapters.chores import a_chore, a_stored_user, execute
from tests.adapters.conftest import PostgresNewStore


@pytest.fixture
def new_store(new_postgres_store: PostgresNewStore) -> PostgresNewStore:
    return new_postgres_store


@pytest.mark.parametrize(
    "statement",
    [
        """insert into application (id, user_id, listing_id, status_id, tags, created_at, updated_at, version)
           select gen_random_uuid(), me.id, listing.id, 'saved', '{}', now(), now(), 1 from me, listing""",
        "update application set resume_id = resume.id from me, resume where application.user_id = me.id",
        """insert into analysis (id, user_id, resume_id, state, provider, model, prompt_version, resume_hash,
                                 inputs_hash, created_at)
           select gen_random_uuid(), me.id, resume.id, 'queued', '', '', '', '', '', now() from me, resume""",
        "update analysis set user_id = me.id from me",
        "update job set user_id = me.id from me",
        """insert into dead_letter (job_id, user_id, kind, payload, reason, message, errors, attempts, max_attempts,
                                    run, requeues, enqueued_at)
           select analysis.id, me.id, 'analysis', '{}', '', '', '[]', 1, 1, 1, 0, now() from me, analysis""",
        """insert into resume_file (user_id, resume_id, content, text)
           select me.id, resume.id, '', '' from me, resume""",
        """insert into status_change (user_id, application_id, status_id, at)
           select listing.user_id, application.id, 'saved', now() from listing, application""",
    ],
)
async def test_the_database_itself_refuses_references_to_anothers_rows(
    new_store: PostgresNewStore, statement: str
) -> None:
    theirs = await a_seeker(new_store)
    await queued(new_store, theirs)
    mine = await a_seeker(new_store)
    application = an_application(mine.listing, new_store.now())
    async with new_store.store.transaction() as tx:
        await tx.applications.add(application, first_step(application))
    whose = """
      with me as (select id from account where id = %s),
           listing as (select id, user_id from listing where user_id = %s)
    """
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        await execute(new_store.conninfo, whose + statement, mine.user.id, theirs.user.id)


async def test_an_account_that_is_deleted_leaves_nothing(new_store: PostgresNewStore) -> None:
    seeker = await a_seeker(new_store)
    resume = await a_stored_resume(new_store, seeker)
    application = an_application(seeker.listing, new_store.now(), resume.id)
    async with new_store.store.transaction() as tx:
        await tx.sessions.add(a_session(seeker.user, new_store.now()))
        await tx.applications.add(application, first_step(application))
    await queued(new_store, seeker)
    await bury_next(new_store)
    await queued(new_store, seeker)
    await execute(new_store.conninfo, "delete from account")
    async with new_store.store.transaction() as tx:
        await tx.jobs.rescue(1)  # as happens all the time, and sweeps the claims of what is gone
    async with await psycopg.AsyncConnection.connect(new_store.conninfo) as link:
        tables = await link.execute("select table_name from information_schema.tables where table_schema = 'public'")
        left = {name for (name,) in await tables.fetchall() if await rows(link, name)}
    assert left == {"schema_migration", "status"}


async def test_a_reference_to_what_is_not_there_is_not_found(store: PostgresStore) -> None:
    user_id = await a_stored_user(store)
    nobody = replace(a_chore(user_id), kind="analysis")  # an analysis that nobody stored: noticed at the commit
    with pytest.raises(NotFound):
        async with store.transaction() as tx:
            await tx.jobs.enqueue(nobody)


async def test_a_second_row_with_the_same_id_is_a_conflict(new_store: PostgresNewStore) -> None:
    seeker = await a_seeker(new_store)
    with pytest.raises(Conflict):
        async with new_store.store.transaction() as tx:
            await tx.listings.add(seeker.listing)


async def test_a_text_that_no_database_stores_is_invalid(new_store: PostgresNewStore) -> None:
    seeker = await a_seeker(new_store)
    resume = a_resume(seeker.user.id, new_store.now())
    with pytest.raises(Invalid):
        async with new_store.store.transaction() as tx:
            await tx.resumes.add(resume, b"", f"{RESUME_TEXT}\x00")


async def test_a_statement_that_the_schema_refuses_is_a_problem_with_the_database(
    own_store: PostgresStore, own_database: str
) -> None:
    await execute(own_database, "drop table session")
    with pytest.raises(DatabaseProblem, match="jatify migrate"):
        async with own_store.transaction() as tx:
            await tx.sessions.find(SessionId(uuid4()))


async def test_a_transaction_whose_statement_failed_does_not_pretend_to_commit(new_store: PostgresNewStore) -> None:
    seeker = await a_seeker(new_store)

    async def ignore_a_conflict() -> None:
        async with new_store.store.transaction() as tx:
            with suppress(Conflict):
                await tx.listings.add(seeker.listing)

    with pytest.raises(RuntimeError, match="cannot commit"):
        await ignore_a_conflict()


async def test_a_transaction_that_has_ended_runs_nothing(store: PostgresStore) -> None:
    async with store.transaction() as tx:
        pass
    with pytest.raises(RuntimeError, match="has ended"):
        await tx.applications.statuses(strangers_id())


async def test_transactions_cancelled_at_any_moment_cost_the_pool_no_connection(database: str) -> None:
    chance = random.Random(5)  # noqa: S311  # no secret
    async with open_store(database, pool_size=3) as store:
        user_id = await a_stored_user(store)

        async def work() -> None:
            with anyio.move_on_after(chance.uniform(0, 0.02)):
                async with store.transaction() as tx:
                    await tx.jobs.enqueue(a_chore(user_id))
                    await tx.jobs.waiting(user_id)

        for _ in range(20):
            async with anyio.create_task_group() as tasks:
                for _ in range(6):
                    tasks.start_soon(work)
        assert await connections_at_once(store, 3) == 3


async def test_who_waits_too_long_or_behind_too_many_is_told_to_come_back(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_WAIT", 0.2)
    refused: list[float] = []
    async with open_store(database, pool_size=1, max_waiting=1) as store:
        start = anyio.current_time()

        async def wait() -> None:
            with pytest.raises(Unavailable, match="Try again"):
                async with store.transaction():
                    pass
            refused.append(anyio.current_time() - start)

        async with anyio.create_task_group() as tasks, store._begun():
            tasks.start_soon(wait)
            tasks.start_soon(wait)
            await anyio.sleep(0.4)
        async with store.transaction():
            pass
    at_once, later = refused
    assert at_once < 0.15
    assert later >= 0.2


async def test_connections_that_the_server_closed_are_replaced_unnoticed(
    own_store: PostgresStore, own_database: str
) -> None:
    assert await connections_at_once(own_store, 5) == 5
    await cut(own_database)
    await anyio.sleep(0.05)
    assert await connections_at_once(own_store, 5) == 5
    await own_store.check()


async def test_a_connection_cut_inside_a_transaction_is_an_outage_and_rolls_back(
    own_store: PostgresStore, own_database: str
) -> None:
    user_id = await a_stored_user(own_store)

    async def be_cut() -> None:
        async with own_store.transaction() as tx:
            await tx.jobs.enqueue(a_chore(user_id))
            await cut(own_database)
            await tx.jobs.waiting(user_id)

    with pytest.raises(Unavailable):
        await be_cut()
    async with own_store.transaction() as tx:
        assert await tx.jobs.waiting(user_id) == 0


async def test_a_store_outlives_an_outage(own_store: PostgresStore, own_database: str, postgres: str) -> None:
    name = conninfo_to_dict(own_database)["dbname"]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(own_store.listen, lambda: None, lambda: None)
        await own_store.check()
        await execute(postgres, f"alter database {name} allow_connections false")
        await cut(own_database, over=postgres)
        with pytest.raises(Unavailable):
            await own_store.check()
        heard = own_store.listening
        assert not heard
        await execute(postgres, f"alter database {name} allow_connections true")
        with anyio.fail_after(10):
            while not (own_store.listening and await answers(own_store)):
                await anyio.sleep(0.05)
        tasks.cancel_scope.cancel()


async def connections_at_once(store: PostgresStore, wanted: int) -> int:
    """How many transactions were open at the same time, of as many as *wanted*."""
    most = 0
    ready = anyio.Event()

    async def hold() -> None:
        nonlocal most
        async with store.transaction() as tx:
            await tx.applications.statuses(strangers_id())
            most += 1
            if most == wanted:
                ready.set()
            await ready.wait()

    with anyio.move_on_after(5):
        async with anyio.create_task_group() as tasks:
            for _ in range(wanted):
                tasks.start_soon(hold)
    return most


async def answers(store: PostgresStore) -> bool:
    try:
        await store.check()
    except Unavailable:
        return False
    return True


async def cut(database: str, over: str = "") -> None:
    """End every connection to *database* but the one that does it."""
    name = conninfo_to_dict(database)["dbname"]
    await execute(
        over or database,
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()",
        name,
    )


async def rows(link: psycopg.AsyncConnection, table: str) -> int:
    found = await (await link.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table)))).fetchone()
    assert found
    return int(found[0])
