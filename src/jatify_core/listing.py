"""A listing: an advertised position, as its finder typed or pasted it. The API calls it a job."""

import hashlib
from datetime import date, datetime
from typing import Annotated, Literal, NewType
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import asdict

from jatify_core.errors import Invalid
from jatify_core.paging import Window
from jatify_core.text import Line, Prose, Url, Word
from jatify_core.user import UserId

ListingId = NewType("ListingId", UUID)

Workplace = Literal["onsite", "hybrid", "remote"]


class Salary(Struct, frozen=True, forbid_unknown_fields=True):
    """What the position pays, between `min` and `max` of `currency` (ISO 4217) for each `period`."""

    min: Annotated[int, Meta(ge=0, le=1_000_000_000)] | None = None
    max: Annotated[int, Meta(ge=0, le=1_000_000_000)] | None = None
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$", min_length=3, max_length=3)] | None = None
    period: Literal["hour", "day", "week", "month", "year"] | None = None


class ListingDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """The members of a listing that its owner writes. A missing optional one is null."""

    company: Word
    position: Word
    description: Prose | None = None
    url: Url | None = None
    location: Line | None = None
    workplace: Workplace | None = None
    employment_type: Line | None = None
    salary: Salary | None = None
    source: Line | None = None
    posted_on: date | None = None
    deadline_on: date | None = None


class Listing(Struct, frozen=True):
    """A stored listing; `version` grows by one with each change."""

    id: ListingId
    user_id: UserId
    company: str
    position: str
    description: str | None
    url: str | None
    location: str | None
    workplace: Workplace | None
    employment_type: str | None
    salary: Salary | None
    source: str | None
    posted_on: date | None
    deadline_on: date | None
    created_at: datetime
    updated_at: datetime
    version: int = 1

    @classmethod
    def of(cls, draft: ListingDraft, listing_id: ListingId, user_id: UserId, at: datetime) -> "Listing":
        """A new listing, made of *draft* at *at*."""
        return cls(id=listing_id, user_id=user_id, created_at=at, updated_at=at, **asdict(checked(draft)))

    def changed_to(self, draft: ListingDraft, at: datetime) -> "Listing":
        """This listing with every writable member from *draft*, one version on."""
        return Listing(
            id=self.id,
            user_id=self.user_id,
            created_at=self.created_at,
            updated_at=at,
            version=self.version + 1,
            **asdict(checked(draft)),
        )

    @property
    def draft(self) -> ListingDraft:
        """The writable members as they are now."""
        return ListingDraft(**{name: getattr(self, name) for name in ListingDraft.__struct_fields__})

    @property
    def text(self) -> str:
        """What an analyzer reads: the position and the description, nothing that identifies the seeker."""
        head = f"{self.position}\n{self.company}"
        return f"{head}\n\n{self.description}" if self.description else head

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) of `text`: two listings with the same hash read the same to an analyzer."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class ListingBrief(Struct, frozen=True):
    """A listing as its applications show it."""

    id: ListingId
    company: str
    position: str


class ListingFilter(Struct, frozen=True):
    """Which listings: `q` searches text, the others match without regard to case."""

    window: Window
    q: str | None = None
    company: str | None = None
    url: str | None = None


SORT_KEYS = ("created_at", "updated_at", "company", "position")


def checked(draft: ListingDraft) -> ListingDraft:
    """Return *draft* if its members fit together, else raise `Invalid`."""
    if not draft.company.strip():
        raise Invalid.at("/company", "blank", "Name the company.")
    if not draft.position.strip():
        raise Invalid.at("/position", "blank", "Name the position.")
    pay = draft.salary
    if pay and pay.min is not None and pay.max is not None and pay.min > pay.max:
        raise Invalid.at("/salary/max", "out_of_order", "The highest salary is below the lowest.")
    return draft
