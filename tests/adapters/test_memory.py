"""The memory store keeps every contract, and refuses what a real one could not survive."""

from datetime import datetime, timedelta

import pytest

from jatify_adapters.contracts.analyses import AnalysesContract
from jatify_adapters.contracts.applications import ApplicationsContract
from jatify_adapters.contracts.archives import ArchivesContract
from jatify_adapters.contracts.asks import AsksContract
from jatify_adapters.contracts.bell import BellContract, listening
from jatify_adapters.contracts.dead_letters import DeadLettersContract
from jatify_adapters.contracts.drops import DropsContract
from jatify_adapters.contracts.ends import EndsContract
from jatify_adapters.contracts.events import EventsContract
from jatify_adapters.contracts.everybodys import EverybodysContract
from jatify_adapters.contracts.farewells import FarewellsContract
from jatify_adapters.contracts.histories import HistoriesContract
from jatify_adapters.contracts.idempotency import IdempotencyContract
from jatify_adapters.contracts.jobs import JobsContract
from jatify_adapters.contracts.journeys import JourneysContract
from jatify_adapters.contracts.leases import LeasesContract
from jatify_adapters.contracts.listings import ListingsContract
from jatify_adapters.contracts.passwords import PasswordsContract
from jatify_adapters.contracts.pauses import PausesContract
from jatify_adapters.contracts.places import PlacesContract
from jatify_adapters.contracts.resumes import ResumesContract
from jatify_adapters.contracts.samples import (
    FULL_DRAFT,
    MINUTE,
    a_seeker,
    claim,
    claim_one,
    queued,
    settle,
)
from jatify_adapters.contracts.statuses import StatusesContract
from jatify_adapters.contracts.throttle import ThrottleContract
from jatify_adapters.contracts.transactions import TransactionsContract
from jatify_adapters.contracts.twins import TwinsContract
from jatify_adapters.contracts.users import SessionsContract, UsersContract
from jatify_adapters.contracts.walls import WallsContract
from jatify_adapters.memory import MemoryStore, MovableClock, PlainPasswords
from jatify_core.errors import Unavailable
from jatify_core.job import End


class NewMemoryStore:
    """A memory store and its clock."""

    def __init__(self, fair_spacing: timedelta = timedelta(0)) -> None:
        self.clock = MovableClock()
        self.store = MemoryStore(self.clock, fair_spacing=fair_spacing)

    async def advance(self, by: timedelta) -> None:
        self.clock.advance(by)

    def now(self) -> datetime:
        return self.clock()


@pytest.fixture
def new_store() -> NewMemoryStore:
    return NewMemoryStore()


class TestFarewells(FarewellsContract):
    pass


class TestEverybodys(EverybodysContract):
    pass


class TestUsers(UsersContract):
    pass


class TestSessions(SessionsContract):
    pass


class TestListings(ListingsContract):
    pass


class TestJourneys(JourneysContract):
    pass


class TestHistories(HistoriesContract):
    pass


class TestApplications(ApplicationsContract):
    pass


class TestResumes(ResumesContract):
    pass


class TestAnalyses(AnalysesContract):
    pass


class TestJobs(JobsContract):
    pass


class TestEnds(EndsContract):
    pass


class TestLeases(LeasesContract):
    pass


class TestPauses(PausesContract):
    pass


class TestPlaces(PlacesContract):
    pass


class TestDrops(DropsContract):
    pass


class TestArchives(ArchivesContract): ...


class TestDeadLetters(DeadLettersContract):
    pass


class TestTransactions(TransactionsContract):
    pass


class TestWalls(WallsContract):
    pass


class TestBell(BellContract):
    pass


class TestAsks(AsksContract):
    pass


class TestIdempotency(IdempotencyContract):
    pass


class TestEvents(EventsContract):
    pass


class TestThrottle(ThrottleContract):
    pass


class TestStatuses(StatusesContract):
    pass


class TestTwins(TwinsContract):
    pass


class TestPasswords(PasswordsContract):
    @pytest.fixture
    def passwords(self) -> PlainPasswords:
        return PlainPasswords()


class OnTrio:
    """The same promises on the other event loop."""

    @pytest.fixture
    def anyio_backend(self) -> str:
        return "trio"


class TestTransactionsOnTrio(OnTrio, TransactionsContract):
    pass


class TestBellOnTrio(OnTrio, BellContract):
    pass


async def test_a_transaction_that_has_ended_refuses_to_be_used(new_store: NewMemoryStore) -> None:
    async with new_store.store.transaction() as tx:
        pass
    with pytest.raises(RuntimeError, match="has ended"):
        await tx.users.by_email("ada@example.org")


async def test_a_row_that_was_read_without_a_lock_is_not_saved(new_store: NewMemoryStore) -> None:
    seeker = await a_seeker(new_store)
    async with new_store.store.transaction() as tx:
        listing = await tx.listings.get(seeker.user.id, seeker.listing.id)
        with pytest.raises(RuntimeError, match="lock=True"):
            await tx.listings.save(listing.changed_to(FULL_DRAFT, new_store.now()))


async def test_a_store_out_of_reach_is_unavailable_until_it_is_back(new_store: NewMemoryStore) -> None:
    new_store.store.reachable = False
    with pytest.raises(Unavailable):
        await new_store.store.check()
    with pytest.raises(Unavailable):
        await a_seeker(new_store)
    new_store.store.reachable = True
    await a_seeker(new_store)


async def test_a_line_that_is_cut_brings_no_hint_until_it_is_mended(new_store: NewMemoryStore) -> None:
    seeker = await a_seeker(new_store)
    async with listening(new_store) as bell:
        new_store.store.cut_line()
        await queued(new_store, seeker)
        await bell.quiet()
        assert not new_store.store.listening
        new_store.store.mend_line()
        await bell.heard()


async def test_fair_spacing_lets_a_second_user_in_between() -> None:
    new_store = NewMemoryStore(fair_spacing=timedelta(seconds=10))
    ada, grace = await a_seeker(new_store), await a_seeker(new_store)
    first = [(await queued(new_store, ada)).id for _ in range(4)]
    await new_store.advance(timedelta(seconds=15))
    second = (await queued(new_store, grace)).id
    assert [job.id for job in await claim(new_store, 10)] == [*first[:2], second, *first[2:]]


async def test_without_fair_spacing_a_retry_does_not_push_its_users_next_job_back(new_store: NewMemoryStore) -> None:
    ada, grace = await a_seeker(new_store), await a_seeker(new_store)
    await queued(new_store, ada)
    await settle(new_store, End.retried(await claim_one(new_store), "network", "It broke.", MINUTE))
    asked = [(await queued(new_store, seeker)).id for seeker in (ada, grace)]
    assert [job.id for job in await claim(new_store, 10)] == asked
