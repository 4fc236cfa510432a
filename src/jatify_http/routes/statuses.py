"""The pipeline's statuses: what is shipped, and what its owner makes of it."""

from typing import Any, Final

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK

from jatify_core.errors import Invalid
from jatify_core.status import StatusDraft, StatusEdit
from jatify_core.use_cases import statuses
from jatify_http.answers import created, paged, shown
from jatify_http.conditional import version_tag
from jatify_http.cursors import opened, sealed
from jatify_http.decoding import merged
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import IfMatch, InCaller, InPorts, Where
from jatify_http.requests import TAKES_PATCH
from jatify_http.schemas.lists import Listed
from jatify_http.schemas.statuses import STATUS_ID, StatusOrder, StatusQuery, StatusView

BY_ID: Final = {"path": {"status_id": STATUS_ID}}


@get(operation_id="listStatuses", summary="List the pipeline's statuses, in order")
async def list_statuses(
    caller: InCaller, ports: InPorts, where: Where[StatusQuery], request: Request[Any, Any, Any]
) -> Response[Listed[StatusView]]:
    """The caller's own pipeline, retired statuses too. There are few, so all of them come unless `limit` says less."""
    scope = where.scope(caller.user_id)
    pipeline = [StatusView.used(used) for used in await statuses.list_statuses(ports, caller.user_id)]
    start = _after(opened(where.cursor, scope), pipeline) if where.cursor else 0
    page = pipeline[start : start + where.limit]
    more = start + where.limit < len(pipeline)
    return paged(request, page, sealed((page[-1].id,), scope) if more else None)


@post(operation_id="createStatus", summary="Add a status of one's own")
async def create_status(data: JSONBody[StatusDraft], caller: InCaller, ports: InPorts) -> Response[StatusView]:
    """Before the first closed one, unless `position` says where. There can be 50, shipped and retired ones included."""
    added = await statuses.add_status(ports, caller.user_id, data)
    return created(StatusView.used(added), version_tag(added.status.version), f"/api/statuses/{added.status.id}")


@get("/{status_id:str}", operation_id="getStatus", summary="Read a status", opt={**BY_ID, "tells": ()})
async def get_status(status_id: FromPath[str], caller: InCaller, ports: InPorts) -> Response[StatusView]:
    """Without a tag: `in_use` changes with the applications, and `version`, for `If-Match`, does not."""
    return Response(StatusView.used(await statuses.read_status(ports, caller.user_id, status_id)))


@put("/order", operation_id="orderStatuses", summary="Put the statuses in another order", opt={"tells": ()})
async def order_statuses(data: JSONBody[StatusOrder], caller: InCaller, ports: InPorts) -> Response[Listed[StatusView]]:
    """All of them at once: the columns of a board, from left to right."""
    pipeline = await statuses.order_statuses(ports, caller.user_id, data.ids)
    return Response(Listed([StatusView.used(used) for used in pipeline], None), status_code=HTTP_200_OK)


@patch(
    "/{status_id:str}",
    operation_id="updateStatus",
    summary="Rename, move or retire a status",
    opt={**TAKES_PATCH, **BY_ID, "patches": StatusEdit},
)
async def update_status(
    status_id: FromPath[str], data: JSONBody[dict[str, Any]], caller: InCaller, ports: InPorts, if_match: IfMatch
) -> Response[StatusView]:
    """A merge patch (RFC 7396). No application can be moved to a retired status; where it was used it stays."""
    edited = await statuses.edit_status(ports, caller.user_id, status_id, merged(data), if_match)
    return shown(StatusView.used(edited), version_tag(edited.status.version))


@delete(
    "/{status_id:str}",
    operation_id="deleteStatus",
    summary="Delete a status of one's own",
    opt={**BY_ID, "problems": (409,)},
)
async def delete_status(status_id: FromPath[str], caller: InCaller, ports: InPorts, if_match: IfMatch) -> None:
    """Refused for one that Jatify ships, and for one in which an application is or was: retire it instead."""
    await statuses.delete_status(ports, caller.user_id, status_id, if_match)


def router() -> Router:
    """All of the above."""
    return Router(
        "/statuses",
        route_handlers=[list_statuses, create_status, get_status, order_statuses, update_status, delete_status],
        guards=LOGGED_IN,
        tags=["Applications"],
    )


def _after(mark: tuple[str, ...], pipeline: list[StatusView]) -> int:
    for index, status in enumerate(pipeline, start=1):
        if mark == (status.id,):
            return index
    raise Invalid.at("/cursor", "unknown_cursor", "This cursor is not one of this list. Start again without it.")
