"""The numbers of one's own search."""

from litestar import Response, Router, get
from litestar.di import NamedDependency

from jatify_core.use_cases.stats import count_up
from jatify_http.answers import shown
from jatify_http.conditional import content_tag
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import InCaller, InPorts
from jatify_http.schemas.stats import StatsQuery, StatsView


@get(operation_id="getStats", summary="See the numbers of one's search", opt={"tells": ("ETag",)})
async def get_stats(caller: InCaller, ports: InPorts, where: NamedDependency[StatsQuery]) -> Response[StatsView]:
    """Of all applications but deleted ones, or of those whose first step lies between `from` and `to`.

    All of it is read from the histories: what was reached counts also where the application stands elsewhere now.
    """
    stats = await count_up(ports, caller.user_id, where.first, where.last, where.offset)
    view = StatsView.of(stats, where)
    return shown(view, content_tag(view))


def router() -> Router:
    """All of the above."""
    return Router("/stats", route_handlers=[get_stats], guards=LOGGED_IN, tags=["Statistics"])
