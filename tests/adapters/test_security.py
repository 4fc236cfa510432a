"""Passwords and tokens hold against what people try."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import anyio
import jwt
import pytest

from jatify_adapters.security import Argon2Passwords, JwtTokens, PasswordCost, SigningKey, WeakKeyError
from jatify_adapters.security.passwords import AT_ONCE, QUEUE
from jatify_core.errors import Unauthenticated, Unavailable
from jatify_core.user import Session, SessionId, UserId

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OLD = SigningKey("old", bytes(range(32)))
NEW = SigningKey("new", bytes(range(100, 140)))
CHEAP = PasswordCost(passes=1, memory_kib=8)


def a_session() -> Session:
    return Session(SessionId(UUID(int=7)), UserId(UUID(int=8)), NOW, NOW, NOW + timedelta(hours=1), "")


def claims(**changes: Any) -> dict[str, Any]:
    session = a_session()
    usual = {
        "iss": "jatify",
        "aud": "jatify-api",
        "sub": str(session.user_id),
        "sid": str(session.id),
        "jti": "1",
        "iat": int(NOW.timestamp()),
        "exp": int(session.expires_at.timestamp()),
    }
    return {k: v for k, v in (usual | changes).items() if v is not None}


def signed(payload: dict[str, Any], *, key: bytes = NEW.secret, algorithm: str = "HS256", **header: Any) -> str:
    return jwt.encode(payload, key, algorithm, {"typ": "at+jwt", "kid": "new", **header})


def test_a_token_names_its_session_until_that_ends() -> None:
    tokens = JwtTokens([NEW])
    token = tokens.issue(a_session())
    assert tokens.read(token, NOW + timedelta(minutes=59)) == a_session().id
    with pytest.raises(Unauthenticated):
        tokens.read(token, NOW + timedelta(hours=1))


def test_an_older_key_still_verifies_after_a_rotation() -> None:
    token = JwtTokens([OLD]).issue(a_session())
    assert JwtTokens([NEW, OLD]).read(token, NOW) == a_session().id
    with pytest.raises(Unauthenticated):
        JwtTokens([NEW]).read(token, NOW)


def _unsigned() -> str:
    head, body = ({"typ": "at+jwt", "alg": "none", "kid": "new"}, claims())
    return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in (head, body)) + "."


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        "\u00e9.\u00e9.\u00e9",
        _unsigned(),
        signed(claims(), key=OLD.secret),
        signed(claims(), algorithm="HS384", key=bytes(64)),
        signed(claims(), kid="other"),
        signed(claims(), typ="JWT"),
        signed(claims(), jku="http://127.0.0.1/keys"),
        signed(claims(), crit=["exp"]),
        signed(claims(iss="somebody")),
        signed(claims(aud="another-api")),
        *(signed(claims(**{name: None})) for name in ("iss", "aud", "sub", "sid", "jti", "iat", "exp")),
        signed(claims(sid="not-a-uuid")),
        signed(claims(exp="soon")),
    ],
)
def test_a_token_that_is_not_ours_to_the_letter_is_nobody(token: str) -> None:
    with pytest.raises(Unauthenticated):
        JwtTokens([NEW]).read(token, NOW)


@pytest.mark.parametrize(
    "keys", [[], [SigningKey("a", b"short")], [SigningKey("a", b"x" * 64)], [NEW, SigningKey("new", OLD.secret)]]
)
def test_keys_that_protect_nothing_are_refused(keys: list[SigningKey]) -> None:
    with pytest.raises(WeakKeyError):
        JwtTokens(keys)


def test_a_key_does_not_show_in_its_repr() -> None:
    assert repr(NEW) == "SigningKey(kid='new')"


async def test_a_password_is_known_by_its_hash_alone() -> None:
    passwords = Argon2Passwords(CHEAP)
    hashed = await passwords.hash("correct horse")
    assert hashed.startswith("$argon2id$")
    assert await passwords.verify("correct horse", hashed)
    assert not await passwords.verify("wrong horse", hashed)
    assert not await passwords.verify("correct horse", None)
    assert not await passwords.verify("correct horse", "not a hash")


async def test_a_hash_of_other_parameters_is_outdated() -> None:
    hashed = await Argon2Passwords(CHEAP).hash("correct horse")
    assert Argon2Passwords().outdated(hashed)
    assert not Argon2Passwords(CHEAP).outdated(hashed)


async def test_a_flood_of_logins_is_told_to_come_back_instead_of_piling_up() -> None:
    passwords = Argon2Passwords(PasswordCost(passes=2, memory_kib=1024))
    refused = 0

    async def guess() -> None:
        nonlocal refused
        try:
            await passwords.verify("guess", None)
        except Unavailable:
            refused += 1

    async with anyio.create_task_group() as crowd:
        for _ in range(QUEUE * 2):
            crowd.start_soon(guess)
    assert refused == QUEUE * 2 - (AT_ONCE + QUEUE)
    assert not await passwords.verify("guess", None)
