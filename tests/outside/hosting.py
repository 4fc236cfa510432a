"""A real server for other people's tools: two people who own things, and a command that runs beside it.

    python -m tests.outside.hosting schemathesis run openapi.json

The command finds the server's address in `JATIFY_URL`, and the people's tokens in the file that `JATIFY_PEOPLE` names,
in the form of the Web Fuzzing Commons.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from tests.running import PASSWORD, ended, providing, serving

PEOPLE: Final = ("ann", "bob")
FAILURES: Final = 5_000
"""So many analyses become dead letters before all succeed: every second one, or nearly so."""
RESUME: Final = b"Ann Archer\nEngineer\n\n" + b"Built things in Python that lasted, and mended those that did not. " * 4
SETTINGS: Final = {
    "JATIFY_DAILY_ANALYSES": "1000000",
    "JATIFY_MAX_ATTEMPTS": "1",
    "JATIFY_MAX_RESUMES": "10000",
    "JATIFY_MAX_RESUME_BYTES": "1000000000",
    # So that a request can say where it comes from: limits of one address then bind only who repeats it.
    "JATIFY_TRUSTED_PROXIES": "127.0.0.1/32",
    "OPENROUTER_API_KEY": "sk-of-nobody",
}


@contextmanager
def hosted() -> Iterator[dict[str, str]]:
    """The server, as long as the block; what a command needs to know of it, as its environment."""
    with tempfile.TemporaryDirectory() as name, providing(Path(name)) as provider:
        folder = Path(name)
        settings = {**SETTINGS, "JATIFY_OPENROUTER_URL": provider.url, "JATIFY_DATA_DIR": str(folder / "data")}
        with serving(folder, **settings) as (process, client):
            provider.script(*[{"content": "Certainly!"}, {}] * FAILURES)
            people = folder / "people.json"
            people.write_text(json.dumps({"auth": [entry(who, settled(client, who)) for who in PEOPLE]}))
            yield {"JATIFY_URL": str(client.base_url).rstrip("/"), "JATIFY_PEOPLE": str(people)}
            assert "request failed" not in process.log, process.log


def settled(client: httpx.Client, who: str) -> str:
    """The token of somebody who has a little of everything."""
    client.headers = httpx.Headers({"X-Forwarded-For": f"198.51.100.{len(who) + ord(who[0])}"})
    account = {"email": f"{who}@example.com", "password": PASSWORD}
    made(client, "/api/auth/register", json=account | {"name": who.title()})
    token = client.post("/api/auth/login", json=account).raise_for_status().json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    jobs = [made(client, "/api/jobs", json={"company": c, "position": "Engineer"}) for c in ("Acme", "Loaf", "Brim")]
    resumes = [made(client, "/api/resumes", files={"file": (f"{n}.txt", RESUME + n.encode())}) for n in "abcd"]
    for job in jobs:
        made(client, "/api/applications", json={"job_id": job["id"], "resume_id": resumes[0]["id"], "tags": ["one"]})
        for resume in resumes[:2]:
            ended(client, made(client, f"/api/resumes/{resume['id']}/analyze", json={"job_id": job["id"]}))
    return str(token)


def entry(who: str, token: str) -> dict[str, Any]:
    return {"name": who, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}


def made(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    return dict(client.post(path, **body).raise_for_status().json())


def main(command: list[str]) -> int:
    began = time.monotonic()
    with hosted() as told:
        ended_with = subprocess.run(command, env={**os.environ, **told}, check=False).returncode
    sys.stdout.write(f"{time.monotonic() - began:.0f} s\n")
    return ended_with


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
