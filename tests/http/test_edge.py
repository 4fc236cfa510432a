"""What every answer has in common, and who else may read it."""

from typing import Any, cast

import anyio
import httpx
import pytest

from jatify_adapters.memory import memory_ports
from jatify_core.ports import Ports
from jatify_http.app import ShellSettings, create_app
from jatify_http.edge import Edge
from tests.http.people import Person, client_of

ORIGIN = "https://jobs.example"
CORS = ShellSettings(cors_origins=(ORIGIN,))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/jobs"),
        ("GET", "/api/nothing"),
        ("DELETE", "/api/jobs"),
        ("POST", "/api/jobs"),
        ("POST", "/api/auth/logout"),
        ("OPTIONS", "/api/jobs"),
        ("GET", "/health/live"),
        ("GET", "/nothing"),
        ("GET", "/schema/openapi.json"),
        ("GET", "/docs"),
    ],
)
async def test_every_answer_has_its_headers(ann: Person, method: str, path: str) -> None:
    headers = (await ann.ask(method, path)).headers
    assert headers["x-request-id"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert (headers.get("cache-control") == "no-store") is path.startswith("/api")
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


async def test_a_harmless_request_id_is_kept(nobody: Person) -> None:
    answer = await nobody.get("/health/live", headers={"X-Request-Id": "a.B_c-9"})
    assert answer.headers["x-request-id"] == "a.B_c-9"


@pytest.mark.parametrize("request_id", ["", "a b", "<script>", "x" * 65, "ä", 'a"b'])
async def test_another_one_is_replaced(nobody: Person, request_id: str) -> None:
    answer = await nobody.get("/health/live", headers={"X-Request-Id": request_id.encode("latin-1")})
    assert answer.headers["x-request-id"] != request_id
    assert len(answer.headers["x-request-id"]) == 32


async def test_two_requests_have_two_ids(nobody: Person) -> None:
    ids = {(await nobody.get("/health/live")).headers["x-request-id"] for _ in range(2)}
    assert len(ids) == 2


async def test_whatever_can_be_got_can_be_headed(ann: Person) -> None:
    job = await ann.job()
    for path in ("/api/jobs", f"/api/jobs/{job['id']}", "/api/user/profile", "/health/live", "/api/nothing"):
        got, headed = await ann.get(path), await ann.ask("HEAD", path)
        assert (headed.status_code, headed.content) == (got.status_code, b"")
        for name in ("content-type", "content-length", "etag"):
            assert headed.headers.get(name) == got.headers.get(name)


@pytest.mark.parametrize("path", ["/api/jobs", "/api/jobs/x", "/api/auth/login"])
async def test_options_name_the_same_methods_as_405(ann: Person, path: str) -> None:
    options, wrong = await ann.ask("OPTIONS", path), await ann.ask("BREW", path)
    assert (options.status_code, wrong.status_code) == (204, 405)
    assert options.headers["allow"] == wrong.headers["allow"]


async def test_a_head_can_be_conditional(ann: Person) -> None:
    path = f"/api/jobs/{(await ann.job())['id']}"
    assert (await ann.ask("HEAD", path, headers={"If-None-Match": '"v1"'})).status_code == 304


async def test_a_body_that_does_not_come_is_given_up() -> None:
    app = create_app(memory_ports())
    app.asgi_handler = Edge(app.asgi_handler, deadline=0.05)

    async def never() -> Any:
        yield b"{"
        await anyio.sleep_forever()

    transport = httpx.ASGITransport(app=cast("Any", app))
    async with httpx.AsyncClient(transport=transport, base_url="http://jatify.test") as client:
        with anyio.fail_after(2):
            answer = await client.post("/api/auth/login", content=never(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (408, "/problems/too-slow")
    assert answer.headers["connection"] == "close"
    assert answer.headers["x-request-id"]


async def test_who_hangs_up_halfway_is_no_fault_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    app, sent = create_app(memory_ports()), []
    arriving = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/auth/login",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }

    async def receive() -> Any:
        return next(arriving)

    async def send(message: Any) -> None:
        sent.append(message)

    await app(cast("Any", scope), receive, send)
    assert sent[0]["status"] == 408
    assert not [record for record in caplog.records if record.name == "jatify.http"]


async def test_pages_of_a_named_origin_may_read(ports: Ports) -> None:
    async with client_of(ports, CORS) as client:
        for path in ("/health/live", "/api/jobs", "/api/nothing"):
            headers = (await client.get(path, headers={"Origin": ORIGIN})).headers
            assert headers["access-control-allow-origin"] == ORIGIN
            assert "ETag" in headers["access-control-expose-headers"]
            assert headers["vary"] == "Origin"
            assert "access-control-allow-credentials" not in headers


async def test_a_browser_may_ask_first(ports: Ports) -> None:
    preflight = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}
    async with client_of(ports, CORS) as client:
        answer = await client.options("/api/jobs/x", headers=preflight)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://jobs.example.evil", "http://jobs.example"])
async def test_pages_of_other_origins_may_not(ports: Ports, origin: str) -> None:
    async with client_of(ports, CORS) as client:
        for method in ("GET", "OPTIONS"):
            headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
            answer = await client.request(method, "/api/jobs", headers=headers)
            assert not {name for name in answer.headers if name.startswith("access-control-")}
            assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "header",
    ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID", "Prefer"],
)
async def test_a_browser_may_send_whatever_the_api_takes(ports: Ports, method: str, header: str) -> None:
    preflight = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": header.lower(),
    }
    async with client_of(ports, CORS) as client:
        answer = await client.options("/api/applications/x", headers=preflight)
    assert method in answer.headers["access-control-allow-methods"].split(", ")
    assert header in answer.headers["access-control-allow-headers"].split(", ")
    assert "access-control-allow-credentials" not in answer.headers


async def test_a_page_may_read_every_header_that_it_needs(ports: Ports) -> None:
    async with client_of(ports, CORS) as client:
        answer = await client.get("/api/jobs", headers={"Origin": ORIGIN})
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"ETag", "Location", "Link", "Retry-After", "X-Request-Id", "Idempotent-Replayed"} <= set(exposed)


async def test_plain_options_are_no_preflight(ports: Ports) -> None:
    async with client_of(ports, CORS) as client:
        answer = await client.options("/health/live", headers={"Origin": ORIGIN})
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["access-control-allow-origin"] == ORIGIN
