"""People who own one of everything, so that each operation finds what its path names: the table of path parameters."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import httpx

from jatify_core.job import ANALYSIS, End
from jatify_core.ports import Ports
from jatify_http.schemas import examples
from tests.http.people import RESUME, Person

PASSWORD: Final = str(examples.EXAMPLES["Credentials"]["password"])


class Owner(Person):
    """A person, and the ports of the house he lives in: what only a worker can do is done there by hand."""

    def __init__(self, client: httpx.AsyncClient, ports: Ports, email: str, token: str) -> None:
        super().__init__(client, token)
        self.token = token
        self.ports = ports
        self.email = email
        self._made: dict[str, str] = {}

    async def own(self, name: str) -> str:
        """The id of a thing of one's own for the path parameter *name*, made once."""
        if name not in self._made:
            assert name in MAKERS, f"tests/outside/owners.py does not know how to make something for {{{name}}}"
            self._made[name] = await MAKERS[name](self)
        return self._made[name]

    async def ids(self, names: list[str]) -> dict[str, str]:
        return {name: await self.own(name) for name in names}

    async def fail(self) -> None:
        """Let everything that waits become a dead letter."""
        async with self.ports.store.transaction() as tx:
            jobs = await tx.jobs.claim([ANALYSIS], 100, timedelta(seconds=30), "by hand")
        ends = [End.buried(job, "timeout", "The model did not answer in time.") for job in jobs]
        async with self.ports.store.transaction() as tx:
            await tx.jobs.settle(ends)
            await tx.analyses.record(ends)


async def _job(owner: Owner) -> str:
    return str((await owner.job())["id"])


async def _resume(owner: Owner) -> str:
    return str((await owner.resume(RESUME + owner.email.encode()))["id"])


async def _application(owner: Owner) -> str:
    return str((await owner.application(job_id=(await owner.job())["id"]))["id"])


async def _step(owner: Owner) -> str:
    """One that can be taken back, of the application that the path names beside it."""
    where = f"/api/applications/{await owner.own('application_id')}"
    moved = (await owner.patch(where, json={"status_id": "applied"})).raise_for_status().json()
    return str(moved["history"][-1]["id"])


async def _analysis(owner: Owner) -> str:
    """Of the resume and the listing that the path may name beside it, and of the resume alone."""
    resume_id = await owner.own("resume_id")
    await owner.analysis(resume_id)
    return str((await owner.analysis(resume_id, await owner.own("job_id")))["id"])


async def _dead_letter(owner: Owner) -> str:
    await owner.analysis((await owner.resume(RESUME + b"Dead. " + owner.email.encode()))["id"])
    await owner.fail()
    (letter, *_) = (await owner.get("/api/dlq")).json()["items"]
    return str(letter["id"])


async def _session(owner: Owner) -> str:
    """Of another login than the one that asks."""
    account = {"email": owner.email, "password": PASSWORD}
    (await owner.client.post("/api/auth/login", json=account)).raise_for_status()
    sessions = (await owner.get("/api/auth/sessions")).json()["items"]
    return str(next(session["id"] for session in sessions if not session["current"]))


async def _status(owner: Owner) -> str:
    """Of a label that nobody else has, and so of an id that is nothing to others."""
    return await owner.status(f"Screen of {owner.email}")


async def _calendar_file(owner: Owner) -> str:
    return f"{(await owner.post('/api/calendar')).json()['token']}.ics"


async def _import(owner: Owner) -> str:
    return await owner.imported(position=f"Engineer of {owner.email}")


async def _slug(_: Owner) -> str:
    return "not-found"


MAKERS: Final[Mapping[str, Callable[[Owner], Awaitable[str]]]] = {
    "job_id": _job,
    "resume_id": _resume,
    "application_id": _application,
    "step_id": _step,
    "analysis_id": _analysis,
    "dead_letter_id": _dead_letter,
    "session_id": _session,
    "status_id": _status,
    "import_id": _import,
    "slug": _slug,
    "calendar_file": _calendar_file,
}
"""How each name in a path comes to a thing. A new name without a line here fails the tests, as it should."""

STANDS_FOR: Final[Mapping[str, str]] = {
    examples.JOB_ID: "job_id",
    examples.RESUME_ID: "resume_id",
    examples.APPLICATION_ID: "application_id",
    examples.ANALYSIS_ID: "analysis_id",
    examples.STEP_ID: "step_id",
    examples.LETTER_ID: "dead_letter_id",
}
"""Which thing each id of the examples means."""


async def newcomer(client: httpx.AsyncClient, ports: Ports, email: str) -> Owner:
    """Somebody with an account of the examples' password who owns nothing yet."""
    account = {"email": email, "password": PASSWORD}
    (await client.post("/api/auth/register", json=account | {"name": "Ada"})).raise_for_status()
    login = (await client.post("/api/auth/login", json=account)).raise_for_status().json()
    return Owner(client, ports, email, login["token"])


async def ready(owner: Owner, operation_path: str, names: list[str]) -> dict[str, str]:
    """The ids for an operation's path, and what the path takes for granted beside them."""
    ids = await owner.ids(names)
    if "/analys" in operation_path and not {"analysis_id"} & {*names}:
        await owner.own("analysis_id")
    return ids


def substituted(value: Any, words: Mapping[str, str]) -> Any:
    """*value* with each of *words* replaced by what it stands for, at any depth."""
    match value:
        case dict():
            return {name: substituted(inner, words) for name, inner in value.items()}
        case list():
            return [substituted(inner, words) for inner in value]
        case str():
            return words.get(value, value)
        case _:
            return value
