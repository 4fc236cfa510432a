"""The pipeline's statuses."""

from typing import Any

from litestar import Request, Response, Router, get

from jatify_core.errors import Invalid
from jatify_core.use_cases import applications
from jatify_http.answers import paged
from jatify_http.cursors import opened, sealed
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import InCaller, InPorts, Where
from jatify_http.schemas.applications import StatusQuery, StatusView
from jatify_http.schemas.lists import Listed


@get(operation_id="listStatuses", summary="List the pipeline's statuses, in order")
async def list_statuses(
    caller: InCaller, ports: InPorts, where: Where[StatusQuery], request: Request[Any, Any, Any]
) -> Response[Listed[StatusView]]:
    """There are few, and they are read whole; pages of them are cut here."""
    scope = where.scope(caller.user_id)
    statuses = [StatusView.of(status) for status in await applications.list_statuses(ports)]
    start = _after(opened(where.cursor, scope), statuses) if where.cursor else 0
    page = statuses[start : start + where.limit]
    more = start + where.limit < len(statuses)
    return paged(request, page, sealed((page[-1].id,), scope) if more else None)


def router() -> Router:
    """All of the above."""
    return Router("/statuses", route_handlers=[list_statuses], guards=LOGGED_IN, tags=["Applications"])


def _after(mark: tuple[str, ...], statuses: list[StatusView]) -> int:
    for index, status in enumerate(statuses, start=1):
        if mark == (status.id,):
            return index
    raise Invalid.at("/cursor", "unknown_cursor", "This cursor is not one of this list. Start again without it.")
