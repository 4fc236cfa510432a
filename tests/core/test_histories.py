"""Whatever is done to a history, in whatever order: it stays one, and its last step can be taken back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from jatify_adapters.contracts.samples import RESUME_TEXT, a_listing, a_resume, a_user
from jatify_adapters.memory import MovableClock, memory_ports
from jatify_core.application import Application, ApplicationDraft
from jatify_core.errors import Conflict, Invalid
from jatify_core.ports import Ports
from jatify_core.use_cases import applications, histories
from jatify_core.use_cases.applications import Step
from jatify_core.use_cases.histories import Correction, Forgotten
from jatify_core.user import UserId

STATUSES = st.sampled_from(["saved", "applied", "hr_interview", "offer", "rejected", "offer_accepted"])
HOURS = st.integers(0, 400)
ACTS = st.one_of(
    st.tuples(st.just("move"), STATUSES, st.none() | HOURS),
    st.tuples(st.just("forgotten"), STATUSES, HOURS),
    st.tuples(st.just("correct"), st.integers(0, 9), HOURS),
    st.tuples(st.just("take back"), st.integers(0, 9), st.none()),
    st.tuples(st.just("link"), st.integers(0, 2), st.none()),
    st.tuples(st.just("date"), st.none() | st.just(date(2026, 11, 5)), st.none()),
)
START = datetime(2026, 11, 24, 9, tzinfo=UTC)


class Tracker:
    """One application and what its owner does to it."""

    def __init__(self) -> None:
        self.clock = MovableClock()
        self.ports: Ports = memory_ports(clock=self.clock)
        self.resumes: list[Any] = [None]

    async def begin(self) -> None:
        user = a_user(self.clock())
        listing = a_listing(user.id, self.clock())
        self.user_id: UserId = user.id
        async with self.ports.store.transaction() as tx:
            await tx.users.add(user)
            await tx.listings.add(listing)
            for name in ("First", "Second"):
                resume = a_resume(user.id, self.clock(), name)
                await tx.resumes.add(resume, b"", RESUME_TEXT)
                self.resumes.append(resume.id)
        told = await applications.create_application(
            self.ports, user.id, ApplicationDraft(listing_id=listing.id), Step()
        )
        self.id = told.application.id

    async def get(self) -> Application:
        return (await applications.read_application(self.ports, self.user_id, self.id)).application

    async def change(self, step: Step, **members: Any) -> None:
        def changed(draft: ApplicationDraft) -> ApplicationDraft:
            return replace(draft, **members)

        await applications.change_application(self.ports, self.user_id, self.id, changed, step)

    async def act(self, kind: str, what: Any, hours: int | None) -> None:
        """Do it, if it can be done: what is refused is refused with words."""
        self.clock.advance(timedelta(minutes=10))
        at = None if hours is None else min(START - timedelta(hours=200) + timedelta(hours=hours), self.clock())
        history = (await self.get()).history
        step_id = history[what % len(history)].id if isinstance(what, int) else history[0].id
        match kind:
            case "move":
                await self.change(Step(at=at), status_id=what)
            case "forgotten":
                assert at
                await histories.add_step(self.ports, self.user_id, self.id, Forgotten(what, at))
            case "correct":
                assert at
                await histories.correct_step(self.ports, self.user_id, self.id, step_id, Correction(at))
            case "take back":
                await histories.remove_step(self.ports, self.user_id, self.id, step_id)
            case "link":
                await self.change(Step(), resume_id=self.resumes[what])
            case _:
                await self.change(Step(dates=True), applied_on=what)

    async def take_newest_back(self) -> None:
        newest = (await self.get()).history[-1]
        await histories.remove_step(self.ports, self.user_id, self.id, newest.id)


def sound(application: Application) -> bool:
    history = application.history
    times = [step.at for step in history]
    chain = [None, *(step.status_id for step in history)]
    return (
        times == sorted(times)
        and [step.from_status_id for step in history] == chain[:-1]
        and application.status_id == chain[-1]
        and all(step.at <= step.claimed_at for step in history)
    )


def lasting(application: Application) -> Application:
    return replace(application, version=0, updated_at=START)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@settings(max_examples=150, deadline=None)
@given(acts=st.lists(ACTS, max_size=14), last=STATUSES, hours=st.none() | HOURS)
async def test_a_history_stays_in_order_and_its_newest_step_can_be_taken_back(
    acts: list[tuple[str, Any, int | None]], last: str, hours: int | None
) -> None:
    tracker = Tracker()
    await tracker.begin()
    for act in acts:
        before = await tracker.get()
        try:
            await tracker.act(*act)
        except (Invalid, Conflict):
            assert await tracker.get() == before
        assert sound(await tracker.get())
    before = await tracker.get()
    await tracker.act("move", last, hours)
    moved = await tracker.get()
    if moved.status_id != before.status_id:
        await tracker.take_newest_back()
        assert lasting(await tracker.get()) == lasting(before)
