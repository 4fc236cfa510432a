"""The Postgres store keeps every promise that the ports make."""

import pytest

from jatify_adapters.contracts.analyses import AnalysesContract
from jatify_adapters.contracts.applications import ApplicationsContract
from jatify_adapters.contracts.bell import BellContract
from jatify_adapters.contracts.dead_letters import DeadLettersContract
from jatify_adapters.contracts.drops import DropsContract
from jatify_adapters.contracts.ends import EndsContract
from jatify_adapters.contracts.jobs import JobsContract
from jatify_adapters.contracts.leases import LeasesContract
from jatify_adapters.contracts.listings import ListingsContract
from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.pauses import PausesContract
from jatify_adapters.contracts.places import PlacesContract
from jatify_adapters.contracts.resumes import ResumesContract
from jatify_adapters.contracts.transactions import TransactionsContract
from jatify_adapters.contracts.users import SessionsContract, UsersContract


@pytest.fixture
def new_store(new_postgres_store: NewStore) -> NewStore:
    return new_postgres_store


class TestTransactions(TransactionsContract): ...


class TestUsers(UsersContract): ...


class TestSessions(SessionsContract): ...


class TestListings(ListingsContract): ...


class TestApplications(ApplicationsContract): ...


class TestResumes(ResumesContract): ...


class TestAnalyses(AnalysesContract): ...


class TestJobs(JobsContract): ...


class TestLeases(LeasesContract): ...


class TestEnds(EndsContract): ...


class TestPauses(PausesContract): ...


class TestPlaces(PlacesContract): ...


class TestDrops(DropsContract): ...


class TestDeadLetters(DeadLettersContract): ...


class TestBell(BellContract): ...
