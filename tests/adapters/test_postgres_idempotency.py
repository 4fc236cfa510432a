"""A key over a real database: one effect however many repeat at once, and effect and answer both or neither."""

from collections.abc import AsyncIterator, Callable
from typing import Any, LiteralString, cast

import anyio
import httpx
import psycopg
import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.samples import MINUTE
from jatify_adapters.memory import PlainExtractor, memory_ports
from jatify_adapters.postgres import PostgresStore, open_store
from jatify_core.errors import Unavailable
from jatify_core.ports import Ports
from jatify_core.resume import Extraction, Upload
from jatify_core.use_cases.idempotency import conclude
from jatify_http.app import create_app
from tests.adapters.chores import execute
from tests.adapters.conftest import PostgresNewStore
from tests.http.people import RESUME, Person, newcomer

REPEATERS = 50
KEY = {"Idempotency-Key": "once"}
JOB = {"company": "Acme", "position": "Engineer"}
UPLOAD: dict[str, Any] = {"files": {"file": ("ann.txt", RESUME, "text/plain")}, "headers": KEY}

CONCLUDE = "jatify_http.idempotency.conclude"

Serve = Callable[[Ports], httpx.AsyncClient]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Applications, each in a process of its own as it were."""
    clients: list[httpx.AsyncClient] = []

    def new(ports: Ports) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=cast("Any", create_app(ports)), raise_app_exceptions=False)
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://jatify.test"))
        return clients[-1]

    yield new
    for client in clients:
        await client.aclose()


@pytest.fixture
def ports(store: PostgresStore) -> Ports:
    return memory_ports(store=store)


@pytest.fixture
async def ann(ports: Ports, serve: Serve) -> Person:
    return await newcomer(Person(serve(ports)), "ann@example.com", "Ann")


async def test_of_fifty_repetitions_at_once_in_two_processes_one_acts(
    ann: Person, ports: Ports, serve: Serve, database: str
) -> None:
    async with open_store(database, pool_size=10) as other_store:
        # One clock of ids for both: they stand still alike.
        elsewhere = Person(serve(replace(ports, store=other_store)))
        elsewhere.headers = ann.headers
        answers: list[httpx.Response] = []

        async def repeat(person: Person) -> None:
            answers.append(await person.post("/api/jobs", json=JOB, headers=KEY))

        async with anyio.create_task_group() as tasks:
            for n in range(REPEATERS):
                tasks.start_soon(repeat, elsewhere if n % 2 else ann)
    assert len((await ann.get("/api/jobs")).json()["items"]) == 1
    done = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in done}) == 1
    assert [answer.headers.get("idempotent-replayed") for answer in done].count(None) == 1
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers if answer.status_code == 409)


async def test_an_effect_is_nobody_elses_before_its_answer_is_kept(
    ann: Person, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resume = await ann.resume()
    seen: list[int] = []

    async def look_first(*arguments: Any) -> None:
        seen.append(await _count(database, "job"))
        await conclude(*arguments)
        seen.append(await _count(database, "job"))

    monkeypatch.setattr(CONCLUDE, look_first)
    answer = await ann.post(f"/api/resumes/{resume['id']}/analyze", json={}, headers=KEY)
    assert (answer.status_code, seen) == (202, [0, 1])
    assert await _count(database, "idempotency_key where answer is not null") == 1


async def test_a_line_that_is_cut_before_the_commit_leaves_neither_effect_nor_answer(
    ann: Person, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut_first(*arguments: Any) -> None:
        await execute(
            database,
            """
            select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and state = 'idle in transaction'
            """,
        )
        await conclude(*arguments)

    with monkeypatch.context() as cut:
        cut.setattr(CONCLUDE, cut_first)
        assert (await ann.post("/api/jobs", json=JOB, headers=KEY)).status_code == 503
    assert (await _count(database, "listing"), await _count(database, "idempotency_key")) == (0, 0)
    answer = await ann.post("/api/jobs", json=JOB, headers=KEY)
    assert (answer.status_code, "idempotent-replayed" in answer.headers) == (201, False)


async def test_a_commit_whose_news_was_lost_is_told_by_the_repetition(
    ann: Person, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lose_the_news(*arguments: Any) -> None:
        await conclude(*arguments)
        raise Unavailable("The line was cut just then.")

    with monkeypatch.context() as cut:
        cut.setattr(CONCLUDE, lose_the_news)
        assert (await ann.post("/api/jobs", json=JOB, headers=KEY)).status_code == 503
    again = await ann.post("/api/jobs", json=JOB, headers=KEY)
    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    assert await _count(database, "listing") == 1


class SlowExtractor(PlainExtractor):
    """Reads the first file when told to, and the others at once."""

    def __init__(self) -> None:
        self.began, self.go_on = anyio.Event(), anyio.Event()

    async def extract(self, upload: Upload) -> Extraction:
        if not self.began.is_set():
            self.began.set()
            await self.go_on.wait()
        return await super().extract(upload)


async def test_who_was_taken_for_dead_and_comes_back_leaves_no_second_effect(
    ports: Ports, serve: Serve, new_postgres_store: PostgresNewStore
) -> None:
    slow = SlowExtractor()
    ann = await newcomer(Person(serve(replace(ports, extractor=slow))), "ann@example.com", "Ann")
    answers: list[httpx.Response] = []

    async def upload() -> None:
        answers.append(await ann.post("/api/resumes", **UPLOAD))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(upload)
        await slow.began.wait()
        assert (await ann.post("/api/resumes", **UPLOAD)).status_code == 409
        await new_postgres_store.advance(2 * MINUTE)
        heir = await ann.post("/api/resumes", **UPLOAD)
        assert heir.status_code == 201
        slow.go_on.set()
    assert (answers[0].status_code, "retry-after" in answers[0].headers) == (409, True)
    assert [resume["id"] for resume in (await ann.get("/api/resumes")).json()["items"]] == [heir.json()["id"]]
    assert (await ann.post("/api/resumes", **UPLOAD)).content == heir.content


async def test_no_connection_is_kept_while_a_file_is_read(ports: Ports, serve: Serve, database: str) -> None:
    slow = SlowExtractor()
    ann = await newcomer(Person(serve(replace(ports, extractor=slow))), "ann@example.com", "Ann")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: ann.post("/api/resumes", **UPLOAD))
        await slow.began.wait()
        assert await _count(database, "pg_stat_activity where datname = current_database() and xact_start < now()") == 0
        slow.go_on.set()


async def test_an_account_takes_its_keys_and_asks_along(ann: Person, database: str) -> None:
    resume = await ann.resume()
    await ann.post(f"/api/resumes/{resume['id']}/analyze", json={}, headers=KEY)
    assert (await _count(database, "idempotency_key"), await _count(database, "analysis_ask")) == (1, 1)
    await execute(database, "delete from account")
    assert (await _count(database, "idempotency_key"), await _count(database, "analysis_ask")) == (0, 0)


async def _count(database: str, of: LiteralString) -> int:
    async with await psycopg.AsyncConnection.connect(database) as link:
        row = await (await link.execute("select count(*) from " + of)).fetchone()  # noqa: S608  # words of ours
        return int(row[0]) if row else 0
