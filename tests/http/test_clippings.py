"""A listing from a paste, as the API proposes it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from jatify_adapters.clipping import PageReader
from jatify_adapters.memory import MemoryStore, MovableClock, ScriptedAnalyzer, memory_ports
from jatify_core.policy import Policy
from jatify_core.ports import Ports
from tests.http.people import Person

PASTED = Path(__file__).parents[1] / "adapters" / "pasted"


@pytest.fixture
def ports(clock: MovableClock, store: MemoryStore, analyzer: ScriptedAnalyzer) -> Ports:
    """Of a house with the real reader."""
    ports = memory_ports(clock=clock, store=store, analyzer=analyzer, policy=Policy(max_upload=10_000))
    return replace(ports, reader=PageReader())


async def test_a_paste_becomes_a_draft_that_can_be_kept_as_it_is(ann: Person) -> None:
    answer = await ann.post("/api/jobs/parse", json={"content": (PASTED / "stepstone.html").read_text()})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["draft"]["company"], told["draft"]["workplace"]) == ("Kanzlei Rheinblick PartG", "hybrid")
    assert (told["found"]["company"], told["found"]["workplace"]) == ("json_ld", "heuristic")
    assert (await ann.get("/api/jobs")).json()["items"] == []
    kept = await ann.post("/api/jobs", json=told["draft"])
    assert kept.status_code == 201, kept.text
    assert {name: kept.json()[name] for name in told["draft"]} == told["draft"]


async def test_what_was_not_found_is_null_and_not_among_the_found(ann: Person) -> None:
    told = (await ann.post("/api/jobs/parse", json={"content": "hello", "url": "https://example.org/1"})).json()
    assert {name for name, value in told["draft"].items() if value is not None} == {"url"}
    assert told["found"] == {}


async def test_a_megabyte_may_be_pasted_and_no_more(ann: Person) -> None:
    most = "ä" * 1024 * 1024
    answer = await ann.post("/api/jobs/parse", json={"content": most})
    assert answer.status_code == 200
    assert len(answer.json()["draft"]["description"]) == 40_000
    over = await ann.post("/api/jobs/parse", json={"content": most + "x"})
    assert (over.status_code, over.json()["errors"][0]["pointer"]) == (422, "/content")
    assert (await ann.post("/api/jobs/parse", content=b"x" * 5_000_000)).status_code in {413, 415}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/content"),
        ({"content": ""}, "/content"),
        ({"content": " \n "}, "/content"),
        ({"content": "x\0"}, "/content"),
        ({"content": "x", "url": "ftp://x"}, "/url"),
        ({"content": "x", "more": 1}, "/more"),
    ],
)
async def test_a_paste_that_cannot_be_read_is_refused_with_its_place(
    ann: Person, body: dict[str, object], pointer: str
) -> None:
    answer = await ann.post("/api/jobs/parse", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_who_is_not_logged_in_has_nothing_read(nobody: Person) -> None:
    assert (await nobody.post("/api/jobs/parse", json={"content": "x"})).status_code == 401
