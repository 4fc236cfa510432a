"""What operators are for: everybody's queue and dead letters, without contents. To all others none of this is there."""

from typing import Any

from litestar import Request, Response, Router, delete, get, post
from litestar.params import FromPath
from litestar.status_codes import HTTP_202_ACCEPTED

from jatify_core.dead_letter import DeadLetterId
from jatify_core.use_cases import operators
from jatify_http.answers import listed
from jatify_http.audit import noted
from jatify_http.guards import OPERATORS
from jatify_http.injected import InCaller, InPorts, Where
from jatify_http.schemas.dead_letters import RequeuedView
from jatify_http.schemas.lists import Listed
from jatify_http.schemas.operators import BuriedJobQuery, BuriedJobView, QueuedJobQuery, QueuedJobView

FORBIDDEN = (404,)


@get(
    "/queue", operation_id="listEverybodysJobs", summary="See every job that waits or runs", opt={"problems": FORBIDDEN}
)
async def list_jobs(
    caller: InCaller, ports: InPorts, where: Where[QueuedJobQuery], request: Request[Any, Any, Any]
) -> Response[Listed[QueuedJobView]]:
    """First asked first. Operators alone; to everybody else this place is not there."""
    page = await operators.look_at_everybodys_queue(ports, where.window(caller.user_id))
    return listed(request, page, QueuedJobView.of, where, caller.user_id)


@get("/dlq", operation_id="listEverybodysDeadLetters", summary="List all failed jobs", opt={"problems": FORBIDDEN})
async def list_dead_letters(
    caller: InCaller, ports: InPorts, where: Where[BuriedJobQuery], request: Request[Any, Any, Any]
) -> Response[Listed[BuriedJobView]]:
    """Newest failure first, unless sorted otherwise. Operators alone."""
    page = await operators.list_everybodys_dead_letters(ports, where.where(caller.user_id))
    return listed(request, page, BuriedJobView.of, where, caller.user_id)


@post(
    "/dlq/{dead_letter_id:str}/requeue",
    operation_id="requeueAnybodysDeadLetter",
    summary="Requeue anybody's dead letter",
    status_code=HTTP_202_ACCEPTED,
    opt={"problems": (409,), "tells": ()},
)
async def requeue_dead_letter(
    dead_letter_id: FromPath[DeadLetterId], caller: InCaller, ports: InPorts
) -> Response[RequeuedView]:
    """Refused while the same resume and listing are being analysed already. Operators alone."""
    requeued = await operators.requeue_anybodys(ports, dead_letter_id)
    noted("operator", user_id=caller.user_id, deed="requeue", dead_letter_id=dead_letter_id)
    return Response(RequeuedView.of(requeued))


@delete(
    "/dlq/{dead_letter_id:str}", operation_id="deleteAnybodysDeadLetter", summary="Drop anybody's dead letter for good"
)
async def delete_dead_letter(dead_letter_id: FromPath[DeadLetterId], caller: InCaller, ports: InPorts) -> None:
    """Its analysis stays, failed. Operators alone."""
    await operators.delete_anybodys(ports, dead_letter_id)
    noted("operator", user_id=caller.user_id, deed="delete", dead_letter_id=dead_letter_id)


def router() -> Router:
    """All of the above."""
    return Router(
        "/operator",
        route_handlers=[list_jobs, list_dead_letters, requeue_dead_letter, delete_dead_letter],
        guards=OPERATORS,
        tags=["Operators"],
    )
