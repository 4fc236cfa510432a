"""Pages of a list by keyset: stable while rows come and go, as fast on page 1,000 as on page 1."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import replace

T = TypeVar("T")

Limit = Annotated[int, Meta(ge=1, le=100)]
DEFAULT_LIMIT = 20


class Sort(Struct, frozen=True):
    """An order: one key of the noun's own list, then the id, in one direction."""

    key: str
    descending: bool = False

    def __str__(self) -> str:
        """The wire's form: `-created_at`."""
        return f"-{self.key}" if self.descending else self.key


class Position(Struct, frozen=True, array_like=True):
    """Where a page ended: the last row's sort key, as text, and its id."""

    key: str
    id: UUID


class Window(Struct, frozen=True):
    """Which page of which order: up to `limit` rows that come strictly after `after`."""

    sort: Sort
    limit: Limit = DEFAULT_LIMIT
    after: Position | None = None


class Page(Struct, Generic[T], frozen=True):
    """Rows in order, and where the next page starts, or None at the end."""

    items: tuple[T, ...]
    next: Position | None = None


async def walked(fetch: Callable[[Window], Awaitable[Page[T]]], sort: Sort, limit: int) -> AsyncIterator[T]:
    """Every row of a list, which is fetched page by page as they are asked for."""
    window: Window | None = Window(sort, limit)
    while window:
        page = await fetch(window)
        for item in page.items:
            yield item
        window = replace(window, after=page.next) if page.next else None
