"""When two applications are for the same position: by where it was advertised, or by company and position."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from msgspec import Struct

from jatify_core.application import ApplicationId

BETWEEN: Final = re.compile(r"[\W_]+")
LEGAL: Final = frozenset(
    "ab ag as bv co corp gmbh inc kg llc llp ltd nv ohg oy plc sa sas se spa srl ug".split()  # noqa: SIM905  # as a list it fills a page
)
TRACKING: Final = frozenset(["gclid", "fbclid", "msclkid", "ref", "refid", "trk", "trackingid", "source", "src"])
GENDERS: Final = re.compile(r"\(?\b(?:[mwfdxi]\s*[/|*]\s*){1,3}[mwfdxi]\b\)?", re.IGNORECASE)


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
        url = url_key(one.url)
        for key in _keys(one, url):
            self._by_key.setdefault(key, []).append((one, url, row))

    def of(self, one: Known) -> tuple[ApplicationId | None, int | None] | None:
        """The application, or the row, that *one* repeats; a stored one before a row of the same table."""
        url = url_key(one.url)
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
    return ([f"url {url}"] if url else []) + [f"title {title_key(one.company, one.position)}"]


def url_key(url: str | None) -> str | None:
    """What the addresses of one advertisement have in common."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    except ValueError:
        return url
    query = sorted((name, value) for name, value in parse_qsl(parts.query) if not _tracks(name.lower()))
    return f"{host}{port}{parts.path.rstrip('/')}?{urlencode(query)}"


def title_key(company: str, position: str) -> str:
    """What the spellings of a company and a position have in common."""
    firm = [word for word in _words(company) if word not in LEGAL] or _words(company)
    return f"{' '.join(firm)}\n{' '.join(_words(GENDERS.sub(' ', position)) or _words(position))}"


def _tracks(name: str) -> bool:
    return name in TRACKING or name.startswith("utm_")


def _words(text: str) -> Sequence[str]:
    """Signs without letters stay, lest C++ and C# be one; where nothing is left, everything does."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("++", " plusplus").replace("#", " sharp")
    return BETWEEN.sub(" ", plain).split() or [plain.strip()]
