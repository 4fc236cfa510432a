"""The table of docs/security.md is whole, and what it names exists; and the tests that it alone needs."""

import re
from pathlib import Path
from typing import Any, Final

import pytest

from jatify_http.wiring import new_id
from tests.outside.description import Json, Operation, description, operations, resolved
from tests.outside.owners import Owner

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS: Final = re.findall(r"^\| (\d[^|]*?) \| ([a-z ]+) \| (.+) \|$", PAGE, flags=re.MULTILINE)
NAMED: Final = re.compile(r"`((?:tests|src)/[\w/]+\.py)(?:::(\w+))?`")
SOURCES: Final = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")]

# How many requirements of level 1 and 2 each section of ASVS 5.0 begins with; those of level 3 follow them.
COUNTS: Final = (
    "1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 "
    "4.2:1 4.3:2 4.4:4 5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:11 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 "
    "7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 11.1:2 11.2:3 11.3:3 11.4:4 "
    "11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 "
    "15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3"
)
SECTIONS: Final = {section: int(most) for section, most in (pair.split(":") for pair in COUNTS.split())}


def numbers(cell: str) -> list[str]:
    """The requirements that a row is about: `1.2.6`, `6.2.2, 6.2.3`, `1.3.7 to 1.3.11`."""
    found = re.findall(r"\d+\.\d+\.\d+", cell)
    if " to " not in cell.partition(found[-1])[0]:
        return found
    section, first = found[0].rsplit(".", 1)
    return [f"{section}.{n}" for n in range(int(first), int(found[1].rsplit(".", 1)[1]) + 1)]


def test_every_requirement_of_level_1_and_2_has_its_row() -> None:
    told = [number for cell, _, _ in ROWS for number in numbers(cell)]
    assert sorted(told) == sorted(f"{section}.{n}" for section, most in SECTIONS.items() for n in range(1, most + 1))


def test_every_row_says_how_or_why() -> None:
    assert {status for _, status, _ in ROWS} == {"met", "not applicable", "deviation"}
    deviations = [why.partition(":")[0] for _, status, why in ROWS if status == "deviation"]
    assert sorted(deviations) == [
        "client-certificate service accounts",
        "drafts in the browser",
        "external log sink",
        "second factor",
        "virus scan",
    ]
    written = ("What is decided", "docs/", "Dockerfile", "constraints.txt")
    vague = [c for c, status, how in ROWS if status == "met" and not NAMED.search(how)]
    assert [cell for cell, _, how in ROWS if cell in vague and not any(place in how for place in written)] == []


def test_every_test_that_the_page_names_exists() -> None:
    named = {match.groups() for match in NAMED.finditer(PAGE)}
    assert len(named) > 40
    assert [f"{file}::{test}" for file, test in sorted(named, key=str) if not exists(ROOT / file, test)] == []


def exists(file: Path, test: str | None) -> bool:
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    return bool(text) and (not test or bool(re.search(rf"^\s*(async )?def {test}\(", text, flags=re.MULTILINE)))


def test_nothing_evaluates_code() -> None:
    assert [text[:80] for text in SOURCES if re.search(r"\b(eval|exec)\(|\bpickle\b|yaml\.load\(", text)] == []


def test_no_broken_hash_is_used() -> None:
    assert [text[:80] for text in SOURCES if re.search(r"\b(md5|sha1)\b", text)] == []


def test_no_secret_goes_into_a_url_but_that_of_a_calendar() -> None:
    places = [
        (operation.name, parameter["name"])
        for operation in operations()
        for parameter in operation.told.get("parameters", [])
        if parameter["in"] in {"query", "path"}
    ]
    secret = [place for place in places if re.search(r"token|password|key|secret|email|calendar_file", place[1])]
    assert secret == [("readCalendar", "calendar_file")]


@pytest.mark.parametrize("operation", [o for o in operations() if "requestBody" in o.told], ids=lambda o: o.name)
def test_no_request_has_a_member_that_only_the_house_may_write(operation: Operation) -> None:
    house = {
        "id",
        "user_id",
        "owner",
        "owner_id",
        "state",
        "score",
        "version",
        "created_at",
        "path",
        "filepath",
        "role",
    }
    schemas = [resolved(content["schema"]) for content in operation.told["requestBody"]["content"].values()]
    assert [name for schema in schemas for name in members(schema) if name in house] == []
    assert all(schema.get("additionalProperties") is False for schema in schemas)


def members(schema: Json) -> list[str]:
    return [*schema.get("properties", {})]


async def test_a_new_house_has_no_accounts(ann: Owner) -> None:
    for email in ("admin@example.com", "root@localhost", "admin"):
        answer = await ann.client.post("/api/auth/login", json={"email": email, "password": "admin"})
        assert answer.status_code in {401, 422}


async def test_a_long_password_is_taken(ann: Owner) -> None:
    account: dict[str, Any] = {
        "email": f"{new_id().hex}@example.com",
        "password": "a sentence that nobody guesses " * 6,
    }
    registered = await ann.client.post("/api/auth/register", json=account | {"name": "Eve"})
    assert registered.status_code == 201
    assert (await ann.client.post("/api/auth/login", json=account)).status_code == 200
    shortened = account | {"password": account["password"][:72]}
    assert (await ann.client.post("/api/auth/login", json=shortened)).status_code == 401


async def test_no_listing_is_ever_fetched(ann: Owner) -> None:
    """Who would fetch would need a client for it: only the adapter that asks the one model has one."""
    await ann.job(url="http://127.0.0.1:1/never")
    clients = {
        path.relative_to(ROOT / "src").parts[:2]
        for path in (ROOT / "src").rglob("*.py")
        if re.search(
            r"^\s*(import|from) (httpx|aiohttp|requests|urllib\.request)\b", path.read_text("utf-8"), re.MULTILINE
        )
    }
    assert clients <= {("jatify_adapters", "openrouter"), ("jatify_http", "demo.py"), ("jatify_http", "demo_search.py")}
    assert description()["paths"]["/api/jobs"]["post"]["description"].endswith("never fetched.")
