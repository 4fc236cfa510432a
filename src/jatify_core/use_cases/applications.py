"""Applications: keep track of where one stands with each listing."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from jatify_core.application import (
    Application,
    ApplicationDraft,
    ApplicationFilter,
    ApplicationId,
    ResumeCopy,
    ResumeLink,
    StatusChange,
    StatusId,
    StepId,
    known_status,
)
from jatify_core.errors import Invalid, NotFound, Stale
from jatify_core.event import Change
from jatify_core.history import sent_resume, told
from jatify_core.listing import ListingBrief
from jatify_core.paging import Page
from jatify_core.ports import Ports, Transaction
from jatify_core.stages import APPLIED
from jatify_core.text import refuse_nul
from jatify_core.timeline import LONGEST, Moment, timeline
from jatify_core.use_cases.statuses import landing
from jatify_core.user import UserId

# Far enough from the ends of the calendar that no time zone and no database comes upon them.
EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


class Step(Struct, frozen=True):
    """What to write into the history if the status changes: a note, and when it happened (None is now).

    A step to `applied` gives the application its date, unless the request *dates* it by itself, as whoever tells of
    every member does.
    """

    note: str | None = None
    at: datetime | None = None
    dates: bool = False


class Told(Struct, frozen=True):
    """An application that is read alone, and all that happened to it."""

    application: Application
    timeline: tuple[Moment, ...]


async def create_application(ports: Ports, user_id: UserId, draft: ApplicationDraft, step: Step) -> Told:
    """Keep a new application."""
    _refuse_unstorable(draft, step)
    now = ports.clock()
    async with ports.store.transaction(user_id) as tx:
        application = await _written(
            tx,
            draft,
            Application(
                id=ApplicationId(ports.new_id()),
                user_id=user_id,
                listing=ListingBrief(draft.listing_id, "", ""),
                resume_id=None,
                status_id=StatusId(draft.status_id),
                applied_on=None,
                cover_letter=None,
                notes=None,
                tags=(),
                follow_up_on=None,
                created_at=now,
                updated_at=now,
            ),
            fresh=True,
        )
        resume = await copied(tx, application)
        change, application = _moved(ports, application, step, now, resume, dates=True)
        statuses = await tx.applications.statuses(user_id)
        application = replace(
            application, sent_resume=sent_resume(told([change]), statuses), status_since=change.claimed_at
        )
        await tx.applications.add(application, change)
        if resume:
            await tx.applications.relink(application, ResumeLink(now, resume))
        await tx.events.add([Change.application(user_id, application.id, application.version)])
        return await tell(tx, user_id, application.id)


async def read_application(ports: Ports, user_id: UserId, application_id: ApplicationId) -> Told:
    """One application with its history and its timeline."""
    async with ports.store.transaction(user_id) as tx:
        return await tell(tx, user_id, application_id)


async def tell(tx: Transaction, user_id: UserId, application_id: ApplicationId) -> Told:
    """One application as it is told alone."""
    application = await tx.applications.get(user_id, application_id)
    judgements = await tx.analyses.of_listing(user_id, application.listing.id, LONGEST)
    return Told(application, timeline(application, judgements))


async def list_applications(ports: Ports, user_id: UserId, where: ApplicationFilter) -> Page[Application]:
    """Applications that match. Raises `Invalid` for a status that there is not."""
    async with ports.store.transaction(user_id) as tx:
        if where.status_id is not None:
            known_status(where.status_id, await tx.applications.statuses(user_id))
        return await tx.applications.page(user_id, where)


async def change_application(
    ports: Ports,
    user_id: UserId,
    application_id: ApplicationId,
    change: Callable[[ApplicationDraft], ApplicationDraft],
    step: Step,
    expected: int | None = None,
) -> Told:
    """Replace the writable members by what *change* makes of them; a new status goes into the history with *step*.

    Raises `Stale`, and writes nothing, unless the stored version is the *expected* one (None takes any).
    """
    now = ports.clock()
    async with ports.store.transaction(user_id) as tx:
        current = await tx.applications.get(user_id, application_id, lock=True)
        Stale.unless(expected, current.version)
        draft = change(current.draft)
        _refuse_unstorable(draft, step)
        changed = replace(await _written(tx, draft, current, fresh=False), updated_at=now, version=current.version + 1)
        relinked = changed.resume_id != current.resume_id
        moved = changed.status_id != current.status_id
        resume = await copied(tx, changed) if moved or relinked else None
        taken: StatusChange | None = None
        if moved:
            taken, changed = _moved(ports, changed, step, now, resume, dates=step.dates)
            statuses = await tx.applications.statuses(user_id)
            sent = sent_resume(told([*current.history, taken]), statuses)
            changed = replace(changed, sent_resume=sent, status_since=taken.claimed_at)
        await tx.applications.save(changed, taken)
        if relinked:
            await tx.applications.relink(changed, ResumeLink(now, resume))
        await tx.events.add([Change.application(user_id, application_id, changed.version)])
        return await tell(tx, user_id, application_id)


async def copied(tx: Transaction, application: Application) -> ResumeCopy | None:
    """What the linked resume is now."""
    if application.resume_id is None:
        return None
    return ResumeCopy.of(await tx.resumes.get(application.user_id, application.resume_id))


async def delete_application(
    ports: Ports, user_id: UserId, application_id: ApplicationId, expected: int | None = None
) -> None:
    """Hide an application; its row stays, and `restore_application` shows it again."""
    now = ports.clock()
    async with ports.store.transaction(user_id) as tx:
        current = await tx.applications.get(user_id, application_id, lock=True)
        Stale.unless(expected, current.version)
        await tx.applications.remove(user_id, application_id, now)
        await tx.events.add([Change.application(user_id, application_id, None)])


async def restore_application(ports: Ports, user_id: UserId, application_id: ApplicationId) -> Told:
    """Take a deletion back, if there was one."""
    now = ports.clock()
    async with ports.store.transaction(user_id) as tx:
        restored = await tx.applications.restore(user_id, application_id, now)
        answer = await tell(tx, user_id, application_id)
        if restored:
            await tx.events.add([Change.application(user_id, application_id, answer.application.version)])
        return answer


def _moved(  # all that a step is made of
    ports: Ports, application: Application, step: Step, now: datetime, resume: ResumeCopy | None, *, dates: bool
) -> tuple[StatusChange, Application]:
    """The step that brought *application* where it is, and the application with the date that this gives it."""
    at = step.at or now
    change = StatusChange(
        id=StepId(ports.new_id()),
        status_id=application.status_id,
        at=at,
        claimed_at=at,
        recorded_at=now,
        note=step.note,
        resume=resume,
    )
    return (change, application) if dates else dated(change, application)


def dated(step: StatusChange, application: Application) -> tuple[StatusChange, Application]:
    """A step to `applied` gives an application without a date its own, in the time zone in which it was told."""
    if step.status_id != APPLIED or application.applied_on is not None:
        return step, application
    day = step.claimed_at.date()
    return replace(step, dated=day), replace(application, applied_on=day)


async def _written(tx: Transaction, draft: ApplicationDraft, onto: Application, *, fresh: bool) -> Application:
    """*onto* with every writable member from *draft*, whose references are the user's own and known."""
    status_id = onto.status_id
    if fresh or draft.status_id != status_id:
        status_id = await landing(tx, onto.user_id, draft.status_id)
    # A listing that it has not shown before is locked, so that no renaming slips in between this and the commit.
    lock = fresh or onto.listing.id != draft.listing_id
    try:
        listing = await tx.listings.get(onto.user_id, draft.listing_id, lock=lock)
    except NotFound:
        raise Invalid.at("/job_id", "unknown_reference", "You have no such job.") from None
    try:
        resume = await tx.resumes.get(onto.user_id, draft.resume_id) if draft.resume_id else None
    except NotFound:
        raise Invalid.at("/resume_id", "unknown_reference", "You have no such resume.") from None
    return replace(
        onto,
        listing=ListingBrief(listing.id, listing.company, listing.position),
        resume_id=resume.id if resume else None,
        status_id=status_id,
        applied_on=draft.applied_on,
        cover_letter=draft.cover_letter,
        notes=draft.notes,
        tags=tuple(dict.fromkeys(draft.tags)),
        follow_up_on=draft.follow_up_on,
        follow_up_note=draft.follow_up_note,
    )


def _refuse_unstorable(draft: ApplicationDraft, step: Step) -> None:
    refuse_nul(to_builtins(draft))
    refuse_nul(step.note, "/status_note")
    refuse_far(step.at, "/status_at")


def refuse_far(at: datetime | None, pointer: str) -> None:
    """Raise `Invalid` for an instant that no calendar of a job seeker holds."""
    if at is not None and not EARLIEST <= at <= LATEST:
        raise Invalid.at(pointer, "out_of_range", "Give an instant between the years 1900 and 2200.")
