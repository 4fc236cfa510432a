"""Analyses in Postgres."""

from collections.abc import Sequence
from typing import Final

import msgspec
from psycopg.rows import TupleRow

from jatify_adapters.postgres import recording
from jatify_adapters.postgres.connection import Connection, Params
from jatify_adapters.postgres.events import RUNNING
from jatify_adapters.postgres.pages import Pages
from jatify_core.analysis import Analysis, AnalysisId, Failure, Identity, Judgement, Usage
from jatify_core.dead_letter import Dropped
from jatify_core.errors import NotFound
from jatify_core.job import End, Job
from jatify_core.listing import ListingId
from jatify_core.paging import Page, Window
from jatify_core.report import Report
from jatify_core.resume import ResumeId
from jatify_core.user import UserId

_SELECT: Final = """
select analysis.id, analysis.user_id, analysis.resume_id, analysis.listing_id,
       case when analysis.state = 'queued' and job.status = 'processing' then 'running' else analysis.state end,
       analysis_report.report, analysis.error_code, analysis.error_message,
       analysis.provider, analysis.model, analysis.prompt_version,
       analysis.input_tokens, analysis.output_tokens, analysis.cost_usd,
       coalesce(job.attempt, analysis.attempts),
       analysis.resume_hash <> resume.text_hash or analysis.listing_hash is distinct from listing.content_hash,
       analysis.resume_hash, analysis.listing_hash, analysis.inputs_hash,
       analysis.created_at,
       case when job.id is null then analysis.started_at else job.claimed_at end,
       analysis.finished_at
  from analysis
  join resume on resume.user_id = analysis.user_id and resume.id = analysis.resume_id
  left join listing on listing.user_id = analysis.user_id and listing.id = analysis.listing_id
  left join job on job.id = analysis.id
  left join analysis_report on analysis_report.analysis_id = analysis.id
 where analysis.user_id = %(user_id)s
"""


class Analyses:
    """Implements `jatify_core.ports.Analyses`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def add_or_get(self, analysis: Analysis, job: Job) -> Analysis:
        """Store *analysis* if *job* is its own; else return the analysis whose job that is."""
        if job.id != analysis.id:
            return await self.get(job.user_id, AnalysisId(job.id))
        await self._db.change(
            """
            insert into analysis (
              id, user_id, resume_id, listing_id, state, provider, model, prompt_version, resume_hash, listing_hash,
              inputs_hash, created_at
            ) values (
              %(id)s, %(user_id)s, %(resume_id)s, %(listing_id)s, %(state)s, %(provider)s, %(model)s,
              %(prompt_version)s, %(resume_hash)s, %(listing_hash)s, %(inputs_hash)s, %(created_at)s
            )
            """,
            _asked(analysis),
        )
        return analysis

    async def get(self, user_id: UserId, analysis_id: AnalysisId) -> Analysis:
        """One analysis."""
        row = await self._db.row(_SELECT + "and analysis.id = %(id)s", {"user_id": user_id, "id": analysis_id})
        if not row:
            raise NotFound
        return _analysis(row)

    async def newest(self, user_id: UserId, resume_id: ResumeId, listing_id: ListingId | None) -> Analysis:
        """The newest analysis of this pair, or of the resume on its own."""
        row = await self._db.row(
            _SELECT
            + """
            and analysis.resume_id = %(resume_id)s and analysis.listing_id is not distinct from %(listing_id)s
            order by analysis.created_at desc, analysis.id desc
            limit 1
            """,
            {"user_id": user_id, "resume_id": resume_id, "listing_id": listing_id},
        )
        if not row:
            raise NotFound
        return _analysis(row)

    async def succeeded(
        self, user_id: UserId, resume_id: ResumeId, listing_id: ListingId | None, inputs_hash: str
    ) -> Analysis | None:
        """The newest analysis of this pair that succeeded on the very same inputs."""
        row = await self._db.row(
            _SELECT
            + """
            and analysis.resume_id = %(resume_id)s and analysis.listing_id is not distinct from %(listing_id)s
            and analysis.inputs_hash = %(inputs_hash)s and analysis.state = 'succeeded'
            order by analysis.created_at desc, analysis.id desc
            limit 1
            """,
            {"user_id": user_id, "resume_id": resume_id, "listing_id": listing_id, "inputs_hash": inputs_hash},
        )
        return _analysis(row) if row else None

    async def page(self, user_id: UserId, resume_id: ResumeId, window: Window) -> Page[Analysis]:
        """Every analysis of a resume."""
        return await _PAGES.page(self._db, window, {"user_id": user_id, "resume_id": resume_id})

    async def of_listing(self, user_id: UserId, listing_id: ListingId, limit: int) -> Sequence[Judgement]:
        """In brief the newest analyses against a listing, newest first."""
        rows = await self._db.rows(
            """
            select analysis.id, analysis.resume_id, resume.name,
                   case when analysis.state = 'queued' and job.status = 'processing' then 'running'
                        else analysis.state end,
                   (analysis_report.report::json ->> 'score')::integer,
                   coalesce(analysis.finished_at, analysis.created_at)
              from analysis
              join resume on resume.user_id = analysis.user_id and resume.id = analysis.resume_id
              left join job on job.id = analysis.id
              left join analysis_report on analysis_report.analysis_id = analysis.id
             where analysis.user_id = %(user_id)s and analysis.listing_id = %(listing_id)s
             order by coalesce(analysis.finished_at, analysis.created_at) desc, analysis.id desc
             limit %(limit)s
            """,
            {"user_id": user_id, "listing_id": listing_id, "limit": limit},
        )
        return [Judgement(*row) for row in rows]

    async def record(self, ends: Sequence[End]) -> None:
        """Write what settled jobs mean for their analyses."""
        await recording.succeed(self._db, [end for end in ends if end.verb == "complete"])
        await recording.fail(self._db, [end for end in ends if end.verb == "bury"])
        if any(end.completed or end.verb == "bury" for end in ends):
            self._db.tell()

    async def drop(self, user_id: UserId, analysis_id: AnalysisId) -> Dropped:
        """Cancel an analysis that has not ended; delete one that has."""
        this = {"user_id": user_id, "id": analysis_id}
        while not (dropped := await self._cancel(this) or await self._delete(this)):
            await self.get(user_id, analysis_id)  # not there; or requeued between the two, so that it is cancelled now
        return dropped

    async def reopen(self, analysis_ids: Sequence[AnalysisId]) -> None:
        """Make failed analyses queued again."""
        await self._db.change(
            """
            update analysis
               set state = 'queued', error_code = null, error_message = null, attempts = 0, started_at = null,
                   finished_at = null
             where id = any(%(ids)s::uuid[]) and state = 'failed'
            """,
            {"ids": list(analysis_ids)},
        )

    async def take_in(self, analyses: Sequence[Analysis]) -> None:
        """Store analyses that have ended."""
        for analysis in analyses:
            await self._db.change(
                """
                with kept as (
                  insert into analysis (
                    id, user_id, resume_id, listing_id, state, error_code, error_message, provider, model,
                    prompt_version, input_tokens, output_tokens, cost_usd, attempts, resume_hash, listing_hash,
                    inputs_hash, created_at, started_at, finished_at
                  ) values (
                    %(id)s, %(user_id)s, %(resume_id)s, %(listing_id)s, %(state)s, %(error_code)s, %(error_message)s,
                    %(provider)s, %(model)s, %(prompt_version)s, %(input_tokens)s, %(output_tokens)s, %(cost_usd)s,
                    %(attempts)s, %(resume_hash)s, %(listing_hash)s, %(inputs_hash)s, %(created_at)s, %(started_at)s,
                    %(finished_at)s
                  )
                  returning id, user_id
                )
                insert into analysis_report (analysis_id, user_id, report)
                select id, user_id, %(encoded)s::text from kept where %(encoded)s::text is not null
                """,
                _ended(analysis),
            )

    async def begun(self, job: Job) -> Analysis:
        """The analysis that *job* is to carry out."""
        row = await self._db.row(
            RUNNING + _SELECT + "and analysis.id = %(id)s", {"user_id": job.user_id, "id": job.id, "run": job.run}
        )
        self._db.tell()
        if not row:
            raise NotFound
        return _analysis(row)

    async def _cancel(self, this: Params) -> Dropped | None:
        # The job first, as a worker does that ends it: the one deletes the row, the other waits and then finds none.
        cancelled = await self._db.change(
            """
            with gone as (
              delete from job where id = %(id)s and user_id = %(user_id)s returning id, attempt, claimed_at
            )
            update analysis
               set state = 'cancelled', attempts = gone.attempt, started_at = gone.claimed_at, finished_at = now()
              from gone
             where analysis.id = gone.id and analysis.state = 'queued'
            """,
            this,
        )
        return Dropped(cancelled=True) if cancelled else None

    async def _delete(self, this: Params) -> Dropped | None:
        # The letter first, as a requeue does, which thus either came first and left a job, or finds nothing.
        letter = await self._db.row(
            "delete from dead_letter where job_id = %(id)s and user_id = %(user_id)s returning id", this
        )
        deleted = await self._db.change(
            """
            delete from analysis
             where user_id = %(user_id)s and id = %(id)s and not exists (select from job where job.id = analysis.id)
            """,
            this,
        )
        return Dropped(cancelled=False, letter=letter[0] if letter else None) if deleted else None


def _asked(analysis: Analysis) -> Params:
    return msgspec.structs.asdict(analysis) | msgspec.structs.asdict(analysis.identity)


def _ended(analysis: Analysis) -> Params:
    failure, report = analysis.error, analysis.report
    return {
        **_asked(analysis),
        **msgspec.structs.asdict(analysis.usage),
        "error_code": failure.code if failure else None,
        "error_message": failure.message if failure else None,
        "encoded": msgspec.json.encode(report).decode() if report else None,
    }


def _analysis(row: TupleRow) -> Analysis:
    id_, user_id, resume_id, listing_id, state, report, code, message, *rest = row
    provider, model, prompt_version, input_tokens, output_tokens, cost_usd, attempts, stale, *rest = rest
    resume_hash, listing_hash, inputs_hash, created_at, started_at, finished_at = rest
    return Analysis(
        id=id_,
        user_id=user_id,
        resume_id=resume_id,
        listing_id=listing_id,
        state=state,
        report=None if report is None else msgspec.json.decode(report, type=Report),
        error=Failure(code, message) if code else None,
        identity=Identity(provider, model, prompt_version),
        usage=Usage(input_tokens, output_tokens, cost_usd),
        attempts=attempts,
        stale=stale,
        resume_hash=resume_hash,
        listing_hash=listing_hash,
        inputs_hash=inputs_hash,
        created_at=created_at,
        started_at=started_at,
        finished_at=finished_at,
    )


_PAGES: Final = Pages(
    _SELECT + "and analysis.resume_id = %(resume_id)s",
    keys={"created_at": "analysis.created_at"},
    id_="analysis.id",
    read=_analysis,
)
