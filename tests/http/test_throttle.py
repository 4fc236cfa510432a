"""Too many attempts: 429 with the seconds to wait, for those alone whom they count against."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from jatify_adapters.memory import MovableClock
from jatify_core.ports import Ports
from jatify_http.app import ShellSettings
from tests.http.people import PASSWORD, Person, client_of

LOGIN = "/api/auth/login"
BEHIND_A_PROXY = ShellSettings(trusted_proxies=("127.0.0.0/8",))


@pytest.fixture
async def proxied(ports: Ports) -> AsyncIterator[Person]:
    """Whoever comes through a proxy that is trusted."""
    async with client_of(ports, BEHIND_A_PROXY) as client:
        yield Person(client)


async def guess(person: Person, email: str = "ann@example.com", address: str | None = None) -> httpx.Response:
    headers = {"X-Request-Id": "same"} | ({"X-Forwarded-For": address} if address else {})
    return await person.post(LOGIN, json={"email": email, "password": "a guess"}, headers=headers)


async def test_a_sixth_guess_is_told_when_to_come_back(nobody: Person, ann: Person) -> None:
    assert [(await guess(nobody)).status_code for _ in range(5)] == [401] * 5
    answer = await guess(nobody)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/throttled"
    assert (await ann.get("/api/user/profile")).status_code == 200


async def test_the_answer_is_the_same_with_and_without_an_account(nobody: Person, ann: Person) -> None:
    assert ann.headers
    answers = []
    for email in ("ann@example.com", "nobody@example.com"):
        for _ in range(5):
            await guess(nobody, email)
        answers.append(await guess(nobody, email))
    assert answers[0].content == answers[1].content
    assert answers[0].headers == answers[1].headers


async def test_who_comes_back_in_time_gets_in(nobody: Person, ann: Person, clock: MovableClock) -> None:
    assert ann.headers
    answer = [await guess(nobody) for _ in range(6)][-1]
    clock.advance(timedelta(seconds=int(answer.headers["retry-after"])))
    answer = await nobody.post(LOGIN, json={"email": "ann@example.com", "password": PASSWORD})
    assert answer.status_code == 200


async def test_an_eleventh_account_within_an_hour_is_refused(nobody: Person) -> None:
    answers = [
        await nobody.post("/api/auth/register", json={"email": f"{n}@example.com", "password": PASSWORD, "name": "Eve"})
        for n in range(11)
    ]
    assert [answer.status_code for answer in answers] == [201] * 10 + [429]
    assert answers[-1].headers["retry-after"] == "3600"


async def test_a_proxys_clients_are_counted_apart(proxied: Person) -> None:
    for number in range(30):
        assert (await guess(proxied, f"{number}@example.com", "198.51.100.1")).status_code == 401
    assert (await guess(proxied, "x@example.com", "198.51.100.1")).status_code == 429
    assert (await guess(proxied, "x@example.com", "203.0.113.9, 198.51.100.1")).status_code == 429
    assert (await guess(proxied, "x@example.com", "198.51.100.2")).status_code == 401


async def test_without_a_trusted_proxy_nobody_comes_from_elsewhere(nobody: Person) -> None:
    for number in range(30):
        assert (await guess(nobody, f"{number}@example.com", f"198.51.100.{number}")).status_code == 401
    assert (await guess(nobody, "x@example.com", "198.51.100.77")).status_code == 429


@pytest.mark.parametrize("password", ["Eve Archer", "EVE@example.com", "a" * 40])
async def test_a_weak_password_is_refused_with_the_reason(nobody: Person, password: str) -> None:
    account = {"email": "eve@example.com", "password": password, "name": "Eve Archer"}
    answer = await nobody.post("/api/auth/register", json=account)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/password", "too_weak")
    assert "easy to guess" in error["message"]
