"""The Postgres store keeps every promise that the ports make."""

import pytest

from jatify_adapters.contracts.new_store import NewStore
from tests.adapters.store_contracts import *  # noqa: F403  # pytest collects every suite of them


@pytest.fixture
def new_store(new_postgres_store: NewStore) -> NewStore:
    return new_postgres_store
