"""Resumes: the facts, the file as uploaded, and the text taken from it."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.params import FromPath, JSONBody

from jatify_core.resume import ResumeDraft, ResumeId
from jatify_core.use_cases import resumes
from jatify_http.answers import created, listed, shown
from jatify_http.conditional import version_tag
from jatify_http.decoding import merged
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import IfMatch, InCaller, InForm, InPorts, Where
from jatify_http.presence import while_present
from jatify_http.requests import TAKES_PATCH
from jatify_http.schemas.lists import Listed
from jatify_http.schemas.resumes import ResumeQuery, ResumeText, ResumeView
from jatify_http.uploads import FORM_SCHEMA, MULTIPART

GIVEN = (
    "application/pdf, application/vnd.openxmlformats-officedocument.wordprocessingml.document, "
    "text/markdown, text/plain"
)
"""The types that a resume can have been found to be of."""
FORM = 64 * 1024
"""Bytes that a form may have besides its file."""


@post(
    operation_id="createResume",
    summary="Upload a resume",
    opt={"takes": MULTIPART, "form": FORM_SCHEMA, "problems": (409,)},
)
async def create_resume(
    form: InForm, caller: InCaller, ports: InPorts, request: Request[Any, Any, Any]
) -> Response[ResumeView]:
    """PDF, DOCX, UTF-8 text or Markdown. Refused, and not kept, where no text can be taken from it.

    Refused with 409, too, where one keeps as many files or bytes as one may.
    """
    resume = await while_present(request, lambda: resumes.add_resume(ports, caller.user_id, form.upload, form.name))
    return created(ResumeView.of(resume), version_tag(resume.version), f"/api/resumes/{resume.id}")


@get(operation_id="listResumes", summary="List resumes")
async def list_resumes(
    caller: InCaller, ports: InPorts, where: Where[ResumeQuery], request: Request[Any, Any, Any]
) -> Response[Listed[ResumeView]]:
    """Newest first, unless sorted otherwise."""
    page = await resumes.list_resumes(ports, caller.user_id, where.where(caller.user_id))
    return listed(request, page, ResumeView.of, where, caller.user_id)


@get("/{resume_id:str}", operation_id="getResume", summary="Read the facts about a resume")
async def get_resume(resume_id: FromPath[ResumeId], caller: InCaller, ports: InPorts) -> Response[ResumeView]:
    """Without file and text."""
    resume = await resumes.read_resume(ports, caller.user_id, resume_id)
    return shown(ResumeView.of(resume), version_tag(resume.version))


@get(
    "/{resume_id:str}/file",
    operation_id="getResumeFile",
    summary="Download a resume's file",
    opt={"gives": GIVEN},
)
async def get_resume_file(resume_id: FromPath[ResumeId], caller: InCaller, ports: InPorts) -> Response[bytes]:
    """Exactly as uploaded, as an attachment; the type is what the content was found to be."""
    resume, content = await resumes.read_resume_file(ports, caller.user_id, resume_id)
    headers = {
        "Content-Disposition": attachment(resume.filename),
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "ETag": f'"{resume.sha256}"',
    }
    return Response(content, headers=headers, media_type=resume.media_type)


@get("/{resume_id:str}/text", operation_id="getResumeText", summary="Read the text taken from a resume")
async def get_resume_text(resume_id: FromPath[ResumeId], caller: InCaller, ports: InPorts) -> Response[ResumeText]:
    """What an analyzer sees."""
    resume, text = await resumes.read_resume_text(ports, caller.user_id, resume_id)
    return shown(ResumeText.of(resume, text), f'"{resume.text_hash}"')


@put("/{resume_id:str}", operation_id="replaceResume", summary="Replace a resume's writable members")
async def replace_resume(
    resume_id: FromPath[ResumeId], data: JSONBody[ResumeDraft], caller: InCaller, ports: InPorts, if_match: IfMatch
) -> Response[ResumeView]:
    """The file itself never changes: upload another one instead."""
    resume = await resumes.change_resume(ports, caller.user_id, resume_id, lambda _: data, if_match)
    return shown(ResumeView.of(resume), version_tag(resume.version))


@patch(
    "/{resume_id:str}",
    operation_id="updateResume",
    summary="Rename a resume",
    opt={**TAKES_PATCH, "patches": ResumeDraft},
)
async def update_resume(
    resume_id: FromPath[ResumeId], data: JSONBody[dict[str, Any]], caller: InCaller, ports: InPorts, if_match: IfMatch
) -> Response[ResumeView]:
    """A merge patch (RFC 7396)."""
    resume = await resumes.change_resume(ports, caller.user_id, resume_id, merged(data), if_match)
    return shown(ResumeView.of(resume), version_tag(resume.version))


@delete("/{resume_id:str}", operation_id="deleteResume", summary="Drop a resume")
async def delete_resume(resume_id: FromPath[ResumeId], caller: InCaller, ports: InPorts, if_match: IfMatch) -> None:
    """Its analyses go with it, the unfinished ones too; applications keep their row and lose the link."""
    await resumes.delete_resume(ports, caller.user_id, resume_id, if_match)


def routers(max_upload: int) -> list[Router]:
    """All of the above; an upload may have *max_upload* bytes and its form a little more."""
    taking = Router(
        "/resumes",
        route_handlers=[create_resume],
        guards=LOGGED_IN,
        tags=["Resumes"],
        request_max_body_size=max_upload + FORM,
    )
    others = Router(
        "/resumes",
        route_handlers=[
            list_resumes,
            get_resume,
            get_resume_file,
            get_resume_text,
            replace_resume,
            update_resume,
            delete_resume,
        ],
        guards=LOGGED_IN,
        tags=["Resumes"],
    )
    return [taking, others]


def attachment(filename: str) -> str:
    """A `Content-Disposition` that saves under *filename* (RFC 6266): an ASCII likeness, and the name itself."""
    likeness = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in filename)
    return f"attachment; filename=\"{likeness}\"; filename*=UTF-8''{quote(filename, safe='')}"
