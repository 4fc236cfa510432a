"""Applications in and out as tables."""

from typing import Any, cast

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from jatify_core.imports import ImportId
from jatify_core.use_cases import imports
from jatify_http.answers import created, listed, shown
from jatify_http.conditional import content_tag
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import InCaller, InPorts, Where
from jatify_http.presence import while_present
from jatify_http.requests import JSON
from jatify_http.routes.resumes import attachment
from jatify_http.schemas.imports import ExportQuery, ImportQuery, ImportReportView, ImportView, UndoneView
from jatify_http.schemas.lists import Listed
from jatify_http.sheet_in import FORM, FORM_SCHEMA, LARGEST, InImport, beside, received_import
from jatify_http.sheet_out import CSV, as_csv, as_json
from jatify_http.uploads import MULTIPART


@get(
    "/export",
    operation_id="exportApplications",
    summary="Download applications",
    opt={"gives": f"{CSV}, {JSON}", "tells": ("Content-Disposition",)},
)
async def export_applications(caller: InCaller, ports: InPorts, where: NamedDependency[ExportQuery]) -> Response[bytes]:
    """A table that imports again, or JSON with each history and job whole; oldest first.

    Where a cell could be taken for a formula, an apostrophe stands before that place; an import takes it away.
    """
    applications = imports.exported_applications(ports, caller.user_id, where.applied_from, where.applied_to)
    written, media_type = (as_json, JSON) if where.format == "json" else (as_csv, CSV)
    headers = {
        "Content-Disposition": attachment(f"applications.{where.format}"),
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    }
    return cast("Response[bytes]", Stream(written(applications), headers=headers, media_type=media_type))


@post(
    operation_id="createImport",
    summary="Import a table of applications",
    status_code=HTTP_201_CREATED,
    opt={"takes": MULTIPART, "form": FORM_SCHEMA, "also": (HTTP_200_OK,)},
)
async def create_import(
    form: InImport, caller: InCaller, ports: InPorts, request: Request[Any, Any, Any]
) -> Response[ImportReportView]:
    """Unless `dry_run` is `false` it only tells what would happen (200). Then all rows are imported at once, or none.

    Each row makes a job and an application. An import of more than 1,000 rows tells only of those that it did not
    create. With 422, `errors` names rows and columns: `/rows/17/Status`.
    """
    if form.dry_run:
        planned = await while_present(
            request, lambda: imports.plan_import(ports, caller.user_id, form.sheet, form.choices, beside)
        )
        report = ImportReportView.of(form.sheet, planned, None)
        return shown(report, content_tag(report))
    imported, planned = await while_present(
        request,
        lambda: imports.import_sheet(ports, caller.user_id, form.sheet, form.filename, form.choices, beside),
    )
    report = ImportReportView.of(form.sheet, planned, imported)
    return created(report, content_tag(report), f"/api/imports/{imported.id}")


@get(operation_id="listImports", summary="List imports")
async def list_imports(
    caller: InCaller, ports: InPorts, where: Where[ImportQuery], request: Request[Any, Any, Any]
) -> Response[Listed[ImportView]]:
    """Newest first, those that were undone too."""
    page = await imports.list_imports(ports, caller.user_id, where.window(caller.user_id))
    return listed(request, page, ImportView.of, where, caller.user_id)


@get("/{import_id:str}", operation_id="getImport", summary="Read an import")
async def get_import(import_id: FromPath[ImportId], caller: InCaller, ports: InPorts) -> Response[ImportView]:
    """What came with it, and when."""
    view = ImportView.of(await imports.read_import(ports, caller.user_id, import_id))
    return shown(view, content_tag(view))


@post("/{import_id:str}/undo", operation_id="undoImport", summary="Take an import back", status_code=HTTP_200_OK)
async def undo_import(import_id: FromPath[ImportId], caller: InCaller, ports: InPorts) -> Response[UndoneView]:
    """Removes for good what came with it, but for what was changed or used since. Once more, and it tells the same."""
    view = UndoneView.of(await imports.undo_import(ports, caller.user_id, import_id))
    return shown(view, content_tag(view))


def routers() -> list[Router]:
    """All of the above."""
    taking = Router(
        "/imports",
        route_handlers=[create_import],
        dependencies={"form": Provide(received_import)},
        guards=LOGGED_IN,
        tags=["Imports"],
        request_max_body_size=LARGEST + FORM,
    )
    others = Router(
        "/imports", route_handlers=[list_imports, get_import, undo_import], guards=LOGGED_IN, tags=["Imports"]
    )
    exporting = Router("/applications", route_handlers=[export_applications], guards=LOGGED_IN, tags=["Imports"])
    return [taking, others, exporting]
