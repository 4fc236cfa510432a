"""Resumes: upload, the file back, the text, and what is refused."""

import hashlib
from typing import Any

import httpx
import pytest

from tests.http.people import RESUME, Person


async def test_an_uploaded_resume_is_answered_whole_with_location_and_etag(ann: Person) -> None:
    answer = await ann.post("/api/resumes", files={"file": ("ann.txt", RESUME, "text/plain")})
    assert answer.status_code == 201
    resume = answer.json()
    assert answer.headers["location"] == f"/api/resumes/{resume['id']}"
    assert answer.headers["etag"] == '"v1"'
    assert resume == {
        "id": resume["id"],
        "name": "ann",
        "filename": "ann.txt",
        "media_type": "text/plain",
        "size": len(RESUME),
        "sha256": hashlib.sha256(RESUME).hexdigest(),
        "pages": None,
        "text_chars": len(RESUME.decode().strip()),
        "warnings": [],
        "created_at": "2026-11-24T09:00:00Z",
        "updated_at": "2026-11-24T09:00:00Z",
        "version": 1,
    }
    assert (await ann.get(answer.headers["location"])).json() == resume


async def test_the_form_may_name_the_resume(ann: Person) -> None:
    assert (await ann.resume(name="Backend, short"))["name"] == "Backend, short"


async def test_a_file_name_is_never_a_path(ann: Person) -> None:
    assert (await ann.resume(filename="..\\..\\etc/passwd.txt"))["filename"] == "passwd.txt"


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ({"files": {"other": ("a.txt", RESUME)}}, {("/file", "missing"), ("/other", "unknown_member")}),
        ({"files": {"name": (None, b"x")}}, {("/file", "missing")}),
        ({"files": {"file": (None, RESUME)}}, {("/file", "missing")}),
        ({"files": [("file", ("a.txt", RESUME)), ("file", ("b.txt", RESUME))]}, {("/file", "repeated")}),
        ({"files": {"file": ("a.txt", RESUME), "user_id": (None, b"1")}}, {("/user_id", "unknown_member")}),
        ({"files": {"file": ("a.txt", RESUME), "name": (None, b"x" * 201)}}, {("/name", "too_long")}),
        (
            {"files": [("file", ("a.txt", RESUME)), ("name", (None, b"x")), ("name", (None, b"y"))]},
            {("/name", "repeated")},
        ),
        ({"files": {"file": ("a.txt", b"too short")}}, {("/file", "too_little_text")}),
    ],
)
async def test_everything_but_one_file_and_a_name_is_refused(
    ann: Person, form: dict[str, Any], errors: set[tuple[str, str]]
) -> None:
    answer = await ann.post("/api/resumes", **form)
    assert answer.status_code == 422, answer.text
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == errors
    assert (await ann.get("/api/resumes")).json()["items"] == []


async def test_a_type_that_is_not_taken_is_415(ann: Person) -> None:
    answer = await ann.post("/api/resumes", files={"file": ("a.png", b"\x89PNG\0" * 100, "image/png")})
    assert answer.status_code == 415
    assert answer.json()["type"] == "/problems/unsupported-type"
    assert answer.headers["accept-post"] == "multipart/form-data"


@pytest.mark.parametrize("size", [10_001, 80_000])
async def test_a_file_beyond_the_limit_is_413(ann: Person, size: int) -> None:
    answer = await ann.post("/api/resumes", files={"file": ("a.txt", b"x" * size, "text/plain")})
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


async def test_a_file_as_large_as_the_limit_is_taken(ann: Person) -> None:
    assert (await ann.resume(b"x" * 10_000))["size"] == 10_000


async def test_a_body_that_is_no_form_is_refused(ann: Person) -> None:
    answer = await ann.post("/api/resumes", json={"file": "x"})
    assert (answer.status_code, answer.headers["accept-post"]) == (415, "multipart/form-data")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=", b"--x--"),
        ("multipart/form-data; boundary=x", b"nothing of the kind"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name="),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=z\r\n\r\na\r\n--x--',
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 40 + b"--x--",
        ),
    ],
)
async def test_a_form_that_cannot_be_read_is_400(ann: Person, content_type: str, body: bytes) -> None:
    answer = await ann.post("/api/resumes", content=body, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed")


async def test_the_file_comes_back_as_an_attachment_that_nothing_can_run(ann: Person) -> None:
    resume = await ann.resume(filename='Ännes "CV".txt')
    answer = await ann.get(f"/api/resumes/{resume['id']}/file")
    assert (answer.status_code, answer.content) == (200, RESUME)
    assert answer.headers["content-type"].partition(";")[0] == "text/plain"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"_nnes _CV_.txt\"; filename*=UTF-8''%C3%84nnes%20%22CV%22.txt"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert answer.headers["cache-control"] == "no-store"
    again = await ann.get(f"/api/resumes/{resume['id']}/file", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_the_file_is_given_whatever_type_is_accepted(ann: Person) -> None:
    path = f"/api/resumes/{(await ann.resume())['id']}/file"
    assert (await ann.get(path, headers={"Accept": "application/pdf"})).status_code == 200


async def test_the_text_is_what_analyzers_see(ann: Person) -> None:
    resume = await ann.resume()
    answer = await ann.get(f"/api/resumes/{resume['id']}/text")
    text = RESUME.decode().strip()
    assert answer.json() == {"resume_id": resume["id"], "text": text, "chars": len(text), "warnings": []}


async def test_a_resume_can_be_renamed_and_nothing_else(ann: Person) -> None:
    resume = await ann.resume()
    path = f"/api/resumes/{resume['id']}"
    put = await ann.put(path, json={"name": "Short"})
    assert (put.status_code, put.json()) == (200, resume | {"name": "Short", "version": 2})
    patched = await ann.patch(path, json={"name": "Shorter"})
    assert (patched.json()["name"], patched.headers["etag"]) == ("Shorter", '"v3"')
    assert (await ann.patch(path, json={})).json()["name"] == "Shorter"
    for body in ({"name": "x", "filename": "y"}, {"name": " "}, {"name": None}, {}, {"name": "x" * 201}):
        assert (await ann.put(path, json=body)).status_code == 422


async def test_a_deleted_resume_takes_its_analyses_along(ann: Person) -> None:
    resume = await ann.resume()
    analysis = await ann.analysis(resume["id"])
    path = f"/api/resumes/{resume['id']}"
    assert [(await ann.delete(path)).status_code for _ in range(2)] == [204, 404]
    for gone in (path, f"{path}/file", f"{path}/text", f"{path}/analyses", f"/api/analyses/{analysis['id']}"):
        assert (await ann.get(gone)).status_code == 404


async def test_the_list_can_be_searched(ann: Person) -> None:
    await ann.resume(name="Backend")
    await ann.resume(name="Frontend", filename="other.txt")

    async def found(q: str) -> set[str]:
        return {item["name"] for item in (await ann.get("/api/resumes", params={"q": q})).json()["items"]}

    assert [await found(q) for q in ("BACK", "other", "end", "zebra")] == [
        {"Backend"},
        {"Frontend"},
        {"Backend", "Frontend"},
        set(),
    ]


def form(disposition: bytes, content: bytes, *more: bytes) -> bytes:
    return b"\r\n".join([b"--x", b"Content-Disposition: form-data; " + disposition, *more, b"", content, b""])


WITH_FILE = form(b'name="file"; filename="ann.txt"', RESUME)


@pytest.mark.parametrize("charset", [b"punycode", b"utf-7", b"hex", b"none-such"])
async def test_a_text_in_a_charset_that_takes_hours_is_never_decoded(ann: Person, charset: bytes) -> None:
    text = form(b'name="name"', b"a" * 4_000 + b"-" + b"a" * 4_000, b"Content-Type: text/plain; charset=" + charset)
    answer = await _posted(ann, WITH_FILE + text)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed")


async def test_a_form_has_at_most_sixteen_parts(ann: Person) -> None:
    assert (await _posted(ann, WITH_FILE + form(b'name="other"', b"") * 16)).status_code == 400


async def test_a_long_text_beside_the_file_is_not_kept(ann: Person) -> None:
    answer = await _posted(ann, WITH_FILE + form(b'name="name"', b"n" * 60_000))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "too_long")


@pytest.mark.parametrize(
    "form_", [form(b'name="file"; filename="a\x00.txt"', RESUME), WITH_FILE + form(b'name="name"', b"\x00")]
)
async def test_a_nul_in_a_form_is_refused(ann: Person, form_: bytes) -> None:
    answer = await _posted(ann, form_)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "forbidden_character")


async def _posted(who: Person, parts: bytes) -> httpx.Response:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    return await who.post("/api/resumes", content=parts + b"--x--\r\n", headers=headers)
