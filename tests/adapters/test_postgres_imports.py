"""Imports over Postgres: thousands of rows in seconds while others are served, and none of them after a crash."""

import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import anyio
import psycopg
import pytest
from msgspec import Struct

from jatify_adapters.memory import memory_ports
from jatify_adapters.postgres import PostgresStore, imports
from jatify_core.application import Application
from jatify_core.imports import Import
from jatify_core.ports import Ports
from jatify_core.sheets.table import MOST_ROWS
from tests.http.people import Person, client_of, newcomer

TABLE = (
    "Company,Position,Status,Applied,Link,Notes,Tags\n"
    + "".join(
        f"Company {n},Engineer,{('applied', 'rejected', 'saved')[n % 3]},2026-01-{1 + n % 28:02},"
        f'https://example.com/jobs/{n},"Notes of some length, {n}, as people write them.","a; b"\n'
        for n in range(MOST_ROWS)
    )
).encode()
FORM = {"files": {"file": ("jobs.csv", TABLE)}, "data": {"dry_run": "false"}}


class Gaps(Struct):
    """The longest time for which the loop did nothing else."""

    longest: float = 0.0

    async def watch(self) -> None:
        while True:
            before = time.monotonic()
            await anyio.sleep(0.005)
            self.longest = max(self.longest, time.monotonic() - before)


@pytest.fixture
def ports(own_store: PostgresStore) -> Ports:
    return memory_ports(store=own_store, clock=lambda: datetime.now(UTC))  # type: ignore[arg-type]


@pytest.fixture
async def ann(ports: Ports) -> AsyncIterator[Person]:
    async with client_of(ports) as client:
        yield await newcomer(Person(client), "ann@example.com", "Ann")


def counts(conninfo: str) -> list[int]:
    query = "select count(*) from {}"
    with psycopg.connect(conninfo) as link:
        return [
            row[0]
            for table in ("import", "listing", "application", "status_change")
            for row in link.execute(query.format(table).encode()).fetchall()
        ]


@pytest.mark.alone
async def test_thousands_of_rows_come_and_go_in_seconds_while_others_are_served(ann: Person, own_database: str) -> None:
    gaps, began = Gaps(), time.monotonic()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(gaps.watch)
        answer = await ann.post("/api/imports", **FORM)
        took = time.monotonic() - began
        assert answer.json()["totals"] == {"rows": MOST_ROWS, "create": MOST_ROWS, "skip": 0, "error": 0}
        rejected = (MOST_ROWS + 1) // 3
        assert counts(own_database) == [1, MOST_ROWS, MOST_ROWS, MOST_ROWS + rejected]
        again = await ann.post("/api/imports", **FORM)
        assert again.json()["totals"]["skip"] == MOST_ROWS
        began = time.monotonic()
        undone = await ann.post(f"/api/imports/{answer.json()['id']}/undo")
        undo_took = time.monotonic() - began
        tasks.cancel_scope.cancel()
    print(f"import {took:.2f} s, undo {undo_took:.2f} s, longest gap {gaps.longest:.3f} s")  # noqa: T201  # with -s
    assert (undone.json()["removed_applications"], undone.json()["removed_jobs"]) == (MOST_ROWS, MOST_ROWS)
    assert counts(own_database)[1:] == [0, 0, 0]
    assert gaps.longest < took / 2  # the loop went on meanwhile


async def test_an_import_that_breaks_in_its_middle_leaves_nothing(
    ann: Person, own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, portions = imports.Imports._add_steps, 0

    async def breaks(self: imports.Imports, applications: Sequence[Application]) -> None:
        nonlocal portions
        portions += 1
        if portions == 3:
            raise ConnectionResetError
        await real(self, applications)

    monkeypatch.setattr(imports.Imports, "_add_steps", breaks)
    assert (await ann.post("/api/imports", **FORM)).status_code == 500
    assert portions == 3
    assert counts(own_database) == [0, 0, 0, 0]
    monkeypatch.undo()
    assert (await ann.post("/api/imports", **FORM)).status_code == 201


async def test_an_import_whose_connection_dies_leaves_nothing_and_may_be_sent_again(
    ann: Person, own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = imports.Imports._add_applications

    async def cut(self: imports.Imports, imported: Import, applications: Sequence[Application]) -> None:
        async with await psycopg.AsyncConnection.connect(own_database, autocommit=True) as link:
            await link.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
                "and state = 'idle in transaction'"
            )
        await real(self, imported, applications)

    monkeypatch.setattr(imports.Imports, "_add_applications", cut)
    key = {"Idempotency-Key": "once"}
    assert (await ann.post("/api/imports", headers=key, **FORM)).status_code == 503
    assert counts(own_database) == [0, 0, 0, 0]
    monkeypatch.undo()
    assert (await ann.post("/api/imports", headers=key, **FORM)).status_code == 201
    assert counts(own_database)[0] == 1


async def test_imports_of_one_table_at_once_bring_it_once(ann: Person, own_database: str) -> None:
    table = b"company,position\nAcme,Engineer\nInitech,Archivist\n"
    created: list[int] = []

    async def bring() -> None:
        answer = await ann.post("/api/imports", files={"file": ("a.csv", table)}, data={"dry_run": "false"})
        created.append(answer.json()["totals"]["create"])

    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(bring)
    assert sorted(created) == [0, 0, 0, 2]
    assert counts(own_database)[1:3] == [2, 2]
