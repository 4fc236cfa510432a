"""Searching and paging, as every noun of the memory store does them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from jatify_core.paging import Page, Position, Window


class Row(Protocol):
    """Whatever can stand on a page."""

    @property
    def id(self) -> UUID:
        """What tells rows with the same sort key apart."""


R = TypeVar("R", bound=Row)

READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "created_at": datetime.fromisoformat,
    "updated_at": datetime.fromisoformat,
    "failed_at": datetime.fromisoformat,
    "applied_on": date.fromisoformat,
    "id": UUID,
}
"""How a sort key is read back from a position; all others are text, in the order of its code points."""


def page(rows: Iterable[R], window: Window) -> Page[R]:
    """The rows of *window*: in order, after its position, no more than its limit."""
    name, descending = window.sort.key, window.sort.descending

    def place(row: R) -> tuple[Any, UUID]:
        value = getattr(row, name)
        return date.min if value is None else value, row.id

    ordered = sorted(rows, key=place, reverse=descending)
    if window.after:
        after = READERS.get(name, str)(window.after.key), window.after.id
        ordered = [row for row in ordered if (place(row) < after if descending else place(row) > after)]
    items = tuple(ordered[: window.limit])
    return Page(items, _position(*place(items[-1])) if len(ordered) > len(items) else None)


def _position(value: str | date | UUID, row_id: UUID) -> Position:
    return Position(value.isoformat() if isinstance(value, date) else str(value), row_id)


def contains(q: str | None, *texts: str | None) -> bool:
    """Whether *q* stands in one of *texts*, without regard to case; None stands everywhere."""
    return q is None or any(q.lower() in text.lower() for text in texts if text)


def same(wanted: str | None, text: str | None) -> bool:
    """Whether *text* is *wanted*, without regard to case; None is everything."""
    return wanted is None or (text is not None and wanted.lower() == text.lower())
