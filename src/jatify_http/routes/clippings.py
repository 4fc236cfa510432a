"""A listing from a paste."""

from litestar import Response, Router, post
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK

from jatify_core.use_cases.clippings import propose_listing
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import InCaller, InPorts
from jatify_http.schemas.clippings import JobPaste, ParsedJobView

LARGEST = 4 * 1024 * 1024
"""Bytes of a body: a megabyte of characters, which may have to be written with escapes."""


@post(
    "/parse",
    operation_id="parseJob",
    summary="Propose a listing from a paste",
    status_code=HTTP_200_OK,
    opt={"tells": ()},
)
async def parse_job(data: JSONBody[JobPaste], caller: InCaller, ports: InPorts) -> Response[ParsedJobView]:
    """HTML or plain text, as copied from a page or a mail.

    What a page says for machines is believed first (schema.org's JobPosting), then its meta tags, then its words.
    Nothing is fetched, and nothing is kept: send the draft to `POST /api/jobs` once it is right.
    """
    return Response(ParsedJobView.of(await propose_listing(ports, caller.user_id, data.content, data.url)))


def router() -> Router:
    """All of the above."""
    return Router("/jobs", route_handlers=[parse_job], guards=LOGGED_IN, tags=["Jobs"], request_max_body_size=LARGEST)
