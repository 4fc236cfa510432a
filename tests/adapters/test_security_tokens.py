"""Tokens hold against what people try, and keys that protect nothing are refused."""

import base64
import json
import random
import secrets
import socket
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest

from jatify_adapters.security import JwtTokens, SigningKey, WeakKeyError
from jatify_adapters.security.keys import PUBLISHED
from jatify_core.errors import Unauthenticated
from jatify_core.user import Session, SessionId, UserId

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OLD = SigningKey("old", secrets.token_bytes(32))
NEW = SigningKey("new", secrets.token_bytes(40))
NAMES = ("iss", "aud", "sub", "sid", "jti", "iat", "exp")
CHANCE = random.Random(7)  # noqa: S311  # the same tests in every process of a run
HERE = "http://127.0.0.1/keys"


def a_session() -> Session:
    return Session(SessionId(UUID(int=7)), UserId(UUID(int=8)), NOW, NOW, NOW + timedelta(hours=1), "")


def claims(**changes: Any) -> dict[str, Any]:
    """What we would claim, with *changes*; None leaves a claim out."""
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
    return {name: value for name, value in (usual | changes).items() if value is not None}


def signed(payload: dict[str, Any], *, key: bytes = NEW.secret, algorithm: str = "HS256", **header: Any) -> str:
    return jwt.encode(payload, key, algorithm, {"typ": "at+jwt", "kid": "new", **header})


def signed_as_written(header: bytes, payload: bytes) -> str:
    """A token of these very bytes under our signature, for what no library would write."""
    text = ".".join(_encoded(part) for part in (header, payload))
    signature = jwt.get_algorithm_by_name("HS256").sign(text.encode(), NEW.secret)
    return f"{text}.{_encoded(signature)}"


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _json(members: dict[str, Any]) -> bytes:
    return json.dumps(members).encode()


OURS = {"typ": "at+jwt", "alg": "HS256", "kid": "new"}
GOOD = signed(claims())
HEAD, BODY, SIGNATURE = GOOD.split(".")

BAD: dict[str, str] = {
    "empty": "",
    "no token": "a.b.c",
    "not ASCII": "\u00e9.\u00e9.\u00e9",
    "without its signature": f"{HEAD}.{BODY}.",
    "of two parts": f"{HEAD}.{BODY}",
    "of four parts": f"{GOOD}.{SIGNATURE}",
    "with another body": f"{HEAD}.{_encoded(_json(claims(sid=str(UUID(int=9)))))}.{SIGNATURE}",
    "unsigned": f"{_encoded(_json(OURS | {'alg': 'none'}))}.{BODY}.",
    "unsigned, in capitals": f"{_encoded(_json(OURS | {'alg': 'NONE'}))}.{BODY}.",
    "by another key": signed(claims(), key=OLD.secret),
    "by an empty key": signed_as_written(_json(OURS | {"kid": ""}), _json(claims())),
    "by another algorithm": signed(claims(), algorithm="HS384", key=secrets.token_bytes(64)),
    "by another algorithm with our key": signed_as_written(_json(OURS | {"alg": "HS512"}), _json(claims())),
    "of an unknown kid": signed(claims(), kid="other"),
    "of a kid that is a path": signed(claims(), kid="../../dev/null"),
    "of a kid that is a list": signed_as_written(_json(OURS | {"kid": ["new"]}), _json(claims())),
    "of another type": signed(claims(), typ="JWT"),
    "without a type": signed_as_written(_json({"alg": "HS256", "kid": "new"}), _json(claims())),
    "without a kid": signed_as_written(_json({"alg": "HS256", "typ": "at+jwt"}), _json(claims())),
    "with crit": signed(claims(), crit=["exp"]),
    "with a jku": signed(claims(), jku=HERE),
    "with an x5u": signed(claims(), x5u=HERE),
    "with a jwk": signed(claims(), jwk={"kty": "oct", "k": _encoded(NEW.secret)}),
    "with an x5c": signed(claims(), x5c=["MIIB"]),
    "with b64": signed_as_written(_json(OURS | {"b64": False, "crit": ["b64"]}), _json(claims())),
    "whose header is a list": signed_as_written(b"[]", _json(claims())),
    "whose header is endlessly deep": signed_as_written(b"[" * 10_000, _json(claims())),
    "whose body is endlessly deep": signed_as_written(_json(OURS), b"[" * 10_000),
    "whose body is a list": signed_as_written(_json(OURS), b"[]"),
    "whose body is no JSON": signed_as_written(_json(OURS), b"exp"),
    "of another issuer": signed(claims(iss="somebody")),
    "for another audience": signed(claims(aud="another-api")),
    "for two audiences": signed(claims(aud=["jatify-api", "another-api"])),
    **{f"without {name}": signed(claims(**{name: None})) for name in NAMES},
    **{f"with null for {name}": signed_as_written(_json(OURS), _json(claims() | {name: None})) for name in NAMES},
    "whose sid is no id": signed(claims(sid="not-a-uuid")),
    "whose sid is a number": signed(claims(sid=7)),
    "whose sub is no id": signed(claims(sub="ada@example.org")),
    "whose exp is a word": signed(claims(exp="soon")),
    "whose exp is a text": signed(claims(exp="4000000000")),
    "whose exp is true": signed(claims(exp=True)),
    "whose exp is endless": signed_as_written(_json(OURS), _json(claims(exp=float("inf")))),
    "whose exp is no number": signed_as_written(_json(OURS), _json(claims(exp=float("nan")))),
    "whose iat is a word": signed(claims(iat="now")),
    "not valid before long": signed(claims(nbf=40_000_000_000)),
    "that has expired": signed(claims(exp=int(NOW.timestamp()))),
}


def test_a_token_names_its_session_until_that_ends() -> None:
    tokens = JwtTokens([NEW])
    token = tokens.issue(a_session())
    assert tokens.read(token, NOW + timedelta(minutes=59)) == a_session().id
    with pytest.raises(Unauthenticated):
        tokens.read(token, NOW + timedelta(hours=1))


def test_a_token_says_all_that_it_must_and_nothing_about_a_person() -> None:
    token = JwtTokens([NEW, OLD]).issue(a_session())
    assert jwt.get_unverified_header(token) == OURS
    told = jwt.decode(token, options={"verify_signature": False})
    assert told.keys() == set(NAMES)
    assert (told["sub"], told["sid"]) == (str(a_session().user_id), str(a_session().id))


def test_no_two_tokens_are_equal() -> None:
    tokens = JwtTokens([NEW])
    assert tokens.issue(a_session()) != tokens.issue(a_session())


def test_an_older_key_still_verifies_after_a_rotation() -> None:
    token = JwtTokens([OLD]).issue(a_session())
    assert JwtTokens([NEW, OLD]).read(token, NOW) == a_session().id
    with pytest.raises(Unauthenticated):
        JwtTokens([NEW]).read(token, NOW)


def test_the_token_that_the_bad_ones_are_made_from_is_good() -> None:
    assert JwtTokens([NEW]).read(GOOD, NOW) == a_session().id
    assert JwtTokens([NEW]).read(signed_as_written(_json(OURS), _json(claims())), NOW) == a_session().id


@pytest.mark.parametrize("token", BAD.values(), ids=BAD)
def test_a_token_that_is_not_ours_to_the_letter_is_nobody(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetched(*_: object) -> None:
        pytest.fail("the token had something fetched")

    monkeypatch.setattr(socket.socket, "connect", fetched)
    with pytest.raises(Unauthenticated):
        JwtTokens([NEW]).read(token, NOW)


@pytest.mark.parametrize(
    "secret",
    [
        b"",
        CHANCE.randbytes(31),
        bytes(32),
        b"x" * 64,
        b"secret" * 8,
        bytes(range(32)),
        bytes(range(255, 191, -1)),
        CHANCE.randbytes(16) * 2,
        b"this-is-my-jatify-signing-key-2026",
        b"CHANGE_ME_to_something_long_and_random",
        b"a-string-secret-at-least-256-bits-long",
        b"0123456789abcdef0123456789ABCDEF",
        *sorted(PUBLISHED),
    ],
)
def test_a_key_that_protects_nothing_is_refused_and_not_shown(secret: bytes) -> None:
    with pytest.raises(WeakKeyError) as error:
        JwtTokens([NEW, SigningKey("weak", secret)])
    assert "'weak'" in str(error.value)
    assert "32 random bytes" in str(error.value)
    assert not secret or secret.decode("latin-1") not in str(error.value)


def test_without_a_key_or_with_one_name_for_two_there_are_no_tokens() -> None:
    with pytest.raises(WeakKeyError, match="no signing key"):
        JwtTokens([])
    with pytest.raises(WeakKeyError, match="same name"):
        JwtTokens([NEW, SigningKey("new", OLD.secret)])


@pytest.mark.parametrize("made", [lambda: secrets.token_bytes(32), lambda: secrets.token_hex(32).encode()])
def test_random_keys_are_good(made: Any) -> None:
    JwtTokens([SigningKey(str(number), made()) for number in range(1_000)])


def test_a_key_does_not_show_in_its_repr() -> None:
    assert repr(NEW) == "SigningKey(kid='new')"
