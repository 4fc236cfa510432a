"""One's own account."""

from litestar import Response, Router, get

from jatify_http.answers import shown
from jatify_http.conditional import content_tag
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import InCaller
from jatify_http.schemas.users import UserView


@get("/profile", operation_id="getProfile", summary="Read one's own account")
async def get_profile(caller: InCaller) -> Response[UserView]:
    """Whose token it is."""
    view = UserView.of(caller.user)
    return shown(view, content_tag(view))


def router() -> Router:
    """All of the above."""
    return Router("/user", route_handlers=[get_profile], guards=LOGGED_IN, tags=["Accounts"])
