"""The whole product from the socket to the disk: one real server, its own Postgres, real and hostile files."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from jatify_http.samples import RESUME_FILENAME, sample_listing, sample_resume
from tests.running import PASSWORD, Process, ended, logged_in, serving
from tests.shared_data import DATA, needs_shared_data

pytestmark = pytest.mark.alone

RESUMES = ("rendercv_classic.pdf", "reactive_bronzor.pdf", "latexcv_two_column.pdf", "gen_jane_table.docx")
HOSTILE = sorted(path.name for path in (DATA / "hostile").glob("*.*") if path.name != "MANIFEST.json")
MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Process, httpx.Client]]:
    folder = tmp_path_factory.mktemp("end_to_end")
    with serving(folder, JATIFY_DATA_DIR=str(folder / "data"), JATIFY_MAX_RESUMES="1000") as (process, client):
        logged_in(client)
        yield process, client


@pytest.fixture
def client(running: tuple[Process, httpx.Client]) -> httpx.Client:
    return running[1]


def uploaded(client: httpx.Client, name: str, content: bytes) -> dict[str, Any]:
    return dict(client.post("/api/resumes", files={"file": (name, content)}).raise_for_status().json())


def test_a_resume_is_analysed_against_a_listing_and_on_its_own(client: httpx.Client) -> None:
    resume = uploaded(client, RESUME_FILENAME, sample_resume())
    draft = sample_listing()
    job = client.post(
        "/api/jobs", json={"company": draft.company, "position": draft.position, "description": draft.description}
    )
    for job_id, keys in ((job.json()["id"], {"skills", "keywords"}), (None, {"clarity", "skills_breadth"})):
        asked = client.post(f"/api/resumes/{resume['id']}/analyze", json={"job_id": job_id})
        assert asked.status_code == 202
        analysis = ended(client, asked.json())
        assert (analysis["state"], analysis["score"]) == ("succeeded", analysis["result"]["score"])
        assert keys <= {s["key"] for s in analysis["result"]["sub_scores"]}
        where = f"/api/resumes/{resume['id']}/analysis" + (f"/{job_id}" if job_id else "")
        assert client.get(where).json() == analysis
    assert len(client.get(f"/api/resumes/{resume['id']}/analyses").json()["items"]) == 2
    assert client.get(f"/api/resumes/{resume['id']}/file").content == sample_resume()
    text = client.get(f"/api/resumes/{resume['id']}/text").json()["text"]
    newest = client.get(f"/api/resumes/{resume['id']}/analysis").json()
    evidence = [e for s in newest["result"]["sub_scores"] for e in s["evidence"] if e["source"] == "resume"]
    assert evidence
    assert all(text[e["start"] : e["end"]] == e["text"] for e in evidence)


def test_an_application_goes_its_way_and_its_listing_cannot_go_before_it(client: httpx.Client) -> None:
    job = client.post("/api/jobs", json={"company": "Loaf & Co", "position": "Baker"}).json()
    created = client.post("/api/applications", json={"job_id": job["id"]})
    assert (created.status_code, created.json()["status_id"]) == (201, "saved")
    where = created.headers["Location"]
    moved = client.put(where, json={"job_id": job["id"], "status_id": "applied", "status_note": "by mail"})
    assert [step["status_id"] for step in moved.json()["history"]] == ["saved", "applied"]
    assert client.delete(f"/api/jobs/{job['id']}").status_code == 409
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    assert client.delete(f"/api/jobs/{job['id']}").status_code == 204


def test_a_logout_is_final(running: tuple[Process, httpx.Client]) -> None:
    with httpx.Client(base_url=running[1].base_url, trust_env=False) as client:
        logged_in(client, "leaver@example.com")
        assert client.get("/api/user/profile").json()["email"] == "leaver@example.com"
        assert client.post("/api/auth/logout").status_code == 204
        refused = client.get("/api/user/profile")
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        again = client.post("/api/auth/login", json={"email": "LEAVER@example.com", "password": PASSWORD})
        assert again.status_code == 200


@needs_shared_data
@pytest.mark.parametrize("name", RESUMES)
def test_a_real_resume_is_taken_in_and_analysed_against_a_real_listing(client: httpx.Client, name: str) -> None:
    resume = uploaded(client, name, (DATA / "resumes" / name).read_bytes())
    description = (DATA / "jobs" / "rm_backend-eng.txt").read_text()
    job = client.post("/api/jobs", json={"company": "Real", "position": "Backend engineer", "description": description})
    asked = client.post(f"/api/resumes/{resume['id']}/analyze", json={"job_id": job.json()["id"]})
    assert ended(client, asked.json())["state"] == "succeeded"


@needs_shared_data
def test_no_hostile_file_harms_the_server(running: tuple[Process, httpx.Client]) -> None:
    process, client = running
    before = rss(process)
    for name in HOSTILE:
        started_at = time.monotonic()
        answer = client.post("/api/resumes", files={"file": (name, (DATA / "hostile" / name).read_bytes())})
        assert answer.status_code in {201, 413, 415, 422}, (name, answer.text)
        assert time.monotonic() - started_at < 30, name
        assert "Traceback" not in answer.text
    assert client.get("/health/ready").status_code == 200
    assert rss(process) - before < 50 * MEBIBYTE


SLOW: Final = ("xobject_loop.pdf", "bomb_flate.pdf", "redos_spaces.txt", "one_long_line.txt", "many_pages.pdf")


@needs_shared_data
def test_other_requests_keep_their_pace_while_hostile_files_are_read(client: httpx.Client) -> None:
    files = [(name, (DATA / "hostile" / name).read_bytes()) for name in SLOW]
    quiet = [_asked(client) for _ in range(100)]
    with ThreadPoolExecutor(2) as attackers:
        uploads = [attackers.submit(client.post, "/api/resumes", files={"file": file}) for file in files]
        busy = [_asked(client)]
        while not all(upload.done() for upload in uploads):
            busy.append(_asked(client))
    assert {upload.result().status_code for upload in uploads} <= {201, 422}
    # Two readers at most leave no core idle on a small machine: slower is no surprise, waiting for them would be.
    assert sorted(busy)[int(0.9 * len(busy))] < 10 * sorted(quiet)[90]


def _asked(client: httpx.Client) -> float:
    """Seconds that an ordinary question takes."""
    began = time.monotonic()
    assert client.get("/api/resumes").status_code == 200
    return time.monotonic() - began


def rss(process: Process) -> int:
    """Bytes of memory that the server itself holds, without its children."""
    status = Path(f"/proc/{process.process.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))
