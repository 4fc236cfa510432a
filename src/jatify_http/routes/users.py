"""One's own account: read it, change it, take everything along, leave."""

from typing import Any, cast

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody
from litestar.response import Stream
from litestar.status_codes import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from jatify_core.use_cases import accounts
from jatify_core.use_cases.archive_in import import_account
from jatify_core.user import Farewell, PasswordChange, ProfileDraft
from jatify_http.answers import shown
from jatify_http.archive_in import FORM_SCHEMA, MOST, ZippedArchive, received_archive
from jatify_http.archive_out import ZIP, zipped
from jatify_http.audit import noted
from jatify_http.conditional import version_tag
from jatify_http.decoding import merged
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import IfMatch, InCaller, InPorts
from jatify_http.presence import while_present
from jatify_http.requests import TAKES_PATCH
from jatify_http.routes.resumes import attachment
from jatify_http.schemas.archives import ImportedView
from jatify_http.schemas.users import UserView
from jatify_http.uploads import MULTIPART

BODY = 4 * 1024


@get("/profile", operation_id="getProfile", summary="Read one's own account")
async def get_profile(caller: InCaller) -> Response[UserView]:
    """Whose token it is."""
    return shown(UserView.of(caller.user), version_tag(caller.user.version))


@patch(
    "/profile",
    operation_id="updateProfile",
    summary="Change one's own name",
    opt={**TAKES_PATCH, "patches": ProfileDraft},
)
async def update_profile(
    data: JSONBody[dict[str, Any]], caller: InCaller, ports: InPorts, if_match: IfMatch
) -> Response[UserView]:
    """A merge patch (RFC 7396). The e-mail cannot be changed."""
    user = await accounts.change_profile(ports, caller, merged(data), if_match)
    return shown(UserView.of(user), version_tag(user.version))


@put(
    "/password",
    operation_id="changePassword",
    summary="Change one's own password",
    status_code=HTTP_204_NO_CONTENT,
    opt={"problems": (429,)},
)
async def change_password(data: JSONBody[PasswordChange], caller: InCaller, ports: InPorts) -> None:
    """Ends all other sessions at once. A wrong current password is 422 with the code `wrong_password`."""
    await accounts.change_password(ports, caller, data)
    noted("password_changed", user_id=caller.user_id)


@get(
    "/export",
    operation_id="exportAccount",
    summary="Take everything along",
    opt={"gives": ZIP, "tells": ("Content-Disposition",)},
)
async def export_account(caller: InCaller, ports: InPorts) -> Response[bytes]:
    """A ZIP of one JSON file for each kind of thing, and the resumes' files and texts; deleted applications too."""
    noted("export", user_id=caller.user_id)
    headers = {
        "Content-Disposition": attachment("jatify-export.zip"),
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    }
    return cast("Response[bytes]", Stream(zipped(ports, caller.user), headers=headers, media_type=ZIP))


@post(
    "/import",
    operation_id="importAccount",
    summary="Bring everything in",
    opt={"takes": MULTIPART, "form": FORM_SCHEMA, "problems": (409,), "tells": ()},
    dependencies={"form": Provide(received_archive)},
)
async def import_own_export(
    form: NamedDependency[ZippedArchive], caller: InCaller, ports: InPorts, request: Request[Any, Any, Any]
) -> Response[ImportedView]:
    """Add what an export holds, from here or another installation, to what is here: everything, or nothing.

    All gets new ids and keeps its times, versions, histories and reports. What waited or ran is taken in as cancelled,
    a dead letter as one that may be requeued. Refused with 409 where one would keep more files or bytes than one may.
    """
    made = await while_present(request, lambda: import_account(ports, caller.user_id, form))
    noted("import", user_id=caller.user_id)
    return Response(ImportedView.of(made, form.left()), status_code=HTTP_201_CREATED)


@delete(operation_id="deleteAccount", summary="Leave, with everything", opt={"problems": (429,)})
async def delete_account(data: JSONBody[Farewell], caller: InCaller, ports: InPorts) -> None:
    """Nothing remains, and there is no way back. A wrong password is 422 with the code `wrong_password`."""
    await accounts.delete_account(ports, caller, data)
    noted("account_deleted", user_id=caller.user_id)


def routers() -> list[Router]:
    """All of the above; only an import has a body of some size."""
    importing = Router(
        "/user",
        route_handlers=[import_own_export],
        guards=LOGGED_IN,
        tags=["Accounts"],
        request_max_body_size=MOST + BODY,
    )
    others = Router(
        "/user",
        route_handlers=[get_profile, update_profile, change_password, export_account, delete_account],
        guards=LOGGED_IN,
        tags=["Accounts"],
        request_max_body_size=BODY,
    )
    return [importing, others]
