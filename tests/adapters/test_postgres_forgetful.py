"""Two people use the API while every statement forgets to ask whose a row is: the wall alone keeps them apart."""

import re
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from msgspec import Struct
from msgspec.structs import replace

from jatify_adapters.memory import memory_ports
from jatify_adapters.postgres import PostgresStore
from jatify_adapters.postgres.connection import Answer, Kept, Params
from jatify_adapters.postgres.walls import Walls
from jatify_core.job import ANALYSIS, End
from jatify_core.user import UserId
from tests.adapters.chores import LEASE
from tests.http.people import Person, client_of, newcomer

CONDITION: Final = re.compile(r"\b(\w+\.)?user_id = %\(user_id\)s")
remembered: Final = Kept.answer


class Ids(Struct, frozen=True):
    """What belongs to Ann."""

    job: str
    application: str
    resume: str
    analysis: str
    letter: str
    status: str


REQUESTS: Final = (
    ("GET", "/api/jobs/{job}"),
    ("PATCH", "/api/jobs/{job}"),
    ("DELETE", "/api/jobs/{job}"),
    ("GET", "/api/applications/{application}"),
    ("PATCH", "/api/applications/{application}"),
    ("DELETE", "/api/applications/{application}"),
    ("GET", "/api/resumes/{resume}"),
    ("GET", "/api/resumes/{resume}/file"),
    ("GET", "/api/resumes/{resume}/text"),
    ("GET", "/api/resumes/{resume}/analyses"),
    ("GET", "/api/resumes/{resume}/analysis"),
    ("GET", "/api/resumes/{resume}/analysis/{job}"),
    ("POST", "/api/resumes/{resume}/analyze"),
    ("DELETE", "/api/resumes/{resume}"),
    ("GET", "/api/analyses/{analysis}"),
    ("DELETE", "/api/analyses/{analysis}"),
    ("POST", "/api/dlq/{letter}/requeue"),
    ("DELETE", "/api/dlq/{letter}"),
    ("GET", "/api/statuses/{status}"),
    ("PATCH", "/api/statuses/{status}"),
    ("DELETE", "/api/statuses/{status}"),
)
WRITABLE: Final = {"jobs": "company", "applications": "notes", "statuses": "label"}
LISTS: Final = ("/api/jobs", "/api/applications", "/api/resumes", "/api/dlq", "/api/queue")


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The statements that have forgotten so far."""
    forgotten = set[str]()

    async def forget(self: Kept, query: Any, params: Params) -> Answer:
        amnesic = CONDITION.sub("%(user_id)s::uuid is not null", query)
        if amnesic != query:
            forgotten.add(query)
        return await remembered(self, amnesic, params)

    monkeypatch.setattr(Kept, "answer", forget)
    return forgotten


@pytest.fixture
async def nobody(store: PostgresStore) -> AsyncIterator[Person]:
    async with client_of(replace(memory_ports(), store=store)) as client:
        yield Person(client)


@pytest.fixture
async def ann(nobody: Person) -> Person:
    return await newcomer(nobody, "ann@example.com", "Ann")


@pytest.fixture
async def bob(nobody: Person) -> Person:
    return await newcomer(nobody, "bob@example.com", "Bob")


@pytest.fixture
async def ids(ann: Person, store: PostgresStore) -> Ids:
    job, resume = (await ann.job())["id"], (await ann.resume())["id"]
    application = (await ann.application(job_id=job, resume_id=resume))["id"]
    await ann.analysis(resume)
    async with store.transaction() as tx:
        (failing,) = await tx.jobs.claim([ANALYSIS], 1, LEASE, "by hand")
        end = End.buried(failing, "refused", "It will not work.")
        assert not await tx.jobs.settle([end])
        await tx.analyses.record([end])
    letter = (await ann.get("/api/dlq")).json()["items"][0]["id"]
    analysis = (await ann.analysis(resume, job))["id"]
    return Ids(job, application, resume, analysis, letter, await ann.status())


async def test_whatever_statements_forget_nobody_reaches_what_is_anothers(
    ann: Person, bob: Person, ids: Ids, forgetful: set[str]
) -> None:
    for method, path in REQUESTS:
        answer = await bob.ask(method, named(path, ids), **body(method, path))
        assert answer.status_code == 404, (method, path, answer.text)
    for path in LISTS:
        assert (await bob.get(path)).json()["items"] == [], path
        assert (await ann.get(path)).json()["items"], path
    for method, path in REQUESTS:
        if method == "GET":
            assert (await ann.get(named(path, ids))).status_code == 200, path
    assert len(forgetful) > 15


async def test_without_the_wall_the_same_statements_would_give_it_away(
    bob: Person, ids: Ids, forgetful: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Walls.begin

    def begin_for_the_house(self: Walls, user_id: UserId | None) -> bytes:
        del user_id
        return begin(self, None)

    monkeypatch.setattr(Walls, "begin", begin_for_the_house)
    assert (await bob.get(f"/api/jobs/{ids.job}")).status_code == 200
    assert (await bob.get("/api/resumes")).json()["items"]
    assert forgetful


def named(path: str, ids: Ids) -> str:
    return path.format(
        job=ids.job,
        application=ids.application,
        resume=ids.resume,
        analysis=ids.analysis,
        letter=ids.letter,
        status=ids.status,
    )


def body(method: str, path: str) -> dict[str, Any]:
    if method == "PATCH":
        noun = path.split("/")[2]
        return {
            "content": f'{{"{WRITABLE[noun]}": "Mine now"}}',
            "headers": {"Content-Type": "application/merge-patch+json"},
        }
    return {"json": {}} if path.endswith("/analyze") else {}
