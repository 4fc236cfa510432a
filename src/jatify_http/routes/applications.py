"""Applications: where one stands with each listing."""

from typing import Any

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK

from jatify_core.application import ApplicationDraft, ApplicationId, StepId
from jatify_core.use_cases import applications, histories
from jatify_core.use_cases.applications import Step, Told
from jatify_http.answers import created, listed, shown
from jatify_http.conditional import joint_tag
from jatify_http.decoding import merged, strictly
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import IfMatch, InCaller, InPorts, Where
from jatify_http.requests import TAKES_PATCH
from jatify_http.schemas.applications import (
    ApplicationChange,
    ApplicationQuery,
    ApplicationView,
    ForgottenStep,
    StepChange,
    parted,
)
from jatify_http.schemas.lists import Listed

BODY = 256 * 1024
"""More than elsewhere: letter, notes and the note of a step may each be as long as a text can be."""


@post(operation_id="createApplication", summary="Keep an application")
async def create_application(
    data: JSONBody[ApplicationDraft], caller: InCaller, ports: InPorts
) -> Response[ApplicationView]:
    """For one of one's own listings; a status opens its history."""
    return _created(await applications.create_application(ports, caller.user_id, data, Step()))


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
    """With its history and its timeline, both oldest first."""
    return _shown(await applications.read_application(ports, caller.user_id, application_id))


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
    return _shown(application)


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
    return _shown(application)


@delete("/{application_id:str}", operation_id="deleteApplication", summary="Drop an application")
async def delete_application(
    application_id: FromPath[ApplicationId], caller: InCaller, ports: InPorts, if_match: IfMatch
) -> None:
    """It is shown no more, until it is restored; its row stays until the account goes."""
    await applications.delete_application(ports, caller.user_id, application_id, if_match)


@post(
    "/{application_id:str}/restore",
    operation_id="restoreApplication",
    summary="Take a deletion back",
    status_code=HTTP_200_OK,
)
async def restore_application(
    application_id: FromPath[ApplicationId], caller: InCaller, ports: InPorts
) -> Response[ApplicationView]:
    """A deleted application is as it was, one version on; one that was not deleted stays as it is."""
    return _shown(await applications.restore_application(ports, caller.user_id, application_id))


@post(
    "/{application_id:str}/history",
    operation_id="addStep",
    summary="Add a step that was forgotten",
    opt={"problems": (412, 422)},
)
async def add_step(
    application_id: FromPath[ApplicationId],
    data: JSONBody[ForgottenStep],
    caller: InCaller,
    ports: InPorts,
    if_match: IfMatch,
) -> Response[ApplicationView]:
    """It takes its place by `at`, which is past; if it is the last step, its status is the application's."""
    return _created(await histories.add_step(ports, caller.user_id, application_id, data.step, if_match))


@patch(
    "/{application_id:str}/history/{step_id:str}",
    operation_id="updateStep",
    summary="Correct a step",
    opt={**TAKES_PATCH, "patches": StepChange},
)
async def update_step(  # one more than elsewhere: a thing within a thing
    application_id: FromPath[ApplicationId],
    step_id: FromPath[StepId],
    data: JSONBody[dict[str, Any]],
    caller: InCaller,
    ports: InPorts,
    if_match: IfMatch,
) -> Response[ApplicationView]:
    """A merge patch of its time and its note. A time beyond a neighbour's is refused (`out_of_order`)."""
    correction = strictly(data, StepChange).correction
    return _shown(await histories.correct_step(ports, caller.user_id, application_id, step_id, correction, if_match))


@delete(
    "/{application_id:str}/history/{step_id:str}",
    operation_id="deleteStep",
    summary="Take a step back",
    opt={"problems": (409,)},
)
async def delete_step(
    application_id: FromPath[ApplicationId],
    step_id: FromPath[StepId],
    caller: InCaller,
    ports: InPorts,
    if_match: IfMatch,
) -> None:
    """Of the last step the status goes back with it, and a date that it set. The first step stays: 409."""
    await histories.remove_step(ports, caller.user_id, application_id, step_id, if_match)


def _created(told: Told) -> Response[ApplicationView]:
    view = ApplicationView.of(told)
    return created(view, _tag(view), f"/api/applications/{view.id}")


def _shown(told: Told) -> Response[ApplicationView]:
    view = ApplicationView.of(told)
    return shown(view, _tag(view))


def _tag(view: ApplicationView) -> str:
    """Of the version, and of what the timeline tells that is no part of the application."""
    return joint_tag(view.version, [moment for moment in view.timeline or () if moment.kind == "analysis"])


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
            restore_application,
            add_step,
            update_step,
            delete_step,
        ],
        guards=LOGGED_IN,
        tags=["Applications"],
        request_max_body_size=BODY,
    )
