"""The timeline of an application: all that happened to it, in one row."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from jatify_core.analysis import AnalysisId, Judgement, State
from jatify_core.application import Application, ResumeLink, StatusChange, StatusId, StepId
from jatify_core.resume import ResumeId

LONGEST: Final = 500
"""Moments that are told; of more the newest."""


class Moment(Struct, frozen=True, kw_only=True):
    """One thing that happened; which members it has depends on its kind."""

    kind: Literal["created", "status", "resume", "analysis"]
    at: datetime
    step_id: StepId | None = None
    status_id: StatusId | None = None
    from_status_id: StatusId | None = None
    note: str | None = None
    resume_id: ResumeId | None = None
    resume_name: str | None = None
    analysis_id: AnalysisId | None = None
    state: State | None = None
    score: int | None = None


def timeline(application: Application, judgements: Sequence[Judgement]) -> tuple[Moment, ...]:
    """What happened to *application*, which has its history, with *judgements* of its listing: oldest first."""
    return tuple(sorted(_moments(application, judgements), key=lambda moment: moment.at))[-LONGEST:]


def _moments(application: Application, judgements: Sequence[Judgement]) -> Iterator[Moment]:
    yield Moment(kind="created", at=application.created_at)
    yield from map(_step, application.history)
    yield from map(_link, application.links)
    for judged in reversed(judgements):
        yield Moment(
            kind="analysis",
            at=judged.at,
            analysis_id=judged.id,
            resume_id=judged.resume_id,
            resume_name=judged.resume_name,
            state=judged.state,
            score=judged.score,
        )


def _step(step: StatusChange) -> Moment:
    return Moment(
        kind="status",
        at=step.at,
        step_id=step.id,
        status_id=step.status_id,
        from_status_id=step.from_status_id,
        note=step.note,
    )


def _link(link: ResumeLink) -> Moment:
    resume = link.resume
    return Moment(
        kind="resume",
        at=link.at,
        resume_id=resume.resume_id if resume else None,
        resume_name=resume.name if resume else None,
    )
