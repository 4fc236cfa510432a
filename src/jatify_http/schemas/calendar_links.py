"""Calendar links on the wire."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from jatify_core.calendar_link import CalendarLink
from jatify_http.schemas import utc, utc_or_none

LETTERS: Final = "[A-Za-z0-9_-]{43}"
"""256 bits in the letters that an address may have."""
FILE: Final = {
    "type": "string",
    "pattern": rf"^{LETTERS}\.ics$",
    "minLength": 47,
    "maxLength": 47,
    "description": "The token of a calendar link, and `.ics`.",
}


class CalendarView(Struct, frozen=True):
    """Whether one's calendar can be read without a login, since when, and when that was last done, to a minute."""

    active: bool
    created_at: datetime | None
    last_read_at: datetime | None

    @classmethod
    def of(cls, link: CalendarLink | None) -> "CalendarView":
        """How *link* looks, of which nobody is told the token again."""
        if link is None:
            return cls(active=False, created_at=None, last_read_at=None)
        return cls(active=True, created_at=utc(link.created_at), last_read_at=utc_or_none(link.last_read_at))


class CalendarLinkView(Struct, frozen=True):
    """A new calendar link, which is told this once: who knows it reads the calendar.

    `url` is a path where the request does not say under which name the installation is known.
    """

    url: Annotated[str, Meta(max_length=400, pattern=rf"^(https?://[^/\x00]+)?/api/calendar/{LETTERS}\.ics$")]
    token: Annotated[str, Meta(min_length=43, max_length=43, pattern=f"^{LETTERS}$")]
    created_at: datetime

    @classmethod
    def of(cls, link: CalendarLink, token: str, origin: str) -> "CalendarLinkView":
        """How *link*, which *token* opens at *origin*, looks."""
        return cls(f"{origin}/api/calendar/{token}.ics", token, utc(link.created_at))
