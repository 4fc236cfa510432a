"""Files that are no tables, or hardly: each gets clear words, at once, and nothing of it is kept."""

import gzip
import io
import time
import zipfile
from typing import Any

import pytest

from tests.http.people import Person
from tests.http.test_imports import applications, fault, imported, looked_at, sent

HEADER = b"company,position\n"
MIB = 1024 * 1024


def zipped() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return content.getvalue()


REFUSED: dict[str, tuple[bytes, str]] = {
    "a workbook": (zipped(), "not_csv"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "not_csv"),
    "a PDF": (b"%PDF-1.7\n1 0 obj", "not_csv"),
    "a compressed file": (gzip.compress(HEADER), "not_csv"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), "not_csv"),
    "a page": (b"\n <!DOCTYPE html><html><table><tr><td>company,position</td></tr></table>", "not_csv"),
    "nothing but blanks": (b" \n\n \t\n", "empty"),
    "nothing but a mark": (b"\xef\xbb\xbf", "empty"),
    "a NUL": (HEADER + b"Ac\0me,Engineer\n", "forbidden_character"),
    "a NUL in UTF-16": ("company,position\nAc\0me,x\n".encode("utf-16"), "forbidden_character"),
    "UTF-16 without a mark": ("company,position\nAcme,x\n".encode("utf-16-le"), "forbidden_character"),
    "half a character of UTF-16": ("company,position\nAcme,x\n".encode("utf-16")[:-1], "wrong_encoding"),
    "a lone surrogate": (b"\xff\xfe" + b"a\0,\0b\0\n\0\x00\xd8x\0", "wrong_encoding"),
    "broken UTF-8": (HEADER + "Müller,Bäcker\nSöhne,Köche\nÄmter,Räte\n".encode() + b"Caf\xe9,x\n", "invalid_utf8"),
    "quotes that never close": (HEADER + b'Acme,"Engineer\nInitech,Archivist\n', "unclosed_quote"),
    "text behind a quote": (HEADER + b'Acme,"En"gineer\n', "stray_quote"),
    "one line of 4 MiB": (HEADER + b"x" * 4 * MIB, "cell_too_long"),
    "one cell of 1 MiB": (HEADER + b'Acme,"' + b"x" * MIB + b'"\n', "cell_too_long"),
    "quotes that never close in much": (HEADER + b'A,"' + b"Initech,Archivist\n" * 60_000, "cell_too_long"),
    "10,000 columns": (b",".join(b"c%d" % n for n in range(10_000)) + b"\n1\n", "too_many_columns"),
    "a row of 10,000 cells": (HEADER + b",".join([b"x"] * 10_000), "too_many_columns"),
    "5,001 rows": (HEADER + b"Acme,Engineer\n" * 5_001, "too_many_rows"),
    "a long name of a column": (b"x" * 201 + b",company\na,b\n", "name_too_long"),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("dry_run", ["true", "false"])
async def test_what_is_no_table_is_refused_with_words_that_help(ann: Person, what: str, dry_run: str) -> None:
    content, code = REFUSED[what]
    began = time.monotonic()
    told = await fault(ann, content, dry_run=dry_run)
    assert (told["pointer"], told["code"]) == ("/file", code)
    assert len(told["message"]) > 20
    assert time.monotonic() - began < 5
    assert await applications(ann) == []


async def test_an_empty_file_and_one_beyond_five_mebibytes_are_refused(ann: Person) -> None:
    assert (await sent(ann, b"")).status_code == 422
    assert (await sent(ann, HEADER + b"x" * 5 * MIB)).status_code == 413
    assert (await sent(ann, HEADER + b"x" * 6 * MIB)).status_code == 413


async def test_a_header_alone_is_a_table_without_rows(ann: Person) -> None:
    report = await looked_at(ann, HEADER)
    assert (report["totals"]["rows"], report["rows"]) == (0, [])
    assert [c["field"] for c in report["columns"]] == ["company", "position"]


async def test_columns_of_one_name_are_told_apart_and_the_first_counts(ann: Person) -> None:
    report = await looked_at(ann, "company,position,notes,notes,,notes\nAcme,Engineer,a,b,c,d\n")
    assert [(c["name"], c["field"]) for c in report["columns"]][2:] == [
        ("notes", "notes"),
        ("notes (2)", None),
        ("Column 5", None),
        ("notes (3)", None),
    ]


async def test_a_ragged_row_is_a_fault_where_it_is_long_and_a_notice_where_it_is_short(ann: Person) -> None:
    report = await looked_at(ann, "company,position,notes\nAcme,Engineer,a,b\nInitech,Archivist\nX,Y,z,,\n")
    assert [(r["action"], [e["code"] for e in r["errors"] + r["notices"]]) for r in report["rows"]] == [
        ("error", ["ragged"]),
        ("create", ["short_row"]),
        ("create", []),
    ]


ENCODED = [
    ("utf-8", "utf-8", "Müller,Bäcker"),
    ("utf-8-sig", "utf-8", "Müller,Bäcker 🥨"),
    ("utf-16", "utf-16", "Müller,Bäcker 🥨"),
    ("utf-32", "utf-32", "Müller,Bäcker 🥨"),
    ("cp1252", "cp1252", "Müller & Söhne,Bäcker \u2013 „gut“ für 5 €"),
    ("cp1252", "cp1252", "Zoë,x"),
    ("cp932", "cp932", "ソニー株式会社,エンジニア\n株式会社日立製作所,研究員"),
    ("gb18030", "gb18030", "华为技术有限公司,软件工程师\n北京字节跳动科技有限公司,产品经理"),
    ("cp1251", "cp1251", "Яндекс,Разработчик программного обеспечения"),
]


@pytest.mark.parametrize(("encoding", "told", "rows"), ENCODED)
async def test_a_table_is_read_in_the_encoding_in_which_programs_write_it(
    ann: Person, encoding: str, told: str, rows: str
) -> None:
    report = await imported(ann, f"company,position\n{rows}\n".encode(encoding))
    assert report["encoding"] == told
    pairs = {tuple(row.split(",")) for row in rows.split("\n")}
    assert {(one["job"]["company"], one["job"]["position"]) for one in await applications(ann)} == pairs


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
async def test_a_table_is_read_with_whatever_parts_its_cells_and_rows(ann: Person, delimiter: str, end: str) -> None:
    cells = [["company", "position", "notes"], ["Acme", "Engineer", '"a, b; c | d\nand ""e"""'], ["X", "Y", ""]]
    report = await imported(ann, end.join(delimiter.join(row) for row in cells).encode())
    assert (report["delimiter"], report["totals"]["create"]) == (delimiter, 2)
    assert 'a, b; c | d\nand "e"' in [one["notes"] for one in await applications(ann)]


async def test_excels_line_about_the_delimiter_is_taken_as_such(ann: Person) -> None:
    report = await looked_at(ann, "sep=;\r\ncompany;position\r\nAcme, Inc.;Engineer\r\n")
    assert (report["delimiter"], report["rows"][0]["company"]) == (";", "Acme, Inc.")


TRACKERS: dict[str, tuple[str, dict[str, Any]]] = {
    "Teal": (
        (
            "Job Position,Company,Max. Salary,Location,Status,Date Saved,Deadline,Date Applied,Follow up,Excitement\n"
            'Data scientist,TechCorp,"$120,000",Remote,Interviewing,2026-01-15,2026-01-30,2026-01-16,01/23/2026,4\n'
        ),
        {"status_id": "user_interview", "applied_on": "2026-01-16", "follow_up_on": "2026-01-23"},
    ),
    "JobSync": (
        (
            "index,createdAt,applied,appliedDate,Company,JobTitle,jobType,Location,JobSource,Status\n"
            "1,2026-01-15,Yes,2026-01-16,TechCorp,Data scientist,Full Time,Berlin,LinkedIn,Applied\n"
        ),
        {"status_id": "applied", "applied_on": "2026-01-16", "created_at": "2026-01-15T00:00:00Z"},
    ),
    "Simplify": (
        (
            "Job Title,Company Name,Job URL,Location,Status,Applied Date,Status Date\n"
            "Data scientist,TechCorp,https://jobs.example/1,NYC,SAVED,N/A,2026-01-15\n"
        ),
        {"status_id": "saved", "applied_on": None},
    ),
    "Huntr": (
        (
            "Company,Title,List,URL,Location,Salary,Date Added,Description\n"
            "TechCorp,Data scientist,Wishlist,https://jobs.example/1,NYC,$100k - $120k,2026-01-15T10:30:00.000Z,Much.\n"
        ),
        {"status_id": "saved", "created_at": "2026-01-15T10:30:00Z"},
    ),
    "a table of one's own": (
        "Firma;Stelle;Status;Beworben am;Notizen;Link\nTechCorp;Data scientist;Absage;15.1.26;Schade;jobs.example/1\n",
        {"status_id": "rejected", "applied_on": "2026-01-15", "notes": "Schade"},
    ),
}


@pytest.mark.parametrize("tracker", TRACKERS)
async def test_what_other_trackers_export_is_understood_without_a_mapping(ann: Person, tracker: str) -> None:
    table, expected = TRACKERS[tracker]
    await imported(ann, table)
    (one,) = await applications(ann)
    assert (one["job"]["company"], one["job"]["position"]) == ("TechCorp", "Data scientist")
    assert {name: one[name] for name in expected} == expected
