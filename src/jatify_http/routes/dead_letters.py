"""Dead letters: analyses that failed for good."""

from typing import Any

from litestar import Request, Response, Router, delete, get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED

from jatify_core.dead_letter import DeadLetterId
from jatify_core.use_cases import dead_letters
from jatify_http.answers import accepted, listed
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import InCaller, InPorts, Where
from jatify_http.schemas.analyses import AnalysisView
from jatify_http.schemas.dead_letters import DeadLetterQuery, DeadLetterView, RequeuedView, RequeueRequest
from jatify_http.schemas.lists import Listed


@get(operation_id="listDeadLetters", summary="List one's failed jobs")
async def list_dead_letters(
    caller: InCaller, ports: InPorts, where: Where[DeadLetterQuery], request: Request[Any, Any, Any]
) -> Response[Listed[DeadLetterView]]:
    """Newest failure first, unless sorted otherwise."""
    page = await dead_letters.list_dead_letters(ports, caller.user_id, where.where(caller.user_id))
    return listed(request, page, DeadLetterView.of, where, caller.user_id)


@post(
    "/requeue",
    operation_id="requeueDeadLetters",
    summary="Requeue some, all, or those of one reason",
    status_code=HTTP_202_ACCEPTED,
    opt={"problems": (429,)},
)
async def requeue_dead_letters(
    data: JSONBody[RequeueRequest], caller: InCaller, ports: InPorts
) -> Response[RequeuedView]:
    """Each lives again with fresh attempts and counts as an analysis asked for; what cannot is told with the reason."""
    requeued = await dead_letters.requeue(ports, caller.user_id, data.selection)
    return Response(RequeuedView.of(requeued))


@post(
    "/{dead_letter_id:str}/requeue",
    operation_id="requeueDeadLetter",
    summary="Requeue one",
    status_code=HTTP_202_ACCEPTED,
    opt={"problems": (409, 429)},
)
async def requeue_dead_letter(
    dead_letter_id: FromPath[DeadLetterId], caller: InCaller, ports: InPorts
) -> Response[AnalysisView]:
    """Refused while the same resume and listing are being analysed already. Counts as an analysis asked for."""
    analysis = await dead_letters.requeue_one(ports, caller.user_id, dead_letter_id)
    return accepted(AnalysisView.of(analysis))


@delete("/{dead_letter_id:str}", operation_id="deleteDeadLetter", summary="Drop one for good")
async def delete_dead_letter(dead_letter_id: FromPath[DeadLetterId], caller: InCaller, ports: InPorts) -> None:
    """Its analysis stays, failed."""
    await dead_letters.delete_dead_letter(ports, caller.user_id, dead_letter_id)


def router() -> Router:
    """All of the above."""
    return Router(
        "/dlq",
        route_handlers=[list_dead_letters, requeue_dead_letters, requeue_dead_letter, delete_dead_letter],
        guards=LOGGED_IN,
        tags=["Dead letters"],
    )
