"""What jobs and dead letters share: the place of a job in the queue, its errors, and how it dies."""

from datetime import datetime

from msgspec.structs import replace

from jatify_adapters.memory.events import tell
from jatify_adapters.memory.tables import Draft, Letter, LiveJob
from jatify_core.analysis import AnalysisId, Reason
from jatify_core.dead_letter import DeadLetterId
from jatify_core.event import Change
from jatify_core.job import ANALYSIS, KEPT_ERRORS, Job, JobError
from jatify_core.user import UserId


def twin(draft: Draft, job: Job) -> LiveJob | None:
    """The live job with the same key, if there is one."""
    if job.dedup_key is None:
        return None
    return next((live for live in draft.tables.jobs.values() if live.job.dedup_key == job.dedup_key), None)


def insert(draft: Draft, job: Job) -> None:
    """Put *job* at the end of the queue and ring the bell."""
    tables = draft.tables
    tables.sequence += 1
    tables.jobs[job.id] = LiveJob(
        job=apart(job), sequence=tables.sequence, sort_at=_place(draft, job.user_id), available_at=draft.now
    )
    draft.rings = True


def apart(job: Job) -> Job:
    """The same job with a payload of its own, so that inside and outside share nothing that can change."""
    return replace(job, payload=dict(job.payload))


def with_error(job: Job, reason: Reason, message: str, at: datetime) -> Job:
    """*job* with one more error; the oldest are forgotten."""
    errors = (*job.errors, JobError(job.attempt, at, reason, message))
    return replace(job, errors=errors[-KEPT_ERRORS:])


def bury(draft: Draft, live: LiveJob, reason: Reason, message: str) -> None:
    """Make a dead letter of a live job."""
    letter = Letter(
        id=DeadLetterId(draft.new_id()),
        job=with_error(live.job, reason, message, draft.now),
        reason=reason,
        message=message,
        failed_at=draft.now,
    )
    del draft.tables.jobs[live.job.id]
    draft.tables.letters[letter.id] = letter
    if live.job.kind == ANALYSIS:
        tell(draft, Change(live.job.user_id, "dead_letter.added", letter.id, "dead"))


def tell_it_waits(draft: Draft, job: Job) -> None:
    """Tell that an analysis whose job has been put back is queued again."""
    if job.kind == ANALYSIS:
        tell(draft, Change.analysis(job.user_id, AnalysisId(job.id), "queued"))


def _place(draft: Draft, user_id: UserId) -> datetime:
    """Now, or with fair spacing that much behind the last of the user's jobs that wait."""
    if not draft.fair_spacing:
        return draft.now
    waiting = [
        live.sort_at
        for live in draft.tables.jobs.values()
        if live.job.user_id == user_id and live.lease_ends_at is None
    ]
    return max([draft.now, *(sort_at + draft.fair_spacing for sort_at in waiting)])
