"""Bearer tokens: signed JWTs (RFC 9068, HS256) that carry a session's id and end with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import jwt

from jatify_adapters.security.keys import SigningKey, refuse_weak
from jatify_core.errors import Unauthenticated
from jatify_core.user import Session, SessionId

ALGORITHM: Final = "HS256"
TYPE: Final = "at+jwt"
ISSUER: Final = "jatify"
AUDIENCE: Final = "jatify-api"
REQUIRED: Final = ["iss", "aud", "sub", "sid", "jti", "iat", "exp"]
HEADERS: Final = frozenset({"alg", "typ", "kid"})


class JwtTokens:
    """`Tokens` as JWTs: the first key signs, all of them verify, so that keys can be rotated without a logout."""

    def __init__(self, keys: Sequence[SigningKey]) -> None:
        refuse_weak(keys)
        self._signing = keys[0]
        self._keys = {key.kid: key.secret for key in keys}
        self._jwt = jwt.PyJWT({"enforce_minimum_key_length": True})

    def issue(self, session: Session) -> str:
        """A token that names *session* and ends with it."""
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(session.user_id),
            "sid": str(session.id),
            "jti": str(uuid4()),
            "iat": int(session.created_at.timestamp()),
            "exp": int(session.expires_at.timestamp()),
        }
        headers = {"typ": TYPE, "kid": self._signing.kid}
        return self._jwt.encode(claims, self._signing.secret, ALGORITHM, headers)

    def read(self, token: str, at: datetime) -> SessionId:
        """The session that *token* names. Raises `Unauthenticated` unless it is ours, whole and not expired at *at*."""
        try:
            claims = self._jwt.decode(
                token,
                self._key_for(jwt.get_unverified_header(token)),
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                # The time that counts is the caller's, not that of the library's own clock.
                options={"require": REQUIRED, "verify_exp": False, "verify_iat": False, "strict_aud": True},
            )
            expires_at, _ = _number(claims["exp"]), _number(claims["iat"])
            session_id, _ = SessionId(UUID(claims["sid"])), UUID(claims["sub"])
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError, RecursionError):
            raise Unauthenticated("This token is not one of ours.") from None
        if expires_at <= at.timestamp():
            raise Unauthenticated("This login has ended. Log in again.")
        return session_id

    def _key_for(self, header: dict[str, Any]) -> bytes:
        """The key that a token's header names, if it names nothing else: no `crit`, `jwk`, `jku` or `x5u` is heeded."""
        if set(header) != HEADERS or header["typ"] != TYPE or header["kid"] not in self._keys:
            raise jwt.InvalidTokenError
        return self._keys[header["kid"]]


def _number(claim: object) -> int:
    """A claim that is an instant, as all that we write are: whole seconds, and nothing that only looks like it."""
    if type(claim) is not int:
        raise jwt.InvalidTokenError
    return claim
