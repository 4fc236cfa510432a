"""How high the walls are by what the database's user may do; on a server of its own, since roles are a server's."""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from jatify_adapters.contracts.jobs import JobsContract
from jatify_adapters.contracts.leases import LeasesContract
from jatify_adapters.contracts.places import PlacesContract
from jatify_adapters.contracts.samples import a_seeker
from jatify_adapters.contracts.walls import WallsContract
from jatify_adapters.postgres import DatabaseProblem, PostgresStore, migrate, open_store
from jatify_adapters.postgres.embedded import embedded_postgres
from jatify_adapters.postgres.walls import LOWER, NONE
from jatify_core.user import UserId
from tests.adapters.chores import CHORE, LEASE, a_chore, execute
from tests.adapters.conftest import PostgresNewStore
from tests.adapters.test_postgres_migrations import ANN, before_own_statuses
from tests.adapters.test_postgres_plans import a_backlog, explained, queue
from tests.adapters.test_postgres_walls import furnished, rows, walled_tables


class Server:
    """A server that knows no role of Jatify's at first."""

    def __init__(self, conninfo: str) -> None:
        self.conninfo = conninfo

    def run(self, statement: LiteralString, **names: str) -> None:
        with psycopg.connect(self.conninfo, autocommit=True) as link:
            named = {name: sql.Identifier(value) for name, value in names.items()}
            link.execute(sql.SQL(statement).format(**named))

    def user(self, rights: LiteralString = "") -> str:
        """The name of a new user, who may log in."""
        name = f"user_{uuid4().hex[:8]}"
        self.run("create role {name} login " + rights, name=name)
        return name

    def database_of(self, owner: str) -> str:
        """The conninfo of *owner* to a new database of his own."""
        name = f"of_{owner}"
        self.run("create database {name} owner {owner}", name=name, owner=owner)
        return make_conninfo(self.conninfo, dbname=name, user=owner)

    def drop_roles(self) -> None:
        with psycopg.connect(self.conninfo, autocommit=True) as link:
            names = link.execute("select datname from pg_database where datname like 'of\\_%'").fetchall()
        for (name,) in names:
            self.run("drop database {name} with (force)", name=name)
        self.run("drop role if exists jatify_app, jatify_house")


@pytest.fixture(scope="module")
def bare_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with embedded_postgres(tmp_path_factory.mktemp("roles") / "jatify", durable=False) as conninfo:
        yield Server(conninfo)


@pytest.fixture
def server(bare_server: Server) -> Iterator[Server]:
    yield bare_server
    bare_server.drop_roles()


async def test_a_superuser_gets_roles_of_their_own(server: Server) -> None:
    conninfo = server.database_of("jatify")
    await migrate(conninfo)
    assert await complaint(conninfo) is None
    await kept_apart(conninfo)


async def test_an_owner_who_may_make_roles_makes_them(server: Server) -> None:
    conninfo = server.database_of(server.user("createrole"))
    await migrate(conninfo)
    assert await complaint(conninfo) is None
    await kept_apart(conninfo)


async def test_an_owner_who_may_not_has_lower_walls_and_is_told_once(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    conninfo = server.database_of(server.user())
    await migrate(conninfo)
    with caplog.at_level(logging.WARNING, "jatify.database"):
        assert await complaint(conninfo) == LOWER
    assert [record.getMessage() for record in caplog.records] == [LOWER]
    await kept_apart(conninfo)


async def test_who_was_here_before_has_a_pipeline_whatever_the_owner_may(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    conninfo = server.database_of(server.user())
    await before_own_statuses(conninfo, monkeypatch)
    await migrate(conninfo)
    async with open_store(conninfo) as store, store.transaction(ANN) as tx:
        assert len(await tx.applications.statuses(ANN)) == 10
        assert await tx.statuses.uses(ANN) == {"saved": 1, "offer": 1}


async def test_an_owner_who_is_granted_the_roles_later_gets_the_higher_walls(server: Server) -> None:
    owner = server.user()
    conninfo = server.database_of(owner)
    await migrate(conninfo)
    server.run("create role jatify_app")
    server.run("create role jatify_house")
    server.run("grant jatify_app, jatify_house to {owner}", owner=owner)
    assert await complaint(conninfo) == LOWER  # until they may do anything in this database
    assert await migrate(conninfo) == []
    assert await complaint(conninfo) is None
    await kept_apart(conninfo)


async def test_roles_that_are_anothers_are_left_alone(server: Server) -> None:
    theirs = server.database_of(server.user("createrole"))
    await migrate(theirs)
    mine = server.database_of(server.user("createrole"))
    await migrate(mine)
    assert (await complaint(theirs), await complaint(mine)) == (None, LOWER)
    await kept_apart(mine)
    with psycopg.connect(make_conninfo(theirs, dbname=str(conninfo_to_dict(mine)["dbname"]))) as link:
        link.execute("set role jatify_house")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            link.execute("select from job")


async def test_an_owner_who_sees_past_row_security_is_told_that_there_is_none(server: Server) -> None:
    conninfo = server.database_of(server.user("bypassrls"))
    await migrate(conninfo)
    assert await complaint(conninfo) == NONE


async def test_a_user_who_owns_nothing_but_has_the_roles_is_enough(server: Server) -> None:
    owners = server.database_of("jatify")
    await migrate(owners)
    guest = server.user()
    server.run("grant jatify_app, jatify_house to {guest}", guest=guest)
    conninfo = make_conninfo(owners, user=guest)
    assert await migrate(conninfo) == []
    assert await complaint(conninfo) is None
    await kept_apart(conninfo)


async def test_a_user_who_has_neither_tables_nor_roles_is_told_what_to_do(server: Server) -> None:
    owners = server.database_of("jatify")
    await migrate(owners)
    stranger = make_conninfo(owners, user=server.user())
    with pytest.raises(DatabaseProblem, match="grant jatify_app, jatify_house to"):
        await complaint(stranger)
    with pytest.raises(DatabaseProblem, match="as their owner"):
        await migrate(stranger)


async def test_an_owner_who_says_nothing_sees_nothing_of_his_tables(server: Server) -> None:
    conninfo = server.database_of(server.user())
    await migrate(conninfo)
    async with open_store(conninfo) as store:
        await a_seeker(PostgresNewStore(store, conninfo))
    with psycopg.connect(conninfo) as link:
        assert link.execute("select count(*) from listing").fetchone() == (0,)
        link.execute("set jatify.house = 'on'")
        assert link.execute("select count(*) from listing").fetchone() == (1,)


@pytest.mark.parametrize("rights", ["createrole", ""])
async def test_a_claim_follows_its_index_past_the_policies(server: Server, rights: LiteralString) -> None:
    owner = server.user(rights)
    conninfo = server.database_of(owner)
    await migrate(conninfo)
    async with open_store(conninfo) as store:
        assert store.walls.apart == bool(rights)
        await a_backlog(store, make_conninfo(conninfo, user="jatify"), 20_000)
        async with explained(store) as db:
            await queue(db).claim([CHORE], 50, LEASE, "worker")
    assert {"job_claim", "job_pkey"} <= db.indexes
    assert not {"Sort", "Seq Scan"} & db.kinds
    assert db.most_read == 50


@pytest.mark.parametrize("owner", ["jatify", "createrole", ""])
async def test_an_account_that_its_user_deletes_takes_everything_along_and_nothing_of_others(
    server: Server, owner: LiteralString
) -> None:
    conninfo = server.database_of(owner if owner == "jatify" else server.user(owner))
    await migrate(conninfo)
    all_seeing = make_conninfo(conninfo, user="jatify")
    async with open_store(conninfo) as store:
        new_store = PostgresNewStore(store, all_seeing)
        ann, bob = await furnished(new_store), await furnished(new_store)
        # Others have no row that vouches for their user.
        await execute(all_seeing, "update job set kind = 'analysis', analysis_id = id")
        async with store._begun(ann.user.id) as conn:
            assert (await conn.execute("delete from account")).rowcount == 1
    for table in await walled_tables(all_seeing):
        whose = "id" if table == "account" else "user_id"
        assert await rows(all_seeing, f"select distinct {whose} from {table}") == [(bob.user.id,)], table  # noqa: S608


class LowWalls:
    """A store whose database's user owns the tables, and may make no roles."""

    @pytest.fixture(scope="class")
    async def low_store(self, bare_server: Server) -> AsyncIterator[PostgresNewStore]:
        owner = bare_server.user()
        conninfo = bare_server.database_of(owner)
        await migrate(conninfo)
        async with open_store(conninfo) as store:
            assert not store.walls.apart
            yield PostgresNewStore(store, make_conninfo(conninfo, user="jatify"))

    @pytest.fixture
    def new_store(self, low_store: PostgresNewStore) -> Iterator[PostgresNewStore]:
        yield low_store
        with psycopg.connect(low_store.conninfo) as link:
            link.execute("delete from account; delete from job; delete from dead_letter; delete from queue_pause")


class TestLowWalls(LowWalls, WallsContract): ...


class TestJobsOverLowWalls(LowWalls, JobsContract): ...


class TestLeasesOverLowWalls(LowWalls, LeasesContract): ...


class TestPlacesOverLowWalls(LowWalls, PlacesContract): ...


async def complaint(conninfo: str) -> str | None:
    async with open_store(conninfo) as store:
        return store.walls.complaint


async def kept_apart(conninfo: str) -> None:
    """Nobody sees another's rows, whatever a statement forgets, and the house's queue works."""
    async with open_store(conninfo) as store:
        new_store = PostgresNewStore(store, conninfo)
        ann, bob = await a_seeker(new_store), await a_seeker(new_store)
        assert await seen(store, ann.user.id) == [ann.user.id]
        assert await seen(store, bob.user.id) == [bob.user.id]
        assert await seen(store, uuid4()) == []
        assert len(await seen(store, None)) >= 2
        await store.jobs.enqueue(a_chore(ann.user.id))
        assert [job.user_id for job in await store.jobs.claim([CHORE], 10, LEASE, "worker")] == [ann.user.id]
        await store.check()


async def seen(store: PostgresStore, user_id: UUID | None) -> list[UUID]:
    async with store._begun(None if user_id is None else UserId(user_id)) as conn:
        rows, _ = await conn.answer("select distinct user_id from listing", {})
        return [id_ for (id_,) in rows]
