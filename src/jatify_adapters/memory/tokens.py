"""Bearer tokens that anybody could forge."""

import hashlib
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from jatify_core.errors import Unauthenticated
from jatify_core.user import Session, SessionId

REFUSED: Final = "Log in first."


class PlainTokens:
    """The port `Tokens`: session, end and a checksum, all in the clear."""

    def issue(self, session: Session) -> str:
        """A token for *session*."""
        told = f"{session.id}.{session.expires_at.astimezone(UTC):%Y%m%dT%H%M%S%f}"
        return f"{told}.{_checksum(told)}"

    def read(self, token: str, at: datetime) -> SessionId:
        """The session of a token that is whole and not expired."""
        told, _, checksum = token.rpartition(".")
        session_id, _, expires = told.partition(".")
        if checksum != _checksum(told) or expires <= f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}":
            raise Unauthenticated(REFUSED)
        return SessionId(UUID(session_id))


def _checksum(told: str) -> str:
    return hashlib.sha256(told.encode()).hexdigest()[:16]
