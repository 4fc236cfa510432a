"""Events: live changes, as long as somebody listens."""

from typing import Any

from litestar import Request, Response, Router, get

from jatify_http.edge import is_head
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import After, InCaller, InFeed
from jatify_http.requests import EVENT_STREAM
from jatify_http.schemas.events import STREAM
from jatify_http.streams import EventStream


@get(
    operation_id="watchEvents",
    summary="Watch live changes",
    opt={"gives": EVENT_STREAM, "schema": STREAM, "problems": (406, 429)},
)
async def watch_events(
    caller: InCaller, feed: InFeed, after: After, request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Server-sent events about one's own analyses, applications and dead letters, until the session ends.

    Ids grow. With `Last-Event-ID` all that came after that event is told first, as far as a day back; without it only
    what happens from now on, that is after the id in the answer's own `Last-Event-ID`. A comment is sent each 15
    seconds, and whoever does not read for 10 is cut off. A user may have 3 streams open: a fourth gets 429.
    """
    return EventStream(None if is_head(request.scope) else await feed.seat(caller, after))


def router() -> Router:
    """All of the above."""
    return Router("/events", route_handlers=[watch_events], guards=LOGGED_IN, tags=["Events"])
