"""Repeats: the rows of a table that tell of an application which is there already. Pure rules.

They begin with the `Keys` by which `duplicates` finds the twins of a listing, and are stricter: a twin is pointed out,
a repeat is left out.
"""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from jatify_core.application import ApplicationId
from jatify_core.duplicates import Keys


class Known(Struct, frozen=True):
    """An application as far as it takes to know it again; one of a table that is not stored yet has no id."""

    id: ApplicationId | None
    company: str
    position: str
    url: str | None
    applied_on: date | None
    created_at: datetime | None = None


class Repeats:
    """Applications, found again by where their listing was advertised, or by its company and position."""

    def __init__(self, known: Sequence[Known]) -> None:
        self._by_key: dict[str, list[tuple[Known, Keys, int | None]]] = {}
        for one in known:
            self.add(one, None)

    def add(self, one: Known, row: int | None) -> None:
        """Know *one* from now on, which stands in that row of a table, or is stored."""
        keys = Keys.of(one)
        for key in keys.present:
            self._by_key.setdefault(key, []).append((one, keys, row))

    def of(self, one: Known) -> tuple[ApplicationId | None, int | None] | None:
        """The application, or the row, that *one* repeats; a stored one before a row of the same table."""
        keys = Keys.of(one)
        for key in keys.present:
            for other, theirs, row in self._by_key.get(key, ()):
                if (keys.url is None or theirs.url is None or keys.url == theirs.url) and _agree(one, other):
                    return other.id, row
        return None


def _agree(one: Known, other: Known) -> bool:
    """Whether nothing differs that both of two for one position tell.

    When it was written down differs of course between what is stored and what comes from elsewhere.
    """
    told: list[tuple[object, object]] = [(one.applied_on, other.applied_on)]
    if other.id is None:
        told.append((one.created_at, other.created_at))
    return all(mine is None or theirs is None or mine == theirs for mine, theirs in told)
