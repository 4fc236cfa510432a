"""Sessions: see one's own logins and end them."""

from functools import partial
from typing import Any

from litestar import Request, Response, Router, delete, get
from litestar.params import FromPath

from jatify_core.use_cases import sessions
from jatify_core.user import SessionId
from jatify_http.answers import listed
from jatify_http.audit import noted
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import InCaller, InPorts, Where
from jatify_http.schemas.lists import Listed
from jatify_http.schemas.users import SessionQuery, SessionView


@get(operation_id="listSessions", summary="List one's own logins")
async def list_sessions(
    caller: InCaller, ports: InPorts, where: Where[SessionQuery], request: Request[Any, Any, Any]
) -> Response[Listed[SessionView]]:
    """Those that have not ended, newest first."""
    page = await sessions.list_sessions(ports, caller.user_id, where.window(caller.user_id))
    return listed(request, page, partial(SessionView.of, current=caller.session.id), where, caller.user_id)


@delete("/{session_id:str}", operation_id="endSession", summary="End one of one's own logins at once")
async def end_session(session_id: FromPath[SessionId], caller: InCaller, ports: InPorts) -> None:
    """From now on its token opens nothing, in any process; the one that asks may end itself."""
    await sessions.end_session(ports, caller.user_id, session_id)
    noted("session_ended", user_id=caller.user_id, session_id=session_id)


def router() -> Router:
    """All of the above."""
    return Router("/auth/sessions", route_handlers=[list_sessions, end_session], guards=LOGGED_IN, tags=["Accounts"])
