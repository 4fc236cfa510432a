"""The calendar: a link to read it without a login, and what is read there."""

import re
import secrets
from hashlib import sha256
from typing import Any, Final

from anyio import to_thread
from litestar import Request, Response, Router, delete, get, post
from litestar.params import FromPath
from litestar.status_codes import HTTP_201_CREATED

from jatify_core.errors import NotFound
from jatify_core.use_cases import calendar_links
from jatify_http.addresses import origin_of
from jatify_http.answers import shown
from jatify_http.audit import noted
from jatify_http.calendar_text import calendar_text
from jatify_http.conditional import content_tag
from jatify_http.guards import ANYBODY, LOGGED_IN
from jatify_http.injected import InCaller, InPorts
from jatify_http.routes.resumes import attachment
from jatify_http.schemas.calendar_links import FILE, CalendarLinkView, CalendarView

CALENDAR: Final = "text/calendar"
NAMED: Final = re.compile(str(FILE["pattern"]))
BYTES_OF_TOKEN: Final = 32
HEADERS: Final = {
    "Content-Disposition": attachment("jatify.ics"),
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    # Who subscribes may keep it, asks whether it is the same, and nobody in between has it.
    "Cache-Control": "private, no-cache",
}


@get(operation_id="getCalendar", summary="See whether there is a calendar link", guards=LOGGED_IN)
async def get_calendar(caller: InCaller, ports: InPorts) -> Response[CalendarView]:
    """And when it was last used. The link itself is not told again: make a new one, and the old one ends."""
    view = CalendarView.of(await calendar_links.look_at_link(ports, caller.user_id))
    return shown(view, content_tag(view))


@post(
    operation_id="makeCalendarLink",
    summary="Make a calendar link, in the place of any before",
    guards=LOGGED_IN,
    opt={"tells": ("Location",), "secret": True},
)
async def make_calendar_link(
    caller: InCaller, ports: InPorts, request: Request[Any, Any, Any]
) -> Response[CalendarLinkView]:
    """Told this once, and kept as a digest alone. Asked for twice, the second link is the one that opens."""
    token = secrets.token_urlsafe(BYTES_OF_TOKEN)
    link = await calendar_links.make_link(ports, caller.user_id, token)
    noted("calendar_link_made", user_id=caller.user_id)
    view = CalendarLinkView.of(link, token, origin_of(request))
    return Response(view, status_code=HTTP_201_CREATED, headers={"Location": "/api/calendar"})


@delete(operation_id="endCalendarLink", summary="End the calendar link", guards=LOGGED_IN)
async def end_calendar_link(caller: InCaller, ports: InPorts) -> None:
    """From now on it opens nothing, in any process. Nothing happens where there is none."""
    await calendar_links.end_link(ports, caller.user_id)
    noted("calendar_link_ended", user_id=caller.user_id)


@get(
    "/{calendar_file:str}",
    operation_id="readCalendar",
    summary="Read a calendar",
    guards=ANYBODY,
    opt={
        "gives": CALENDAR,
        "schema": {"type": "string", "maxLength": 10_000_000},
        "path": {"calendar_file": FILE},
        "tells": ("ETag", "Content-Disposition"),
    },
)
async def read_calendar(calendar_file: FromPath[str], ports: InPorts) -> Response[bytes]:
    """Follow-ups and deadlines as whole days (RFC 5545). Needs no login: the address is the secret."""
    if not NAMED.fullmatch(calendar_file):
        raise NotFound
    reminders = await calendar_links.read_calendar(ports, calendar_file.removesuffix(".ics"))
    text = await to_thread.run_sync(calendar_text, reminders)
    tag = {"ETag": f'"{sha256(text).hexdigest()[:32]}"'}
    return Response(text, media_type=CALENDAR, headers={**HEADERS, **tag})


def router() -> Router:
    """All of the above."""
    return Router(
        "/calendar",
        route_handlers=[get_calendar, make_calendar_link, end_calendar_link, read_calendar],
        tags=["Agenda"],
    )
