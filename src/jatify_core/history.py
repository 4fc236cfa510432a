"""The history of an application: steps in the order in which they happened, whenever they were written down.

An owner may say of a step that it happened earlier than the one before it: then that one was no later either. What is
shown follows from all that was claimed, so that whoever takes a step back sees what he saw before it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from msgspec.structs import replace

from jatify_core.application import ResumeCopy, ResumeLink, SentResume, Status, StatusChange, StepId
from jatify_core.errors import Conflict, Invalid, NotFound
from jatify_core.stages import stage_of

History = tuple[StatusChange, ...]


def told(steps: Sequence[StatusChange]) -> History:
    """*steps*, in their order, with what follows from it: from where each led, and that none was after the next."""
    shown: list[StatusChange] = []
    for index in reversed(range(len(steps))):
        step = steps[index]
        at = min(step.claimed_at, shown[-1].at) if shown else step.claimed_at
        shown.append(replace(step, at=at, from_status_id=steps[index - 1].status_id if index else None))
    return tuple(reversed(shown))


def with_forgotten(history: History, step: StatusChange) -> History:
    """*history* with *step* in its place: after all that were no later."""
    place = sum(1 for other in history if other.at <= step.claimed_at)
    return told([*history[:place], step, *history[place:]])


def redated(history: History, step_id: StepId, at: datetime, dated: date | None) -> History:
    """*history* with another time of one step. Raises `Invalid` where that would change their order."""
    place = place_of(history, step_id)
    if place and at < history[place - 1].at:
        raise _out_of_order("before", history[place - 1])
    if place + 1 < len(history) and at > history[place + 1].at:
        raise _out_of_order("after", history[place + 1])
    return told([*history[:place], replace(history[place], claimed_at=at, dated=dated), *history[place + 1 :]])


def without(history: History, step_id: StepId) -> History:
    """*history* without one step. Raises `Conflict` for the first: an application is always somewhere."""
    place = place_of(history, step_id)
    if place == 0:
        raise Conflict("The first step of a history stays. Delete the application instead, or change the step.")
    return told([*history[:place], *history[place + 1 :]])


def place_of(history: History, step_id: StepId) -> int:
    """Which step has this id. Raises `NotFound` if none has."""
    for place, step in enumerate(history):
        if step.id == step_id:
            return place
    raise NotFound


def sent_resume(history: History, statuses: Iterable[Status]) -> SentResume | None:
    """What was linked when the application last set out: at the first step to `applied` or beyond since `saved`."""
    pipeline = tuple(statuses)
    stages = {status.id: stage_of(status, pipeline) for status in pipeline}
    entry: StatusChange | None = None
    is_sent = False
    for step in history:
        stage = stages.get(step.status_id)
        if stage is None:  # the end of one way says nothing about how far it led
            continue
        if stage != "saved" and not is_sent:
            entry = step
        is_sent = stage != "saved"
    return SentResume(entry.resume, entry.at) if entry and entry.resume else None


def linked_at(links: Sequence[ResumeLink], at: datetime) -> ResumeCopy | None:
    """What was linked then; before there was any, what came first."""
    known = [link for link in links if link.at <= at] or links[:1]
    return known[-1].resume if known else None


def _out_of_order(word: str, other: StatusChange) -> Invalid:
    words = (
        f"The step would be {word} its neighbour, which led to {other.status_id} at {other.at.isoformat()}. Give a "
        "time between its neighbours, or take the step back and add it again."
    )
    return Invalid.at("/at", "out_of_order", words)
