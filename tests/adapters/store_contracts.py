"""Everything that a store promises, as suites: whoever imports them provides `new_store`."""

from jatify_adapters.contracts.analyses import AnalysesContract
from jatify_adapters.contracts.applications import ApplicationsContract
from jatify_adapters.contracts.bell import BellContract
from jatify_adapters.contracts.dead_letters import DeadLettersContract
from jatify_adapters.contracts.drops import DropsContract
from jatify_adapters.contracts.ends import EndsContract
from jatify_adapters.contracts.jobs import JobsContract
from jatify_adapters.contracts.leases import LeasesContract
from jatify_adapters.contracts.listings import ListingsContract
from jatify_adapters.contracts.pauses import PausesContract
from jatify_adapters.contracts.places import PlacesContract
from jatify_adapters.contracts.resumes import ResumesContract
from jatify_adapters.contracts.throttle import ThrottleContract
from jatify_adapters.contracts.transactions import TransactionsContract
from jatify_adapters.contracts.users import SessionsContract, UsersContract


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


class TestThrottle(ThrottleContract): ...
