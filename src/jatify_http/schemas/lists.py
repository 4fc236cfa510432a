"""Lists on the wire: what every one of them takes and gives."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, ClassVar, Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from jatify_core.errors import Invalid
from jatify_core.job import Turn
from jatify_core.paging import DEFAULT_LIMIT, Limit, Page, Position, Sort, Window
from jatify_core.user import UserId
from jatify_http.cursors import opened, sealed

V = TypeVar("V")

Cursor = Annotated[
    str, Meta(min_length=1, max_length=2_000, description="Where to read on: `next_cursor` of the page before.")
]
Search = Annotated[str, Meta(max_length=200, description="Text to look for; case does not count.")]

TURN = "turn"
"""What the queue is sorted by."""


class Listed(Struct, Generic[V], frozen=True):
    """One page of a list; `next_cursor` is null on the last one."""

    items: Annotated[list[V], Meta(max_length=100)]
    next_cursor: Cursor | None


class ListQuery(Struct, frozen=True, kw_only=True):
    """What every list understands. Subclasses add their filters, and `sort` where there is a choice."""

    limit: Annotated[Limit, Meta(description="How many to give at most.")] = DEFAULT_LIMIT
    cursor: Cursor | None = None

    newest_first: ClassVar[str] = "-created_at"
    """The order where there is no choice."""

    def window(self, user_id: UserId, *within: UUID) -> Window:
        """The page that is asked for. Raises `Invalid` for a cursor of another list."""
        if self.cursor is None:
            return Window(self._order, self.limit)
        match opened(self.cursor, self.scope(user_id, *within)):
            case (key, row) if _fits(self._order.key, key) and _reads(UUID, row):
                return Window(self._order, self.limit, Position(key, UUID(row)))
            case _:
                raise Invalid.at("/cursor", "unknown_cursor", "This cursor is not one of this list.")

    def after(self, page: Page[V], user_id: UserId, *within: UUID) -> str | None:
        """The cursor of the page that follows *page*."""
        if page.next is None:
            return None
        return sealed((page.next.key, str(page.next.id)), self.scope(user_id, *within))

    def scope(self, user_id: UserId, *within: UUID) -> bytes:
        """Everything that a cursor is bound to: whose list, which one, its filters and its sort."""
        members = {name: getattr(self, name) for name in self.__struct_fields__ if name not in {"limit", "cursor"}}
        return msgspec.json.encode([type(self).__name__, user_id, within, members])

    @property
    def _order(self) -> Sort:
        sort = getattr(self, "sort", self.newest_first)
        return Sort(sort.removeprefix("-"), descending=sort.startswith("-"))


def _fits(sorted_by: str, key: str) -> bool:
    """Whether *key* can have come from a list sorted so: instants and dates are compared as such."""
    if sorted_by.endswith("_at"):
        return _reads(datetime.fromisoformat, key)
    if sorted_by == "id":
        return _reads(UUID, key)
    if sorted_by == TURN:
        return _reads(Turn.read, key)
    return not sorted_by.endswith("_on") or _reads(date.fromisoformat, key)


def _reads(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True
