"""The calendar link: a secret that is told once, opens one calendar, and ends at a word."""

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from icalendar import Calendar

from jatify_adapters.memory import MemoryStore, MovableClock
from jatify_core.ports import Ports
from jatify_http.app import ShellSettings
from tests.http.people import PASSWORD, Person, client_of, newcomer

ONE_DAY = timedelta(days=1)


@pytest.fixture
def today(clock: MovableClock) -> date:
    return clock().date()


async def linked(person: Person, **request: Any) -> dict[str, Any]:
    answer = await person.post("/api/calendar", **request)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == "/api/calendar"
    told: dict[str, Any] = answer.json()
    return told


async def events(nobody: Person, link: dict[str, Any]) -> Sequence[Any]:
    answer = await nobody.get(link["url"])
    assert answer.status_code == 200, answer.text
    found: Sequence[Any] = read(answer).walk("VEVENT")
    return found


def read(answer: httpx.Response) -> Any:
    """The calendar in *answer*, of which no line is beyond what a strict reader takes."""
    lines = answer.content.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 and not set(line) & {*range(9), *range(10, 32), 127} for line in lines)
    calendar: Any = Calendar.from_ical(answer.content)
    assert [error for component in calendar.walk() for error in component.errors] == []
    return calendar


async def test_a_link_is_told_once_and_kept_as_a_digest(ann: Person, store: MemoryStore) -> None:
    link = await linked(ann)
    assert link.keys() == {"url", "token", "created_at"}
    assert link["url"] == f"http://jatify.test/api/calendar/{link['token']}.ics"
    told = await ann.get("/api/calendar")
    assert told.json() == {"active": True, "created_at": link["created_at"], "last_read_at": None}
    [kept] = store._tables.calendar_links.values()
    assert kept.digest == sha256(link["token"].encode()).digest()
    assert link["token"] not in repr(store._tables)


async def test_no_two_tokens_are_alike_and_each_has_256_bits(ann: Person) -> None:
    tokens = [(await linked(ann))["token"] for _ in range(20)]
    assert len(set(tokens)) == 20
    assert {len(token) for token in tokens} == {43}  # of 64 letters: 258 bits, of which 256 are random


async def test_a_new_link_ends_the_old_one_and_deleting_ends_the_new(ann: Person, nobody: Person) -> None:
    assert (await ann.get("/api/calendar")).json() == {"active": False, "created_at": None, "last_read_at": None}
    old, new = await linked(ann), await linked(ann)
    assert (await nobody.get(old["url"])).status_code == 404
    assert (await nobody.get(new["url"])).status_code == 200
    assert (await ann.delete("/api/calendar")).status_code == 204
    assert (await nobody.get(new["url"])).status_code == 404
    assert (await ann.get("/api/calendar")).json()["active"] is False
    assert (await ann.delete("/api/calendar")).status_code == 204


async def test_a_key_is_not_a_way_to_have_the_link_kept(ann: Person, store: MemoryStore) -> None:
    first, second = [await linked(ann, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert first["token"] != second["token"]
    assert store._tables.keys == {}


async def test_what_opens_nothing_is_answered_alike(nobody: Person, ann: Person) -> None:
    link = await linked(ann)
    headers = {"X-Request-Id": "the-same"}
    answers = [
        await nobody.get(f"/api/calendar/{name}", headers=headers)
        for name in (f"{'A' * 43}.ics", link["token"], f"{link['token']}.ical", f"{link['token']}.ics.ics", "%00.ics")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.content, tuple(sorted(answer.headers.items()))) for answer in answers}) == 1


async def test_follow_ups_and_deadlines_are_whole_days_that_make_nobody_busy(
    ann: Person, bob: Person, nobody: Person, today: date
) -> None:
    job = await ann.job(company="Acme", position="Clerk", deadline_on=(today + ONE_DAY).isoformat())
    other = await ann.job(company="Börse", position="Ärztin, m/w/d; \\o/")
    note = "Call Eve;\nask, twice"
    application = await ann.application(job_id=other["id"], follow_up_on=today.isoformat(), follow_up_note=note)
    await bob.application(follow_up_on=today.isoformat())
    follow_up, deadline = await events(nobody, await linked(ann))
    assert follow_up["summary"] == "Follow up: Ärztin, m/w/d; \\o/, Börse"
    assert follow_up["description"] == note
    assert (follow_up["dtstart"].dt, follow_up["dtend"].dt) == (today, today + ONE_DAY)
    assert follow_up["uid"] == f"follow-up-{application['id']}@jatify"
    assert follow_up["dtstamp"].dt.isoformat() == application["updated_at"].partition(".")[0].rstrip("Z") + "+00:00"
    assert deadline["summary"] == "Deadline: Clerk, Acme"
    assert "description" not in deadline
    assert deadline["dtstart"].dt == today + ONE_DAY
    assert deadline["uid"] == f"deadline-{job['id']}@jatify"
    for event in (follow_up, deadline):
        assert event["transp"] == "TRANSPARENT"
        assert event["dtstart"].params["value"] == event["dtend"].params["value"] == "DATE"
        assert event.subcomponents == []


async def test_a_day_that_is_moved_stays_the_same_event_in_a_later_version(
    ann: Person, nobody: Person, today: date
) -> None:
    application, link = await ann.application(follow_up_on=today.isoformat()), await linked(ann)
    (before,) = await events(nobody, link)
    await ann.patch(f"/api/applications/{application['id']}", json={"follow_up_on": (today + ONE_DAY).isoformat()})
    (after,) = await events(nobody, link)
    assert before["uid"] == after["uid"]
    assert before["sequence"] < after["sequence"]
    assert after["dtstart"].dt == today + ONE_DAY


async def test_what_ended_was_sent_or_is_long_past_is_not_in_the_calendar(
    ann: Person, nobody: Person, today: date
) -> None:
    ended = await ann.application(follow_up_on=today.isoformat())
    await ann.patch(f"/api/applications/{ended['id']}", json={"status_id": "rejected"})
    gone = await ann.application(follow_up_on=today.isoformat())
    await ann.delete(f"/api/applications/{gone['id']}")
    sent = await ann.job(deadline_on=today.isoformat())
    await ann.application(job_id=sent["id"], status_id="applied")
    await ann.application(follow_up_on=(today - 91 * ONE_DAY).isoformat())
    late = await ann.application(follow_up_on=(today - 90 * ONE_DAY).isoformat())
    (event,) = await events(nobody, await linked(ann))
    assert event["uid"] == f"follow-up-{late['id']}@jatify"


async def test_hostile_words_stay_inside_their_property(ann: Person, nobody: Person, today: date) -> None:
    evil = "x\r\nEND:VEVENT\rATTACH:y\x0b\x1b\x85\u2028\x7fz"
    job = await ann.job(company=f"Acme {evil}", position="🎉" * 150)
    await ann.application(job_id=job["id"], follow_up_on=today.isoformat(), follow_up_note=f"{evil}\n{'ä' * 400}")
    (event,) = await events(nobody, await linked(ann))
    assert event["summary"] == f"Follow up: {'🎉' * 150}, Acme x END:VEVENT ATTACH:y z"
    assert event["description"].split() == ["x", "END:VEVENT", "ATTACH:y", "z", "ä" * 400]
    assert "attach" not in event


async def test_the_last_day_of_the_calendar_is_one_day(ann: Person, nobody: Person) -> None:
    await ann.application(follow_up_on=date.max.isoformat())
    (event,) = await events(nobody, await linked(ann))
    assert event["dtstart"].dt == date.max
    assert "dtend" not in event


async def test_an_empty_calendar_is_one_all_the_same(ann: Person, nobody: Person) -> None:
    answer = await nobody.get((await linked(ann))["url"])
    calendar = read(answer)
    assert calendar.walk("VEVENT") == []
    assert calendar.subcomponents  # RFC 5545, 3.6: one at least
    assert (calendar["version"], calendar["x-wr-calname"]) == ("2.0", "Jatify")
    assert "prodid" in calendar
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in answer.content
    assert b"\r\nMETHOD" not in answer.content  # a publication would need an organizer


async def test_it_is_told_as_a_calendar_that_nobody_in_between_keeps(ann: Person, nobody: Person, today: date) -> None:
    application, link = await ann.application(follow_up_on=today.isoformat()), await linked(ann)
    accepting = {"Accept": "text/calendar"}
    answer = await nobody.get(link["url"], headers=accepting)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "jatify.ics" in answer.headers["content-disposition"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    known = {"If-None-Match": answer.headers["etag"]}
    again = await nobody.get(link["url"], headers=known)
    assert (again.status_code, again.content) == (304, b"")
    await ann.patch(f"/api/applications/{application['id']}", json={"follow_up_note": "Call."})
    assert (await nobody.get(link["url"], headers=known)).status_code == 200


async def test_when_it_was_read_is_told_to_a_minute(ann: Person, nobody: Person, clock: MovableClock) -> None:
    link = await linked(ann)
    seen = []
    for wait in (0, 59, 1):
        clock.advance(timedelta(seconds=wait))
        await nobody.get(link["url"])
        seen.append((await ann.get("/api/calendar")).json()["last_read_at"])
    assert seen[0] is not None
    assert seen[1] == seen[0] < seen[2]


async def test_the_calendar_goes_with_the_account(ann: Person, nobody: Person) -> None:
    link = await linked(ann)
    assert (await ann.ask("DELETE", "/api/user", json={"password": PASSWORD})).status_code == 204
    assert (await nobody.get(link["url"])).status_code == 404


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ({"Host": "jobs.example:8443"}, "http://jobs.example:8443"),
        ({"Host": "[::1]:8000"}, "http://[::1]:8000"),
        ({"Host": "-jobs.example"}, ""),
        ({"Host": "jobs_1.example"}, ""),
        ({"Host": "jobs.example", "X-Forwarded-Proto": "https"}, "http://jobs.example"),
    ],
)
async def test_the_address_is_whole_where_the_request_says_where_it_came(
    ann: Person, headers: dict[str, str], origin: str
) -> None:
    link = await linked(ann, headers=headers)
    assert link["url"] == f"{origin}/api/calendar/{link['token']}.ics"


async def test_a_trusted_proxy_says_that_it_came_by_tls(ports: Ports) -> None:
    async with client_of(ports, ShellSettings(trusted_proxies=("127.0.0.1",))) as client:
        ann = await newcomer(Person(client), "ann@example.com", "Ann")
        for forwarded, scheme in (("https", "https"), ("gopher", "http")):
            link = await linked(ann, headers={"X-Forwarded-Proto": forwarded})
            assert urlsplit(link["url"]).scheme == scheme
