"""The import: whatever is sent as an export is either taken in whole, or refused with words and leaves nothing."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import httpx
import pytest
from msgspec import to_builtins

from jatify_adapters.memory import MemoryStore, ScriptedAnalyzer
from jatify_core.analysis import Refusal
from jatify_http import archive_in
from jatify_http.archive_zip import END
from tests.http.conftest import RunJobs
from tests.http.people import RESUME, Person

Content = dict[str, bytes]
Change = Callable[[Content], None]


@pytest.fixture
def analyzer() -> ScriptedAnalyzer:
    return ScriptedAnalyzer([Refusal("refused", "It declined.")])


@pytest.fixture
async def content(ann: Person, run_jobs: RunJobs) -> Content:
    """What is in the export of somebody with one of each."""
    job, resume = await ann.job(description="Ovens."), await ann.resume()
    await ann.application(job_id=job["id"], resume_id=resume["id"], notes="Call them.")
    await ann.analysis(resume["id"], job["id"])
    await run_jobs()
    await ann.analysis(resume["id"])
    await run_jobs()
    with ZipFile(io.BytesIO((await ann.get("/api/user/export")).content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(content: Content, compression: int = ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w", compression) as archive:
        for name, piece in content.items():
            archive.writestr(name, piece)
    return file.getvalue()


async def sent(who: Person, body: bytes, name: str = "jatify-export.zip") -> httpx.Response:
    return await who.post("/api/user/import", files={"file": (name, body, "application/zip")})


def changed(many: str, **members: Any) -> Change:
    """The first item of a list with other *members*; what is Ellipsis is not there."""

    def change(content: Content) -> None:
        told = json.loads(content[f"{many}.json"])
        first = {**told["items"][0], **members}
        items = [{n: v for n, v in first.items() if v is not ...}, *told["items"][1:]]
        content[f"{many}.json"] = listed(items)

    return change


def listed(items: list[Any]) -> bytes:
    return b'{"items": [\n' + b",\n".join(json.dumps(item).encode() for item in items) + b"\n]}\n"


def twice(many: str) -> Change:
    def change(content: Content) -> None:
        items = json.loads(content[f"{many}.json"])["items"]
        content[f"{many}.json"] = listed([*items, items[0]])

    return change


def replaced(name: str, piece: bytes | None) -> Change:
    def change(content: Content) -> None:
        for found in [known for known in content if known == name or (name[-1] in "-/" and known.startswith(name))]:
            del content[found]
        if piece is not None:
            content[name] = piece

    return change


def files(change: Callable[[bytes], bytes]) -> Change:
    def changing(content: Content) -> None:
        for name in [name for name in content if name.startswith("resumes/") and name[44:45] == "-"]:
            content[name] = change(content[name])

    return changing


DEEP: Final = b'{"items": [\n' + b"[" * 100_000 + b"\n]}\n"
SOMEBODY: Final = str(uuid4())
HOSTILE: Final[dict[str, tuple[Change, str]]] = {
    "no manifest": (replaced("manifest.json", None), "/file"),
    "another's manifest": (replaced("manifest.json", b'{"format": "else", "version": 1}'), "/file"),
    "a newer format": (
        replaced("manifest.json", b'{"format":"jatify-export","version":2,"exported_at":"2026-01-01T00:00:00Z"}'),
        "/file",
    ),
    "a manifest that is none": (replaced("manifest.json", b"[" * 50_000), "/file"),
    "a stranger among the entries": (replaced("../../etc/passwd", b"root"), "/file"),
    "an absolute name": (replaced("/etc/passwd", b"root"), "/file"),
    "10,000 entries": (lambda content: content.update({f"resumes/{n}": b"" for n in range(10_000)}), "/file"),
    "no jobs": (replaced("jobs.json", None), "/file"),
    "no list": (replaced("jobs.json", b"null"), "/file"),
    "a list that does not end": (replaced("jobs.json", b'{"items": [\n'), "/file"),
    "something behind the list": (replaced("dead_letters.json", b'{"items": [\n]}\n{}\n'), "/file"),
    "a deep list": (replaced("jobs.json", DEEP), "/jobs/0"),
    "no object": (replaced("jobs.json", listed([1])), "/jobs/0"),
    "no JSON": (replaced("jobs.json", b'{"items": [\n{"id"\n]}\n'), "/jobs/0"),
    "no UTF-8": (replaced("jobs.json", b'{"items": [\n{"id": "\xff"}\n]}\n'), "/jobs/0"),
    "a bomb": (replaced("jobs.json", b'{"items": [\n' + b"\n" * 60_000_000), "/file"),
    "a long line": (replaced("jobs.json", b'{"items": [\n"' + b"x" * 5_000_000 + b'"\n]}\n'), "/file"),
    "a number for a company": (changed("jobs", company=1), "/jobs/0/company"),
    "no company": (changed("jobs", company=...), "/jobs/0/company"),
    "a blank company": (changed("jobs", company=" "), "/jobs/0/company"),
    "a long company": (changed("jobs", company="x" * 201), "/jobs/0/company"),
    "a NUL": (changed("jobs", description="a\0b"), "/jobs/0/description"),
    "a script for an address": (changed("jobs", url="javascript:alert(1)"), "/jobs/0/url"),
    "a large version": (changed("jobs", version=2**40), "/jobs/0/version"),
    "a version of nought": (changed("jobs", version=0), "/jobs/0/version"),
    "no instant": (changed("jobs", created_at="yesterday"), "/jobs/0/created_at"),
    "an instant without a zone": (changed("jobs", created_at="2026-01-01T00:00:00"), "/jobs/0/created_at"),
    "an instant long ago": (changed("jobs", created_at="0001-01-01T00:00:00Z"), "/jobs/0/created_at"),
    "an unknown member": (changed("jobs", mood="good"), "/jobs/0/mood"),
    "no id": (changed("jobs", id="1"), "/jobs/0/id"),
    "an id twice": (twice("jobs"), "/jobs/1/id"),
    "an analysis twice": (twice("analyses"), "/analyses/2/id"),
    "a letter twice": (twice("dead_letters"), "/dead_letters/1/id"),
    "an application of nobody's job": (
        changed("applications", job={"id": SOMEBODY, "company": "A", "position": "B"}),
        "/applications/0/job/id",
    ),
    "an application with nobody's resume": (changed("applications", resume_id=SOMEBODY), "/applications/0/resume_id"),
    "an unknown status": (changed("applications", status_id="promoted"), "/applications/0/status_id"),
    "no history": (changed("applications", history=[]), "/applications/0/history"),
    "too many tags": (changed("applications", tags=["x"] * 51), "/applications/0/tags"),
    "an analysis of nobody's resume": (changed("analyses", resume_id=SOMEBODY), "/analyses/0/resume_id"),
    "an analysis that did nothing": (changed("analyses", state="succeeded", error=None), "/analyses/0/result"),
    "an analysis that failed at nothing": (changed("analyses", state="failed", error=None), "/analyses/0/error"),
    "a hash that is none": (changed("analyses", inputs_hash="x"), "/analyses/0/inputs_hash"),
    "a cost without end": (changed("analyses", usage={"cost_usd": "Infinity"}), "/analyses/0/usage/cost_usd"),
    "a letter of nobody's analysis": (changed("dead_letters", analysis_id=SOMEBODY), "/dead_letters/0/analysis_id"),
    "a page for a resume": (changed("resumes", media_type="text/html"), "/resumes/0/media_type"),
    "a resume of another size": (changed("resumes", size=1), "/file"),
    "a resume larger than may be": (changed("resumes", size=10_001), "/resumes/0/size"),
    "another file of the same size": (files(lambda file: file[::-1]), "/resumes/0/sha256"),
    "no file": (replaced("resumes/", None), "/file"),
}


@pytest.mark.parametrize("fault", HOSTILE)
async def test_what_does_not_hold_together_is_refused_and_leaves_nothing(
    content: Content, bob: Person, store: MemoryStore, fault: str
) -> None:
    change, pointer = HOSTILE[fault]
    change(content)
    before = to_builtins(store._tables.applications | store._tables.listings | store._tables.resumes)
    answer = await sent(bob, zipped(content))
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert answer.json()["errors"][0]["message"]
    assert to_builtins(store._tables.applications | store._tables.listings | store._tables.resumes) == before


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"%PDF-1.7 of another kind", id="a PDF"),
        pytest.param(b"PK\3\4" * 100, id="a beginning"),
        pytest.param(zipped({"word/document.xml": b"<w/>"}), id="a DOCX"),
        pytest.param(END.pack(b"PK\5\6", 0, 0, 65_535, 65_535, 2**31, 0, 0), id="an absent table"),
        pytest.param(END.pack(b"PK\5\6", 0, 0, 1, 1, 399, 2**31, 0), id="a table elsewhere"),
        pytest.param(b"PK\6\7" + bytes(16) + END.pack(b"PK\5\6", 0, 0, 1, 1, 46, 0, 0), id="two ends"),
    ],
)
async def test_what_is_no_export_is_refused(ann: Person, body: bytes) -> None:
    answer = await sent(ann, body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "no_export"), answer.text


async def test_an_export_that_broke_off_anywhere_is_refused(content: Content, bob: Person, store: MemoryStore) -> None:
    whole = zipped(content)
    before = to_builtins(store._tables.listings)
    for end in range(0, len(whole), len(whole) // 40):
        assert (await sent(bob, whole[:end])).status_code == 422
    assert to_builtins(store._tables.listings) == before


async def test_a_flipped_bit_never_gets_in_unnoticed(content: Content, bob: Person, store: MemoryStore) -> None:
    whole = bytearray(zipped(content, ZIP_STORED))
    at = whole.index(b"Ovens.")
    whole[at] ^= 1
    assert (await sent(bob, bytes(whole))).status_code == 422
    assert [listing for listing in store._tables.listings.values() if listing.description != "Ovens."] == []


async def test_two_entries_of_one_name_are_refused(content: Content, bob: Person) -> None:
    file = io.BytesIO(zipped(content))
    with pytest.warns(UserWarning, match="Duplicate"), ZipFile(file, "a") as archive:
        archive.writestr("jobs.json", b'{"items": []}\n')
    assert (await sent(bob, file.getvalue())).status_code == 422


async def test_a_name_that_ends_before_it_ends_is_refused(content: Content, bob: Person) -> None:
    hidden = zipped(content | {"jobs.json!.exe": b"MZ"}).replace(b"jobs.json!.exe", b"jobs.json\0.exe")
    assert (await sent(bob, hidden)).status_code == 422


async def test_a_text_that_is_not_the_files_is_taken_anew(content: Content, bob: Person) -> None:
    (name,) = [name for name in content if name.startswith("resumes/") and name[44:45] == "."]
    content[name] = b"Hired already."
    answer = await sent(bob, zipped(content))
    assert answer.status_code == 201, answer.text
    (resume,) = (await bob.get("/api/resumes")).json()["items"]
    assert (await bob.get(f"/api/resumes/{resume['id']}/text")).json()["text"].encode().strip() == RESUME.strip()


async def test_what_is_too_much_to_keep_is_refused_whole(ann: Person, bob: Person) -> None:
    for n in range(11):
        await ann.resume(RESUME + b"%d" % n)
        await bob.resume(RESUME + b"%d" % n)
    export = (await ann.get("/api/user/export")).content
    answer = await sent(bob, export)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")
    assert len((await bob.get("/api/resumes", params={"limit": 100})).json()["items"]) == 11


async def test_it_tells_what_it_left_out(content: Content, bob: Person) -> None:
    told = (await sent(bob, zipped(content))).json()
    left = {one["kind"]: one["count"] for one in told.pop("skipped")}
    assert left == {"profile": 1, "sessions": 1, "statuses": 10}
    assert told == {"jobs": 1, "applications": 1, "resumes": 1, "analyses": 2, "statuses": 0, "dead_letters": 1}


async def test_another_form_is_refused(ann: Person) -> None:
    file = ("a.zip", b"PK", "application/zip")
    for form in ({"data": {"x": "y"}, "files": {"other": file}}, {"files": [("file", file), ("file", file)]}):
        assert (await ann.post("/api/user/import", **form)).status_code == 422
    assert (await ann.post("/api/user/import", json={})).status_code == 415


async def test_a_body_larger_than_any_export_is_refused(ann: Person) -> None:
    headers = {"Content-Length": str(archive_in.MOST * 2), "Content-Type": "multipart/form-data; boundary=b"}
    assert (await ann.post("/api/user/import", content=b"", headers=headers)).status_code == 413


async def test_who_watches_hears_of_what_came(content: Content, bob: Person, store: MemoryStore) -> None:
    before = len(store._tables.events)
    await sent(bob, zipped(content))
    kinds = sorted(stored.event.change.kind for stored in store._tables.events[before:])
    assert kinds == ["analysis.updated", "analysis.updated", "application.updated", "dead_letter.added"]


def test_the_end_of_a_zip_is_measured_as_python_reads_it() -> None:
    assert END.size == zipfile.sizeEndCentDir  # type: ignore[attr-defined]  # its stubs leave it out
