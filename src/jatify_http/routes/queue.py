"""The queue: where one's own jobs stand."""

from litestar import Response, Router, get

from jatify_core.use_cases.queue import look_at_queue
from jatify_http.answers import shown
from jatify_http.conditional import content_tag
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import InCaller, InPorts
from jatify_http.schemas.queue import Queue


@get(operation_id="getQueue", summary="See one's own jobs that wait or run")
async def get_queue(caller: InCaller, ports: InPorts) -> Response[Queue]:
    """All of them on one page: nobody can have more than a few hundred. Also names what waits for its provider."""
    view = Queue.of(await look_at_queue(ports, caller.user_id))
    return shown(view, content_tag(view))


def router() -> Router:
    """All of the above."""
    return Router("/queue", route_handlers=[get_queue], guards=LOGGED_IN, tags=["Queue"])
