"""What the wire looks like where it differs from the core's values: one module for each noun."""

from datetime import UTC, datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct
from msgspec.structs import asdict

MOST = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly."""
Count = Annotated[int, Meta(ge=0, le=MOST)]
Version = Annotated[int, Meta(ge=1, le=MOST)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", min_length=64, max_length=64)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Told = Annotated[str, Meta(max_length=2_000)]
"""Words of ours for people."""


def utc(at: datetime) -> datetime:
    """The same instant in UTC, which the wire writes with a `Z`."""
    return at.astimezone(UTC)


def utc_or_none(at: datetime | None) -> datetime | None:
    """The same, for what may not have happened yet."""
    return None if at is None else utc(at)


def members(view: Struct) -> dict[str, Any]:
    """The members of *view* that there are, by name."""
    return {name: member for name, member in asdict(view).items() if member is not UNSET}
