"""The export: everything that is one's own, nothing that is others', under names that harm nobody."""

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.samples import a_resume, strangers_id
from jatify_adapters.memory import MovableClock, ScriptedAnalyzer
from jatify_core.analysis import Refusal
from jatify_core.ports import Ports
from jatify_core.use_cases.archive_out import BATCH
from jatify_core.use_cases.users import recognise
from jatify_http.archive_out import CHUNK, file_path, zipped
from tests.http.conftest import RunJobs
from tests.http.people import RESUME, Person

NOUNS = ("jobs", "applications", "resumes", "analyses", "dead_letters", "sessions", "statuses")


@pytest.fixture
def analyzer() -> ScriptedAnalyzer:
    return ScriptedAnalyzer([Refusal("refused", "It declined.")])


async def test_everything_made_is_found_in_it(ann: Person, run_jobs: RunJobs) -> None:
    job, resume = await ann.job(description="Ovens."), await ann.resume(filename="Ännchen.txt")
    kept = await ann.application(job_id=job["id"], resume_id=resume["id"], notes="Call them.", tags=["oven"])
    moved = {"status_id": "applied", "status_note": "By mail."}
    kept = (await ann.patch(f"/api/applications/{kept['id']}", json=moved)).json()
    dropped = await ann.application(job_id=job["id"], cover_letter="Dear baker")
    await ann.delete(f"/api/applications/{dropped['id']}")
    failed, review = await ann.analysis(resume["id"], job["id"]), await ann.analysis(resume["id"])
    await run_jobs()
    archive = await exported(ann)
    assert json.loads(archive.read("profile.json")) == (await ann.get("/api/user/profile")).json()
    things = {noun: items(archive, noun) for noun in NOUNS}
    assert things["jobs"] == [job]
    assert [a.pop("deleted_at") for a in things["applications"]] == [None, "2026-11-24T09:00:00Z"]
    assert [len(a["links"]) for a in things["applications"]] == [1, 0]
    for stored, shown in zip(things["applications"], (kept, dropped), strict=True):
        plain = {name: value for name, value in shown.items() if name not in {"timeline", "history", "sent_resume"}}
        assert stored.items() >= plain.items()
        for step, told in zip(stored["history"], shown["history"], strict=True):
            assert step.items() >= told.items()
    assert things["applications"][0]["sent_resume"]["resume"]["sha256"] == resume["sha256"]
    assert len(things["applications"][0]["history"]) == 2
    for analysis in (failed, review):
        read = (await ann.get(f"/api/analyses/{analysis['id']}")).json()
        assert any(told.items() >= read.items() for told in things["analyses"])
    assert {a["state"] for a in things["analyses"]} == {"failed", "succeeded"}
    assert all(a["result"]["summary"] for a in things["analyses"] if a["state"] == "succeeded")
    assert things["dead_letters"] == (await ann.get("/api/dlq")).json()["items"]
    assert [s["user_agent"] for s in things["sessions"]] == [ann.client.headers["User-Agent"]]
    (told,) = things["resumes"]
    assert archive.read(told.pop("file")) == RESUME
    text = (await ann.get(f"/api/resumes/{resume['id']}/text")).json()["text"]
    assert archive.read(told.pop("text")).decode() == text
    assert len(told.pop("text_hash")) == 64
    assert told == resume
    statuses = (await ann.get("/api/statuses")).json()["items"]
    assert items(archive, "statuses") == [{k: v for k, v in s.items() if k != "in_use"} for s in statuses]


async def test_it_holds_nothing_of_others_and_no_password(ann: Person, bob: Person) -> None:
    job, resume = await bob.job(company="Bob's secret"), await bob.resume(b"Bob's secret, and more of it. " * 20)
    await bob.application(job_id=job["id"], resume_id=resume["id"], notes="Bob's secret")
    await bob.analysis(resume["id"])
    await bob.status("Bob's secret")
    archive = await exported(ann)
    assert all(items(archive, noun) == [] for noun in NOUNS if noun not in {"sessions", "statuses"})
    everything = b"".join(map(archive.read, archive.namelist()))
    assert b"secret" not in everything
    assert b"plain$" not in everything  # how a hash of the memory store begins
    assert sorted(archive.namelist()) == sorted([*(f"{noun}.json" for noun in NOUNS), "manifest.json", "profile.json"])


async def test_more_than_a_page_of_anything_comes_whole(ann: Person, clock: MovableClock) -> None:
    jobs = []
    for n in range(2 * BATCH + 1):
        jobs.append(await ann.job(position=f"{n}"))
        clock.advance(timedelta(milliseconds=n % 2))
    applications = [await ann.application(job_id=job["id"]) for job in jobs]
    archive = await exported(ann)
    assert items(archive, "jobs") == jobs
    assert [a["id"] for a in items(archive, "applications")] == [a["id"] for a in applications]


async def test_it_is_a_download_that_no_browser_opens(ann: Person) -> None:
    answer = await ann.get("/api/user/export")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith('attachment; filename="jatify-export.zip"')
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert answer.headers["cache-control"] == "no-store"


async def test_no_more_than_one_file_is_in_memory(ann: Person, ports: Ports) -> None:
    for n in range(5):
        await ann.resume(RESUME * 10 + b"%d" % n)
    for _ in range(3 * BATCH):
        await ann.job(description="Ovens. " * 5_000)  # which compresses well
    caller = await recognise(ports, ann.headers["Authorization"].removeprefix("Bearer "))
    pieces = [piece async for piece in zipped(ports, caller.user)]
    assert max(map(len, pieces)) < CHUNK + len(RESUME) * 11
    assert ZipFile(io.BytesIO(b"".join(pieces))).testzip() is None
    assert sum(map(len, pieces)) > 5 * len(RESUME) * 10


HOSTILE = (
    "../../etc/passwd",
    "..\\..\\windows\\system32",
    "/etc/passwd",
    "C:\\autoexec.bat",
    "nul",
    "...",
    "a\nb\u202etxt.exe",
    'quo"te<>|?*:.txt',
    "x" * 300 + ".txt",
    "ä" * 200 + ".pdf",
    "." + "y" * 190,
)


@pytest.mark.parametrize("filename", HOSTILE)
def test_a_file_is_saved_where_it_belongs_whatever_its_name(filename: str) -> None:
    resume = replace(a_resume(strangers_id(), MovableClock()()), filename=filename)
    path = file_path(resume)
    folder, _, name = path.partition("/")
    assert folder == "resumes"
    assert name.startswith(f"{resume.id}-")
    assert re.fullmatch(r"[\w .()+,=@-]+", name)
    assert len(name.encode()) < 200
    assert not name.endswith((".", " "))


async def test_files_of_one_name_do_not_replace_each_other(ann: Person) -> None:
    for n in range(3):
        await ann.resume(RESUME + b"%d" % n, filename="same.txt")
    archive = await exported(ann)
    assert len(set(archive.namelist())) == len(archive.namelist())
    files = [archive.read(told["file"]) for told in items(archive, "resumes")]
    assert sorted(files) == [RESUME + b"%d" % n for n in range(3)]


async def exported(who: Person) -> ZipFile:
    answer = await who.get("/api/user/export")
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive


def items(archive: ZipFile, noun: str) -> list[dict[str, Any]]:
    told = json.loads(archive.read(f"{noun}.json"))
    assert told.keys() == {"items"}
    return list(told["items"])
