"""A million jobs wait, and a claim costs what it costs with a thousand."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from typing import Any, Final, LiteralString

import psycopg
import pytest

from jatify_adapters.postgres import PostgresStore, open_store
from jatify_adapters.postgres.claiming import Claimant, claim
from jatify_adapters.postgres.connection import Connection
from jatify_core.ports import Store
from tests.chaos.asking import CHORE, registered
from tests.chaos.cluster import Cluster
from tests.chaos.worker_program import ObedientAnalyzer, ports

FEW, MANY, IN_THE_FUTURE = 1_000, 1_000_000, 100_000
ROUNDS, LIMIT = 60, 10
LEASE = timedelta(seconds=30)
EXPLAIN: Final[tuple[LiteralString, ...]] = (
    "load 'auto_explain'",
    "set auto_explain.log_min_duration = 0",
    "set auto_explain.log_analyze = on",
    "set auto_explain.log_buffers = on",
    "set auto_explain.log_format = json",
    "set client_min_messages = log",
)

Node = dict[str, Any]

BUFFERS, COST = 100, 1.5


@pytest.fixture
def small(cluster: Cluster, template: str) -> Iterator[str]:
    with cluster.copy_of(template) as conninfo:
        yield conninfo


@pytest.fixture
def huge(cluster: Cluster, template: str) -> Iterator[str]:
    with cluster.copy_of(template) as conninfo:
        yield conninfo


async def test_a_claim_costs_the_same_with_a_million_jobs_waiting(
    small: str, huge: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_store(small) as few, open_store(huge) as many:
        await fill(few, small, FEW, 0)
        await fill(many, huge, MANY, IN_THE_FUTURE)
        taken: dict[PostgresStore, list[float]] = {few: [], many: []}
        for _ in range(ROUNDS):
            for store, seconds in taken.items():
                began = time.perf_counter()
                assert len(await store.jobs.claim((CHORE,), LIMIT, LEASE, "worker")) == LIMIT
                seconds.append(time.perf_counter() - began)
        plan = await plan_of_a_claim(many)
    usual, crowded = (median(seconds) for seconds in taken.values())
    (found,) = [node for node in walked(plan) if node["Node Type"] == "LockRows"]
    buffers = found["Shared Hit Blocks"] + found["Shared Read Blocks"]
    with capsys.disabled():
        told = f"{usual * 1000:.2f} ms with a thousand waiting, {crowded * 1000:.2f} with a million, {buffers} buffers"
        print(f"\n\nclaim of {LIMIT}: {told}")  # noqa: T201  # the figures are the point
    assert crowded <= COST * usual
    assert not {"Sort", "Incremental Sort", "Seq Scan"} & {node["Node Type"] for node in walked(found)}
    assert [node["Index Name"] for node in walked(found) if "Index Name" in node and node["Actual Rows"]] == [
        "job_claim"
    ]
    assert buffers < BUFFERS


async def fill(store: Store, conninfo: str, waiting: int, in_the_future: int) -> None:
    """So many jobs, the last of them due later; the statistics know of them."""
    user = await registered(ports(store, ObedientAnalyzer("test", "/dev/null", hasty=True)))
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as link:
        await link.execute(
            """
            insert into job (id, user_id, kind, payload, max_attempts, enqueued_at, available_at, sort_at)
            select gen_random_uuid(), %(user_id)s, %(kind)s, '{}', 5, now(), due, due
              from generate_series(1, %(waiting)s) as number,
                   lateral (select case when number > %(now)s then now() + interval '1 hour'
                                        else now() - interval '1 minute' end as due) as place
            """,
            {"user_id": user.id, "kind": CHORE, "waiting": waiting, "now": waiting - in_the_future},
        )
        await link.execute("vacuum analyze job")


async def plan_of_a_claim(store: PostgresStore) -> Node:
    """How the server runs the very statement of every claim, prepared on the queue's own connection."""
    said: list[str] = []
    async with store._lane.pool.connection() as conn:
        # The house may not look so closely; who set it up may.
        for setting in ("set role none", *EXPLAIN, "set role jatify_house"):
            await conn.execute(setting)
        conn.add_notice_handler(lambda notice: said.append(notice.message_primary or ""))
        await claim(Connection(conn), store._process, Claimant((CHORE,), LEASE, "worker"), LIMIT)
    plan: Node = json.loads(said[-1].partition("plan:")[2])["Plan"]
    return plan


def walked(node: Node) -> Iterator[Node]:
    """It and all below it."""
    yield node
    for child in node.get("Plans", []):
        yield from walked(child)
