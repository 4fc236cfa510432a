"""Pages of a list by keyset: a statement for each order, composed once, of literals alone."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Generic, LiteralString, Protocol, TypeVar
from uuid import UUID

from psycopg.rows import TupleRow

from jatify_adapters.postgres.connection import Connection, Params
from jatify_core.paging import Page, Position, Window


class _HasId(Protocol):
    @property
    def id(self) -> UUID: ...


T = TypeVar("T", bound=_HasId)


class Pages(Generic[T]):
    """The pages of one list, in every order that it allows.

    *select* ends with its conditions, *id_* and the values of *keys* are SQL of what it sorts by; none may be null.
    """

    def __init__(
        self,
        select: LiteralString,
        *,
        keys: Mapping[str, LiteralString],
        id_: LiteralString,
        read: Callable[[TupleRow], T],
    ) -> None:
        self._read = read
        self._statements = {
            (key, descending, later): _statement(select, sql, id_, descending=descending, later=later)
            for key, sql in keys.items()
            for descending in (False, True)
            for later in (False, True)
        }

    async def page(self, db: Connection, window: Window, params: Params) -> Page[T]:
        """The rows of *window*; one more is read to learn whether there is a next page."""
        after = window.after
        rows = await db.rows(
            self._statements[window.sort.key, window.sort.descending, after is not None],
            {**params, "limit": window.limit + 1, "after_key": after and after.key, "after_id": after and after.id},
        )
        items = tuple(self._read(row) for row in rows[: window.limit])
        more = len(rows) > window.limit
        return Page(items, _position(items[-1], window.sort.key) if more else None)


def _statement(
    select: LiteralString, key: LiteralString, id_: LiteralString, *, descending: bool, later: bool
) -> LiteralString:
    direction, beyond = ("desc", "<") if descending else ("asc", ">")
    # A row comparison, which an index on (key, id) answers as one range.
    after = f"and ({key}, {id_}) {beyond} (%(after_key)s, %(after_id)s)" if later else ""
    return f"{select} {after} order by {key} {direction}, {id_} {direction} limit %(limit)s"


def _position(item: _HasId, key: str) -> Position:
    return Position(_text(getattr(item, key)), item.id)


def _text(value: Any) -> str:
    match value:
        case None:
            return date.min.isoformat()  # what a date that is missing sorts as
        case date():
            return value.isoformat()
        case _:
            return str(value)
