"""One's own logins: listed, ended one by one, noted when used, and swept up when over."""

from datetime import timedelta

import pytest

from jatify_adapters.memory import MemoryStore, MovableClock
from jatify_core.user import SIGHTINGS_APART
from tests.http.people import PASSWORD, Person, newcomer


async def test_ones_logins_are_listed_newest_first_and_the_one_that_asks_is_marked(
    ann: Person, clock: MovableClock
) -> None:
    clock.advance(timedelta(minutes=5))
    phone = await login(ann, user_agent="Telephone/2")
    answer = await phone.get("/api/auth/sessions")
    assert answer.status_code == 200
    assert answer.json()["next_cursor"] is None
    newest, oldest = answer.json()["items"]
    assert newest.keys() == {"id", "created_at", "last_seen_at", "expires_at", "user_agent", "current"}
    assert (newest["user_agent"], newest["current"], oldest["current"]) == ("Telephone/2", True, False)
    assert (newest["created_at"], oldest["created_at"]) == ("2026-11-24T09:05:00Z", "2026-11-24T09:00:00Z")
    assert newest["expires_at"] == "2026-11-25T09:05:00Z"
    assert [s["current"] for s in (await ann.get("/api/auth/sessions")).json()["items"]] == [False, True]


async def test_logins_are_read_page_by_page(ann: Person, clock: MovableClock) -> None:
    for _ in range(4):
        clock.advance(timedelta(seconds=1))
        await login(ann)
    seen, path = [], "/api/auth/sessions?limit=2"
    while path:
        answer = await ann.get(path)
        assert len(answer.json()["items"]) <= 2
        seen += [session["id"] for session in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    assert seen == [s["id"] for s in (await ann.get("/api/auth/sessions?limit=100")).json()["items"]]
    assert len(set(seen)) == 5


async def test_an_ended_login_opens_nothing_and_the_others_still_do(ann: Person) -> None:
    phone = await login(ann)
    assert (await ann.delete(f"/api/auth/sessions/{await own_id(phone)}")).status_code == 204
    assert (await phone.get("/api/user/profile")).status_code == 401
    assert (await ann.get("/api/user/profile")).status_code == 200


async def test_a_login_may_end_itself(ann: Person) -> None:
    assert (await ann.delete(f"/api/auth/sessions/{await own_id(ann)}")).status_code == 204
    assert (await ann.get("/api/user/profile")).status_code == 401


async def test_a_foreign_an_ended_a_missing_and_a_malformed_login_are_answered_alike(
    ann: Person, bob: Person, clock: MovableClock
) -> None:
    ended = await own_id(ann)
    clock.advance(timedelta(hours=12))
    ann = await login(ann)
    bob = await login(bob, "bob@example.com")
    clock.advance(timedelta(hours=12))
    gone = await own_id(await login(ann))
    assert (await ann.delete(f"/api/auth/sessions/{gone}")).status_code == 204
    strange = "019ab4c0-0000-7000-8000-000000000000"
    answers = [
        await ann.delete(f"/api/auth/sessions/{session_id}", headers={"X-Request-Id": "same"})
        for session_id in (await own_id(bob), ended, gone, strange, "nonsense")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(answer.headers) for answer in answers}) == 1
    assert (await bob.get("/api/user/profile")).status_code == 200


async def test_a_login_that_has_ended_by_itself_is_not_listed(ann: Person, clock: MovableClock) -> None:
    clock.advance(timedelta(hours=20))
    phone = await login(ann)
    clock.advance(timedelta(hours=4))
    (only,) = (await phone.get("/api/auth/sessions")).json()["items"]
    assert only["current"] is True


async def test_a_use_is_noted_once_a_minute(ann: Person, clock: MovableClock) -> None:
    for passed, noted in ((59, "09:00:00"), (1, "09:01:00"), (59, "09:01:00"), (1, "09:02:00")):
        clock.advance(timedelta(seconds=passed))
        await ann.get("/api/user/profile")
        (session,) = (await ann.get("/api/auth/sessions")).json()["items"]
        assert session["last_seen_at"] == f"2026-11-24T{noted}Z"


async def test_a_use_within_the_minute_costs_nothing(
    ann: Person, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[object] = []

    async def note(*given: object) -> None:
        noted.append(given)

    monkeypatch.setattr("jatify_adapters.memory.users.MemorySessions.touch", note)
    for passed, times in ((59, 0), (1, 1)):
        clock.advance(timedelta(seconds=passed))
        await ann.get("/api/user/profile")
        assert len(noted) == times


async def test_a_use_that_cannot_be_noted_fails_nothing(
    ann: Person,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("jatify_adapters.memory.users.MemorySessions.touch", broken)
    clock.advance(SIGHTINGS_APART)
    assert (await ann.get("/api/user/profile")).status_code == 200
    assert "the disk is full" in caplog.text


async def test_whoever_comes_by_sweeps_up_logins_that_are_over(
    ann: Person, store: MemoryStore, clock: MovableClock
) -> None:
    for _ in range(3):
        await login(ann)
    clock.advance(timedelta(hours=24))
    eve = await newcomer(Person(ann.client), "eve@example.com", "Eve")
    assert len(store._tables.sessions) == 5
    clock.advance(SIGHTINGS_APART)
    await eve.get("/api/user/profile")
    assert len(store._tables.sessions) == 1


async def login(who: Person, email: str = "ann@example.com", *, user_agent: str = "Desk/1") -> Person:
    answer = await Person(who.client).post(
        "/api/auth/login", json={"email": email, "password": PASSWORD}, headers={"User-Agent": user_agent}
    )
    return Person(who.client, answer.json()["token"])


async def own_id(who: Person) -> str:
    items = (await who.get("/api/auth/sessions")).json()["items"]
    return next(str(session["id"]) for session in items if session["current"])
