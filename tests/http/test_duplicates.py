"""Did I already apply? A new listing is told of those that may be the same, and never refused."""

from datetime import timedelta
from typing import Any

from jatify_adapters.memory import MovableClock
from tests.http.people import Person

OVEN = {"company": "Loaf & Co. GmbH", "position": "Baker (m/w/d)", "url": "https://www.loaf.example/jobs/7?ref=mail"}


async def kept(who: Person, **members: Any) -> dict[str, Any]:
    answer = await who.post("/api/jobs", json=OVEN | members)
    assert answer.status_code == 201
    return dict(answer.json())


async def test_the_first_has_no_duplicates_and_the_second_has_the_first(ann: Person) -> None:
    first = await kept(ann)
    application = await ann.application(job_id=first["id"], status_id="offer")
    second = await kept(ann, url="http://loaf.example/jobs/7/#apply", company="Other", position="Other")
    assert first["possible_duplicates"] == []
    assert second["possible_duplicates"] == [
        {
            **{name: first[name] for name in ("id", "company", "position", "url", "created_at")},
            "application_id": application["id"],
            "status_id": "offer",
            "because": "url",
        }
    ]


async def test_company_and_position_are_enough(ann: Person) -> None:
    first = await kept(ann, url=None)
    second = await kept(ann, company="LOAF & CO", position="baker")
    assert [(twin["id"], twin["because"]) for twin in second["possible_duplicates"]] == [
        (first["id"], "company_and_position")
    ]
    assert second["possible_duplicates"][0]["application_id"] is None


async def test_they_are_told_but_once(ann: Person) -> None:
    await kept(ann)
    path = f"/api/jobs/{(await kept(ann))['id']}"
    read, listed = await ann.get(path), await ann.get("/api/jobs")
    put, patched = await ann.put(path, json=OVEN), await ann.patch(path, json={"location": "London"})
    for told in (read.json(), put.json(), patched.json(), listed.json()["items"][0]):
        assert "possible_duplicates" not in told


async def test_nobody_is_told_of_anothers(ann: Person, bob: Person) -> None:
    await kept(bob)
    assert (await kept(ann))["possible_duplicates"] == []


async def test_no_more_are_told_than_anybody_looks_at(ann: Person, clock: MovableClock) -> None:
    made = []
    for _ in range(22):
        made.append((await kept(ann))["id"])
        clock.advance(timedelta(seconds=1))
    newest = [twin["id"] for twin in (await kept(ann))["possible_duplicates"]]
    assert newest == [*reversed(made)][:20]
