"""The pipeline: which statuses there may be, in what order, and what their owner may do to them. Pure rules."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Final

from msgspec import Meta, Struct
from msgspec.structs import replace

from jatify_core.application import Category, Status, StatusCode, StatusId
from jatify_core.errors import Conflict, Invalid, NotFound
from jatify_core.text import Word

MOST_STATUSES: Final = 50
"""That a pipeline has, shipped and retired ones included."""
NEEDED: Final[Mapping[str, str]] = {
    "saved": "applications begin with it",
    "applied": "with it an application counts as sent",
}
"""What cannot be retired, and why."""
NO_ID: Final = frozenset({"order"})
"""What stands in the place of an id in the API's paths."""
LONGEST_SLUG: Final = 40

Place = Annotated[int, Meta(ge=1, le=MOST_STATUSES)]
Order = Annotated[list[StatusCode], Meta(min_length=1, max_length=MOST_STATUSES)]

_NO_SLUG: Final = re.compile(r"[^a-z0-9]+")


class StatusDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """A status that its owner adds: terminal, unless he says otherwise, where it is closed; before the closed ones."""

    label: Word
    category: Category
    terminal: bool | None = None
    position: Place | None = None


class StatusEdit(Struct, frozen=True, forbid_unknown_fields=True):
    """The members of a status that its owner writes once it is there; category and terminal if it is his own."""

    label: Word
    category: Category
    terminal: bool
    retired: bool
    position: Place

    @classmethod
    def of(cls, status: Status) -> "StatusEdit":
        """The writable members of *status* as they are now."""
        return cls(status.label, status.category, status.terminal, status.retired, status.position)


class Pipeline(Struct, frozen=True):
    """A user's statuses, in order. Every change makes another pipeline; `changes` tells the two apart."""

    statuses: tuple[Status, ...]

    def find(self, status_id: str) -> Status:
        """The status of that id. Raises `NotFound` if there is none."""
        for status in self.statuses:
            if status.id == status_id:
                return status
        raise NotFound

    def with_new(self, draft: StatusDraft) -> tuple["Pipeline", StatusId]:
        """This and a status of the owner's own, and its id."""
        if len(self.statuses) >= MOST_STATUSES:
            raise Conflict(f"There can be {MOST_STATUSES} statuses, retired ones too. Delete one that is not used.")
        label = self._free_label(draft.label)
        status_id = slug(label, {*NO_ID, *(status.id for status in self.statuses)})
        terminal = draft.category == "closed" if draft.terminal is None else draft.terminal
        place = self._before_closed if draft.position is None else self._place(draft.position, len(self.statuses) + 1)
        fresh = Status(status_id, label, draft.category, terminal, place, own=True)
        return _numbered([*self.statuses[: place - 1], fresh, *self.statuses[place - 1 :]]), status_id

    def with_edited(self, status_id: str, edit: StatusEdit) -> "Pipeline":
        """This with other members of one status."""
        status = self.find(status_id)
        if not status.own:
            _refuse_for_shipped(status, edit)
        if edit.retired and status.id in NEEDED:
            raise Invalid.at("/retired", "needed", f"“{status.label}” cannot be retired: {NEEDED[status.id]}.")
        label = status.label if edit.label == status.label else _lined(edit.label)
        if not edit.retired and (status.retired or not alike(label, status.label)):
            label = self._free_label(label, but=status)
        changed = replace(status, label=label, category=edit.category, terminal=edit.terminal, retired=edit.retired)
        others = [other for other in self.statuses if other.id != status.id]
        place = self._place(edit.position, len(self.statuses))
        return _numbered([*others[: place - 1], changed, *others[place - 1 :]])

    def in_order(self, ids: Sequence[str]) -> "Pipeline":
        """This in the order of *ids*, which must name every status once."""
        by_id = {status.id: status for status in self.statuses}
        if unknown := [id_ for id_ in ids if id_ not in by_id]:
            raise Invalid.at("/ids", "unknown_status", f"You have no such status: {unknown[0]}.")
        if len(set(ids)) < len(ids) or len(ids) < len(by_id):
            raise Invalid.at("/ids", "not_each_once", f"Name each of your {len(by_id)} statuses once.")
        return _numbered([by_id[StatusId(id_)] for id_ in ids])

    def without(self, status_id: str) -> "Pipeline":
        """This without one of the owner's own. Raises `Conflict` for one that comes with Jatify."""
        status = self.find(status_id)
        if not status.own:
            raise Conflict(f"“{status.label}” comes with Jatify and stays. Retire it instead.")
        return _numbered([other for other in self.statuses if other.id != status.id])

    def changes(self, before: "Pipeline") -> tuple[Status, ...]:
        """The statuses of this that are not what they were *before*: each is new, or one version on."""
        known = {status.id: status for status in before.statuses}
        return tuple(
            replace(status, version=status.version + 1) if status.id in known else status
            for status in self.statuses
            if known.get(status.id) != status
        )

    @property
    def _before_closed(self) -> int:
        closed = (status.position for status in self.statuses if status.category == "closed")
        return next(closed, len(self.statuses) + 1)

    def _place(self, asked: int, last: int) -> int:
        if asked > last:
            raise Invalid.at("/position", "beyond_the_end", f"The last place is {last}.")
        return asked

    def _free_label(self, label: str, but: Status | None = None) -> str:
        """*label*, if no status in use has it already."""
        lined = _lined(label)
        for status in self.statuses:
            if status is not but and not status.retired and alike(status.label, lined):
                raise Invalid.at("/label", "taken", f"There is a status “{status.label}” already.")
        return lined


def slug(label: str, taken: Collection[str]) -> StatusId:
    """An id that tells of *label* and is none of *taken*."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = _NO_SLUG.sub("_", plain).strip("_")[:LONGEST_SLUG].strip("_") or "status"
    numbered = (f"{stem}_{number}" for number in range(2, len(taken) + 3))
    return StatusId(next(free for free in (stem, *numbered) if free not in taken))


def open_status(status: Status) -> StatusId:
    """The id of *status*, if applications may be moved to it. Raises `Invalid` where it is retired."""
    if status.retired:
        raise Invalid.at(
            "/status_id", "retired_status", f"“{status.label}” is retired. Choose another status, or bring it back."
        )
    return status.id


def _refuse_for_shipped(status: Status, edit: StatusEdit) -> None:
    for name in ("category", "terminal"):
        if getattr(edit, name) != getattr(status, name):
            raise Invalid.at(f"/{name}", "not_own", f"“{status.label}” comes with Jatify: its {name} stays.")


def _numbered(statuses: Sequence[Status]) -> Pipeline:
    return Pipeline(tuple(replace(status, position=place) for place, status in enumerate(statuses, start=1)))


def _lined(label: str) -> str:
    """*label* as one line, without blanks around it. Raises `Invalid` if nothing remains."""
    lined = " ".join(label.split())
    if not lined:
        raise Invalid.at("/label", "blank", "Name the status.")
    return lined


def alike(one: str, other: str) -> bool:
    """Whether two labels look alike."""
    return _folded(one) == _folded(other)


def _folded(label: str) -> str:
    return unicodedata.normalize("NFKC", label).casefold()
