"""The agenda: what to do next, and nothing that is over."""

from datetime import UTC, date, timedelta
from typing import Any

import pytest

from jatify_adapters.memory import MovableClock
from tests.http.people import Person

ON = date(2026, 12, 1)
LISTS = ("overdue", "today", "upcoming", "silent", "deadlines")


def day(away: int) -> str:
    return (ON + timedelta(days=away)).isoformat()


def noon(away: int) -> str:
    return f"{day(away)}T12:00:00Z"


async def agenda(person: Person, **query: Any) -> dict[str, Any]:
    answer = await person.get("/api/agenda", params={"on": ON.isoformat(), **query})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def moved(person: Person, application: dict[str, Any], status_id: str, at: str) -> None:
    change = {"status_id": status_id, "status_at": at}
    (await person.patch(f"/api/applications/{application['id']}", json=change)).raise_for_status()


async def test_a_follow_up_is_overdue_today_or_ahead(ann: Person) -> None:
    for away in (-2, -1, 0, 1, 14, 15):
        await ann.application(follow_up_on=day(away), follow_up_note=f"{away}")
    told = await agenda(ann)
    assert told["on"] == ON.isoformat()
    assert {name: [(i["note"], i["days"]) for i in told[name]] for name in LISTS} == {
        "overdue": [("-2", -2), ("-1", -1)],
        "today": [("0", 0)],
        "upcoming": [("1", 1), ("14", 14)],
        "silent": [],
        "deadlines": [],
    }
    assert told["more"] == dict.fromkeys(LISTS, 0)
    assert (await agenda(ann, days=0))["upcoming"] == []
    assert len((await agenda(ann, days=15))["upcoming"]) == 3


async def test_an_item_names_what_it_is_about(ann: Person) -> None:
    job = await ann.job(company="Acme", position="Clerk")
    application = await ann.application(job_id=job["id"], follow_up_on=day(0), follow_up_note="Call Eve.")
    assert (await agenda(ann))["today"] == [
        {
            "kind": "follow_up",
            "on": day(0),
            "days": 0,
            "application_id": application["id"],
            "job_id": job["id"],
            "company": "Acme",
            "position": "Clerk",
            "status_id": "saved",
            "note": "Call Eve.",
        }
    ]


async def test_an_application_is_silent_when_nothing_happened_for_so_many_days(ann: Person) -> None:
    for away, status_id in ((-13, "applied"), (-14, "applied"), (-30, "hr_interview"), (-31, "rejected")):
        await moved(ann, await ann.application(notes=str(away)), status_id, noon(away))
    await ann.application()  # saved, and never sent
    told = await agenda(ann)
    assert [(i["kind"], i["on"], i["days"], i["status_id"]) for i in told["silent"]] == [
        ("silent", day(-30), -30, "hr_interview"),
        ("silent", day(-14), -14, "applied"),
    ]
    assert len((await agenda(ann, silent_days=30))["silent"]) == 1
    assert len((await agenda(ann, silent_days=1))["silent"]) == 3


async def test_a_follow_up_ahead_breaks_the_silence_and_one_that_passed_does_not(ann: Person) -> None:
    for away in (-1, 0, 9):
        await moved(ann, await ann.application(follow_up_on=day(away)), "applied", noon(-20))
    assert len((await agenda(ann))["silent"]) == 1


async def test_a_deadline_is_told_until_the_application_is_sent(ann: Person) -> None:
    for away in (-1, 0, 14, 15):
        await ann.job(deadline_on=day(away))
    saved = await ann.job(deadline_on=day(3))
    application = await ann.application(job_id=saved["id"])
    told = (await agenda(ann))["deadlines"]
    assert [(i["kind"], i["days"], i["application_id"], i["status_id"]) for i in told] == [
        ("deadline", 0, None, None),
        ("deadline", 3, application["id"], "saved"),
        ("deadline", 14, None, None),
    ]
    await moved(ann, application, "withdrawn", noon(-1))
    assert [i["days"] for i in (await agenda(ann))["deadlines"]] == [0, 14]


async def test_what_ended_or_was_deleted_is_nowhere(ann: Person, bob: Person) -> None:
    ended = await ann.application(follow_up_on=day(0))
    await moved(ann, ended, "rejected", noon(-20))
    gone = await ann.application(follow_up_on=day(0))
    await ann.delete(f"/api/applications/{gone['id']}")
    await bob.application(follow_up_on=day(0))
    assert [(await agenda(ann))[name] for name in LISTS] == [[]] * 5


async def test_a_list_has_a_hundred_at_most_and_says_how_many_more_there_are(ann: Person) -> None:
    job = await ann.job()
    for _ in range(103):
        await ann.application(job_id=job["id"], follow_up_on=day(0))
    told = await agenda(ann)
    assert (len(told["today"]), told["more"]["today"], told["more"]["overdue"]) == (100, 3, 0)


async def test_without_a_day_it_is_the_one_in_utc(ann: Person, clock: MovableClock) -> None:
    assert (await ann.get("/api/agenda")).json()["on"] == clock().astimezone(UTC).date().isoformat()


async def test_an_agenda_that_has_not_changed_is_not_sent_again(ann: Person) -> None:
    application = await ann.application(follow_up_on=day(0))
    first = await ann.get("/api/agenda", params={"on": day(0)})
    known = {"If-None-Match": first.headers["etag"]}
    assert (await ann.get("/api/agenda", params={"on": day(0)}, headers=known)).status_code == 304
    await ann.patch(f"/api/applications/{application['id']}", json={"follow_up_note": "Write instead."})
    assert (await ann.get("/api/agenda", params={"on": day(0)}, headers=known)).status_code == 200


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"on": "tomorrow"}, "/on"),
        ({"on": "0001-01-01"}, "/on"),
        ({"on": "9999-12-31"}, "/on"),
        ({"silent_days": "0"}, "/silent_days"),
        ({"silent_days": "366"}, "/silent_days"),
        ({"days": "-1"}, "/days"),
        ({"days": "many"}, "/days"),
        ({"day": "1"}, "/day"),
    ],
)
async def test_what_cannot_be_asked_is_refused_with_the_place(ann: Person, query: dict[str, str], pointer: str) -> None:
    answer = await ann.get("/api/agenda", params=query)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_the_ends_of_the_calendar_are_no_fault(ann: Person) -> None:
    for on in (date.min, date.max):
        await ann.application(follow_up_on=on.isoformat())
        await ann.job(deadline_on=on.isoformat())
    for first_or_last in ("1900-01-01", "2199-12-31"):
        told = (await ann.get("/api/agenda", params={"on": first_or_last, "days": 365, "silent_days": 365})).json()
        assert [i["on"] for i in told["overdue"]] == ["0001-01-01"]


@pytest.mark.parametrize(("note", "status"), [("x" * 500, 200), ("x" * 501, 422), ("\0", 422), (None, 200)])
async def test_a_note_for_the_follow_up_is_kept_within_its_bounds(ann: Person, note: str | None, status: int) -> None:
    application = await ann.application(follow_up_note="Call.")
    path = f"/api/applications/{application['id']}"
    assert (await ann.patch(path, json={"follow_up_note": note})).status_code == status
    shown = (await ann.get(path)).json()
    assert shown["follow_up_note"] == (note if status == 200 else "Call.")
    listed = (await ann.get("/api/applications")).json()["items"]
    assert [item["follow_up_note"] for item in listed] == [shown["follow_up_note"]]
