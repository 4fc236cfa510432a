"""Registering, logging in, being recognised, logging out."""

from datetime import timedelta

import pytest

from jatify_adapters.memory import MovableClock, memory_ports
from jatify_core.policy import Policy
from tests.http.people import PASSWORD, Person, client_of, newcomer

EVE = {"email": "eve@example.com", "password": PASSWORD, "name": "Eve"}


async def test_registering_answers_the_account_with_location_and_etag(nobody: Person) -> None:
    answer = await nobody.post("/api/auth/register", json=EVE)
    assert answer.status_code == 201
    assert answer.json().keys() == {"id", "email", "name", "created_at"}
    assert (answer.json()["email"], answer.json()["name"]) == ("eve@example.com", "Eve")
    assert answer.json()["created_at"].endswith("Z")
    assert answer.headers["location"] == "/api/user/profile"
    assert answer.headers["etag"].startswith('"')


async def test_an_email_is_taken_without_regard_to_case(nobody: Person) -> None:
    await nobody.post("/api/auth/register", json=EVE)
    answer = await nobody.post("/api/auth/register", json=EVE | {"email": "EVE@Example.com"})
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/conflict"


async def test_nobody_registers_where_registration_is_closed() -> None:
    async with client_of(memory_ports(policy=Policy(registration_open=False))) as client:
        assert (await client.post("/api/auth/register", json=EVE)).status_code == 409


@pytest.mark.parametrize("email", ["eve", "eve@", "@example.com", "e ve@example.com", "eve@exa mple.com", "a@b@c.de"])
async def test_an_address_that_is_none_is_refused(nobody: Person, email: str) -> None:
    answer = await nobody.post("/api/auth/register", json=EVE | {"email": email})
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/email"]


@pytest.mark.parametrize("email", ["eve@jatify.test", "eve@intranet", "eve@mail.intranet"])
async def test_addresses_of_closed_networks_are_fine(nobody: Person, email: str) -> None:
    assert (await nobody.post("/api/auth/register", json=EVE | {"email": email})).status_code == 201


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("password", "short", "too_short"),
        ("password", "x" * 1_025, "too_long"),
        ("password", 12345678, "wrong_type"),
        ("name", "", "too_short"),
        ("name", "   ", "blank"),
        ("name", "E\0ve", "forbidden_character"),
        ("id", "7", "unknown_member"),
        ("is_admin", True, "unknown_member"),
    ],
)
async def test_an_unfit_member_is_named(nobody: Person, member: str, value: object, code: str) -> None:
    answer = await nobody.post("/api/auth/register", json=EVE | {member: value})
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(f"/{member}", code)]


async def test_logging_in_answers_a_token_that_opens_the_account(nobody: Person) -> None:
    await nobody.post("/api/auth/register", json=EVE)
    answer = await nobody.post("/api/auth/login", json={"email": "Eve@example.com", "password": PASSWORD})
    assert answer.status_code == 200
    login = answer.json()
    assert login.keys() == {"token", "token_type", "expires_at", "user"}
    assert (login["token_type"], login["expires_at"]) == ("Bearer", "2026-11-25T09:00:00Z")
    assert answer.headers["cache-control"] == "no-store"
    profile = await Person(nobody.client, login["token"]).get("/api/user/profile")
    assert profile.json() == login["user"]


async def test_a_wrong_password_and_an_unknown_email_are_answered_alike(nobody: Person, ann: Person) -> None:
    assert ann.headers
    headers = {"X-Request-Id": "same"}
    answers = [
        await nobody.post("/api/auth/login", json={"email": email, "password": "no such one"}, headers=headers)
        for email in ("ann@example.com", "nobody@example.com")
    ]
    assert [a.status_code for a in answers] == [401, 401]
    assert answers[0].content == answers[1].content
    assert answers[0].headers == answers[1].headers


async def test_logging_out_ends_this_session_and_no_other(nobody: Person) -> None:
    phone, laptop = [await newcomer(nobody, "eve@example.com", "Eve") for _ in range(2)]
    answer = await phone.post("/api/auth/logout")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await phone.get("/api/user/profile")).status_code == 401
    assert (await phone.post("/api/auth/logout")).status_code == 401
    assert (await laptop.get("/api/user/profile")).status_code == 200


async def test_a_session_ends_by_itself(ann: Person, clock: MovableClock) -> None:
    clock.advance(timedelta(hours=24))
    assert (await ann.get("/api/user/profile")).status_code == 401


async def test_a_body_beyond_four_kib_is_refused(nobody: Person) -> None:
    answer = await nobody.post("/api/auth/login", json={"email": "e" * 5_000, "password": PASSWORD})
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize(
    "authorization",
    [[], ["Bearer"], ["Bearer "], ["Basic YTpi"], ["Bearer nonsense"], ["Bearer a.b.c"], ["Bearer ä"], ["x", "y"]],
)
async def test_without_a_good_token_there_is_401_and_how_to_log_in(nobody: Person, authorization: list[str]) -> None:
    headers = [(b"Authorization", value.encode("latin-1")) for value in authorization]
    answer = await nobody.client.get("/api/user/profile", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["type"] == "/problems/unauthenticated"


async def test_the_scheme_is_read_without_regard_to_case(ann: Person) -> None:
    token = ann.headers["Authorization"].removeprefix("Bearer ")
    answer = await ann.client.get("/api/user/profile", headers={"Authorization": f"bearer  {token}"})
    assert answer.status_code == 200


async def test_the_profile_can_be_asked_for_conditionally(ann: Person) -> None:
    first = await ann.get("/api/user/profile")
    again = await ann.get("/api/user/profile", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
