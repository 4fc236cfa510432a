"""From one installation into another, on both stores: everything reads as it did, but for its ids."""

import random
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import anyio
import httpx
import pytest
from litestar import Litestar

from jatify_adapters.memory import MemoryStore, MovableClock, ScriptedAnalyzer, memory_ports
from jatify_core.analysis import Completed, Refusal
from jatify_core.job import ANALYSIS, End
from jatify_core.policy import Policy
from jatify_core.ports import Ports, Store
from jatify_core.use_cases.analyses import carry_out
from jatify_http.app import create_app
from tests.http.people import RESUME, Person, client_over, newcomer

UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NOTES: Final = ("", "plain", "Zeilen\r\nund\tTabs", "日本語 🦀", '"quoted", \\ and ]}', "x" * 3_000, "\u2028 \x07 é")
DAYS: Final = (None, "2026-01-05", "2026-12-31")


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(params=["memory", "postgres"])
def either_store(request: pytest.FixtureRequest, clock: MovableClock) -> Store:
    store: Store = MemoryStore(clock) if request.param == "memory" else request.getfixturevalue("store")
    return store


@pytest.fixture
def ports(either_store: Store, clock: MovableClock) -> Ports:
    answers = [Refusal("refused", f"It declined, {n}.") for n in range(2)]
    analyzer = ScriptedAnalyzer(answers)
    policy = Policy(max_resumes=4, max_resume_bytes=4_000)
    return memory_ports(store=either_store, clock=clock, analyzer=analyzer, policy=policy)


@pytest.fixture
async def app(ports: Ports) -> Litestar:
    return create_app(ports)


@pytest.fixture
async def nobody(app: Litestar) -> AsyncIterator[Person]:
    async with client_over(app) as client:
        yield Person(client)


@pytest.fixture
async def ann(nobody: Person) -> Person:
    return await newcomer(nobody, "ann@example.com", "Ann")


@pytest.fixture
async def bob(nobody: Person) -> Person:
    return await newcomer(nobody, "bob@example.com", "Bob")


@pytest.mark.parametrize("seed", [1, 2])
async def test_everything_reads_as_it_did(
    ann: Person, bob: Person, ports: Ports, clock: MovableClock, seed: int
) -> None:
    await filled(ann, ports, clock, seed)
    made = (await brought(bob, await taken(ann))).json()
    assert await walked(bob) == await walked(ann)
    assert {kind: made[kind] for kind in ("jobs", "resumes", "analyses", "dead_letters", "applications")} == {
        "jobs": 25,
        "resumes": 2,
        "analyses": 4,
        "dead_letters": 2,
        "applications": 25,
    }


async def test_into_another_installation_too(ann: Person, ports: Ports, clock: MovableClock) -> None:
    await filled(ann, ports, clock, 4)
    export, before = await taken(ann), await walked(ann)
    there = memory_ports(store=MemoryStore(clock))
    async with client_over(create_app(there)) as client:
        zoe = await newcomer(Person(client), "zoe@example.com", "Zoe")
        await brought(zoe, export)
        assert await walked(zoe) == before
        again = await newcomer(Person(client), "yan@example.com", "Yan")
        await brought(again, await taken(zoe))
        assert await walked(again) == before


async def test_what_has_been_there_stays_as_it_was(ann: Person, bob: Person, ports: Ports, clock: MovableClock) -> None:
    await filled(ann, ports, clock, 5)
    await bob.post("/api/statuses", json={"label": "Phone screen", "category": "open"})
    kept = await bob.application(notes="Mine.", status_id="phone_screen")
    export, before, counted = await taken(ann), await walked(ann), await numbers(ann)
    for times in (1, 2):
        await brought(bob, export)
        assert (await bob.get(f"/api/applications/{kept['id']}")).json() == kept
        assert len((await bob.get("/api/applications", params={"limit": 100})).json()["items"]) == 23 * times + 1
        # Were his "Phone screen", which is no interview, taken for hers, it would count as none.
        assert reached(await numbers(bob)) == {
            stage: count * times + (stage in {"saved", "applied"}) for stage, count in reached(counted).items()
        }
    labels = [status["label"] for status in (await bob.get("/api/statuses")).json()["items"]]
    assert len(set(labels)) == len(labels)
    assert await walked(ann) == before


async def test_what_was_deleted_stays_hidden_and_goes_along(ann: Person, bob: Person) -> None:
    gone = await ann.application(notes="Deleted.")
    await ann.delete(f"/api/applications/{gone['id']}")
    assert (await brought(bob, await taken(ann))).json()["applications"] == 1
    assert (await bob.get("/api/applications")).json()["items"] == []
    zip_again = await taken(bob)
    assert (await brought(ann, zip_again)).json()["applications"] == 1


async def test_an_analysis_that_waited_is_cancelled_there(ann: Person, bob: Person, ports: Ports) -> None:
    await ann.analysis((await ann.resume())["id"])
    await brought(bob, await taken(ann))
    (resume,) = (await bob.get("/api/resumes")).json()["items"]
    (analysis,) = (await bob.get(f"/api/resumes/{resume['id']}/analyses")).json()["items"]
    assert analysis["state"] == "cancelled"
    assert analysis["finished_at"]
    assert len(await claimed(ports)) == 1  # which is the one that was there before


async def test_a_dead_letter_lives_again_there(ann: Person, bob: Person, ports: Ports) -> None:
    resume = await ann.resume()
    await ann.analysis(resume["id"])
    await run(ports)
    await brought(bob, await taken(ann))
    (letter,) = (await bob.get("/api/dlq")).json()["items"]
    assert (await bob.post(f"/api/dlq/{letter['id']}/requeue")).status_code == 202
    ports.analyzer._script.clear()  # type: ignore[attr-defined]  # it is the scripted one
    await run(ports)
    assert (await bob.get(f"/api/analyses/{letter['analysis_id']}")).json()["state"] == "succeeded"
    assert len((await ann.get("/api/dlq")).json()["items"]) == 1


async def test_of_two_at_once_one_finds_no_room(ann: Person, bob: Person) -> None:
    for n in range(3):
        await ann.resume(RESUME + b"%d" % n)
    export = await taken(ann)
    answers: list[httpx.Response] = []

    async def bring() -> None:
        answers.append(await sent(bob, export))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(bring)
        tasks.start_soon(bring)
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len((await bob.get("/api/resumes")).json()["items"]) == 3


@pytest.mark.parametrize("step", ["applications", "analyses", "dead_letters"])
async def test_what_breaks_in_the_middle_leaves_nothing(
    ann: Person, bob: Person, ports: Ports, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    await filled(ann, ports, clock, 6)
    export, before = await taken(ann), await walked(bob)
    async with ports.store.transaction() as tx:
        adapter = type(getattr(tx, step))

    async def broken(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(adapter, "take_in", broken)
        assert (await sent(bob, export)).status_code == 500
    assert await walked(bob) == before
    assert (await sent(bob, export)).status_code == 201


async def a_pipeline_of_ones_own(who: Person) -> None:
    """Statuses that were added, renamed, moved and retired."""
    for label, category in (("Phone screen", "interview"), ("Ruhend 🦀", "open"), ("Never used", "closed")):
        body = {"label": label, "category": category, "position": 3}
        assert (await who.post("/api/statuses", json=body)).status_code == 201
    for status_id, changed in (
        ("hr_interview", {"label": "Human resources"}),
        ("ghosted", {"retired": True}),
        ("offer", {"position": 5}),
    ):
        assert (await who.patch(f"/api/statuses/{status_id}", json=changed)).status_code == 200


async def corrected(who: Person, applications: list[Any], dice: random.Random) -> None:
    """Steps that were forgotten, put right and taken back, and resumes that were linked, sent and deleted."""
    sent = await who.resume(RESUME + b"sent", filename="sent.txt", name="Sent and gone")
    for application in applications[6:18]:
        path = f"/api/applications/{application['id']}"
        linked = {"resume_id": dice.choice([sent["id"], None]), "follow_up_note": dice.choice([None, "Ring.", "é 🦀"])}
        assert (await who.patch(path, json=linked)).status_code == 200
        moved = {"status_id": dice.choice(["applied", "phone_screen", "ruhend"])}
        assert (await who.patch(path, json=moved)).status_code == 200
        day = f"2025-0{dice.randrange(1, 9)}-1{dice.randrange(9)}"
        step = {"status_id": dice.choice(["saved", "applied"]), "at": f"{day}T10:00:00Z", "note": dice.choice(NOTES)}
        told = (await who.post(f"{path}/history", json=step)).json()
        first, *_, newest = told["history"]
        dated_back = {"at": "2024-12-31T10:00:00Z", "note": "Put right."}
        assert (await who.patch(f"{path}/history/{first['id']}", json=dated_back)).status_code == 200
        if dice.randrange(2):
            assert (await who.delete(f"{path}/history/{newest['id']}")).status_code == 204
    assert (await who.delete(f"/api/resumes/{sent['id']}")).status_code == 204


async def filled(who: Person, ports: Ports, clock: MovableClock, seed: int) -> None:
    """Somebody with something in each member, some of them more than a page of it."""
    dice = random.Random(seed)  # noqa: S311  # no secret
    await a_pipeline_of_ones_own(who)
    resumes = [await who.resume(RESUME + b"%d" % n, filename=f"{n} ä.txt", name=f"Nr. {n}") for n in range(2)]
    jobs = []
    for _ in range(25):
        jobs.append(await who.job(**a_job(dice)))
        clock.advance(timedelta(milliseconds=dice.randrange(2)))
    applications = []
    for job in jobs:
        body = an_application(dice) | {"job_id": job["id"], "resume_id": dice.choice(resumes)["id"]}
        applications.append(await who.application(**body))
    for application in applications[:12]:
        for _ in range(dice.randrange(1, 4)):
            moved = {
                "status_id": dice.choice(["applied", "hr_interview", "offer", "rejected"]),
                "status_note": dice.choice(NOTES),
                "status_at": f"2026-0{dice.randrange(1, 9)}-1{dice.randrange(9)}T10:00:00Z",
            }
            assert (await who.patch(f"/api/applications/{application['id']}", json=moved)).status_code == 200
    await corrected(who, applications, dice)
    for application in applications[:2]:
        await who.delete(f"/api/applications/{application['id']}")
    for resume in resumes:
        await who.analysis(resume["id"])
        await who.analysis(resume["id"], jobs[0]["id"])
    await run(ports)
    clock.advance(timedelta(minutes=1))
    assert (await who.patch(f"/api/jobs/{jobs[0]['id']}", json={"description": "Other."})).status_code == 200
    assert (await who.patch(f"/api/resumes/{resumes[0]['id']}", json={"name": "New"})).status_code == 200


def a_job(dice: random.Random) -> dict[str, Any]:
    members: dict[str, list[Any]] = {
        "company": ["Acme", "Ünï & Söhne"],
        "description": [None, *NOTES],
        "url": [None, "https://example.org/a?b=c"],
        "location": [None, "Paris"],
        "workplace": [None, "remote", "hybrid"],
        "employment_type": [None, "full time"],
        "salary": [None, {"min": 1, "max": 2, "currency": "EUR", "period": "hour"}, {"min": 0}],
        "source": [None, "a friend"],
        "posted_on": [*DAYS],
        "deadline_on": [*DAYS],
    }
    return {name: dice.choice(values) for name, values in members.items()}


def an_application(dice: random.Random) -> dict[str, Any]:
    return {
        "cover_letter": dice.choice([None, *NOTES]),
        "notes": dice.choice([None, *NOTES]),
        "tags": dice.sample(["a", "b", "ç"], dice.randrange(4)),
        "follow_up_on": dice.choice(DAYS),
        "applied_on": dice.choice(DAYS),
    }


async def claimed(ports: Ports) -> list[Any]:
    async with ports.store.transaction() as tx:
        return [*await tx.jobs.claim([ANALYSIS], 100, timedelta(minutes=1), "by hand")]


async def run(ports: Ports) -> None:
    for job in await claimed(ports):
        done = await carry_out(ports, job)
        end = End.succeeded(job, done) if isinstance(done, Completed) else End.buried(job, done.reason, done.message)
        async with ports.store.transaction() as tx:
            await tx.jobs.settle([end])
            await tx.analyses.record([end])


async def taken(who: Person) -> bytes:
    answer = await who.get("/api/user/export")
    assert answer.status_code == 200
    return answer.content


async def sent(who: Person, export: bytes) -> httpx.Response:
    return await who.post("/api/user/import", files={"file": ("jatify-export.zip", export, "application/zip")})


async def brought(who: Person, export: bytes) -> httpx.Response:
    answer = await sent(who, export)
    assert answer.status_code == 201, answer.text
    return answer


async def walked(who: Person) -> list[str]:
    """Every answer there is for somebody, with his ids numbered as they appear."""
    told: list[str] = []
    for path, sorts in LISTS.items():
        told += [await read(who, f"{path}?limit=100&sort={sort}") for sort in sorts]
    for path, sorts in LISTS.items():
        for item in (await who.get(f"{path}?limit=100&sort={sorts[0]}")).json()["items"] if path not in ALONE else ():
            told.append(await read(who, f"{path}/{item['id']}"))
            if path == "/api/resumes":
                told += [await read(who, f"{path}/{item['id']}/{part}") for part in ("file", "text", "analyses")]
                analyses = (await who.get(f"{path}/{item['id']}/analyses")).json()["items"]
                told += [await read(who, f"/api/analyses/{analysis['id']}") for analysis in analyses]
    told += [await read(who, path) for path in OF_ALL]
    given: dict[str, str] = {}
    return [UUID.sub(lambda found: given.setdefault(found[0], f"#{len(given)}"), one) for one in told]


LISTS: Final = {
    "/api/statuses": ("position",),
    "/api/jobs": ("created_at", "-updated_at", "company", "-position"),
    "/api/applications": ("created_at", "-updated_at", "applied_on"),
    "/api/resumes": ("created_at", "-name", "updated_at"),
    "/api/dlq": ("failed_at", "-failed_at"),
}
OF_ALL: Final = (
    "/api/stats",
    "/api/stats?from=2025-03-01&to=2025-09-30&tz_offset=-300",
    "/api/agenda?on=2026-01-05&days=365",
    "/api/agenda?on=2026-12-31&silent_days=1",
    "/api/applications/export?format=csv",
    "/api/applications/export?format=json",
    "/api/queue",
)
"""What is read off everything there is."""
ALONE: Final = {"/api/statuses", "/api/dlq"}
"""Lists whose things have no address of their own."""


async def numbers(who: Person) -> Any:
    return (await who.get("/api/stats")).json()


def reached(stats: Any) -> dict[str, int]:
    return {stage["stage"]: stage["reached"] for stage in stats["funnel"]}


async def read(who: Person, path: str) -> str:
    answer = await who.get(path)
    assert answer.status_code == 200, answer.text
    etag = answer.headers.get("etag", "")
    return f"{etag if etag.startswith(chr(34) + 'v') else ''} {answer.text}"
