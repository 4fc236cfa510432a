"""Imports and exports of applications: told before they are done, all or nothing, and taken back."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import anyio
import httpx
import pytest

from jatify_adapters.memory import MovableClock
from jatify_core.sheets.columns import EXPORTED
from jatify_core.sheets.table import MOST_ROWS
from jatify_http.schemas.imports import TOLD_ROWS
from tests.http.people import Person

TABLE = (
    "Employer,Job title,Status,Date applied,Link,Tags\n"
    'Acme,Engineer,applied,2026-01-05,https://acme.example/1,"remote; python"\n'
    "Initech,Archivist,HR INTERVIEW,2026-02-06,,\n"
)


async def sent(who: Person, table: str | bytes, **fields: Any) -> httpx.Response:
    content = table.encode() if isinstance(table, str) else table
    return await who.post("/api/imports", files={"file": ("jobs.csv", content)}, data=fields)


async def imported(who: Person, table: str | bytes, **fields: Any) -> dict[str, Any]:
    answer = await sent(who, table, dry_run="false", **fields)
    assert answer.status_code == 201, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def looked_at(who: Person, table: str | bytes, **fields: Any) -> dict[str, Any]:
    answer = await sent(who, table, **fields)
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def fault(who: Person, table: str | bytes, **fields: Any) -> dict[str, Any]:
    answer = await sent(who, table, **fields)
    assert answer.status_code == 422, answer.text
    first: dict[str, Any] = answer.json()["errors"][0]
    return first


async def applications(who: Person) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await who.get("/api/applications/export?format=json")).json()["items"]
    return items


async def test_a_dry_run_tells_what_would_happen_and_does_nothing(ann: Person) -> None:
    report = await looked_at(ann, TABLE)
    assert (report["dry_run"], report["id"], report["encoding"], report["delimiter"]) == (True, None, "utf-8", ",")
    assert [(c["name"], c["field"]) for c in report["columns"]] == [
        ("Employer", "company"),
        ("Job title", "position"),
        ("Status", "status"),
        ("Date applied", "applied_on"),
        ("Link", "url"),
        ("Tags", "tags"),
    ]
    assert report["columns"][0]["samples"] == ["Acme", "Initech"]
    assert report["totals"] == {"rows": 2, "create": 2, "skip": 0, "error": 0}
    assert [(r["row"], r["action"], r["company"], r["status_id"], r["applied_on"]) for r in report["rows"]] == [
        (2, "create", "Acme", "applied", "2026-01-05"),
        (3, "create", "Initech", "hr_interview", "2026-02-06"),
    ]
    assert await applications(ann) == []
    assert (await ann.get("/api/imports")).json()["items"] == []
    assert (await ann.get("/api/jobs")).json()["items"] == []


async def test_an_import_makes_jobs_and_applications_with_histories_that_make_sense(ann: Person) -> None:
    report = await imported(ann, TABLE)
    acme, initech = sorted(await applications(ann), key=lambda one: str(one["job"]["company"]))
    assert acme["job"]["url"] == "https://acme.example/1"
    assert acme["tags"] == ["remote", "python"]
    assert [(s["status_id"], s["at"]) for s in acme["history"]] == [("applied", "2026-01-05T00:00:00Z")]
    assert [s["status_id"] for s in initech["history"]] == ["applied", "hr_interview"]
    (listed,) = (await ann.get("/api/imports")).json()["items"]
    assert listed == (await ann.get(f"/api/imports/{report['id']}")).json()
    assert (listed["filename"], listed["applications"], listed["jobs"], listed["undone_at"]) == ("jobs.csv", 2, 2, None)


async def test_the_address_of_an_import_is_where_its_answer_says(ann: Person) -> None:
    answer = await sent(ann, TABLE, dry_run="false")
    assert answer.headers["location"] == f"/api/imports/{answer.json()['id']}"
    assert (await ann.get(answer.headers["location"])).status_code == 200


async def test_what_is_there_already_is_skipped_unless_asked_for(ann: Person) -> None:
    await imported(ann, TABLE)
    first = {one["job"]["company"]: one["id"] for one in await applications(ann)}
    table = (
        "company,position,url\nACME,engineer,\nOther,Thing,http://www.acme.example/1/?utm_source=x#top\nNew,Thing,\n"
    )
    report = await looked_at(ann, table)
    assert [(r["action"], r["duplicate_of"]) for r in report["rows"]] == [
        ("skip", first["Acme"]),
        ("skip", first["Acme"]),
        ("create", None),
    ]
    again = await imported(ann, TABLE)
    assert again["totals"] == {"rows": 2, "create": 0, "skip": 2, "error": 0}
    assert len(await applications(ann)) == 2
    assert (await imported(ann, TABLE, duplicates="create"))["totals"]["create"] == 2
    assert len(await applications(ann)) == 4


async def test_positions_that_only_look_alike_are_not_taken_for_one(ann: Person) -> None:
    table = (
        "company,position,url,applied\nBig,Engineer,https://big.example/1,\nBig,Engineer,https://big.example/2,\n"
        "Small,Engineer,,2025-01-01\nSmall,Engineer,,2026-01-01\nTiny,C++ developer,,\nTiny,C# developer,,\n"
        "Tiny,C developer,,\n"
    )
    assert (await looked_at(ann, table))["totals"]["create"] == 7


async def test_a_row_that_the_table_repeats_is_skipped_and_says_which(ann: Person) -> None:
    report = await looked_at(ann, "company,position\nAcme GmbH,Engineer (m/w/d)\n\nacme,ENGINEER\n")
    assert [(r["row"], r["action"], r["duplicate_of_row"]) for r in report["rows"]] == [
        (2, "create", None),
        (4, "skip", 2),
    ]


FAULTY = (
    "company,position,status,applied,url,tags,created\nAcme,Engineer,applied,2026-01-05,,,\n,Nobody,,,,,\n"
    f"Late,Riser,flying,2026-02-30,not an address,{'x' * 51},2999-01-01\n"
)


async def test_one_faulty_row_refuses_all_of_them_and_each_fault_is_named(ann: Person) -> None:
    answer = await sent(ann, FAULTY, dry_run="false")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == {
        ("/rows/3/company", "missing"),
        ("/rows/4/status", "unknown_status"),
        ("/rows/4/applied", "wrong_format"),
        ("/rows/4/url", "wrong_format"),
        ("/rows/4/tags", "too_long"),
        ("/rows/4/created", "wrong_format"),
    }
    assert all(e["message"] for e in answer.json()["errors"])
    assert await applications(ann) == []
    assert (await ann.get("/api/imports")).json()["items"] == []


async def test_faulty_rows_are_left_out_where_that_is_asked_for(ann: Person) -> None:
    report = await imported(ann, FAULTY, errors="skip")
    assert report["totals"] == {"rows": 3, "create": 1, "skip": 0, "error": 2}
    assert [one["job"]["company"] for one in await applications(ann)] == ["Acme"]


async def test_a_mapping_says_what_columns_mean_and_a_strange_one_is_refused(ann: Person) -> None:
    table = "A,B,C\nAcme,Engineer,secret\n"
    report = await looked_at(ann, table)
    assert [c["field"] for c in report["columns"]] == [None, None, None]
    assert {e["code"] for e in report["rows"][0]["errors"]} == {"missing_column"}
    assert (await fault(ann, table, dry_run="false"))["pointer"] == "/mapping"
    mapping = json.dumps({"A": "company", "B": "position", "C": None})
    assert (await imported(ann, table, mapping=mapping))["totals"]["create"] == 1
    assert "secret" not in json.dumps(await applications(ann))
    for wrong, code in (
        ({"A": "company", "Z": "position"}, "unknown_column"),
        ({"A": "company", "B": "salary"}, "unknown_field"),
        ({"A": "company", "B": "company"}, "repeated"),
        ({"A": ["company"]}, "unknown_field"),
        (["A"], "wrong_format"),
    ):
        assert (await fault(ann, table, mapping=json.dumps(wrong)))["code"] == code
    assert (await fault(ann, table, mapping="{"))["code"] == "wrong_format"
    assert (await fault(ann, table, mapping="{" * 70_000))["code"] == "too_long"


async def test_a_form_with_anything_else_in_it_is_refused(ann: Person) -> None:
    for fields, pointer in (
        ({"dry_run": "yes"}, "/dry_run"),
        ({"duplicates": "merge"}, "/duplicates"),
        ({"errors": "ignore"}, "/errors"),
        ({"date_order": "ydm"}, "/date_order"),
        ({"name": "x"}, "/name"),
    ):
        assert (await fault(ann, TABLE, **fields))["pointer"] == pointer
    assert (await ann.post("/api/imports", data={"dry_run": "true"}, files={})).status_code in {415, 422}
    assert (await ann.post("/api/imports", json={})).status_code == 415


async def test_an_undo_removes_what_was_brought_and_keeps_what_was_changed(ann: Person) -> None:
    before = await ann.application(job_id=(await ann.job(company="Before"))["id"])
    report = await imported(ann, TABLE)
    acme = next(one for one in await applications(ann) if one["job"]["url"])
    await ann.patch(f"/api/applications/{acme['id']}", json={"notes": "Mine."})
    path = f"/api/imports/{report['id']}/undo"
    answers = [await ann.post(path) for _ in range(2)]
    assert [answer.json() for answer in answers] == [
        {
            "removed_applications": 1,
            "removed_jobs": 1,
            "kept": [{"application_id": acme["id"], "company": "Acme", "position": "Engineer", "because": "changed"}],
        }
    ] * 2
    assert {one["id"] for one in await applications(ann)} == {before["id"], acme["id"]}
    assert (await ann.get(f"/api/imports/{report['id']}")).json()["undone_at"]
    assert (await ann.get(f"/api/applications/{acme['id']}")).json()["notes"] == "Mine."


async def test_an_import_is_its_owners_alone(ann: Person, bob: Person) -> None:
    report = await imported(ann, TABLE)
    assert (await bob.get(f"/api/imports/{report['id']}")).status_code == 404
    assert (await bob.post(f"/api/imports/{report['id']}/undo")).status_code == 404
    assert (await bob.get("/api/imports")).json()["items"] == []
    assert await applications(bob) == []
    assert (await imported(bob, TABLE))["totals"]["create"] == 2  # others' applications are no duplicates


async def test_two_imports_of_one_table_at_once_bring_it_once(ann: Person) -> None:
    answers = []

    async def bring() -> None:
        answers.append(await imported(ann, TABLE))

    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(bring)
    assert sorted(answer["totals"]["create"] for answer in answers) == [0, 0, 0, 2]
    assert len(await applications(ann)) == 2


async def test_a_large_import_tells_only_of_what_it_did_not_create_and_fits_a_key(ann: Person) -> None:
    table = "company,position\n" + "".join(f"Company {n},Engineer\n" for n in range(MOST_ROWS))
    assert len((await looked_at(ann, table))["rows"]) == MOST_ROWS > TOLD_ROWS
    request = {"files": {"file": ("jobs.csv", table.encode())}, "data": {"dry_run": "false"}}
    for _ in range(2):
        answer = await ann.post("/api/imports", headers={"Idempotency-Key": "once"}, **request)
        assert (answer.status_code, answer.json()["rows"]) == (201, [])
        assert answer.json()["totals"]["create"] == MOST_ROWS
    assert len((await ann.get("/api/imports")).json()["items"]) == 1


async def test_an_export_imports_again_with_nothing_lost(ann: Person, bob: Person, clock: MovableClock) -> None:
    await somebodys_life(ann, clock)
    exported = await ann.get("/api/applications/export")
    for name in ("Backend, short", "=Other"):
        await bob.resume(name=name)
    report = await imported(bob, exported.content)
    assert report["totals"]["create"] == 4
    assert [notice for row in report["rows"] for notice in row["notices"]] == []
    again = await bob.get("/api/applications/export")
    assert again.content == exported.content
    theirs, mine = await applications(bob), await applications(ann)
    carried = (
        "status_id",
        "applied_on",
        "cover_letter",
        "notes",
        "tags",
        "follow_up_on",
        "follow_up_note",
        "created_at",
    )
    assert [{name: one[name] for name in carried} for one in theirs] == [
        {name: one[name] for name in carried} for one in mine
    ]
    assert [happened(one) for one in theirs] == [happened(one) for one in mine]
    assert [(one["sent_resume"] or {}).get("sha256") for one in theirs] == [
        (one["sent_resume"] or {}).get("sha256") for one in mine
    ]


def happened(application: dict[str, Any]) -> list[Any]:
    """Its history, but for what is told of when it was written down."""
    return [(step["status_id"], step["from_status_id"], step["at"], step["note"]) for step in application["history"]]


async def somebodys_life(who: Person, clock: MovableClock) -> None:
    first, second = await who.resume(name="Backend, short"), await who.resume(name="=Other")
    nasty = "=1+1;@x\n- a, \"b\"\r\n\t+c|=d '=e ''-f\n'\"=\u2028end "
    clock.advance(timedelta(seconds=1))
    await who.application(
        job_id=(await who.job(company="=Acme", position="-Engineer;=x", url="https://a.example/", source="@friend",
                              location="+49", deadline_on="2026-12-01"))["id"],
        resume_id=first["id"], status_id="applied", applied_on="2026-11-01", cover_letter=nasty, notes=nasty,
        tags=["a,b", 'c"d', "e;f", " g ", "=h", "'=i", "plain tag"], follow_up_on="2026-12-02", follow_up_note="=nag",
    )  # fmt: skip
    clock.advance(timedelta(seconds=1))
    moved = await who.application(job_id=(await who.job(company=" Spaces ", position="N/A"))["id"])
    for status, note in (("applied", '"; 2026'), ("hr_interview", "\\ \n=x"), ("rejected", None)):
        clock.advance(timedelta(minutes=1))
        await who.patch(f"/api/applications/{moved['id']}", json={"status_id": status, "status_note": note})
    # The same once more: two applications, for all their likeness.
    again = await who.application(job_id=moved["job_id"], resume_id=second["id"], notes="-")
    assert again["id"] != moved["id"]
    clock.advance(timedelta(seconds=1))
    await who.application(job_id=(await who.job(company="Ümläut", position="日本語"))["id"], notes="'")
    hidden = await who.application()
    await who.delete(f"/api/applications/{hidden['id']}")


async def test_no_cell_of_an_export_is_taken_for_a_formula_by_whatever_parts_it(
    ann: Person, clock: MovableClock
) -> None:
    await somebodys_life(ann, clock)
    text = (await ann.get("/api/applications/export")).content.decode("utf-8-sig")
    rows = [*csv.reader(io.StringIO(text, newline=""))]
    assert rows[0] == [*EXPORTED]
    dangerous = ("=", "+", "-", "@", "\t", "\r")
    for delimiter in (",", ";", "\t", "|"):
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            assert [cell for cell in row if cell.startswith(dangerous)] == []
    bare = [cell for line in text.splitlines() for part in line.split(";") for cell in part.split(",")]
    assert [cell for cell in bare if cell.lstrip('"').startswith(("=", "@", "+", "-"))] == []


async def test_a_formula_that_is_imported_is_text_and_goes_out_as_text(ann: Person) -> None:
    await imported(ann, "company,position,notes\n=cmd|'/C calc'!A0,+Engineer,'=SUM(A1)\n")
    (one,) = await applications(ann)
    assert (one["job"]["company"], one["job"]["position"]) == ("=cmd|'/C calc'!A0", "+Engineer")
    assert one["notes"] == "=SUM(A1)"  # as whoever masked it meant
    text = (await ann.get("/api/applications/export")).text
    assert "'=cmd|" in text
    assert "'+Engineer" in text


async def test_an_export_is_a_download_of_ones_own_within_its_days(ann: Person, bob: Person) -> None:
    await imported(ann, TABLE)
    await imported(bob, "company,position\nBobs,Secret\n")
    answer = await ann.get("/api/applications/export")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="applications.csv"')
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "Secret" not in answer.text
    for days, found in (
        ("applied_from=2026-01-06", ["Initech"]),
        ("applied_to=2026-01-05", ["Acme"]),
        ("applied_from=2026-01-05&applied_to=2026-02-06", ["Acme", "Initech"]),
        ("applied_from=2026-03-01", []),
    ):
        items = (await ann.get(f"/api/applications/export?format=json&{days}")).json()["items"]
        assert sorted(one["job"]["company"] for one in items) == found
        table = (await ann.get(f"/api/applications/export?{days}")).content.decode("utf-8-sig")
        assert sorted(row["company"] for row in csv.DictReader(io.StringIO(table))) == found
    assert (await ann.get("/api/applications/export?format=xml")).status_code == 422
    assert (await ann.get("/api/applications/export?applied_from=2026-13-01")).status_code == 422


@pytest.mark.parametrize("count", [0, 1, 45])
async def test_an_export_has_a_row_for_each_application_on_whatever_page(ann: Person, count: int) -> None:
    table = "company,position\n" + "".join(f"Company {n},Engineer\n" for n in range(count))
    if count:
        await imported(ann, table)
    assert len(await applications(ann)) == count
    text = (await ann.get("/api/applications/export")).content.decode("utf-8-sig")
    assert len([*csv.DictReader(io.StringIO(text))]) == count


async def test_watchers_are_told_of_each_application(ann: Person, store: Any) -> None:
    report = await imported(ann, TABLE)
    await ann.post(f"/api/imports/{report['id']}/undo")
    events = [stored.event.change for stored in store._tables.events]
    assert [(one.kind, one.state) for one in events] == [("application.updated", None)] * 2 + [
        ("application.updated", "deleted")
    ] * 2
