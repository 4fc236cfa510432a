"""The queue: where one's own jobs stand."""

from typing import Any

from litestar import Request, Response, Router, get

from jatify_core.use_cases.queue import look_at_queue
from jatify_http.answers import next_page
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import InCaller, InPorts, Where
from jatify_http.schemas.queue import Queue, QueueQuery


@get(operation_id="getQueue", summary="See one's own jobs that wait or run")
async def get_queue(
    caller: InCaller, ports: InPorts, where: Where[QueueQuery], request: Request[Any, Any, Any]
) -> Response[Queue]:
    """In the order in which they are begun. Also names the kinds of job that wait for their provider."""
    queue = await look_at_queue(ports, caller.user_id, where.window(caller.user_id))
    cursor = where.after(queue.places, caller.user_id)
    return Response(Queue.of(queue, cursor, operator=caller.user.is_operator), headers=next_page(request, cursor))


def router() -> Router:
    """All of the above."""
    return Router("/queue", route_handlers=[get_queue], guards=LOGGED_IN, tags=["Queue"])
