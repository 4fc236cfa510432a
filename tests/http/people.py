"""People who use the API: what tests do in one line."""

from functools import cache
from typing import Any, cast

import httpx
from litestar import Litestar

from jatify_adapters.memory import memory_ports
from jatify_core.policy import Policy
from jatify_core.ports import Ports
from jatify_http.app import ShellSettings, create_app

PASSWORD = "correct horse battery"
RESUME = b"Ann Archer\nEngineer\n" + b"Built things that lasted, and mended those that did not. " * 5


class Person:
    """Somebody with an account, and a client that presents the account's token."""

    def __init__(self, client: httpx.AsyncClient, token: str = "") -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        request["headers"] = {**self.headers, **request.get("headers", {})}
        return await self.client.request(method, path, **request)

    async def get(self, path: str, **request: Any) -> httpx.Response:
        return await self.ask("GET", path, **request)

    async def post(self, path: str, **request: Any) -> httpx.Response:
        return await self.ask("POST", path, **request)

    async def put(self, path: str, **request: Any) -> httpx.Response:
        return await self.ask("PUT", path, **request)

    async def patch(self, path: str, **request: Any) -> httpx.Response:
        return await self.ask("PATCH", path, **request)

    async def delete(self, path: str, **request: Any) -> httpx.Response:
        return await self.ask("DELETE", path, **request)

    async def job(self, **members: Any) -> dict[str, Any]:
        answer = await self.post("/api/jobs", json={"company": "Acme", "position": "Engineer"} | members)
        assert answer.status_code == 201, answer.text
        job = cast("dict[str, Any]", answer.json())
        del job["possible_duplicates"]  # which are told but once
        return job

    async def application(self, **members: Any) -> dict[str, Any]:
        job_id = members.pop("job_id", None) or (await self.job())["id"]
        answer = await self.post("/api/applications", json={"job_id": job_id} | members)
        assert answer.status_code == 201, answer.text
        return cast("dict[str, Any]", answer.json())

    async def status(self, label: str = "Phone screen", category: str = "interview", **members: Any) -> str:
        answer = await self.post("/api/statuses", json={"label": label, "category": category} | members)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def resume(self, content: bytes = RESUME, filename: str = "ann.txt", **fields: str) -> dict[str, Any]:
        answer = await self.post("/api/resumes", files={"file": (filename, content, "text/plain")}, data=fields)
        assert answer.status_code == 201, answer.text
        return cast("dict[str, Any]", answer.json())

    async def analysis(self, resume_id: str, job_id: str | None = None) -> dict[str, Any]:
        answer = await self.post(f"/api/resumes/{resume_id}/analyze", json={"job_id": job_id})
        assert answer.status_code == 202, answer.text
        return cast("dict[str, Any]", answer.json())

    async def imported(self, position: str = "Engineer") -> str:
        """The id of an import of one row."""
        table = f"company,position\nAcme,{position}\n".encode()
        answer = await self.post("/api/imports", files={"file": ("a.csv", table)}, data={"dry_run": "false"})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


@cache
def app_for(shell: ShellSettings, max_upload: int) -> Litestar:
    """An application, made once: making one costs more than a test does."""
    return create_app(memory_ports(policy=Policy(max_upload=max_upload)), shell)


def client_of(ports: Ports, shell: ShellSettings = ShellSettings()) -> httpx.AsyncClient:  # noqa: B008  # frozen
    app = app_for(shell, ports.policy.max_upload)
    app.state.ports = ports
    return client_over(app)


def client_over(app: Litestar) -> httpx.AsyncClient:
    # Litestar and httpx write the same protocol down in two ways.
    transport = httpx.ASGITransport(app=cast("Any", app), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://jatify.test")


async def newcomer(nobody: Person, email: str, name: str) -> Person:
    account = {"email": email, "password": PASSWORD}
    await nobody.post("/api/auth/register", json=account | {"name": name})
    answer = await nobody.post("/api/auth/login", json=account)
    return Person(nobody.client, answer.json()["token"])
