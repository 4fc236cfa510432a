"""Applications: where one stands with each listing."""

from typing import Any

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.params import FromPath, JSONBody

from jatify_core.application import ApplicationDraft, ApplicationId
from jatify_core.use_cases import applications
from jatify_core.use_cases.applications import Step
from jatify_http.answers import created, listed, shown
from jatify_http.conditional import version_tag
from jatify_http.decoding import merged
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import IfMatch, InCaller, InPorts, Where
from jatify_http.requests import TAKES_PATCH
from jatify_http.schemas.applications import ApplicationChange, ApplicationQuery, ApplicationView, parted
from jatify_http.schemas.lists import Listed

BODY = 256 * 1024
"""More than elsewhere: letter, notes and the note of a step may each be as long as a text can be."""


@post(operation_id="createApplication", summary="Keep an application")
async def create_application(
    data: JSONBody[ApplicationDraft], caller: InCaller, ports: InPorts
) -> Response[ApplicationView]:
    """For one of one's own listings; a status opens its history."""
    application = await applications.create_application(ports, caller.user_id, data, Step())
    tag = version_tag(application.version)
    return created(ApplicationView.of(application), tag, f"/api/applications/{application.id}")


@get(operation_id="listApplications", summary="List applications")
async def list_applications(
    caller: InCaller, ports: InPorts, where: Where[ApplicationQuery], request: Request[Any, Any, Any]
) -> Response[Listed[ApplicationView]]:
    """Newest first, unless sorted otherwise; histories are left out."""
    page = await applications.list_applications(ports, caller.user_id, where.where(caller.user_id))
    return listed(request, page, ApplicationView.in_list, where, caller.user_id)


@get("/{application_id:str}", operation_id="getApplication", summary="Read an application")
async def get_application(
    application_id: FromPath[ApplicationId], caller: InCaller, ports: InPorts
) -> Response[ApplicationView]:
    """With its history, oldest first."""
    application = await applications.read_application(ports, caller.user_id, application_id)
    return shown(ApplicationView.of(application), version_tag(application.version))


@put("/{application_id:str}", operation_id="replaceApplication", summary="Replace an application")
async def replace_application(
    application_id: FromPath[ApplicationId],
    data: JSONBody[ApplicationChange],
    caller: InCaller,
    ports: InPorts,
    if_match: IfMatch,
) -> Response[ApplicationView]:
    """Every writable member; a new status goes into the history."""
    application = await applications.change_application(
        ports, caller.user_id, application_id, lambda _: data, data.step, if_match
    )
    return shown(ApplicationView.of(application), version_tag(application.version))


@patch(
    "/{application_id:str}",
    operation_id="updateApplication",
    summary="Change members of an application",
    opt={**TAKES_PATCH, "patches": ApplicationChange},
)
async def update_application(
    application_id: FromPath[ApplicationId],
    data: JSONBody[dict[str, Any]],
    caller: InCaller,
    ports: InPorts,
    if_match: IfMatch,
) -> Response[ApplicationView]:
    """A merge patch (RFC 7396): null removes, what is not named stays; a new status goes into the history."""
    changes, step = parted(data)
    application = await applications.change_application(
        ports, caller.user_id, application_id, merged(changes), step, if_match
    )
    return shown(ApplicationView.of(application), version_tag(application.version))


@delete("/{application_id:str}", operation_id="deleteApplication", summary="Drop an application")
async def delete_application(
    application_id: FromPath[ApplicationId], caller: InCaller, ports: InPorts, if_match: IfMatch
) -> None:
    """It is shown no more; its row stays until the account goes."""
    await applications.delete_application(ports, caller.user_id, application_id, if_match)


def router() -> Router:
    """All of the above."""
    return Router(
        "/applications",
        route_handlers=[
            create_application,
            list_applications,
            get_application,
            replace_application,
            update_application,
            delete_application,
        ],
        guards=LOGGED_IN,
        tags=["Applications"],
        request_max_body_size=BODY,
    )
