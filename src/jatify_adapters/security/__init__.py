"""Passwords and tokens: argon2id and signed JWTs."""

from jatify_adapters.security.keys import SigningKey, WeakKeyError, refuse_weak
from jatify_adapters.security.passwords import Argon2Passwords, PasswordCost
from jatify_adapters.security.tokens import JwtTokens

__all__ = ["Argon2Passwords", "JwtTokens", "PasswordCost", "SigningKey", "WeakKeyError", "refuse_weak"]
