"""Analyses: ask for one, and look it up."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response, Router, delete, get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED

from jatify_core.analysis import Analysis, AnalysisId
from jatify_core.listing import ListingId
from jatify_core.resume import ResumeId
from jatify_core.use_cases import analyses
from jatify_http.answers import accepted, listed, shown
from jatify_http.conditional import content_tag
from jatify_http.guards import LOGGED_IN
from jatify_http.injected import InCaller, InPatience, InPorts, Where
from jatify_http.schemas.analyses import AnalysisQuery, AnalysisView, AnalyzeRequest
from jatify_http.schemas.lists import Listed
from jatify_http.waiting import Patience


@post(
    "/resumes/{resume_id:str}/analyze",
    operation_id="analyzeResume",
    summary="Queue an analysis of a resume",
    status_code=HTTP_202_ACCEPTED,
    opt={"problems": (429,), "also": (200,)},
)
async def analyze_resume(
    resume_id: FromPath[ResumeId],
    caller: InCaller,
    ports: InPorts,
    data: JSONBody[AnalyzeRequest] = AnalyzeRequest(),  # noqa: B008  # frozen
) -> Response[AnalysisView]:
    """Against a listing, or without one a general review. A finished answer to the same question is given again."""
    asked = await analyses.analyze(ports, caller.user_id, resume_id, data.job_id, force=data.force)
    return accepted(AnalysisView.of(asked.analysis))


@get("/resumes/{resume_id:str}/analysis", operation_id="getReview", summary="Read the newest general review")
async def get_review(
    resume_id: FromPath[ResumeId], caller: InCaller, ports: InPorts, patience: InPatience
) -> Response[AnalysisView]:
    """`Prefer: wait=N` waits up to N seconds for its end."""
    return await _told(patience, lambda: analyses.newest_analysis(ports, caller.user_id, resume_id, None))


@get(
    "/resumes/{resume_id:str}/analysis/{job_id:str}",
    operation_id="getJobAnalysis",
    summary="Read the newest analysis against a listing",
)
async def get_job_analysis(
    resume_id: FromPath[ResumeId], job_id: FromPath[ListingId], caller: InCaller, ports: InPorts, patience: InPatience
) -> Response[AnalysisView]:
    """`Prefer: wait=N` waits up to N seconds for its end."""
    return await _told(patience, lambda: analyses.newest_analysis(ports, caller.user_id, resume_id, job_id))


@get("/resumes/{resume_id:str}/analyses", operation_id="listAnalyses", summary="List a resume's analyses")
async def list_analyses(
    resume_id: FromPath[ResumeId],
    caller: InCaller,
    ports: InPorts,
    where: Where[AnalysisQuery],
    request: Request[Any, Any, Any],
) -> Response[Listed[AnalysisView]]:
    """Newest first, unless sorted otherwise."""
    window = where.window(caller.user_id, resume_id)
    page = await analyses.list_analyses(ports, caller.user_id, resume_id, window)
    return listed(request, page, AnalysisView.of, where, caller.user_id, resume_id)


@get("/analyses/{analysis_id:str}", operation_id="getAnalysis", summary="Read an analysis")
async def get_analysis(
    analysis_id: FromPath[AnalysisId], caller: InCaller, ports: InPorts, patience: InPatience
) -> Response[AnalysisView]:
    """`Prefer: wait=N` waits up to N seconds for its end."""
    return await _told(patience, lambda: analyses.read_analysis(ports, caller.user_id, analysis_id))


@delete("/analyses/{analysis_id:str}", operation_id="dropAnalysis", summary="Cancel or delete an analysis")
async def drop_analysis(analysis_id: FromPath[AnalysisId], caller: InCaller, ports: InPorts) -> None:
    """One that has not ended is cancelled and stays to be seen; one that has is deleted, with its dead letter."""
    await analyses.drop_analysis(ports, caller.user_id, analysis_id)


def router() -> Router:
    """All of the above."""
    return Router(
        "/",
        route_handlers=[analyze_resume, get_review, get_job_analysis, list_analyses, get_analysis, drop_analysis],
        guards=LOGGED_IN,
        tags=["Analyses"],
    )


async def _told(patience: Patience, read: Callable[[], Awaitable[Analysis]]) -> Response[AnalysisView]:
    """The analysis as soon as it has ended, or as it is when the patience does."""
    view = AnalysisView.of(await patience.outlast(read))
    answer = shown(view, content_tag(view))
    answer.headers.update(patience.applied)
    return answer
