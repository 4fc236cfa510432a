"""Security events: what an operator may have to look into one day, each as one line of the log."""

import logging
from typing import Final, Literal
from uuid import UUID

LOG: Final = logging.getLogger("jatify.security")

Act = Literal[
    "registered",
    "login",
    "login_failed",
    "logout",
    "session_ended",
    "password_changed",
    "denied",
    "throttled",
    "export",
    "import",
    "account_deleted",
    "operator",
    "calendar_link_made",
    "calendar_link_ended",
]


def noted(act: Act, **facts: UUID | int | str | None) -> None:
    """Tell the log of *act*. *facts* are ids, codes and counts: never a word that a person typed.

    Request id, address and (where somebody is logged in) user id of the request under way come by themselves.
    """
    LOG.info(act, extra={name: str(fact) if isinstance(fact, UUID) else fact for name, fact in facts.items()})
