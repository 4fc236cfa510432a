"""Statuses: each user's own pipeline, of what Jatify ships and what he adds, renames, reorders and retires."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from jatify_core.application import Status, StatusId, unknown_status
from jatify_core.errors import NotFound, Stale
from jatify_core.ports import Ports, Transaction
from jatify_core.status import Pipeline, StatusDraft, StatusEdit, open_status
from jatify_core.text import refuse_nul
from jatify_core.user import UserId


class UsedStatus(Struct, frozen=True):
    """A status, and how many applications are in it or were."""

    status: Status
    in_use: int


async def list_statuses(ports: Ports, user_id: UserId) -> Sequence[UsedStatus]:
    """The user's pipeline, in order, retired ones too."""
    async with ports.store.transaction(user_id) as tx:
        return await _used(tx, user_id)


async def read_status(ports: Ports, user_id: UserId, status_id: str) -> UsedStatus:
    """One status of the user's."""
    async with ports.store.transaction(user_id) as tx:
        return await _one(tx, user_id, status_id)


async def add_status(ports: Ports, user_id: UserId, draft: StatusDraft) -> UsedStatus:
    """Add a status of the user's own."""
    refuse_nul(draft.label, "/label")
    async with ports.store.transaction(user_id) as tx:
        before = await _locked(tx, user_id)
        after, status_id = before.with_new(draft)
        await tx.statuses.save(user_id, after.changes(before))
        return await _one(tx, user_id, status_id)


async def edit_status(
    ports: Ports,
    user_id: UserId,
    status_id: str,
    change: Callable[[StatusEdit], StatusEdit],
    expected: int | None = None,
) -> UsedStatus:
    """Replace the writable members of a status by what *change* makes of them.

    Raises `Stale`, and writes nothing, unless the stored version is the *expected* one (None takes any).
    """
    async with ports.store.transaction(user_id) as tx:
        before = await _locked(tx, user_id)
        current = before.find(status_id)
        Stale.unless(expected, current.version)
        edit = change(StatusEdit.of(current))
        refuse_nul(edit.label, "/label")
        await tx.statuses.save(user_id, before.with_edited(status_id, edit).changes(before))
        return await _one(tx, user_id, status_id)


async def order_statuses(ports: Ports, user_id: UserId, ids: Sequence[str]) -> Sequence[UsedStatus]:
    """Put the user's statuses in the order of *ids*, which names each of them once."""
    async with ports.store.transaction(user_id) as tx:
        before = await _locked(tx, user_id)
        await tx.statuses.save(user_id, before.in_order(ids).changes(before))
        return await _used(tx, user_id)


async def delete_status(ports: Ports, user_id: UserId, status_id: str, expected: int | None = None) -> None:
    """Delete a status of the user's own that was never used. Raises `Conflict` for any other."""
    async with ports.store.transaction(user_id) as tx:
        before = await _locked(tx, user_id)
        doomed = before.find(status_id)
        Stale.unless(expected, doomed.version)
        after = before.without(status_id)
        await tx.statuses.remove(user_id, doomed.id)
        await tx.statuses.save(user_id, after.changes(before))


async def landing(tx: Transaction, user_id: UserId, code: str) -> StatusId:
    """*code* as the id of a status to which an application may be moved, now and until the transaction ends.

    Raises `Invalid` where there is none, and where it is retired.
    """
    status = await tx.statuses.held(user_id, code)
    if status is None:
        raise unknown_status(await tx.applications.statuses(user_id))
    return open_status(status)


async def _locked(tx: Transaction, user_id: UserId) -> Pipeline:
    """The user's pipeline, which nobody else changes before the transaction ends."""
    await tx.users.lock(user_id)
    return Pipeline(tuple(await tx.applications.statuses(user_id)))


async def _used(tx: Transaction, user_id: UserId) -> Sequence[UsedStatus]:
    uses = await tx.statuses.uses(user_id)
    return [UsedStatus(status, uses.get(status.id, 0)) for status in await tx.applications.statuses(user_id)]


async def _one(tx: Transaction, user_id: UserId, status_id: str) -> UsedStatus:
    for used in await _used(tx, user_id):
        if used.status.id == status_id:
            return used
    raise NotFound
