"""Who may do what: every operation of the description, asked by everybody and with every kind of bad token."""

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import jwt
import pytest

from jatify_adapters.security import SigningKey
from jatify_core.use_cases.administration import appoint
from jatify_http.wiring import utc_now
from tests.outside.asking import example_of, sent
from tests.outside.description import Operation, operations
from tests.outside.owners import STANDS_FOR, Owner, newcomer, ready, substituted

OPERATORS: Final = "/api/operator"
"""What lies below is there for operators alone: everybody else gets the 404 of a path that does not exist."""

OPERATIONS: Final = [operation for operation in operations() if not operation.is_for_operators]
PROTECTED: Final = [operation for operation in operations() if operation.protected]
OWN: Final = [operation for operation in OPERATIONS if operation.protected]
OF_OPERATORS: Final = [operation for operation in operations() if operation.is_for_operators]
OPEN: Final = {"register", "login", "isAlive", "isReady", "explainProblem", "readCalendar"}
"""What needs no login. Nothing joins these by accident."""
SAME_ID: Final = {"X-Request-Id": "the-same"}
"""The one thing in which two answers alike may differ is the id of the request."""


def named(operation: Operation) -> str:
    return operation.name


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def signed(key: SigningKey, claims: Mapping[str, Any], **header: Any) -> str:
    return jwt.encode(dict(claims), key.secret, "HS256", {"typ": "at+jwt", "kid": key.kid} | header)


STRANGER: Final = SigningKey("k1", secrets.token_bytes(32))
BAD: Final[Mapping[str, Callable[[SigningKey, dict[str, Any]], str | None]]] = {
    "no token": lambda _key, _claims: None,
    "another scheme": lambda _key, _claims: "Basic YW5uOmFubg==",
    "malformed": lambda _key, _claims: "Bearer not.a.token",
    "bad signature": lambda _key, claims: f"Bearer {signed(STRANGER, claims)}",
    "unknown key": lambda key, claims: f"Bearer {signed(key, claims, kid='k2')}",
    "alg none": lambda _key, claims: f"Bearer {jwt.encode(claims, None, 'none', {'typ': 'at+jwt', 'kid': 'k1'})}",
    "another type": lambda key, claims: f"Bearer {signed(key, claims, typ='JWT')}",
    "brings its own key": lambda key, claims: f"Bearer {signed(key, claims, jku='https://evil.example/keys')}",
    "expired": lambda key, claims: f"Bearer {signed(key, claims | {'exp': claims['iat'] - 1})}",
    "wrong audience": lambda key, claims: f"Bearer {signed(key, claims | {'aud': 'another-api'})}",
    "wrong issuer": lambda key, claims: f"Bearer {signed(key, claims | {'iss': 'another'})}",
    "no session": lambda key, claims: f"Bearer {signed(key, claims | {'sid': str(uuid4())})}",
}
"""What does not open anything, made of the key and the claims of a token that does."""


def test_only_these_operations_need_no_login() -> None:
    assert {operation.name for operation in OPERATIONS if not operation.protected} == OPEN


@pytest.mark.parametrize("operation", PROTECTED, ids=named)
async def test_no_bad_token_opens_anything(operation: Operation, ann: Owner, key: SigningKey) -> None:
    claims = claims_of(ann.token)
    answers = {kind: await asked_with(operation, ann, make(key, claims)) for kind, make in BAD.items()}
    answers["revoked"] = await asked_with(operation, ann, await revoked(ann))
    told = {kind: (answer.status_code, answer.headers.get("www-authenticate")) for kind, answer in answers.items()}
    assert told == dict.fromkeys(told, (401, "Bearer"))
    assert {fault for answer in answers.values() for fault in operation.faults(answer)} == set()


async def test_the_token_that_the_bad_ones_are_made_of_is_good(ann: Owner, key: SigningKey) -> None:
    answer = await ann.get(
        "/api/user/profile", headers={"Authorization": f"Bearer {signed(key, claims_of(ann.token))}"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("operation", [o for o in OWN if o.ids], ids=named)
async def test_what_is_anothers_looks_as_if_it_were_not_there(operation: Operation, ann: Owner, bob: Owner) -> None:
    ids = await ready(ann, operation.path, operation.ids)
    before = await shown(ann, operation, ids)
    # The caller's own things where there are several: only the last one named is another's, or is none.
    *_, last = operation.ids
    own = await ready(bob, operation.path, operation.ids)
    answers = {
        kind: await sent(operation, example_of(operation), bob, at={**own, last: value}, headers=SAME_ID)
        for kind, value in {"another's": ids[last], "missing": str(uuid4()), "malformed": "1' or 1=1"}.items()
    }
    assert {kind: answer.status_code for kind, answer in answers.items()} == dict.fromkeys(answers, 404)
    assert len({(answer.content, tuple(sorted(answer.headers.items()))) for answer in answers.values()}) == 1
    await appoint(bob.ports, bob.email, operator=True)  # who sees everybody's queue, and nobody's things
    as_operator = await sent(operation, example_of(operation), bob, at={**own, last: ids[last]}, headers=SAME_ID)
    assert as_operator.content == answers["missing"].content
    assert await shown(ann, operation, ids) == before


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if len(o.ids) > 1], ids=named)
async def test_one_foreign_id_among_ones_own_is_enough(operation: Operation, ann: Owner, bob: Owner) -> None:
    foreign, own = await ready(ann, operation.path, operation.ids), await ready(bob, operation.path, operation.ids)
    for name in operation.ids:
        answer = await sent(operation, example_of(operation), bob, at={**own, name: foreign[name]})
        assert answer.status_code == 404


@pytest.mark.parametrize("operation", [o for o in PROTECTED if "requestBody" in o.told], ids=named)
async def test_a_foreign_reference_in_a_body_is_answered_as_a_missing_one(
    operation: Operation, ann: Owner, bob: Owner
) -> None:
    example = example_of(operation)
    referred = [(stood, name) for stood, name in STANDS_FOR.items() if stood in str(example)]
    for stood, name in referred:
        foreign, missing = await ann.own(name), str(uuid4())
        answers = [
            await sent(operation, substituted(example, {stood: value}), bob, headers=SAME_ID)
            for value in (foreign, missing)
        ]
        alike = [answer.text.replace(foreign, "it").replace(missing, "it") for answer in answers]
        assert alike[0] == alike[1]
        assert answers[0].status_code in {202, 404, 422}


@pytest.mark.parametrize("operation", [o for o in OWN if o.method == "get" and not o.ids], ids=named)
async def test_lists_and_filters_show_nothing_of_others(operation: Operation, ann: Owner, bob: Owner) -> None:
    if any("text/event-stream" in answer.get("content", {}) for answer in operation.told["responses"].values()):
        pytest.skip("this answer does not end")
    anns = {name: await ann.own(name) for name in STANDS_FOR.values()}
    seen = await bob.get(operation.path)
    assert seen.status_code == 200
    assert [name for name, value in anns.items() if value in seen.text] == []
    assert ann.email not in seen.text
    for parameter in operation.told.get("parameters", []):
        if parameter["in"] == "query" and parameter["schema"].get("format") == "uuid":
            foreign, missing = [
                await bob.get(operation.path, params={parameter["name"]: value}, headers=SAME_ID)
                for value in (anns[parameter["name"]], str(uuid4()))
            ]
            assert foreign.content == missing.content


async def test_what_is_for_operators_does_not_exist_for_others(ann: Owner) -> None:
    unknown = await ann.get(f"{OPERATORS}/{uuid4()}/nothing", headers=SAME_ID)
    assert unknown.status_code == 404
    for operation in OF_OPERATORS:
        path = operation.at(dict.fromkeys(operation.ids, str(uuid4())))
        answer = await ann.ask(operation.method.upper(), path, headers=SAME_ID)
        assert (answer.status_code, answer.content) == (404, unknown.content), operation.name


async def test_a_token_dies_with_its_session_and_not_before(ann: Owner, key: SigningKey) -> None:
    claims = claims_of(ann.token)
    assert timedelta(seconds=claims["exp"] - claims["iat"]) <= timedelta(hours=24)
    longer = signed(key, claims | {"exp": int((utc_now() + timedelta(days=365)).timestamp())})
    await ann.post("/api/auth/logout")
    answer = await ann.get("/api/user/profile", headers={"Authorization": f"Bearer {longer}"})
    assert answer.status_code == 401


async def asked_with(operation: Operation, somebody: Owner, authorization: str | None) -> httpx.Response:
    """The answer to who presents *authorization*, and no body: nothing else may be looked at before."""
    path = operation.at(dict.fromkeys(operation.ids, str(uuid4())))
    headers = {"Authorization": authorization} if authorization else {}
    return await somebody.client.request(operation.method.upper(), path, headers=headers)


async def revoked(somebody: Owner) -> str:
    """The `Authorization` of a login that has ended."""
    again = await newcomer(somebody.client, somebody.ports, f"again-{uuid4().hex}@example.com")
    assert (await again.post("/api/auth/logout")).status_code == 204
    return again.headers["Authorization"]


async def shown(owner: Owner, operation: Operation, ids: Mapping[str, str]) -> list[tuple[int, bytes]]:
    """How all that the owner has for this operation looks."""
    places = {
        "job_id": "/api/jobs/{}",
        "resume_id": "/api/resumes/{}",
        "application_id": "/api/applications/{}",
        "analysis_id": "/api/analyses/{}",
    }
    answers = [await owner.get(places[name].format(ids[name])) for name in operation.ids if name in places]
    answers.append(await owner.get("/api/dlq"))
    return [(answer.status_code, answer.content) for answer in answers]
