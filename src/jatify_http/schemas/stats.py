"""The numbers of a search on the wire."""

from datetime import date, timedelta
from typing import Annotated

from msgspec import Meta, Struct, field
from msgspec.structs import asdict

from jatify_core.stats import Stats

Minutes = Annotated[
    str,
    Meta(
        pattern="^-?([0-7]?[0-9]{1,2}|8[0-3][0-9]|840)$",
        max_length=4,
        description="Minutes that the caller's clock is ahead of UTC, 60 for Berlin in winter; days and weeks are his.",
    ),
]


class StatsQuery(Struct, frozen=True, kw_only=True):
    """Which applications: those whose first step lies between two dates, both included."""

    first: date | None = field(default=None, name="from")
    last: date | None = field(default=None, name="to")
    tz_offset: Minutes = "0"

    @property
    def offset(self) -> timedelta:
        """How far the caller's clock is ahead of UTC."""
        return timedelta(minutes=int(self.tz_offset))


class StatsView(Stats, frozen=True, kw_only=True):
    """The funnel, the flows, the time in each status, the response rates and the weeks of a search.

    `reached` counts who ever came to a stage or beyond it; a flow goes from stage to stage and ends at `accepted`, at
    `open`, or at the status that closed it, as `status:rejected`. Of statuses the stays that have ended are measured.
    """

    first: date | None = field(name="from")
    last: date | None = field(name="to")

    @classmethod
    def of(cls, stats: Stats, where: StatsQuery) -> "StatsView":
        """How *stats* look."""
        return cls(**asdict(stats), first=where.first, last=where.last)
