"""What `jatify demo` does: a sample job seeker's search and analysis through the real API, then the server itself."""

import logging
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import anyio
import httpx
import msgspec
from msgspec.structs import replace
from rich.console import Console

from jatify_core.ports import Ports
from jatify_core.report import Report
from jatify_http.demo_search import enter_search
from jatify_http.report_text import print_report
from jatify_http.samples import RESUME_FILENAME, sample_listing, sample_resume
from jatify_http.server import Server
from jatify_http.serving import open_server
from jatify_http.settings import Settings
from jatify_http.signals import run_together
from jatify_http.wiring import World

EMAIL: Final = "demo@example.com"
NAME: Final = "Demo"
PATIENCE: Final = timedelta(minutes=6)
"""How long the demo waits for its analysis: longer than one run may take."""


class DemoError(Exception):
    """The demo did not get what it asked for; the text says what the API answered."""


async def run_demo(settings: Settings, once: bool) -> None:  # noqa: FBT001  # the command line's own switch
    """Start what `serve` starts, show a finished analysis, and keep serving unless *once*."""
    for chatty in ("jatify.access", "jatify.security"):  # the report is what is to be seen
        logging.getLogger(chatty).setLevel(logging.WARNING)
    async with open_server(settings) as (world, server), anyio.create_task_group() as tasks:
        tasks.start_soon(run_together, server.part, world.working, *world.beside)
        await _show(server, world)
        if once:
            server.stop()


async def _show(server: Server, world: World) -> None:
    ports, settings = world.ports, world.settings
    console = Console(highlight=False)
    await server.ready.wait()
    password = secrets.token_urlsafe(12)
    async with httpx.AsyncClient(base_url=server.address, trust_env=False, timeout=60) as client:
        await _log_in(client, ports, password)
        console.print(f"A sample user is logged in at {server.address}; her resume is being analysed.")
        resume = await _resume(client)
        listing = await _listing(client)
        await _application(client, listing["id"], resume["id"])
        described = await enter_search(client, resume["id"], ports.clock())
        analysis = await _analysis(client, resume["id"], listing["id"])
        if settings.analyzer == "local":  # a model's reports cost money: it is asked for one
            for job_id in described:
                _body(await client.post(f"/api/resumes/{resume['id']}/analyze", json={"job_id": job_id}))
    report = msgspec.convert(analysis["result"], Report)
    print_report(report, f"{resume['name']} for {listing['position']} at {listing['company']}", console)
    console.print(f"  Log in    as {EMAIL} with the password {password}")
    if settings.console:
        console.print(f"  Console   {server.address}/")
    console.print(f"  API       {server.address}/api")
    if settings.docs:
        console.print(f"  API page  {server.address}/docs")


async def _log_in(client: httpx.AsyncClient, ports: Ports, password: str) -> None:
    """Register the sample user; one left by an earlier demo gets this demo's password."""
    answer = await client.post("/api/auth/register", json={"email": EMAIL, "password": password, "name": NAME})
    if answer.status_code == httpx.codes.CONFLICT:
        hashed = await ports.passwords.hash(password)
        async with ports.store.transaction() as tx:
            if user := await tx.users.by_email(EMAIL):
                await tx.users.save(replace(user, password_hash=hashed))
    login = _body(await client.post("/api/auth/login", json={"email": EMAIL, "password": password}))
    client.headers["Authorization"] = f"Bearer {login['token']}"


async def _resume(client: httpx.AsyncClient) -> Mapping[str, Any]:
    found = _body(await client.get("/api/resumes", params={"q": RESUME_FILENAME}))["items"]
    if found:
        return found[0]  # type: ignore[no-any-return]  # JSON
    return _body(
        await client.post("/api/resumes", files={"file": (RESUME_FILENAME, sample_resume(), "application/pdf")})
    )


async def _listing(client: httpx.AsyncClient) -> Mapping[str, Any]:
    draft = sample_listing()
    found = _body(await client.get("/api/jobs", params={"company": draft.company}))["items"]
    if found:
        return found[0]  # type: ignore[no-any-return]  # JSON
    return _body(await client.post("/api/jobs", json=msgspec.to_builtins(draft)))


async def _application(client: httpx.AsyncClient, listing_id: str, resume_id: str) -> None:
    if _body(await client.get("/api/applications", params={"job_id": listing_id}))["items"]:
        return
    draft = {"job_id": listing_id, "resume_id": resume_id, "status_id": "applied", "tags": ["demo"]}
    _body(await client.post("/api/applications", json=draft))


async def _analysis(client: httpx.AsyncClient, resume_id: str, listing_id: str) -> Mapping[str, Any]:
    """Ask for a fresh analysis and wait for it as any front end would."""
    asked = await client.post(f"/api/resumes/{resume_id}/analyze", json={"job_id": listing_id, "force": True})
    analysis = _body(asked)
    with anyio.move_on_after(PATIENCE.total_seconds()):
        while analysis["state"] in {"queued", "running"}:
            analysis = _body(await client.get(asked.headers["Location"], headers={"Prefer": "wait=20"}))
    if analysis["state"] != "succeeded":
        reason = (analysis["error"] or {}).get("message", "it is still waiting; `jatify check` may tell why")
        raise DemoError(f"The analysis is {analysis['state']}: {reason}")
    return analysis


def _body(answer: httpx.Response) -> Mapping[str, Any]:
    if answer.is_error:
        raise DemoError(
            f"{answer.request.method} {answer.request.url.path} answered {answer.status_code}: {answer.text}"
        )
    return answer.json()  # type: ignore[no-any-return]  # JSON
