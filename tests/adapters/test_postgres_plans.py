"""How the queue and the pages are answered: along their indexes, and without touching what they need not."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, LiteralString

import pytest
from psycopg.rows import TupleRow

from jatify_adapters.postgres import PostgresStore, settling
from jatify_adapters.postgres.asks import Asks
from jatify_adapters.postgres.connection import Connection, Params
from jatify_adapters.postgres.idempotency import Idempotency
from jatify_adapters.postgres.jobs import Jobs
from jatify_adapters.postgres.listings import Listings
from jatify_adapters.postgres.process import Process
from jatify_adapters.postgres.reminders import Reminders
from jatify_core.agenda import Days
from jatify_core.application import StatusId
from jatify_core.job import End, Verb
from jatify_core.listing import SORT_KEYS, ListingFilter
from jatify_core.paging import Position, Sort, Window
from jatify_core.user import UserId
from tests.adapters.chores import CHORE, LEASE, a_stored_user, claim, enqueue, execute


def queue(db: Connection) -> Jobs:
    process = Process()
    process.lines.up(1, again=False)
    return Jobs(db, process)


class Explained(Connection):
    """Keeps the plan of each statement, with what it really read, and answers no rows."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._nodes: list[dict[str, Any]] = []

    async def rows(self, query: LiteralString, params: Params) -> list[TupleRow]:
        (((explained,),),) = await super().rows("explain (analyze, format json) " + query, params)
        self._visit(explained["Plan"])
        return []

    async def row(self, query: LiteralString, params: Params) -> None:
        await self.rows(query, params)

    async def change(self, query: LiteralString, params: Params) -> int:
        return len(await self.rows(query, params))

    def _visit(self, node: dict[str, Any]) -> None:
        self._nodes.append(node)
        for child in node.get("Plans", []):
            self._visit(child)

    @property
    def kinds(self) -> set[str]:
        return {node["Node Type"] for node in self._nodes}

    def kinds_of(self, table: str) -> set[str]:
        return {node["Node Type"] for node in self._nodes if node.get("Relation Name") == table}

    @property
    def indexes(self) -> set[str]:
        return {node["Index Name"] for node in self._nodes if "Index Name" in node}

    @property
    def most_read(self) -> float:
        """Rows that the busiest node read, those that it threw away included."""
        return max(
            float((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
            for node in self._nodes
        )


@asynccontextmanager
async def explained(store: PostgresStore, user_id: UserId | None = None) -> AsyncIterator[Explained]:
    async with store._begun(user_id) as conn:
        yield Explained(conn)
        await conn.rollback()


async def a_backlog(store: PostgresStore, database: str, count: int) -> None:
    """Very many waiting jobs, and statistics that know of them."""
    await enqueue(store, 1)
    await execute(
        database,
        """
        insert into job (id, user_id, kind, payload, max_attempts, enqueued_at)
        select gen_random_uuid(), user_id, kind, payload, 5, now() from job, generate_series(2, %s)
        """,
        count,
    )
    await execute(database, "analyze job")


async def test_a_claim_follows_its_index_and_sorts_nothing(own_store: PostgresStore, own_database: str) -> None:
    await a_backlog(own_store, own_database, 20_000)
    async with explained(own_store) as db:
        await queue(db).claim([CHORE], 50, LEASE, "worker")
    assert {"job_claim", "job_pkey"} <= db.indexes
    assert not {"Sort", "Seq Scan"} & db.kinds
    assert db.most_read == 50


@pytest.mark.parametrize("waiting", [0, 10, 500])
async def test_a_claim_follows_its_index_even_with_stale_statistics(
    own_store: PostgresStore, own_database: str, waiting: int
) -> None:
    await enqueue(own_store, 50 + waiting)
    await claim(own_store, 50)
    await execute(own_database, "analyze job")
    await execute(
        own_database,
        """
        insert into job (id, user_id, kind, payload, max_attempts, enqueued_at)
        select gen_random_uuid(), account.id, 'chore', '{}', 5, now() from account, generate_series(1, 20000)
        """,
    )
    async with explained(own_store) as db:
        await queue(db).claim([CHORE], 50, LEASE, "worker")
    assert not {"Sort", "Seq Scan"} & db.kinds
    assert db.most_read == 50 + 50  # those that run, which it passes over, and those it takes


async def test_a_claim_and_a_probe_too_soon_of_a_paused_kind_do_not_walk_its_backlog(
    own_store: PostgresStore, own_database: str
) -> None:
    await a_backlog(own_store, own_database, 20_000)
    async with own_store.transaction() as tx:
        await tx.jobs.pause(CHORE, "unauthorized", "The key is wrong.", 0, LEASE)
    async with explained(own_store) as db:
        await queue(db).claim([CHORE], 50, LEASE, "worker")
        await queue(db).probe(CHORE, LEASE, "worker", LEASE)
    assert db.most_read < 10


async def test_what_is_due_in_a_backlog_is_known_without_walking_it(
    own_store: PostgresStore, own_database: str
) -> None:
    await a_backlog(own_store, own_database, 20_000)
    async with explained(own_store) as db:
        await queue(db).next_due([CHORE])
    assert db.most_read <= 100


async def test_places_walk_the_front_of_a_backlog_and_no_further(own_store: PostgresStore, own_database: str) -> None:
    await a_backlog(own_store, own_database, 20_000)
    (last, *_) = await enqueue(own_store, 3)
    async with own_store._begun(last.user_id) as conn:  # who sees but his own jobs, while others' are counted
        db = Connection(conn)
        before = await reads(db)
        assert [place.ahead for place in (await queue(db).places(last.user_id, Window(Sort("turn"), 100))).items] == [
            1_000
        ] * 3
        after = await reads(db)
    assert after[0] == before[0]
    assert after[1] - before[1] <= 1_000 + 3


@pytest.mark.parametrize("verb", ["complete", "retry", "snooze", "release", "bury"])
async def test_many_ends_do_not_walk_the_running_jobs_once_for_each(
    own_store: PostgresStore, own_database: str, verb: Verb
) -> None:
    await a_backlog(own_store, own_database, 2_000)
    jobs = await claim(own_store, 500)
    ends = [End(lease=job.lease, verb=verb, attempt=1, reason="network", message="It broke.") for job in jobs]
    async with explained(own_store) as db:
        await settling.settle(db, ends)
    assert db.most_read <= 2_000


async def test_a_rescue_looks_at_running_jobs_alone(own_store: PostgresStore, own_database: str) -> None:
    await a_backlog(own_store, own_database, 20_000)
    await claim(own_store, 20)
    await execute(
        own_database, "update job set lease_expires_at = now() - interval '1 second' where status = 'processing'"
    )
    async with explained(own_store) as db:
        await settling.rescue(db, 100, [])
    assert "Seq Scan" not in db.kinds_of("job")
    assert db.most_read < 100


async def test_a_claim_and_a_renewal_rewrite_their_rows_in_place(store: PostgresStore) -> None:
    await enqueue(store, 20)
    async with rewritten_in_place(store, 20) as db:
        held = [job.lease for job in await queue(db).claim([CHORE], 20, LEASE, "worker")]
    async with rewritten_in_place(store, 20) as db:
        assert len(await queue(db).renew(held, LEASE, timedelta(hours=1))) == 20


@asynccontextmanager
async def rewritten_in_place(store: PostgresStore, count: int) -> AsyncIterator[Connection]:
    """In this transaction, which commits, so many rows are rewritten, none of them elsewhere."""
    async with store._begun() as conn:
        db = Connection(conn)
        before = await updates(db)
        yield db
        after = await updates(db)
        assert (after[0] - before[0], after[1] - before[1]) == (count, count)


async def reads(db: Connection) -> tuple[int, int]:
    """How many jobs this connection has read of late by walking the whole table, and how many along an index."""
    counted = await db.row("select seq_tup_read, idx_tup_fetch from pg_stat_xact_user_tables where relname = 'job'", {})
    assert counted
    return counted[0], counted[1]


async def updates(db: Connection) -> tuple[int, int]:
    """How many rows this connection has rewritten of late, and how many of them in place."""
    counted = await db.row("select n_tup_upd, n_tup_hot_upd from pg_stat_xact_user_tables where relname = 'job'", {})
    assert counted
    return counted[0], counted[1]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("key", SORT_KEYS)
async def test_a_late_page_costs_what_the_first_costs(
    own_store: PostgresStore, own_database: str, key: str, *, descending: bool
) -> None:
    user_id = await a_stored_user(own_store)
    await execute(
        own_database,
        """
        insert into listing (id, user_id, company, position, content_hash, created_at, updated_at, version)
        select gen_random_uuid(), account.id, 'company ' || n, 'position ' || n, '',
               now() + n * interval '1 second', now() - n * interval '1 second', 1
          from account, generate_series(1, 3000) as n
        """,
    )
    await execute(own_database, "analyze listing")
    order = Sort(key, descending)
    async with own_store.transaction() as tx:
        (*_, middle) = (await tx.listings.page(user_id, ListingFilter(Window(order, 100)))).items
    for after in (None, Position(str(getattr(middle, key)), middle.id)):
        async with explained(own_store, user_id) as db:
            await Listings(db).page(user_id, ListingFilter(Window(order, 20, after)))
        assert f"listing_by_{key}" in db.indexes
        assert "Sort" not in db.kinds
        assert db.most_read == 21


async def test_twins_are_found_along_their_indexes(own_store: PostgresStore, own_database: str) -> None:
    user_id = await a_stored_user(own_store)
    await execute(
        own_database,
        """
        insert into listing (id, user_id, company, position, url, content_hash, url_key, title_key, created_at,
                             updated_at, version)
        select gen_random_uuid(), account.id, 'Acme', 'Clerk ' || n, 'https://example.com/' || n, '',
               md5('url ' || n % 4000), md5('title ' || n % 4000), now() + n * interval '1 second', now(), 1
          from account, generate_series(1, 20000) as n
        """,
    )
    await execute(own_database, "analyze listing")
    async with explained(own_store, user_id) as db:
        url, title = (hashlib.md5(text, usedforsecurity=False).hexdigest() for text in (b"url 7", b"title 8"))
        await Listings(db).twins(user_id, url, title, 20)
    assert {"listing_by_url_key", "listing_by_title_key", "listing_without_keys"} <= db.indexes
    assert db.most_read <= 20


async def test_a_sweep_reads_no_more_keys_than_it_forgets(store: PostgresStore, database: str) -> None:
    await a_stored_user(store)
    await execute(
        database,
        """
        insert into idempotency_key (user_id, key, fingerprint, owner, leased_until, expires_at)
        select id, n::text, '', id, now(), now() - interval '1 hour' + n * interval '1 second'
          from account, generate_series(1, 20000) as n
        """,
    )
    await execute(database, "analyze idempotency_key")
    async with explained(store) as db:
        await Idempotency(db).sweep(100)
    assert "idempotency_key_by_expires_at" in db.indexes
    assert db.most_read <= 100


async def test_asks_are_counted_without_reading_them(store: PostgresStore, database: str) -> None:
    user_id = await a_stored_user(store)
    await execute(
        database,
        "insert into analysis_ask (user_id, n, at) "
        "select id, n, now() - n * interval '-1 second' from account, generate_series(-20000, -1) as n",
    )
    await execute(database, "vacuum analyze analysis_ask")
    half_way = datetime.now(UTC) - timedelta(seconds=10_000)
    async with explained(store) as db:
        await Asks(db).since(user_id, half_way)
        await Asks(db).newest_but(user_id, 10_000)
    assert db.most_read <= 1


async def test_what_is_due_is_found_without_reading_what_is_not(store: PostgresStore, database: str) -> None:
    user_id = await a_stored_user(store)
    await execute(
        database,
        """
        insert into listing (id, user_id, company, position, content_hash, created_at, updated_at, version, deadline_on)
        select gen_random_uuid(), id, 'company', 'position', '', now(), now(), 1, date '2026-01-01' + n
          from account, generate_series(1, 3000) as n
        """,
    )
    await execute(
        database,
        """
        insert into application
          (id, user_id, listing_id, status_id, tags, follow_up_on, created_at, updated_at, version)
        select gen_random_uuid(), user_id, id, 'saved', '{}', deadline_on, now(), now(), 1 from listing
        """,
    )
    await execute(database, "analyze listing, application")
    saved, ten_days = [StatusId("saved")], Days(date(2027, 1, 1), date(2027, 1, 10))
    async with explained(store, user_id) as db:
        await Reminders(db).follow_ups(user_id, saved, ten_days, 100)
        assert "application_by_follow_up_on" in db.indexes
        await Reminders(db).deadlines(user_id, saved, ten_days, 100)
    assert "listing_by_deadline_on" in db.indexes
    assert db.most_read <= 10
