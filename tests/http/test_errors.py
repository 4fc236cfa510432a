"""Errors: one shape, one table, and an order in which they are found."""

import logging
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from jatify_adapters.memory import MemoryStore, memory_ports
from jatify_http.app import create_app
from jatify_http.guards import takes
from jatify_http.requests import JSON
from tests.http.people import Person

OPEN = {
    "/api/auth/register",
    "/api/auth/login",
    "/api/calendar/{calendar_file}",  # its address is its secret
    "/health/live",
    "/health/ready",
    "/problems/{slug}",
}
ID = str(UUID(int=7, version=4))


def operations() -> list[tuple[str, str]]:
    app = create_app(memory_ports())
    handlers = [(r.path_format, h) for r in app.routes if isinstance(r, HTTPRoute) for h in r.route_handlers]
    return sorted((_method(h), path) for path, h in handlers if h.include_in_schema)


def _method(handler: HTTPRouteHandler) -> str:
    return next(iter(handler.http_methods))


PROTECTED = [operation for operation in operations() if operation[1] not in OPEN]
WITH_ID = [operation for operation in PROTECTED if "{" in operation[1]]
BODIES: dict[str, Any] = {
    "/api/jobs/{job_id}": {"company": "Acme", "position": "Engineer"},
    "/api/resumes/{resume_id}": {"name": "x"},
    "/api/applications/{application_id}/history": {"status_id": "applied", "at": "2025-11-20T09:00:00Z"},
}


async def test_a_problem_has_the_same_members_everywhere(ann: Person) -> None:
    answer = await ann.get(f"/api/jobs/{ID}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "/problems/not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing here, or it is not yours.",
        "instance": answer.headers["x-request-id"],
    }


@pytest.mark.parametrize(("method", "path"), PROTECTED)
async def test_who_is_not_logged_in_learns_that_before_anything_else(nobody: Person, method: str, path: str) -> None:
    """Neither a bad id nor a bad body, type, query or Accept header is looked at."""
    path = path.partition("{")[0] + "no-id" + path.partition("}")[2] if "{" in path else path
    headers = {"Content-Type": "text/plain", "Accept": "text/plain"}
    answer = await nobody.ask(method, f"{path}?colour=red", content=b"{", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("method", "path"), WITH_ID)
async def test_a_missing_a_foreign_and_a_malformed_id_are_answered_alike_to_the_byte(
    ann: Person, bob: Person, method: str, path: str
) -> None:
    resume, job = await bob.resume(), await bob.job()
    application = await bob.application(job_id=job["id"])
    foreign = {
        "resume_id": resume["id"],
        "job_id": job["id"],
        "application_id": application["id"],
        "step_id": application["history"][0]["id"],
        "analysis_id": (await bob.analysis(resume["id"], job["id"]))["id"],
        "dead_letter_id": str(uuid4()),
        "status_id": await bob.status(),
        "import_id": await bob.imported(),
        "session_id": (await bob.get("/api/auth/sessions")).json()["items"][0]["id"],
    }
    body = BODIES.get(path) or {"job_id": (await ann.job())["id"]}
    request: dict[str, Any] = {"json": body} if method in {"PUT", "PATCH"} or path in BODIES else {}
    if method == "PATCH":
        request = {"json": {}}
    places = [
        path.format_map(foreign),
        path.format_map(dict.fromkeys(foreign, str(uuid4()))),
        path.format_map(dict.fromkeys(foreign, "no-id")),
        path.format_map(dict.fromkeys(foreign, "%00")),
    ]
    answers = [await ann.ask(method, place, headers={"X-Request-Id": "same"}, **request) for place in places]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


async def test_an_unknown_path_is_a_problem_too_and_needs_no_login(nobody: Person, ann: Person) -> None:
    for path in ("/api", "/api/nothing", "/api/jobs/1/2/3", "/nothing", "/api/resumes/x/file/y"):
        for person in (nobody, ann):
            answer = await person.get(path)
            assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/jobs", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("POST", f"/api/jobs/{ID}", {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}),
        ("GET", "/api/auth/login", {"POST", "OPTIONS"}),
        ("HEAD", "/api/auth/login", {"POST", "OPTIONS"}),
        ("BREW", "/api/statuses/order", {"PUT", "OPTIONS"}),
    ],
)
async def test_an_unknown_method_is_told_those_there_are(
    ann: Person, method: str, path: str, allowed: set[str]
) -> None:
    answer = await ann.ask(method, path)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"company": }', b"\xff", b"nul", b'"\\ud800"', b"[" * 60_000, b'{"a":' * 10_000]
)
async def test_what_is_no_json_is_400(ann: Person, body: bytes) -> None:
    answer = await ann.post("/api/jobs", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed")


@pytest.mark.parametrize(
    ("method", "path", "header", "takes"),
    [
        ("POST", "/api/jobs", "accept-post", "application/json"),
        ("PUT", f"/api/jobs/{ID}", "accept", "application/json"),
        ("PATCH", f"/api/jobs/{ID}", "accept-patch", "application/merge-patch+json, application/json"),
        ("POST", "/api/dlq/requeue", "accept-post", "application/json"),
    ],
)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json-patch+json"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
async def test_a_body_of_another_type_is_told_those_that_are_taken(
    ann: Person, method: str, path: str, header: str, takes: str, headers: dict[str, str]
) -> None:
    answer = await ann.ask(method, path, content=b"{}", headers=headers)
    assert (answer.status_code, answer.headers[header]) == (415, takes)


async def test_the_charset_may_be_said(ann: Person) -> None:
    content = '{"company": "Äcme", "position": "x"}'.encode()
    answer = await ann.post("/api/jobs", content=content, headers={"Content-Type": "application/json; charset=UTF-8"})
    assert (answer.status_code, answer.json()["company"]) == (201, "Äcme")


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/api/jobs", 65_537, 413),
        ("/api/jobs", 65_536, 422),
        ("/api/applications", 262_145, 413),
        ("/api/dlq/requeue", 65_537, 413),
        ("/api/auth/login", 4_097, 413),
        ("/api/auth/login", 4_096, 422),
        ("/api/auth/register", 4_097, 413),
    ],
)
async def test_a_body_has_a_size_that_depends_on_the_operation(ann: Person, path: str, size: int, status: int) -> None:
    body = b'{"q": "' + b"x" * (size - 9) + b'"}'
    answer = await ann.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        ([], True),
        ([""], True),
        (["*/*"], True),
        (["application/json"], True),
        (["application/*;q=0.1"], True),
        (["text/html, application/json;q=0.9, */*;q=0.8"], True),
        (["text/html", "application/json"], True),
        (["APPLICATION/JSON; charset=utf-8"], True),
        (["text/html"], False),
        (["application/xml, image/*"], False),
        (["application/json;q=0"], False),
        (["application/json;q=0, */*"], False),
        (["*/*;q=0.0"], False),
        (["application/json;q=high"], True),
    ],
)
def test_an_accept_header_leaves_room_for_json_or_not(accept: list[str], taken: bool) -> None:  # noqa: FBT001
    assert takes(JSON, accept) is taken


async def test_who_takes_no_json_gets_406_and_nothing_is_done(ann: Person) -> None:
    job = {"company": "Acme", "position": "Engineer"}
    answer = await ann.post("/api/jobs", json=job, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (406, "application/problem+json")
    assert (await ann.get("/api/jobs")).json()["items"] == []


async def test_an_answer_without_a_body_suits_everybody(ann: Person) -> None:
    job = await ann.job()
    assert (await ann.delete(f"/api/jobs/{job['id']}", headers={"Accept": "text/html"})).status_code == 204


async def test_a_house_without_its_store_says_when_to_come_back(ann: Person, store: MemoryStore) -> None:
    store.reachable = False
    answer = await ann.get("/api/jobs")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert int(answer.headers["retry-after"]) > 0


async def test_a_fault_of_our_own_is_logged_under_its_id_and_tells_nothing(
    nobody: Person, store: MemoryStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down() -> None:
        raise RuntimeError("select secret from /etc/passwd")

    monkeypatch.setattr(store, "transaction", break_down)
    with caplog.at_level(logging.DEBUG):
        login = {"email": "ann@example.com", "password": "a secret of Ann's"}
        answer = await nobody.post("/api/auth/login", json=login)
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal")
    assert not [word for word in ("select", "passwd", "RuntimeError", "Traceback") if word in answer.text]
    [record] = [r for r in caplog.records if r.name == "jatify.http"]
    assert record.__dict__["request_id"] == answer.headers["x-request-id"] == answer.json()["instance"]
    assert record.exc_info
    assert "a secret of Ann's" not in caplog.text


@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST"])
@pytest.mark.parametrize("depth", [33, 300, 900, 990, 5_000])
async def test_what_is_nested_too_deep_is_400_wherever_it_is_sent(ann: Person, method: str, depth: int) -> None:
    """As deep as the parser goes, a merge or a search for NUL would not."""
    path = "/api/jobs" if method == "POST" else f"/api/jobs/{(await ann.job())['id']}"
    body = b'{"a":' * depth + b"1" + b"}" * depth
    answer = await ann.ask(method, path, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed")


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "1899-12-31T23:59:59Z"])
async def test_an_instant_at_the_ends_of_the_calendar_is_refused(ann: Person, at: str) -> None:
    path = f"/api/applications/{(await ann.application())['id']}"
    answer = await ann.patch(path, json={"status_id": "applied", "status_at": at})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/status_at")
    assert (await ann.get(path)).json()["version"] == 1


@pytest.mark.parametrize(("path", "status"), [("/api/jobs", 413), ("/api/applications", 400)])
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
async def test_a_hundred_thousand_levels_are_refused_at_once(
    ann: Person, path: str, status: int, opening: bytes
) -> None:
    body = (opening * 100_000)[: 200_000 if opening == b"[" else 250_000]
    answer = await ann.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status


INSIDE = re.compile(
    r"/src/|/lib/|\.py\b|Traceback|\bselect\b|\binsert\b|psycopg|msgspec|litestar|uvicorn|jatify_|\w+Error\b|0x[0-9a-f]+",
    re.IGNORECASE,
)


async def test_no_answer_tells_of_the_inside(
    ann: Person, nobody: Person, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await ann.job()
    await ann.application(job_id=job["id"])
    path = f"/api/jobs/{job['id']}"
    as_json = {"Content-Type": "application/json"}
    answers = [
        await ann.post("/api/jobs", content=b"{", headers=as_json),
        await nobody.get("/api/jobs"),
        await ann.get("/api/jobs/../../etc/passwd"),
        await ann.get("/api/jobs/' or 1=1 --"),
        await ann.ask("BREW", "/api/jobs"),
        await ann.get("/api/jobs", headers={"Accept": "text/html"}),
        await ann.delete(path),
        await ann.patch(path, json={}, headers={"If-Match": '"v9"'}),
        await ann.post("/api/jobs", content=b" " * 70_000, headers=as_json),
        await ann.post("/api/jobs", content=b"<job/>", headers={"Content-Type": "application/xml"}),
        await ann.post("/api/jobs", json={"company": 1, "position": ["x"], "salary": {"min": "y"}, "url": "ftp://"}),
        await ann.get("/api/jobs?sort=id;drop table job&cursor=x&limit=many"),
        await ann.post("/api/resumes", files={"file": ("x.exe", b"MZ\x00\x01")}),
        await ann.post("/api/resumes", content=b"x", headers={"Content-Type": "multipart/form-data"}),
    ]
    monkeypatch.setattr(store, "reachable", False)
    answers.append(await ann.get("/api/jobs"))
    monkeypatch.setattr(store, "transaction", lambda _: 1 / 0)
    answers.append(await ann.get("/api/jobs"))
    expected = [400, 401, 404, 404, 405, 406, 409, 412, 413, 415, 422, 422, 415, 400, 503, 500]
    assert [answer.status_code for answer in answers] == expected
    for answer in answers:
        assert answer.headers["content-type"] == "application/problem+json"
        assert not INSIDE.search(answer.text), answer.text
        assert not INSIDE.search(str(answer.headers)), answer.headers


async def test_a_made_up_name_with_a_nul_is_told_without_it(ann: Person) -> None:
    answer = await ann.get("/api/jobs?%00x=1&%00x=2")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/\ufffdx")
