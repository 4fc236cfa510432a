"""Kinds of problem: where the `type` of a problem leads."""

from typing import Any, Final

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from jatify_core.errors import NotFound
from jatify_http.explained import KINDS, ProblemKind, page_of
from jatify_http.guards import prefers_html

SLUG: Final = {"type": "string", "enum": sorted(KINDS)}


@get(
    "/problems/{slug:str}",
    operation_id="explainProblem",
    summary="What a kind of problem means",
    opt={"path": {"slug": SLUG}, "pages": True},
)
async def explain_problem(slug: FromPath[str], request: Request[Any, Any, Any]) -> Response[ProblemKind]:
    """And what to do about it. A page for browsers, JSON for everybody else; needs no login."""
    kind = KINDS.get(slug)
    if kind is None:
        raise NotFound
    headers = {"Vary": "Accept", "Cache-Control": "public, max-age=3600"}
    if prefers_html(request.headers.getall("accept", [])):
        return Response(page_of(kind), media_type="text/html", headers=headers)  # type: ignore[arg-type]  # the same
    return Response(kind, headers=headers)


def router() -> Router:
    """All of the above."""
    return Router("/", route_handlers=[explain_problem], tags=["Problems"])
