"""Resumes in Postgres: facts in one table, file and text in another."""

from typing import Final

from msgspec.structs import asdict
from psycopg.rows import TupleRow

from jatify_adapters.postgres.connection import Connection, Params
from jatify_adapters.postgres.pages import Pages
from jatify_core.errors import NotFound
from jatify_core.paging import Page
from jatify_core.resume import Kept, Resume, ResumeFilter, ResumeId
from jatify_core.user import UserId

_WARNINGS: Final = 10  # where they stand in the columns below, which are in the order of `Resume`
_SELECT: Final = """
select id, user_id, name, filename, media_type, size, sha256, text_hash, pages, text_chars, warnings, created_at,
       updated_at, version
  from resume
 where user_id = %(user_id)s
"""


class Resumes:
    """Implements `jatify_core.ports.Resumes`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def add(self, resume: Resume, content: bytes, text: str) -> None:
        """Store a new resume with its file and text."""
        await self._db.change(
            """
            with facts as (
              insert into resume (
                id, user_id, name, filename, media_type, size, sha256, text_hash, pages, text_chars, warnings,
                created_at, updated_at, version
              ) values (
                %(id)s, %(user_id)s, %(name)s, %(filename)s, %(media_type)s, %(size)s, %(sha256)s, %(text_hash)s,
                %(pages)s, %(text_chars)s, %(warnings)s, %(created_at)s, %(updated_at)s, %(version)s
              )
            )
            insert into resume_file (user_id, resume_id, content, text)
            values (%(user_id)s, %(id)s, %(content)s, %(text)s)
            """,
            {**asdict(resume), "warnings": list(resume.warnings), "content": content, "text": text},
        )

    async def get(self, user_id: UserId, resume_id: ResumeId, *, lock: bool = False) -> Resume:
        """The facts about one resume."""
        one = _SELECT + "and id = %(id)s"
        row = await self._db.row(one + " for no key update" if lock else one, {"user_id": user_id, "id": resume_id})
        if not row:
            raise NotFound
        return _resume(row)

    async def content(self, user_id: UserId, resume_id: ResumeId) -> bytes:
        """The file exactly as uploaded."""
        row = await self._db.row(
            "select content from resume_file where user_id = %(user_id)s and resume_id = %(id)s",
            {"user_id": user_id, "id": resume_id},
        )
        if not row:
            raise NotFound
        return bytes(row[0])

    async def text(self, user_id: UserId, resume_id: ResumeId) -> str:
        """The text exactly as analyzers see it."""
        row = await self._db.row(
            "select text from resume_file where user_id = %(user_id)s and resume_id = %(id)s",
            {"user_id": user_id, "id": resume_id},
        )
        if not row:
            raise NotFound
        return str(row[0])

    async def save(self, resume: Resume) -> None:
        """Replace the name of a stored resume."""
        saved = await self._db.change(
            """
            update resume set name = %(name)s, updated_at = %(updated_at)s, version = %(version)s
             where user_id = %(user_id)s and id = %(id)s
            """,
            {
                "user_id": resume.user_id,
                "id": resume.id,
                "name": resume.name,
                "updated_at": resume.updated_at,
                "version": resume.version,
            },
        )
        if not saved:
            raise NotFound

    async def remove(self, user_id: UserId, resume_id: ResumeId) -> None:
        """Delete a resume with all that hangs on it, and unlink its applications."""
        this = {"user_id": user_id, "id": resume_id}
        await self._lock_alone(this)
        await self._unlink(this)
        await self._end_jobs(this)
        await self._db.change("delete from resume where user_id = %(user_id)s and id = %(id)s", this)

    async def page(self, user_id: UserId, where: ResumeFilter) -> Page[Resume]:
        """Resumes that match."""
        return await _PAGES.page(self._db, where.window, {"user_id": user_id, "q": where.q})

    async def kept(self, user_id: UserId) -> Kept:
        """How many files the user keeps, and their bytes together."""
        row = await self._db.row(
            "select count(*), coalesce(sum(size), 0) from resume where user_id = %(user_id)s", {"user_id": user_id}
        )
        return Kept(*map(int, row or (0, 0)))

    async def _lock_alone(self, this: Params) -> None:
        """Lock the row so that nobody makes a new reference to it either."""
        if not await self._db.row("select 1 from resume where user_id = %(user_id)s and id = %(id)s for update", this):
            raise NotFound

    async def _unlink(self, this: Params) -> None:
        # Locked in one order, in which a change of a listing locks them too. Those that it was sent with show its id.
        await self._db.change(
            """
            with concerned as (
              select id, resume_id from application
               where user_id = %(user_id)s
                 and (resume_id = %(id)s or (sent_resume -> 'resume' ->> 'resume_id')::uuid = %(id)s)
               order by id
                 for no key update
            ), told as (
              insert into resume_link (user_id, application_id, at)
              select %(user_id)s, id, date_trunc('milliseconds', now()) from concerned where resume_id = %(id)s
            )
            update application
               set resume_id = nullif(application.resume_id, %(id)s), version = version + 1,
                   updated_at = date_trunc('milliseconds', now())
              from concerned
             where application.user_id = %(user_id)s and application.id = concerned.id
            """,
            this,
        )

    async def _end_jobs(self, this: Params) -> None:
        # Before the analyses, because a worker locks in this order too: its job, then its analysis.
        await self._db.change(
            """
            with doomed as (
              select id from analysis where user_id = %(user_id)s and resume_id = %(id)s
            ), letters as (
              delete from dead_letter using doomed where dead_letter.job_id = doomed.id
              returning dead_letter.id
            ), told as (
              insert into event_new (user_id, kind, subject, state)
              select %(user_id)s, 'analysis.updated', id, 'deleted' from doomed
              union all
              select %(user_id)s, 'dead_letter.removed', id, 'deleted' from letters
            )
            delete from job using doomed where job.id = doomed.id
            """,
            this,
        )
        self._db.tell()


def _resume(row: TupleRow) -> Resume:
    members = list(row)
    members[_WARNINGS] = tuple(members[_WARNINGS])
    return Resume(*members)


_PAGES: Final = Pages(
    _SELECT
    + """
   and (%(q)s::text is null or strpos(lower(concat_ws(E'\\n', name, filename)), lower(%(q)s)) > 0)
""",
    keys={"created_at": "created_at", "updated_at": "updated_at", "name": 'name collate "C"'},
    id_="id",
    read=_resume,
)
