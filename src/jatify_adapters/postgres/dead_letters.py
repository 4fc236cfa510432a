"""Dead letters in Postgres: jobs that failed for good, and their way back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec
from psycopg.rows import TupleRow

from jatify_adapters.postgres.connection import Connection, Params, Ring
from jatify_adapters.postgres.pages import Pages
from jatify_core.dead_letter import BuriedJob, DeadLetter, DeadLetterFilter, DeadLetterId, Requeued, Selection, Skipped
from jatify_core.errors import NotFound
from jatify_core.job import Job, JobError
from jatify_core.paging import Page
from jatify_core.user import UserId

_BATCH: Final = 500
_SELECT: Final = """
select dead_letter.id, dead_letter.user_id, analysis.id, analysis.resume_id, analysis.listing_id, resume.name,
       listing.company, listing.position, dead_letter.reason, dead_letter.message, dead_letter.attempts,
       dead_letter.errors, dead_letter.enqueued_at, dead_letter.failed_at, dead_letter.requeues
  from dead_letter
  join analysis on analysis.user_id = dead_letter.user_id and analysis.id = dead_letter.analysis_id
  join resume on resume.user_id = analysis.user_id and resume.id = analysis.resume_id
  left join listing on listing.user_id = analysis.user_id and listing.id = analysis.listing_id
 where dead_letter.user_id = %(user_id)s
"""


class DeadLetters:
    """Implements `jatify_core.ports.DeadLetters`."""

    def __init__(self, db: Connection, fair_spacing: timedelta) -> None:
        self._db = db
        self._fair_spacing = fair_spacing

    async def page(self, user_id: UserId, where: DeadLetterFilter) -> Page[DeadLetter]:
        """Dead letters that match."""
        return await _PAGES.page(self._db, where.window, {"user_id": user_id, "reason": where.reason})

    async def requeue(self, user_id: UserId, selection: Selection, limit: int | None = None) -> Requeued:
        """Give dead letters a new life, oldest first."""
        selected = await self._selected(user_id, selection)
        ids = selected[:limit]
        rows: list[TupleRow] = []
        for start in range(0, len(ids), _BATCH):
            rows += await self._requeue_batch(user_id, ids[start : start + _BATCH])
        if any(lives for _, _, lives in rows):
            self._db.ring(Ring())
        beyond = selected[len(ids) :]
        seen = {id_ for id_, _, _ in rows} | set(beyond)
        missing = [id_ for id_ in selection.ids or () if id_ not in seen]
        return Requeued(
            ids=tuple(id_ for id_, _, lives in rows if lives),
            analyses=tuple(analysis_id for _, analysis_id, lives in rows if lives and analysis_id),
            skipped=(
                *(Skipped(id_, "already_live") for id_, _, lives in rows if not lives),
                *(Skipped(id_, "not_found") for id_ in missing),
                *(Skipped(id_, "over_limit") for id_ in beyond),
            ),
        )

    async def remove(self, user_id: UserId, dead_letter_id: DeadLetterId) -> None:
        """Delete a dead letter for good."""
        removed = await self._db.change(
            "delete from dead_letter where user_id = %(user_id)s and id = %(id)s",
            {"user_id": user_id, "id": dead_letter_id},
        )
        if not removed:
            raise NotFound

    async def take_in(self, letters: Sequence[tuple[DeadLetter, Job]]) -> None:
        """Store dead letters with their jobs."""
        for letter, job in letters:
            await self._db.change(
                """
                insert into dead_letter (
                  id, job_id, user_id, kind, payload, dedup_key, reason, message, errors, attempts, max_attempts, run,
                  requeues, enqueued_at, failed_at
                ) values (
                  %(id)s, %(job_id)s, %(user_id)s, %(kind)s, %(payload)s, %(dedup_key)s, %(reason)s, %(message)s,
                  %(errors)s, %(attempt)s, %(max_attempts)s, %(run)s, %(requeues)s, %(enqueued_at)s, %(failed_at)s
                )
                """,
                _buried_whole(letter, job),
            )

    async def everybodys(self, where: DeadLetterFilter) -> Page[BuriedJob]:
        """Dead letters of every user that match."""
        return await _EVERYBODYS.page(self._db, where.window, {"reason": where.reason})

    async def owner(self, dead_letter_id: DeadLetterId) -> UserId:
        """Whose dead letter it is."""
        row = await self._db.row("select user_id from dead_letter where id = %(id)s", {"id": dead_letter_id})
        if not row:
            raise NotFound
        return UserId(row[0])

    async def _selected(self, user_id: UserId, selection: Selection) -> Sequence[DeadLetterId]:
        rows = await self._db.rows(
            """
            select id from dead_letter
             where user_id = %(user_id)s
               and (%(ids)s::uuid[] is null or id = any(%(ids)s))
               and (%(reason)s::text is null or reason = %(reason)s)
             order by failed_at, id
            """,
            {
                "user_id": user_id,
                "ids": None if selection.ids is None else list(selection.ids),
                "reason": selection.reason,
            },
        )
        return [DeadLetterId(id_) for (id_,) in rows]

    async def _requeue_batch(self, user_id: UserId, ids: Sequence[DeadLetterId]) -> list[TupleRow]:
        """Requeue *ids*; return, for those still there, the id, the analysis and whether the job lives now."""
        # Inserted first, and only what was inserted is deleted: a letter whose key another job holds stays. Whoever
        # requeues the same letters at the same time waits at their lock, and then finds them gone.
        return await self._db.rows(
            """
            with chosen as materialized (
              select id, job_id, user_id, kind, payload, dedup_key, max_attempts, run, requeues, errors, enqueued_at,
                     failed_at, analysis_id
                from dead_letter
               where user_id = %(user_id)s and id = any(%(ids)s::uuid[])
               order by failed_at, id
               for update
            ), reborn as (
              insert into job (
                id, user_id, kind, payload, dedup_key, max_attempts, run, requeues, errors, enqueued_at,
                analysis_id, sort_at
              )
              select job_id, user_id, kind, payload, dedup_key, max_attempts, run, requeues + 1, errors, enqueued_at,
                     analysis_id, now() + (row_number() over (order by failed_at, id) - 1) * %(spacing)s
                from chosen
               order by failed_at, id
              on conflict do nothing
              returning id
            ), gone as (
              delete from dead_letter using reborn where dead_letter.job_id = reborn.id
            )
            select chosen.id, chosen.analysis_id, reborn.id is not null
              from chosen
              left join reborn on reborn.id = chosen.job_id
             order by chosen.failed_at, chosen.id
            """,
            {"user_id": user_id, "ids": list(ids), "spacing": self._fair_spacing},
        )


def _buried_whole(letter: DeadLetter, job: Job) -> Params:
    return {
        **msgspec.structs.asdict(job),
        "id": letter.id,
        "job_id": job.id,
        "payload": msgspec.json.encode(job.payload).decode(),
        "errors": msgspec.json.encode(job.errors).decode(),
        "reason": letter.reason,
        "message": letter.message,
        "failed_at": letter.failed_at,
    }


def _dead_letter(row: TupleRow) -> DeadLetter:
    id_, user_id, analysis_id, resume_id, listing_id, resume_name, company, position, *rest = row
    reason, message, attempts, errors, enqueued_at, failed_at, requeues = rest
    return DeadLetter(
        id=id_,
        user_id=user_id,
        analysis_id=analysis_id,
        resume_id=resume_id,
        listing_id=listing_id,
        resume_name=resume_name,
        company=company,
        position=position,
        reason=reason,
        message=message,
        attempts=attempts,
        errors=msgspec.convert(errors, tuple[JobError, ...]),
        enqueued_at=enqueued_at,
        failed_at=failed_at,
        requeues=requeues,
    )


_PAGES: Final = Pages(
    _SELECT + "and (%(reason)s::text is null or dead_letter.reason = %(reason)s)",
    keys={"failed_at": "dead_letter.failed_at"},
    id_="dead_letter.id",
    read=_dead_letter,
)


def _buried(row: TupleRow) -> BuriedJob:
    id_, user_id, job_id, kind, reason, attempts, enqueued_at, failed_at, requeues = row
    return BuriedJob(
        id=id_,
        user_id=user_id,
        job_id=job_id,
        kind=kind,
        reason=reason,
        attempts=attempts,
        enqueued_at=enqueued_at,
        failed_at=failed_at,
        requeues=requeues,
    )


_EVERYBODYS: Final = Pages(
    """
select id, user_id, job_id, kind, reason, attempts, enqueued_at, failed_at, requeues
  from dead_letter
 where (%(reason)s::text is null or reason = %(reason)s)
""",
    keys={"failed_at": "failed_at"},
    id_="id",
    read=_buried,
)
