"""When two applications are for the same position: by where it was advertised, or by company and position."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from jatify_core.application import ApplicationId
from jatify_core.duplicates import normal_title, normal_url


class Known(Struct, frozen=True):
    """An application as far as it takes to know it again; one of a table that is not stored yet has no id."""

    id: ApplicationId | None
    company: str
    position: str
    url: str | None
    applied_on: date | None
    created_at: datetime | None = None


class Twins:
    """Applications by what makes them one another's twins."""

    def __init__(self, known: Sequence[Known]) -> None:
        self._by_key: dict[str, list[tuple[Known, str | None, int | None]]] = {}
        for one in known:
            self.add(one, None)

    def add(self, one: Known, row: int | None) -> None:
        """Know *one* from now on, which stands in that row of a table, or is stored."""
        url = normal_url(one.url) if one.url else None
        for key in _keys(one, url):
            self._by_key.setdefault(key, []).append((one, url, row))

    def of(self, one: Known) -> tuple[ApplicationId | None, int | None] | None:
        """The application, or the row, that *one* repeats; a stored one before a row of the same table."""
        url = normal_url(one.url) if one.url else None
        for key in _keys(one, url):
            for other, others_url, row in self._by_key.get(key, ()):
                if (url is None or others_url is None or url == others_url) and _alike(one, other):
                    return other.id, row
        return None


def _alike(one: Known, other: Known) -> bool:
    """Whether nothing differs that both of two for one position tell.

    When it was written down differs of course between what is stored and what comes from elsewhere.
    """
    told: list[tuple[object, object]] = [(one.applied_on, other.applied_on)]
    if other.id is None:
        told.append((one.created_at, other.created_at))
    return all(mine is None or theirs is None or mine == theirs for mine, theirs in told)


def _keys(one: Known, url: str | None) -> list[str]:
    return ([f"url {url}"] if url else []) + [f"title {normal_title(one.company, one.position)}"]
