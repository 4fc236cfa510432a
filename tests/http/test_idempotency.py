"""`Idempotency-Key`: a POST that arrives twice acts once and is answered alike; one without effect leaves no trace."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import anyio
import httpx
import pytest
from litestar.enums import HttpMethod
from litestar.routes import HTTPRoute

from jatify_adapters.memory import MemoryStore, MovableClock, PlainExtractor, ScriptedAnalyzer, memory_ports
from jatify_core import idempotency
from jatify_core.analysis import Refusal
from jatify_core.policy import Policy
from jatify_core.ports import Ports
from jatify_core.resume import Extraction, Upload
from jatify_core.use_cases.administration import appoint
from jatify_http.app import create_app
from jatify_http.openapi import document
from jatify_http.schemas import listings
from tests.http.conftest import RunJobs
from tests.http.people import PASSWORD, RESUME, Person, client_of, newcomer

JOB = {"company": "Acme", "position": "Engineer"}
KEPT = ("content-type", "etag", "link", "location", "retry-after")
WITHOUT_KEY = {"/api/auth/register", "/api/auth/login", "/api/calendar"}


def posts() -> list[str]:
    app = create_app(memory_ports())
    handlers = [(r.path_format, h) for r in app.routes if isinstance(r, HTTPRoute) for h in r.route_handlers]
    return sorted(path for path, handler in handlers if HttpMethod.POST in handler.http_methods)


def keyed(key: str = "k1") -> dict[str, str]:
    return {"Idempotency-Key": key}


def told(answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """All of an answer that a repetition must repeat."""
    headers = {name: answer.headers[name] for name in KEPT if name in answer.headers}
    return answer.status_code, answer.content, headers


def replayed(answer: httpx.Response) -> bool:
    said: str | None = answer.headers.get("idempotent-replayed")
    return said == "true"


class Acts:
    """What makes each POST succeed, and how often it did; a new POST has to be added here."""

    def __init__(self, ann: Person, ports: Ports, analyzer: ScriptedAnalyzer, run_jobs: RunJobs) -> None:
        self._ports = ports
        self._ann = ann
        self._analyzer = analyzer
        self._run_jobs = run_jobs
        self.by_path: dict[str, Callable[[], Awaitable[tuple[str, dict[str, Any]]]]] = {
            "/api/auth/logout": self._logout,
            "/api/jobs": self._job,
            "/api/jobs/parse": self._parse,
            "/api/applications": self._application,
            "/api/statuses": self._status,
            "/api/applications/{application_id}/restore": self._restore,
            "/api/applications/{application_id}/history": self._step,
            "/api/resumes": self._resume,
            "/api/resumes/{resume_id}/analyze": self._analyze,
            "/api/user/import": self._archive,
            "/api/dlq/requeue": self._requeue,
            "/api/dlq/{dead_letter_id}/requeue": self._requeue_one,
            "/api/imports": self._import,
            "/api/imports/{import_id}/undo": self._undo,
            "/api/operator/dlq/{dead_letter_id}/requeue": self._requeue_anybodys,
        }

    async def _logout(self) -> tuple[str, dict[str, Any]]:
        return "/api/auth/logout", {}

    async def _job(self) -> tuple[str, dict[str, Any]]:
        return "/api/jobs", {"json": JOB}

    async def _parse(self) -> tuple[str, dict[str, Any]]:
        return "/api/jobs/parse", {"json": {"content": "company: Acme"}}

    async def _application(self) -> tuple[str, dict[str, Any]]:
        return "/api/applications", {"json": {"job_id": (await self._ann.job())["id"]}}

    async def _status(self) -> tuple[str, dict[str, Any]]:
        return "/api/statuses", {"json": {"label": "Phone screen", "category": "interview"}}

    async def _restore(self) -> tuple[str, dict[str, Any]]:
        path = f"/api/applications/{(await self._ann.application())['id']}"
        await self._ann.delete(path)
        return f"{path}/restore", {}

    async def _step(self) -> tuple[str, dict[str, Any]]:
        step = {"status_id": "applied", "at": "2026-11-20T09:00:00Z"}
        return f"/api/applications/{(await self._ann.application())['id']}/history", {"json": step}

    async def _resume(self) -> tuple[str, dict[str, Any]]:
        return "/api/resumes", {"files": {"file": ("ann.txt", RESUME, "text/plain")}, "data": {"name": "Mine"}}

    async def _archive(self) -> tuple[str, dict[str, Any]]:
        await self._ann.job()
        export = await self._ann.get("/api/user/export")
        return "/api/user/import", {"files": {"file": ("jatify-export.zip", export.content, "application/zip")}}

    async def _analyze(self) -> tuple[str, dict[str, Any]]:
        return f"/api/resumes/{(await self._ann.resume())['id']}/analyze", {"json": {}}

    async def _letter(self) -> str:
        self._analyzer._script.append(Refusal("refused", "The model refused."))
        await self._ann.analysis((await self._ann.resume())["id"])
        await self._run_jobs()
        return str((await self._ann.get("/api/dlq")).json()["items"][0]["id"])

    async def _requeue(self) -> tuple[str, dict[str, Any]]:
        return "/api/dlq/requeue", {"json": {"ids": [await self._letter()]}}

    async def _requeue_one(self) -> tuple[str, dict[str, Any]]:
        return f"/api/dlq/{await self._letter()}/requeue", {}

    async def _import(self) -> tuple[str, dict[str, Any]]:
        table = b"company,position\nAcme,Engineer\n"
        return "/api/imports", {"files": {"file": ("a.csv", table)}, "data": {"dry_run": "false"}}

    async def _undo(self) -> tuple[str, dict[str, Any]]:
        path, request = await self._import()
        return f"/api/imports/{(await self._ann.post(path, **request)).json()['id']}/undo", {}

    async def _requeue_anybodys(self) -> tuple[str, dict[str, Any]]:
        await appoint(self._ports, "ann@example.com", operator=True)
        return f"/api/operator/dlq/{await self._letter()}/requeue", {}


@pytest.fixture
async def ann_elsewhere(ann: Person) -> Person:
    """Ann in another browser, which stays logged in."""
    return await logged_in_again(ann)


@pytest.mark.parametrize("path", [path for path in posts() if path not in WITHOUT_KEY])
async def test_every_post_acts_once_and_is_answered_alike_ever_after(
    ann: Person, ann_elsewhere: Person, ports: Ports, analyzer: ScriptedAnalyzer, run_jobs: RunJobs, path: str
) -> None:
    """In memory, slow work inside a transaction that waits for the answer is refused, too."""
    target, request = await Acts(ann, ports, analyzer, run_jobs).by_path[path]()
    first = await ann.post(target, headers=keyed(), **request)
    assert first.is_success, first.text
    assert not replayed(first)
    for _ in range(2):
        again = await ann_elsewhere.post(target, headers=keyed(), **request)
        assert (told(again), replayed(again)) == (told(first), True)
        assert again.headers["x-request-id"] != first.headers["x-request-id"]


async def test_every_post_is_among_these(
    ann: Person, ports: Ports, analyzer: ScriptedAnalyzer, run_jobs: RunJobs
) -> None:
    assert {*Acts(ann, ports, analyzer, run_jobs).by_path, *WITHOUT_KEY} == {*posts()}


def test_every_post_of_the_description_tells_of_the_key() -> None:
    description = document(create_app(memory_ports()))
    for path, item in description["paths"].items():
        for method, operation in item.items():
            headers = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
            takes = method == "post" and path not in WITHOUT_KEY
            assert ("Idempotency-Key" in headers) is takes, path
            if takes:
                answers = operation["responses"]
                assert {"400", "409", "422"} <= answers.keys()
                done = [answer for status, answer in answers.items() if status < "300"]
                assert all("Idempotent-Replayed" in answer["headers"] for answer in done)


async def test_a_repetition_does_nothing_again(ann: Person) -> None:
    answers = [await ann.post("/api/jobs", json=JOB, headers=keyed()) for _ in range(3)]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len((await ann.get("/api/jobs")).json()["items"]) == 1
    assert (await ann.post("/api/jobs", json=JOB)).json()["id"] != answers[0].json()["id"]


async def test_a_repetition_is_told_what_was_and_not_what_is(ann: Person) -> None:
    first = await ann.post("/api/jobs", json=JOB, headers=keyed())
    await ann.delete(first.headers["location"])
    again = await ann.post("/api/jobs", json=JOB, headers=keyed())
    assert (told(again), replayed(again)) == (told(first), True)
    assert (await ann.get(first.headers["location"])).status_code == 404


@pytest.mark.parametrize(
    ("path", "request_"),
    [
        ("/api/jobs", {"json": JOB | {"source": "a friend"}}),
        ("/api/jobs", {"content": b'{"company":"Acme", "position":"Engineer"}'}),
        ("/api/jobs?x=1", {"json": JOB}),
        ("/api/applications", {"json": JOB}),
        ("/api/dlq/requeue", {"json": {"all": True}}),
        ("/api/auth/logout", {}),
    ],
)
async def test_another_request_with_the_same_key_is_refused_and_does_nothing(
    ann: Person, path: str, request_: dict[str, Any]
) -> None:
    first = await ann.post("/api/jobs", json=JOB, headers=keyed())
    answer = await ann.post(path, headers=keyed(), **request_)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "key_reused")
    assert told(await ann.post("/api/jobs", json=JOB, headers=keyed())) == told(first)
    assert len((await ann.get("/api/jobs")).json()["items"]) == 1


async def test_a_form_is_known_again_under_another_boundary(ann: Person) -> None:
    def form(boundary: str, name: str = "Mine", filename: str = "ann.txt", content: bytes = RESUME) -> dict[str, Any]:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="name"\r\n\r\n{name}\r\n--{boundary}\r\n'
        file = f'Content-Disposition: form-data; name="file"; filename="{filename}"\r\nContent-Type: text/plain\r\n\r\n'
        body = (head + file).encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", **keyed()}
        return {"content": body, "headers": headers}

    first = await ann.post("/api/resumes", **form("first"))
    assert (first.status_code, first.json()["name"]) == (201, "Mine")
    again = await ann.post("/api/resumes", **form("second"))
    assert (told(again), replayed(again)) == (told(first), True)
    assert (await ann.get(f"{first.headers['location']}/file")).content == RESUME
    for other in (form("b", name="Hers"), form("b", filename="bob.txt"), form("b", content=RESUME + b".")):
        assert (await ann.post("/api/resumes", **other)).status_code == 422
    assert len((await ann.get("/api/resumes")).json()["items"]) == 1


async def test_what_is_no_form_is_refused_as_without_a_key(ann: Person) -> None:
    for headers in ({"Content-Type": "multipart/form-data"}, {"Content-Type": "multipart/form-data; boundary=b"}):
        answers = [await ann.post("/api/resumes", content=b"--b", headers=headers | key) for key in ({}, keyed())]
        assert [answer.status_code for answer in answers] == [answers[0].status_code] * 2
        assert answers[0].status_code in {400, 422}


@pytest.mark.parametrize("key", ["k", "8e03978e-40d5-43dd-bc93-6894a57f9324", '"quoted"', '"a\\"b\\\\c"', "~" * 255])
async def test_a_key_is_visible_ascii_bare_or_quoted(ann: Person, key: str) -> None:
    answers = [await ann.post("/api/jobs", json=JOB, headers=keyed(key)) for _ in range(2)]
    assert [(answer.status_code, replayed(answer)) for answer in answers] == [(201, False), (201, True)]


async def test_a_quoted_key_is_the_bare_one(ann: Person) -> None:
    answers = [await ann.post("/api/jobs", json=JOB, headers=keyed(key)) for key in ('"k1"', "k1", " k1 ")]
    assert [replayed(answer) for answer in answers] == [False, True, True]


@pytest.mark.parametrize("key", ["", '""', "a b", "k" * 256, '"' + "k" * 256 + '"', '"open', '"a"b"', '"a";p=1', "é"])
async def test_what_is_no_key_is_told_what_one_is(ann: Person, key: str) -> None:
    headers = {b"Idempotency-Key": key.encode(), b"Authorization": ann.headers["Authorization"].encode()}
    answer = await ann.client.post("/api/jobs", json=JOB, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed")
    assert "255 visible ASCII" in answer.json()["detail"]
    assert (await ann.get("/api/jobs")).json()["items"] == []


async def test_two_keys_are_none(ann: Person) -> None:
    headers = [*ann.headers.items(), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    assert (await ann.client.post("/api/jobs", json=JOB, headers=headers)).status_code == 400


async def test_who_is_not_logged_in_learns_that_first(nobody: Person) -> None:
    for key in ("k", "no key"):
        assert (await nobody.post("/api/jobs", content=b"{", headers=keyed(key))).status_code == 401


async def test_a_key_is_each_users_own(ann: Person, bob: Person) -> None:
    answers = [await person.post("/api/jobs", json=JOB, headers=keyed()) for person in (ann, bob)]
    assert [(answer.status_code, replayed(answer)) for answer in answers] == [(201, False)] * 2


async def test_a_key_is_kept_for_a_day(ann: Person, clock: MovableClock) -> None:
    ann = await logged_in_again(ann)
    first = await ann.post("/api/jobs", json=JOB, headers=keyed())
    clock.advance(timedelta(hours=23, minutes=59))
    assert replayed(await ann.post("/api/jobs", json=JOB, headers=keyed()))
    clock.advance(timedelta(minutes=2))
    later = await (await logged_in_again(ann)).post("/api/jobs", json=JOB, headers=keyed())
    assert (later.status_code, replayed(later)) == (201, False)
    assert later.json()["id"] != first.json()["id"]


async def logged_in_again(ann: Person) -> Person:
    answer = await ann.client.post("/api/auth/login", json={"email": "ann@example.com", "password": PASSWORD})
    return Person(ann.client, answer.json()["token"])


async def test_registering_and_logging_in_heed_no_key(nobody: Person) -> None:
    account = {"email": "zoe@example.com", "password": PASSWORD}
    headers = keyed("no key")
    answers = [
        await nobody.post("/api/auth/register", json=account | {"name": "Zoe"}, headers=headers) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 409]
    logins = [await nobody.post("/api/auth/login", json=account, headers=headers) for _ in range(2)]
    assert len({login.json()["token"] for login in logins}) == 2


async def test_a_refusal_leaves_the_key_free(ann: Person) -> None:
    refused = await ann.post("/api/jobs", json={"company": "Acme"}, headers=keyed())
    assert refused.status_code == 422
    mended = await ann.post("/api/jobs", json=JOB, headers=keyed())
    assert (mended.status_code, replayed(mended)) == (201, False)
    for path in (f"/api/resumes/{uuid4()}/analyze", "/api/resumes/no-id/analyze"):
        assert [(await ann.post(path, json={}, headers=keyed("k2"))).status_code for _ in range(2)] == [404, 404]


async def test_who_is_throttled_may_come_back_with_the_same_key(clock: MovableClock) -> None:
    ports = memory_ports(clock=clock, policy=Policy(daily_analyses=1))
    async with client_of(ports) as client:
        ann = await newcomer(Person(client), "ann@example.com", "Ann")
        path = f"/api/resumes/{(await ann.resume())['id']}/analyze"
        await ann.post(path, json={}, headers=keyed("first"))
        clock.advance(timedelta(hours=23))
        ask = {"json": {"job_id": (await ann.job())["id"]}, "headers": keyed("second")}
        throttled = await ann.post(path, **ask)
        assert (throttled.status_code, throttled.headers["retry-after"]) == (429, "3600")
        clock.advance(timedelta(hours=1))
        ann = await logged_in_again(ann)
        accepted = await ann.post(path, **ask)
        assert (accepted.status_code, replayed(accepted)) == (202, False)


async def test_a_fault_of_ours_undoes_what_was_done_and_frees_the_key(
    ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction has ended well already when the answer cannot be made: there is neither effect nor answer."""

    def break_down(*_: object) -> None:
        raise RuntimeError("no view today")

    with monkeypatch.context() as broken:
        broken.setattr(listings, "utc", break_down)
        answer = await ann.post("/api/jobs", json=JOB, headers=keyed())
        assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal")
    assert (await ann.get("/api/jobs")).json()["items"] == []
    assert (await ann.post("/api/jobs", json=JOB, headers=keyed())).status_code == 201


async def test_a_house_without_its_store_does_nothing_and_takes_no_key(ann: Person, store: MemoryStore) -> None:
    store.reachable = False
    assert (await ann.post("/api/jobs", json=JOB, headers=keyed())).status_code == 503
    store.reachable = True
    answer = await ann.post("/api/jobs", json=JOB, headers=keyed())
    assert (answer.status_code, replayed(answer)) == (201, False)


async def test_an_answer_too_large_to_be_kept_is_refused_before_anything_is_done(
    ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "LARGEST_ANSWER", 1_000)
    big = JOB | {"description": "x" * 1_000}
    answer = await ann.post("/api/jobs", json=big, headers=keyed())
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "answer_too_large")
    assert (await ann.get("/api/jobs")).json()["items"] == []
    assert (await ann.post("/api/jobs", json=big)).status_code == 201


class SlowExtractor(PlainExtractor):
    """Reads a file when told to."""

    def __init__(self) -> None:
        self.began, self.go_on = anyio.Event(), anyio.Event()

    async def extract(self, upload: Upload) -> Extraction:
        self.began.set()
        await self.go_on.wait()
        return await super().extract(upload)


@pytest.fixture
def slow() -> SlowExtractor:
    return SlowExtractor()


async def test_while_the_first_is_under_way_a_second_is_told_to_come_back(ports: Ports, slow: SlowExtractor) -> None:
    ports = memory_ports(store=ports.store, policy=ports.policy)
    async with client_of(_with(ports, slow)) as client:
        ann = await newcomer(Person(client), "ann@example.com", "Ann")
        upload = {"files": {"file": ("ann.txt", RESUME, "text/plain")}, "headers": keyed()}
        answers: list[httpx.Response] = []

        async def first() -> None:
            answers.append(await ann.post("/api/resumes", **upload))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(first)
            await slow.began.wait()
            with anyio.fail_after(10):
                second = await ann.post("/api/resumes", **upload)
            assert (second.status_code, second.json()["type"]) == (409, "/problems/conflict")
            assert int(second.headers["retry-after"]) >= 1
            assert (await ann.post("/api/jobs", json=JOB, headers=keyed())).status_code == 422
            slow.go_on.set()
        again = await ann.post("/api/resumes", **upload)
        assert (answers[0].status_code, told(again), replayed(again)) == (201, told(answers[0]), True)


async def test_a_request_that_is_cancelled_frees_its_key(ports: Ports, slow: SlowExtractor) -> None:
    async with client_of(_with(ports, slow)) as client:
        ann = await newcomer(Person(client), "ann@example.com", "Ann")
        upload = {"files": {"file": ("ann.txt", RESUME, "text/plain")}, "headers": keyed()}
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lambda: ann.post("/api/resumes", **upload))
            await slow.began.wait()
            tasks.cancel_scope.cancel()
        slow.go_on.set()
        answer = await ann.post("/api/resumes", **upload)
        assert (answer.status_code, replayed(answer)) == (201, False)


def _with(ports: Ports, extractor: SlowExtractor) -> Ports:
    return Ports(**{name: getattr(ports, name) for name in ports.__struct_fields__} | {"extractor": extractor})
