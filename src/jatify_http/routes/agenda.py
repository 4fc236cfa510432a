"""The agenda: what to do next."""

from litestar import Response, Router, get

from jatify_core.use_cases.agenda import read_agenda
from jatify_http.answers import shown
from jatify_http.conditional import content_tag
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import Asked, InCaller, InPorts
from jatify_http.schemas.agenda import AgendaQuery, AgendaView


@get(operation_id="getAgenda", summary="See what to do next", opt={"tells": ("ETag",)})
async def get_agenda(caller: InCaller, ports: InPorts, where: Asked[AgendaQuery]) -> Response[AgendaView]:
    """Follow-ups, what fell silent, and deadlines of what was not applied for; nothing of what has ended."""
    horizon = where.horizon(ports.clock().date())
    view = AgendaView.of(await read_agenda(ports, caller.user_id, horizon))
    return shown(view, content_tag(view))


def router() -> Router:
    """All of the above."""
    return Router("/agenda", route_handlers=[get_agenda], guards=LOGGED_IN, tags=["Agenda"])
