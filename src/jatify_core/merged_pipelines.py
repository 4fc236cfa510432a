"""Two pipelines made one: the statuses of an archive, and those of the account that takes it in. Pure rules."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from jatify_core.application import Status, StatusId
from jatify_core.errors import Conflict, Invalid
from jatify_core.status import MOST_STATUSES, NEEDED, NO_ID, alike, slug


class Merged(Struct, frozen=True):
    """The statuses to save, which of the user's each of the archive's stands for, and how many were made."""

    changed: tuple[Status, ...]
    ids: Mapping[str, StatusId]
    made: int


def merged(there: Sequence[Status], archived: Sequence[Status]) -> Merged:
    """Take in *archived* beside *there*, both in order.

    A pipeline that nobody has touched becomes that of the archive. Any other keeps its names and its order, and what it
    lacks comes behind it. Raises `Invalid` where the archive's cannot be, `Conflict` where they would be too many.
    """
    _refuse_unfit(archived)
    in_order = sorted(archived, key=lambda status: status.position)
    if _untouched(there) and _extends(in_order, there):
        numbered = [replace(status, position=place) for place, status in enumerate(in_order, start=1)]
        before = {status.id: status for status in there}
        changed = tuple(status for status in numbered if before.get(status.id) != status)
        return Merged(changed, {status.id: status.id for status in numbered}, len(numbered) - len(there))
    return _beside(there, in_order)


def _beside(there: Sequence[Status], archived: Sequence[Status]) -> Merged:
    all_of_them = list(there)
    ids: dict[str, StatusId] = {}
    for old in archived:
        twin = next((status for status in all_of_them if _stands_for(status, old)), None)
        if twin is None:
            taken = {*NO_ID, *(status.id for status in all_of_them)}
            id_ = old.id if old.id not in taken else slug(old.label, taken)
            label = _free(old.label, all_of_them)
            twin = replace(old, id=id_, label=label, own=True, position=len(all_of_them) + 1, version=1)
            all_of_them.append(twin)
        ids[old.id] = twin.id
    if len(all_of_them) > MOST_STATUSES:
        raise Conflict(f"With those of the archive there were more than {MOST_STATUSES} statuses. Delete some first.")
    made = all_of_them[len(there) :]
    return Merged(tuple(made), ids, len(made))


def _stands_for(status: Status, old: Status) -> bool:
    if not old.own and not status.own:
        return status.id == old.id
    return status.category == old.category and status.terminal == old.terminal and alike(status.label, old.label)


def _free(label: str, there: Sequence[Status]) -> str:
    numbered = (f"{label[:190]} ({number})" for number in range(2, len(there) + 3))
    taken = [status.label for status in there if not status.retired]
    return next(free for free in (label, *numbered) if not any(alike(free, other) for other in taken))


def _untouched(there: Sequence[Status]) -> bool:
    return all(not status.own and status.version == 1 for status in there)


def _extends(archived: Sequence[Status], there: Sequence[Status]) -> bool:
    """Whether each of *there* is among *archived*, what its owner may not change unchanged, and the rest his own."""
    shipped = {status.id: status for status in archived if not status.own}
    return {status.id for status in there} == shipped.keys() and all(
        (shipped[status.id].category, shipped[status.id].terminal) == (status.category, status.terminal)
        for status in there
    )


def _refuse_unfit(archived: Sequence[Status]) -> None:
    if len(archived) > MOST_STATUSES:
        raise Invalid.at("/statuses", "too_many", f"There can be {MOST_STATUSES} statuses at most.")
    for number, status in enumerate(archived):
        pointer = f"/statuses/{number}"
        before = archived[:number]
        if status.id in NO_ID or any(status.id == other.id for other in before):
            raise Invalid.at(f"{pointer}/id", "repeated", "Two statuses have this id, or none may have it.")
        if not status.retired and any(not o.retired and alike(o.label, status.label) for o in before):
            raise Invalid.at(f"{pointer}/label", "taken", "Two statuses have this label.")
        if status.retired and status.id in NEEDED:
            raise Invalid.at(f"{pointer}/retired", "needed", f"It cannot be retired: {NEEDED[status.id]}.")
