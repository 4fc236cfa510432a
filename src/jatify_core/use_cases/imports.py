"""Applications in and out as tables: plan and carry out an import, take it back, and give everything for an export."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import date
from functools import partial
from typing import Final

from msgspec import Struct

from jatify_core.application import Application, ResumeCopy
from jatify_core.errors import Invalid, Violation
from jatify_core.event import Change
from jatify_core.import_plan import Plan, Surroundings, plan
from jatify_core.imports import Import, ImportId, Undone
from jatify_core.listing import Listing
from jatify_core.paging import Page, Window, walked
from jatify_core.ports import Ports, Transaction
from jatify_core.resume import ResumeFilter
from jatify_core.sheets.sheet import CellFault, Sheet
from jatify_core.text import refuse_nul
from jatify_core.use_cases.archive_out import BATCH, OLDEST_FIRST, own_resumes
from jatify_core.user import UserId

MOST_TOLD: Final = 1_000
"""Faults that are told when an import is refused."""
AT_ONCE: Final = 500
"""Changes that are told in one statement."""

Beside = Callable[[Callable[[], Plan]], Awaitable[Plan]]
"""What runs long work that waits for nothing beside all other work, in a thread for instance."""


class Choices(Struct, frozen=True):
    """What the caller wants done with rows that are there already, and with those that cannot be read."""

    skip_duplicates: bool = True
    skip_errors: bool = False


class Exported(Struct, frozen=True):
    """An application as an export tells it: with its whole listing, and the name of its resume."""

    application: Application
    listing: Listing
    resume: str | None


async def plan_import(ports: Ports, user_id: UserId, sheet: Sheet, choices: Choices, beside: Beside) -> Plan:
    """What importing *sheet* would do."""
    async with ports.store.transaction(user_id) as tx:
        return await _plan(ports, tx, user_id, sheet, choices, beside)


async def import_sheet(
    ports: Ports, user_id: UserId, sheet: Sheet, filename: str, choices: Choices, beside: Beside
) -> tuple[Import, Plan]:
    """Import *sheet* all at once, or raise `Invalid` with its faulty rows and import nothing."""
    refuse_nul(filename, "/file")
    if sheet.lacking:
        fields = " and ".join(sheet.lacking)
        raise Invalid.at("/mapping", "missing_column", f"No column is taken for: {fields}. Say which one it is.")
    async with ports.store.transaction(user_id) as tx:
        await tx.users.lock(user_id)  # lest two imports at once bring the same
        planned = await _plan(ports, tx, user_id, sheet, choices, beside)
        if not choices.skip_errors:
            _refuse_errors(planned)
        count = len(planned.brought)
        imported = Import(ImportId(ports.new_id()), user_id, filename, ports.clock(), count, count)
        await tx.imports.add(imported, planned.brought)
        await _tell(
            tx, [Change.application(user_id, one.application.id, one.application.version) for one in planned.brought]
        )
    return imported, planned


async def read_import(ports: Ports, user_id: UserId, import_id: ImportId) -> Import:
    """One import."""
    async with ports.store.transaction(user_id) as tx:
        return await tx.imports.get(user_id, import_id)


async def list_imports(ports: Ports, user_id: UserId, window: Window) -> Page[Import]:
    """A user's imports."""
    async with ports.store.transaction(user_id) as tx:
        return await tx.imports.page(user_id, window)


async def undo_import(ports: Ports, user_id: UserId, import_id: ImportId) -> Undone:
    """Delete what came with an import for good, but for what was changed since; once more, and it tells the same."""
    async with ports.store.transaction(user_id) as tx:
        await tx.users.lock(user_id)
        undone, removed = await tx.imports.undo(user_id, import_id, ports.clock())
        await _tell(tx, [Change.application(user_id, application_id, None) for application_id in removed])
    return undone


async def exported_applications(
    ports: Ports, user_id: UserId, applied_from: date | None, applied_to: date | None
) -> AsyncIterator[Exported]:
    """Every application that is in sight and was sent within these days, oldest first; each page a transaction."""
    names = {resume.id: resume.name async for resume in own_resumes(ports, user_id)}
    window: Window | None = Window(OLDEST_FIRST, BATCH)
    while window:
        async with ports.store.transaction(user_id) as tx:
            page = await tx.applications.archive(user_id, window)
            fitting = [one for one in page.items if not one.deleted_at and _within(one, applied_from, applied_to)]
            found = await tx.listings.several(user_id, [one.listing.id for one in fitting])
        listings = {listing.id: listing for listing in found}
        for one in fitting:
            yield Exported(one, listings[one.listing.id], names.get(one.resume_id) if one.resume_id else None)
        window = Window(OLDEST_FIRST, BATCH, page.next) if page.next else None


async def _plan(ports: Ports, tx: Transaction, user_id: UserId, sheet: Sheet, choices: Choices, beside: Beside) -> Plan:
    resumes = walked(lambda window: tx.resumes.page(user_id, ResumeFilter(window)), OLDEST_FIRST, 100)
    around = Surroundings(
        user_id=user_id,
        statuses=await tx.applications.statuses(user_id),
        resumes={resume.name: ResumeCopy.of(resume) async for resume in resumes},
        known=await tx.imports.known(user_id) if choices.skip_duplicates else (),
        now=ports.clock(),
    )
    return await beside(partial(plan, sheet, around, skip_duplicates=choices.skip_duplicates, new_id=ports.new_id))


async def _tell(tx: Transaction, changes: Sequence[Change]) -> None:
    """A few at a time, so that thousands hold nobody up."""
    for start in range(0, len(changes), AT_ONCE):
        await tx.events.add(changes[start : start + AT_ONCE])


def _refuse_errors(planned: Plan) -> None:
    faults = [(decision.row, fault) for decision in planned.decisions for fault in decision.faults]
    if faults:
        raise Invalid([_violation(row, fault) for row, fault in faults[:MOST_TOLD]])


def _violation(row: int, fault: CellFault) -> Violation:
    column = fault.column.replace("~", "~0").replace("/", "~1")
    place = f", {fault.column}" if fault.column else ""
    pointer = f"/rows/{row}/{column}" if column else f"/rows/{row}"
    return Violation(pointer, fault.code, f"Row {row}{place}: {fault.message}")


def _within(application: Application, applied_from: date | None, applied_to: date | None) -> bool:
    sent = application.applied_on
    if sent is None:
        return applied_from is None and applied_to is None
    return (applied_from is None or sent >= applied_from) and (applied_to is None or sent <= applied_to)
