"""Bearer tokens: signed JWTs (RFC 9068, HS256) that carry a session's id and end with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import jwt
from msgspec import Struct

from jatify_core.errors import Unauthenticated
from jatify_core.user import Session, SessionId

ALGORITHM: Final = "HS256"
TYPE: Final = "at+jwt"
ISSUER: Final = "jatify"
AUDIENCE: Final = "jatify-api"
REQUIRED: Final = ["iss", "aud", "sub", "sid", "jti", "iat", "exp"]
HEADERS: Final = frozenset({"alg", "typ", "kid"})
KEY_BYTES: Final = 32


class WeakKeyError(ValueError):
    """A signing key that would not protect anything. Its text says what to do and never shows the key."""


class SigningKey(Struct, frozen=True):
    """A secret of 32 bytes or more, and the public name by which tokens refer to it."""

    kid: str
    secret: bytes

    def __repr__(self) -> str:
        """Without the secret."""
        return f"SigningKey(kid={self.kid!r})"


class JwtTokens:
    """`Tokens` as JWTs: the first key signs, all of them verify, so that keys can be rotated without a logout."""

    def __init__(self, keys: Sequence[SigningKey]) -> None:
        if not keys:
            raise WeakKeyError("there is no signing key")
        for key in keys:
            if len(key.secret) < KEY_BYTES or len(set(key.secret)) < KEY_BYTES // 4:
                raise WeakKeyError(
                    f"the signing key {key.kid!r} is too short or too simple: use 32 random bytes or more"
                )
        self._signing = keys[0]
        self._keys = {key.kid: key.secret for key in keys}
        if len(self._keys) < len(keys):
            raise WeakKeyError("two signing keys have the same name")
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
                options={"require": REQUIRED, "verify_exp": False, "verify_iat": False},
            )
            expires_at = float(claims["exp"])
            session_id = SessionId(UUID(claims["sid"]))
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
            raise Unauthenticated("This token is not one of ours.") from None
        if expires_at <= at.timestamp():
            raise Unauthenticated("This login has ended. Log in again.")
        return session_id

    def _key_for(self, header: dict[str, Any]) -> bytes:
        """The key that a token's header names, if it names nothing else: no `crit`, `jwk`, `jku` or `x5u` is heeded."""
        if set(header) != HEADERS or header["typ"] != TYPE or header["kid"] not in self._keys:
            raise jwt.InvalidTokenError
        return self._keys[header["kid"]]
