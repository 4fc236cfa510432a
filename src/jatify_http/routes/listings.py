"""Listings, which the API calls jobs."""

from typing import Any

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.params import FromPath, JSONBody

from jatify_core.listing import ListingDraft, ListingId
from jatify_core.use_cases import listings
from jatify_http.answers import created, listed, shown
from jatify_http.conditional import version_tag
from jatify_http.decoding import merged
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import IfMatch, InCaller, InPorts, Where
from jatify_http.requests import TAKES_PATCH
from jatify_http.schemas.listings import JobQuery, JobView
from jatify_http.schemas.lists import Listed


@post(operation_id="createJob", summary="Keep a listing")
async def create_job(data: JSONBody[ListingDraft], caller: InCaller, ports: InPorts) -> Response[JobView]:
    """Company and position are enough, and duplicates are told of, not refused. The URL is kept, never fetched."""
    new = await listings.create_listing(ports, caller.user_id, data)
    return created(JobView.created(new), version_tag(new.listing.version), f"/api/jobs/{new.listing.id}")


@get(operation_id="listJobs", summary="List listings")
async def list_jobs(
    caller: InCaller, ports: InPorts, where: Where[JobQuery], request: Request[Any, Any, Any]
) -> Response[Listed[JobView]]:
    """Newest first, unless sorted otherwise."""
    page = await listings.list_listings(ports, caller.user_id, where.where(caller.user_id))
    return listed(request, page, JobView.of, where, caller.user_id)


@get("/{job_id:str}", operation_id="getJob", summary="Read a listing")
async def get_job(job_id: FromPath[ListingId], caller: InCaller, ports: InPorts) -> Response[JobView]:
    """The whole of it, with the version that a change may name in `If-Match`."""
    listing = await listings.read_listing(ports, caller.user_id, job_id)
    return shown(JobView.of(listing), version_tag(listing.version))


@put("/{job_id:str}", operation_id="replaceJob", summary="Replace a listing")
async def replace_job(
    job_id: FromPath[ListingId], data: JSONBody[ListingDraft], caller: InCaller, ports: InPorts, if_match: IfMatch
) -> Response[JobView]:
    """Every writable member; a missing optional one becomes null."""
    listing = await listings.change_listing(ports, caller.user_id, job_id, lambda _: data, if_match)
    return shown(JobView.of(listing), version_tag(listing.version))


@patch(
    "/{job_id:str}",
    operation_id="updateJob",
    summary="Change members of a listing",
    opt={**TAKES_PATCH, "patches": ListingDraft},
)
async def update_job(
    job_id: FromPath[ListingId], data: JSONBody[dict[str, Any]], caller: InCaller, ports: InPorts, if_match: IfMatch
) -> Response[JobView]:
    """A merge patch (RFC 7396): null removes, what is not named stays."""
    listing = await listings.change_listing(ports, caller.user_id, job_id, merged(data), if_match)
    return shown(JobView.of(listing), version_tag(listing.version))


@delete("/{job_id:str}", operation_id="deleteJob", summary="Drop a listing", opt={"problems": (409,)})
async def delete_job(job_id: FromPath[ListingId], caller: InCaller, ports: InPorts, if_match: IfMatch) -> None:
    """Its analyses go with it. Refused while applications use it."""
    await listings.delete_listing(ports, caller.user_id, job_id, if_match)


def router() -> Router:
    """All of the above."""
    return Router(
        "/jobs",
        route_handlers=[create_job, list_jobs, get_job, replace_job, update_job, delete_job],
        guards=LOGGED_IN,
        tags=["Jobs"],
    )
