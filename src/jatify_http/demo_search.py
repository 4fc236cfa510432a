"""The search that `jatify demo` shows: applications of ninety days, entered through the API as a front end would."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import Any, Final

import anyio
import httpx
from msgspec import Struct, toml

AT_ONCE: Final = 6
"""Requests under way together: fast, and far below what a caller may have."""
PAY_PERIOD: Final = {"currency": "USD", "period": "year"}


class Move(Struct, frozen=True, array_like=True):
    """A status that an application came to, so many days ago."""

    status_id: str
    days_ago: int
    note: str | None = None


class Searched(Struct, frozen=True, kw_only=True):
    """One listing of the search and what became of it; days are counted from today."""

    company: str
    position: str
    source: str
    location: str
    workplace: str
    path: list[Move]
    tags: list[str] = []
    salary: tuple[int, int] | None = None
    description: str | None = None
    deadline: int | None = None
    follow_up: int | None = None
    follow_up_note: str | None = None
    notes: str | None = None


class Search(Struct, frozen=True):
    """All of them, the oldest first."""

    search: list[Searched]


def sample_search() -> list[Searched]:
    """The search as its file tells it."""
    return toml.decode(files("jatify_http.samples").joinpath("sample_search.toml").read_bytes(), type=Search).search


async def enter_search(client: httpx.AsyncClient, resume_id: str, now: datetime) -> list[str]:
    """Enter what the user of *client* lacks; return the ids of the listings that say enough to be analysed."""
    known = {application["job"]["company"] async for application in _applications(client)}
    worth_a_look: list[str] = []
    places = anyio.CapacityLimiter(AT_ONCE)

    async def enter(one: Searched) -> None:
        async with places:
            job_id = await _entered(client, one, resume_id, now)
            if one.description:
                worth_a_look.append(job_id)

    async with anyio.create_task_group() as tasks:
        for one in sample_search():
            if one.company not in known:
                tasks.start_soon(enter, one)
    return worth_a_look


async def _applications(client: httpx.AsyncClient) -> Any:
    query: dict[str, str] = {"limit": "100"}
    while True:
        page = (await client.get("/api/applications", params=query)).raise_for_status().json()
        for application in page["items"]:
            yield application
        if not page["next_cursor"]:
            return
        query["cursor"] = page["next_cursor"]


async def _entered(client: httpx.AsyncClient, one: Searched, resume_id: str, now: datetime) -> str:
    today = now.date()
    job = await _sent(client, "POST", "/api/jobs", _job(one, today))
    first, *later = one.path
    draft = {"job_id": job["id"], "resume_id": resume_id, "status_id": first.status_id, "tags": one.tags}
    application = await _sent(client, "POST", "/api/applications", draft)
    where = f"/api/applications/{application['id']}"
    for number, move in enumerate(later, start=1):
        step = {"status_id": move.status_id, "status_note": move.note, "status_at": _when(move, number, now)}
        application = await _sent(client, "PATCH", where, step)
    began = {"at": _when(first, 0, now), "note": first.note}
    await _sent(client, "PATCH", f"{where}/history/{application['history'][0]['id']}", began)
    if one.follow_up is not None or one.notes:
        on = None if one.follow_up is None else str(today + timedelta(days=one.follow_up))
        await _sent(
            client, "PATCH", where, {"follow_up_on": on, "follow_up_note": one.follow_up_note, "notes": one.notes}
        )
    return str(job["id"])


def _job(one: Searched, today: date) -> dict[str, Any]:
    saved = today - timedelta(days=one.path[0].days_ago)
    pay = {"min": one.salary[0], "max": one.salary[1], **PAY_PERIOD} if one.salary else None
    return {
        "company": one.company,
        "position": one.position,
        "description": one.description,
        "location": one.location,
        "workplace": one.workplace,
        "source": one.source,
        "salary": pay,
        "posted_on": str(saved - timedelta(days=2)),
        "deadline_on": None if one.deadline is None else str(today + timedelta(days=one.deadline)),
    }


def _when(move: Move, number: int, now: datetime) -> str:
    """At some hour of that day, a later one for a later step of the same day."""
    at = datetime.combine(now.date() - timedelta(days=move.days_ago), time(8 + min(number, 4)), UTC)
    return min(at, now).isoformat()


async def _sent(client: httpx.AsyncClient, method: str, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    answer = await client.request(method, path, json=body)
    return answer.raise_for_status().json()  # type: ignore[no-any-return]  # JSON
