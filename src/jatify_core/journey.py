"""A journey: what the statistics need to know of one application, and the rules that read a stage off its steps."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from jatify_core.application import ApplicationId, StatusId
from jatify_core.stages import STAGES, Stage


class Stop(Struct, frozen=True, array_like=True):
    """A status on the way, and when it was reached."""

    status_id: StatusId
    at: datetime


class Journey(Struct, frozen=True):
    """One application in brief: `stops` in the order of its history, of which there is at least one.

    The resume is the one that was sent, and before that the one that is linked. `resume_key` tells resumes apart: it is
    the id, or of one that was deleted the hash. `score` is that of the newest analysis of this resume against this
    listing that succeeded.
    """

    application_id: ApplicationId
    status_id: StatusId
    source: str | None
    resume_key: str | None
    resume_name: str | None
    score: int | None
    stops: tuple[Stop, ...]


Stages = Mapping[StatusId, Stage | None]
"""Which stage each status stands for; None where it ends an application short of the last."""


class Advance(Struct, frozen=True):
    """A stage that was reached for the first time, and when."""

    stage: Stage
    at: datetime


def advances(journey: Journey, stages: Stages) -> tuple[Advance, ...]:
    """The stages of *journey* in the order in which it first came to them: always forward, never back."""
    taken: list[Advance] = []
    for stop in journey.stops:
        stage = stages.get(stop.status_id)
        if stage and (not taken or STAGES.index(stage) > STAGES.index(taken[-1].stage)):
            taken.append(Advance(stage, stop.at))
    return tuple(taken)


def furthest(taken: tuple[Advance, ...]) -> Stage:
    """The furthest stage that was reached: whatever is an application has at least been saved."""
    return taken[-1].stage if taken else STAGES[0]


def reached_at(taken: tuple[Advance, ...], stage: Stage) -> datetime | None:
    """When *stage* was reached or passed; None if it was not."""
    return next((step.at for step in taken if STAGES.index(step.stage) >= STAGES.index(stage)), None)
