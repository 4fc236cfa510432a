"""Everything that a store promises, as suites: whoever imports them provides `new_store`."""

from jatify_adapters.contracts.analyses import AnalysesContract
from jatify_adapters.contracts.applications import ApplicationsContract
from jatify_adapters.contracts.archives import ArchivesContract
from jatify_adapters.contracts.asks import AsksContract
from jatify_adapters.contracts.bell import BellContract
from jatify_adapters.contracts.calendar_links import CalendarLinksContract
from jatify_adapters.contracts.dead_letters import DeadLettersContract
from jatify_adapters.contracts.drops import DropsContract
from jatify_adapters.contracts.ends import EndsContract
from jatify_adapters.contracts.events import EventsContract
from jatify_adapters.contracts.everybodys import EverybodysContract
from jatify_adapters.contracts.farewells import FarewellsContract
from jatify_adapters.contracts.histories import HistoriesContract
from jatify_adapters.contracts.idempotency import IdempotencyContract
from jatify_adapters.contracts.imports import ImportsContract
from jatify_adapters.contracts.jobs import JobsContract
from jatify_adapters.contracts.journeys import JourneysContract
from jatify_adapters.contracts.leases import LeasesContract
from jatify_adapters.contracts.listings import ListingsContract
from jatify_adapters.contracts.pauses import PausesContract
from jatify_adapters.contracts.places import PlacesContract
from jatify_adapters.contracts.reminders import RemindersContract
from jatify_adapters.contracts.resumes import ResumesContract
from jatify_adapters.contracts.statuses import StatusesContract
from jatify_adapters.contracts.tally import TallyContract
from jatify_adapters.contracts.throttle import ThrottleContract
from jatify_adapters.contracts.transactions import TransactionsContract
from jatify_adapters.contracts.twins import TwinsContract
from jatify_adapters.contracts.users import SessionsContract, UsersContract
from jatify_adapters.contracts.walls import WallsContract


class TestTransactions(TransactionsContract): ...


class TestUsers(UsersContract): ...


class TestSessions(SessionsContract): ...


class TestListings(ListingsContract): ...


class TestApplications(ApplicationsContract): ...


class TestHistories(HistoriesContract): ...


class TestResumes(ResumesContract): ...


class TestAnalyses(AnalysesContract): ...


class TestJobs(JobsContract): ...


class TestLeases(LeasesContract): ...


class TestEnds(EndsContract): ...


class TestPauses(PausesContract): ...


class TestPlaces(PlacesContract): ...


class TestTally(TallyContract): ...


class TestDrops(DropsContract): ...


class TestArchives(ArchivesContract): ...


class TestDeadLetters(DeadLettersContract): ...


class TestFarewells(FarewellsContract): ...


class TestEverybodys(EverybodysContract): ...


class TestBell(BellContract): ...


class TestWalls(WallsContract): ...


class TestAsks(AsksContract): ...


class TestIdempotency(IdempotencyContract): ...


class TestEvents(EventsContract): ...


class TestThrottle(ThrottleContract): ...


class TestStatuses(StatusesContract): ...


class TestTwins(TwinsContract): ...


class TestReminders(RemindersContract): ...


class TestCalendarLinks(CalendarLinksContract): ...


class TestJourneys(JourneysContract): ...


class TestImports(ImportsContract): ...
