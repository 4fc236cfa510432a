"""Races for a status: who moves an application there, and who retires, deletes or reorders it at the same time."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import TypeVar

import anyio
import psycopg
import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.samples import a_seeker, a_step, an_application, first_step
from jatify_adapters.memory import memory_ports
from jatify_adapters.postgres import PostgresStore
from jatify_core.application import Application, StatusId
from jatify_core.errors import Conflict, Contended, Invalid
from jatify_core.ports import Ports
from jatify_core.status import StatusDraft
from jatify_core.use_cases import statuses
from jatify_core.use_cases.applications import Step, change_application
from jatify_core.user import UserId
from tests.adapters.chores import asked
from tests.adapters.conftest import PostgresNewStore
from tests.adapters.test_postgres_races import somebody_waits

T = TypeVar("T")

SCREEN = StatusDraft("Phone screen", "interview")
RETIRE = "update pipeline_status set retired = true, version = 2 where user_id = %s and id = 'phone_screen'"
DELETE = "delete from pipeline_status where user_id = %s and id = 'phone_screen'"


@pytest.fixture
def ports(store: PostgresStore) -> Ports:
    return replace(memory_ports(), store=store, clock=lambda: datetime.now(UTC))


@pytest.fixture
async def mine(new_postgres_store: PostgresNewStore, ports: Ports) -> Application:
    """An application of somebody who has a status of his own, in which it is not."""
    seeker = await a_seeker(new_postgres_store)
    application = an_application(seeker.listing, new_postgres_store.now())
    async with ports.store.transaction(seeker.user.id) as tx:
        await tx.applications.add(application, first_step(application))
    await statuses.add_status(ports, seeker.user.id, SCREEN)
    return application


async def move(ports: Ports, mine: Application, status_id: str = "phone_screen") -> Application:
    told = await change_application(
        ports, mine.user_id, mine.id, lambda draft: replace(draft, status_id=status_id), Step()
    )
    return told.application


async def retire(ports: Ports, user_id: UserId) -> statuses.UsedStatus:
    return await statuses.edit_status(ports, user_id, "phone_screen", lambda edit: replace(edit, retired=True))


async def test_a_move_that_waits_for_a_retirement_finds_the_status_retired(
    ports: Ports, mine: Application, database: str
) -> None:
    with pytest.raises(Invalid, match="is retired"):
        await waiting_for(done(database, RETIRE, mine.user_id), database, lambda: move(ports, mine))
    assert await asked(database, "select status_id from application") == ["saved"]


async def test_a_move_that_waits_for_a_deletion_finds_no_such_status(
    ports: Ports, mine: Application, database: str
) -> None:
    with pytest.raises(Invalid, match="no such status"):
        await waiting_for(done(database, DELETE, mine.user_id), database, lambda: move(ports, mine))
    assert await asked(database, "select status_id from application") == ["saved"]


async def test_a_retirement_waits_for_a_move_and_knows_of_it(ports: Ports, mine: Application, database: str) -> None:
    used = await waiting_for(moved(ports, mine), database, lambda: retire(ports, mine.user_id))
    assert (used.status.retired, used.in_use) == (True, 1)


async def test_a_deletion_waits_for_a_move_and_is_refused(ports: Ports, mine: Application, database: str) -> None:
    with pytest.raises(Conflict, match="Retire it instead"):
        await waiting_for(
            moved(ports, mine), database, lambda: statuses.delete_status(ports, mine.user_id, "phone_screen")
        )
    assert await asked(database, "select status_id from application") == ["phone_screen"]


async def test_a_step_of_the_past_is_reason_enough_for_the_database(
    ports: Ports, mine: Application, database: str
) -> None:
    await move(ports, mine)
    await move(ports, mine, "applied")
    with psycopg.connect(database) as link, pytest.raises(psycopg.errors.ForeignKeyViolation):
        link.execute(DELETE.encode(), [mine.user_id])


async def test_of_many_who_add_a_status_at_once_none_is_lost_and_each_has_its_place(
    ports: Ports, mine: Application
) -> None:
    refused: list[str] = []

    async def add(number: int) -> None:
        try:
            await statuses.add_status(ports, mine.user_id, StatusDraft(f"Number {number}", "open", position=1))
        except Conflict as conflict:
            refused.append(str(conflict))

    async with anyio.create_task_group() as tasks:
        for number in range(45):
            tasks.start_soon(add, number)
    pipeline = [used.status for used in await statuses.list_statuses(ports, mine.user_id)]
    assert [status.position for status in pipeline] == [*range(1, 51)]
    assert len(refused) == 6


async def test_of_many_who_add_the_same_label_at_once_one_does(ports: Ports, mine: Application) -> None:
    codes: list[str] = []

    async def add() -> None:
        try:
            codes.append((await statuses.add_status(ports, mine.user_id, StatusDraft("New", "open"))).status.id)
        except Invalid as invalid:
            codes.append(invalid.violations[0].code)

    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(add)
    assert sorted(codes) == ["new", *["taken"] * 9]


async def test_amid_moves_retirements_and_orders_nothing_breaks_and_no_move_ends_where_none_may(
    ports: Ports, mine: Application, database: str
) -> None:
    dice = random.Random(7)  # noqa: S311  # no secret
    ids = [used.status.id for used in await statuses.list_statuses(ports, mine.user_id)]

    async def reorder() -> None:
        await statuses.order_statuses(ports, mine.user_id, dice.sample(ids, len(ids)))

    async def flip() -> None:
        await statuses.edit_status(
            ports, mine.user_id, "phone_screen", lambda edit: replace(edit, retired=not edit.retired)
        )

    async def go() -> None:
        try:
            await move(ports, mine, dice.choice(["phone_screen", "applied", "saved"]))
        except Invalid as invalid:
            assert invalid.violations[0].code == "retired_status"  # noqa: PT017  # it need not be raised

    async def act(deed: Callable[[], Awaitable[None]]) -> None:
        for _ in range(15):
            try:
                await deed()
            except Contended:
                pytest.fail("two of these waited for each other")

    async with anyio.create_task_group() as tasks:
        for deed in (reorder, flip, go, go):
            tasks.start_soon(act, deed)
    positions = await asked(database, "select position from pipeline_status order by position")
    assert positions == [*range(1, len(ids) + 1)]


async def waiting_for(first: AbstractAsyncContextManager[object], database: str, act: Callable[[], Awaitable[T]]) -> T:
    """What comes of *act* when it has waited until *first* ended, which was open before."""
    begun = anyio.Event()
    answers: list[T | Exception] = []

    async def follow() -> None:
        await begun.wait()
        try:
            answers.append(await act())
        except (Invalid, Conflict) as refused:
            answers.append(refused)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(follow)
        async with first:
            begun.set()
            with anyio.fail_after(5):
                while not (answers or await somebody_waits(database)):
                    await anyio.sleep(0.01)
            assert not answers
    (answer,) = answers
    if isinstance(answer, Exception):
        raise answer
    return answer


@asynccontextmanager
async def done(database: str, statement: str, user_id: UserId) -> AsyncIterator[None]:
    """A transaction that has run *statement*, and commits when the block ends."""
    async with await psycopg.AsyncConnection.connect(database) as link:
        await link.execute(statement.encode(), [user_id])
        yield


@asynccontextmanager
async def moved(ports: Ports, mine: Application) -> AsyncIterator[None]:
    """A transaction that has moved the application to the status, and commits when the block ends."""
    there = StatusId("phone_screen")
    async with ports.store.transaction(mine.user_id) as tx:
        current = await tx.applications.get(mine.user_id, mine.id, lock=True)
        await statuses.landing(tx, mine.user_id, there)
        step = a_step(current, there, datetime.now(UTC))
        await tx.applications.save(replace(current, status_id=there), step)
        yield
