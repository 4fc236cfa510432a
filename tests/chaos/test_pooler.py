"""Through a transaction pooler the store keeps every promise that it keeps on a direct line; listening has its own."""

from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest

from jatify_adapters.postgres import open_store
from tests.adapters.conftest import PostgresNewStore
from tests.adapters.store_contracts import *  # noqa: F403  # pytest collects every suite of them
from tests.chaos.asking import ask
from tests.chaos.cluster import Cluster
from tests.chaos.orders import Orders
from tests.chaos.pooler import pooled
from tests.chaos.programs import Workers
from tests.chaos.watching import until_ended
from tests.chaos.worker_program import ObedientAnalyzer, ports


@pytest.fixture(scope="module")
def shared_conninfo(cluster: Cluster, template: str) -> Iterator[str]:
    with cluster.copy_of(template) as conninfo:
        yield conninfo


@pytest.fixture(scope="module")
async def shared_store(shared_conninfo: str) -> AsyncIterator[PostgresNewStore]:
    with pooled(shared_conninfo) as indirect:
        async with open_store(indirect, listen_conninfo=shared_conninfo) as store:
            yield PostgresNewStore(store, shared_conninfo)


@pytest.fixture
def new_store(shared_store: PostgresNewStore) -> Iterator[PostgresNewStore]:
    yield shared_store
    with psycopg.connect(shared_store.conninfo) as link:
        link.execute("truncate account, job, dead_letter, queue_pause, event, event_new, throttle cascade")


async def test_workers_share_the_work_whether_they_can_listen_or_not(
    conninfo: str, workers: Workers, link: "psycopg.Connection"
) -> None:
    with pooled(conninfo) as indirect:
        await workers.start("hearing", "--listen", conninfo, "--lease", "3", conninfo=indirect)
        await workers.start("deaf", "--listen", "host=127.0.0.1 port=1", "--lease", "3", conninfo=indirect)
        async with open_store(indirect, listen_conninfo=conninfo) as store:
            world = ports(store, ObedientAnalyzer("test", "/dev/null", hasty=True))
            asked = [*await ask(world, 50), *await ask(world, 2, Orders(seconds=4))]  # the last outlive their lease
            await until_ended(link, asked, within=15)
    assert len(workers.of("began")) == len(asked)
