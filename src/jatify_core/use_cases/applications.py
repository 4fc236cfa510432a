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
    StatusChange,
    StatusId,
    known_status,
)
from jatify_core.errors import Invalid, NotFound, Stale
from jatify_core.event import Change
from jatify_core.listing import ListingBrief
from jatify_core.paging import Page
from jatify_core.ports import Ports, Transaction
from jatify_core.text import refuse_nul
from jatify_core.use_cases.statuses import landing
from jatify_core.user import UserId

EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


class Step(Struct, frozen=True):
    """What to write into the history if the status changes: a note, and when it happened (None is now)."""

    note: str | None = None
    at: datetime | None = None


async def create_application(ports: Ports, user_id: UserId, draft: ApplicationDraft, step: Step) -> Application:
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
        change = StatusChange(application.status_id, None, step.at or now, step.note)
        await tx.applications.add(application, change)
        await tx.events.add([Change.application(user_id, application.id, application.version)])
        return await tx.applications.get(user_id, application.id)


async def read_application(ports: Ports, user_id: UserId, application_id: ApplicationId) -> Application:
    """One application with its history."""
    async with ports.store.transaction(user_id) as tx:
        return await tx.applications.get(user_id, application_id)


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
) -> Application:
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
        moved = changed.status_id != current.status_id
        step_taken = StatusChange(changed.status_id, current.status_id, step.at or now, step.note) if moved else None
        await tx.applications.save(changed, step_taken)
        await tx.events.add([Change.application(user_id, application_id, changed.version)])
        return await tx.applications.get(user_id, application_id)


async def delete_application(
    ports: Ports, user_id: UserId, application_id: ApplicationId, expected: int | None = None
) -> None:
    """Hide an application; its row stays."""
    now = ports.clock()
    async with ports.store.transaction(user_id) as tx:
        current = await tx.applications.get(user_id, application_id, lock=True)
        Stale.unless(expected, current.version)
        await tx.applications.remove(user_id, application_id, now)
        await tx.events.add([Change.application(user_id, application_id, None)])


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
    # Far enough from the ends of the calendar that no time zone and no database comes upon them.
    if step.at is not None and not EARLIEST <= step.at <= LATEST:
        raise Invalid.at("/status_at", "out_of_range", "Give an instant between the years 1900 and 2200.")
