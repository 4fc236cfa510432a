"""Histories: add a step that was forgotten, correct one, take one back."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from jatify_core import history
from jatify_core.application import Application, ApplicationId, Status, StatusChange, StepId, known_status
from jatify_core.errors import Invalid, Stale
from jatify_core.event import Change
from jatify_core.ports import Ports
from jatify_core.text import refuse_nul
from jatify_core.use_cases.applications import Told, dated, refuse_far, tell
from jatify_core.user import UserId

AHEAD: Final = timedelta(minutes=1)
"""How far a caller's clock may be ahead of ours: what he says happens just now is taken for our now."""

Retelling = Callable[[Application, Sequence[Status]], Application]


class Forgotten(Struct, frozen=True):
    """A step that nobody wrote down when it happened."""

    status_id: str
    at: datetime
    note: str | None = None


class Correction(Struct, frozen=True):
    """What to change of a step."""

    at: datetime | UnsetType = UNSET
    note: str | UnsetType | None = UNSET


async def add_step(
    ports: Ports, user_id: UserId, application_id: ApplicationId, forgotten: Forgotten, expected: int | None = None
) -> Told:
    """Put a step in its place by its time; if that is the last one, its status is the application's."""
    now, step_id = ports.clock(), StepId(ports.new_id())
    refuse_nul(forgotten.note, "/note")
    at = _past(forgotten.at, now)

    def with_it(application: Application, statuses: Sequence[Status]) -> Application:
        step = StatusChange(
            id=step_id,
            status_id=known_status(forgotten.status_id, statuses),
            at=at,
            claimed_at=at,
            recorded_at=now,
            note=forgotten.note,
            resume=history.linked_at(application.links, at),
        )
        step, application = dated(step, application)
        return replace(application, history=history.with_forgotten(application.history, step))

    return await _retold(ports, user_id, application_id, with_it, expected)


async def correct_step(  # one more than elsewhere: the step
    ports: Ports,
    user_id: UserId,
    application_id: ApplicationId,
    step_id: StepId,
    correction: Correction,
    expected: int | None = None,
) -> Told:
    """Change time or note of a step. Raises `Invalid` where another time would change the order of the steps."""
    note = correction.note
    refuse_nul(note, "/note")
    at = None if correction.at is UNSET else _past(correction.at, ports.clock())

    def corrected(application: Application, _: Sequence[Status]) -> Application:
        steps = application.history
        place = history.place_of(steps, step_id)
        if note is not UNSET:
            steps = (*steps[:place], replace(steps[place], note=note), *steps[place + 1 :])
        if at is None:
            return replace(application, history=steps)
        # The date that the step gave goes along with it, while it is still there.
        given = steps[place].dated
        moves = given is not None and application.applied_on == given
        day = at.date() if moves else given
        retold = replace(application, history=history.redated(steps, step_id, at, day))
        return replace(retold, applied_on=day) if moves else retold

    return await _retold(ports, user_id, application_id, corrected, expected)


async def remove_step(
    ports: Ports, user_id: UserId, application_id: ApplicationId, step_id: StepId, expected: int | None = None
) -> None:
    """Take a step back, and with the last one the status, with any a date that it gave.

    Raises `Conflict` for the first.
    """

    def without_it(application: Application, _: Sequence[Status]) -> Application:
        steps = application.history
        retold = replace(application, history=history.without(steps, step_id))
        given = steps[history.place_of(steps, step_id)].dated
        return replace(retold, applied_on=None) if given and application.applied_on == given else retold

    await _retold(ports, user_id, application_id, without_it, expected)


async def _retold(
    ports: Ports, user_id: UserId, application_id: ApplicationId, change: Retelling, expected: int | None
) -> Told:
    now = ports.clock()
    async with ports.store.transaction(user_id) as tx:
        current = await tx.applications.get(user_id, application_id, lock=True)
        Stale.unless(expected, current.version)
        statuses = await tx.applications.statuses(user_id)
        changed = change(current, statuses)
        changed = replace(
            changed,
            status_id=changed.history[-1].status_id,
            status_since=changed.history[-1].at,
            sent_resume=history.sent_resume(changed.history, statuses),
            updated_at=now,
            version=current.version + 1,
        )
        await tx.applications.retell(changed)
        await tx.events.add([Change.application(user_id, application_id, changed.version)])
        return await tell(tx, user_id, application_id)


def _past(at: datetime, now: datetime) -> datetime:
    refuse_far(at, "/at")
    if at > now + AHEAD:
        raise Invalid.at("/at", "in_the_future", "A step has happened already: give a time that is past.")
    return min(at, now)
