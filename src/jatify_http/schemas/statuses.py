"""The pipeline's statuses on the wire."""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import asdict

from jatify_core.application import Category, Status, StatusCode
from jatify_core.paging import Limit
from jatify_core.status import MOST_STATUSES, Order, Place
from jatify_core.text import Word
from jatify_core.use_cases.statuses import UsedStatus
from jatify_http.schemas import Count, Version
from jatify_http.schemas.lists import ListQuery

STATUS_ID: Final = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[a-z0-9_]+$"}
"""An id of a status, in a path."""


class PlainStatus(Struct, frozen=True):
    """A status on its own, as an export has it."""

    id: StatusCode
    label: Word
    category: Category
    terminal: bool
    position: Place
    own: bool
    retired: bool
    version: Version

    @classmethod
    def of(cls, status: Status) -> "PlainStatus":
        """How *status* looks."""
        return cls(
            id=status.id,
            label=status.label,
            category=status.category,
            terminal=status.terminal,
            position=status.position,
            own=status.own,
            retired=status.retired,
            version=status.version,
        )


class StatusView(PlainStatus, frozen=True):
    """One station of the caller's pipeline.

    `own` if the caller added it; `retired` if no application may be moved there any more; `in_use` counts the
    applications that are in it or were, deleted ones included.
    """

    in_use: Count

    @classmethod
    def used(cls, used: UsedStatus) -> "StatusView":
        """How *used* looks."""
        return cls(**asdict(PlainStatus.of(used.status)), in_use=used.in_use)


class StatusOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """Each of the caller's statuses once, retired ones too, in the order that they are to have."""

    ids: Order


class StatusQuery(ListQuery, frozen=True, kw_only=True):
    """Which statuses: there is one order, the pipeline's, and as a rule all of them are wanted."""

    limit: Annotated[Limit, Meta(description="How many to give at most.")] = MOST_STATUSES
    sort: Literal["position"] = "position"
