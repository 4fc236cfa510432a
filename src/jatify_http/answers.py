"""Answers: the few shapes that every operation gives."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_202_ACCEPTED

from jatify_core.paging import Page
from jatify_core.user import UserId
from jatify_http.conditional import content_tag
from jatify_http.schemas.analyses import AnalysisView
from jatify_http.schemas.lists import Listed, ListQuery

T = TypeVar("T")
V = TypeVar("V")

RETRY_AFTER = "2"
"""Seconds after which to look at an analysis that has not ended."""


def shown(view: V, etag: str) -> Response[V]:
    """One thing, as it is now."""
    return Response(view, headers={"ETag": etag}, status_code=HTTP_200_OK)


def created(view: V, etag: str, location: str) -> Response[V]:
    """One thing that was not there before."""
    return Response(view, headers={"ETag": etag, "Location": location}, status_code=HTTP_201_CREATED)


def accepted(view: AnalysisView) -> Response[AnalysisView]:
    """An analysis that was asked for: under way, or finished before."""
    ended = view.state in {"succeeded", "failed", "cancelled"}
    headers = {"Location": f"/api/analyses/{view.id}", "ETag": content_tag(view)}
    if ended:
        return Response(view, headers=headers, status_code=HTTP_200_OK)
    return Response(view, headers=headers | {"Retry-After": RETRY_AFTER}, status_code=HTTP_202_ACCEPTED)


def listed(
    request: Request[Any, Any, Any],
    page: Page[T],
    view: Callable[[T], V],
    where: ListQuery,
    user_id: UserId,
    *within: UUID,
) -> Response[Listed[V]]:
    """One page of a list, and the way to the next."""
    cursor = where.after(page, user_id, *within)
    return paged(request, [view(item) for item in page.items], cursor)


def paged(request: Request[Any, Any, Any], items: list[V], cursor: str | None) -> Response[Listed[V]]:
    """The same for items that are views already."""
    return Response(Listed(items, cursor), headers=next_page(request, cursor), status_code=HTTP_200_OK)


def next_page(request: Request[Any, Any, Any], cursor: str | None) -> dict[str, str]:
    """The header that leads to the page after, if there is one."""
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    target = f"{request.scope['path']}?{urlencode([*query, ('cursor', cursor)])}"
    return {"Link": f'<{target}>; rel="next"'} if cursor else {}
