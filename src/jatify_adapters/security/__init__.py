"""Passwords and tokens: argon2id and signed JWTs."""

from jatify_adapters.security.passwords import Argon2Passwords, PasswordCost
from jatify_adapters.security.tokens import JwtTokens, SigningKey, WeakKeyError

__all__ = ["Argon2Passwords", "JwtTokens", "PasswordCost", "SigningKey", "WeakKeyError"]
