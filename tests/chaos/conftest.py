"""A durable Postgres on loopback for the session; all of this folder runs in `nox -s chaos`."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import anyio
import psycopg
import pytest

from jatify_adapters.postgres import migrate, open_store
from jatify_core.ports import Ports
from tests.chaos.cluster import Cluster, running_cluster
from tests.chaos.programs import Workers
from tests.chaos.worker_program import ObedientAnalyzer, ports

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all of this folder: real processes and real seconds want a machine of their own."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.chaos)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    anyio.run(migrate, cluster.create("template_of_chaos"))
    return "template_of_chaos"


@pytest.fixture
def conninfo(cluster: Cluster, template: str) -> Iterator[str]:
    """A migrated database of the test's own."""
    with cluster.copy_of(template) as conninfo:
        yield conninfo


@pytest.fixture
def link(conninfo: str) -> "Iterator[psycopg.Connection]":
    """A direct line to that database, in autocommit."""
    with psycopg.connect(conninfo, autocommit=True) as link:
        yield link


@pytest.fixture
async def world(conninfo: str) -> AsyncIterator[Ports]:
    """The use cases' ports over that database."""
    async with open_store(conninfo) as store:
        yield ports(store, ObedientAnalyzer("test", "/dev/null", hasty=True))


@pytest.fixture
def workers(tmp_path: Path, conninfo: str) -> Iterator[Workers]:
    with ExitStack() as stack:
        yield Workers(tmp_path, conninfo, stack)
