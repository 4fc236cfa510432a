"""Listings on the wire, where they are called jobs."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from jatify_core.application import StatusCode
from jatify_core.duplicates import MOST_TWINS, Because, Twin
from jatify_core.listing import Listing, ListingDraft, ListingFilter, Salary, Workplace
from jatify_core.text import Line, Prose, Url, Word
from jatify_core.use_cases.listings import NewListing
from jatify_core.user import UserId
from jatify_http.schemas import Version, utc
from jatify_http.schemas.lists import ListQuery, Search


class TwinView(Struct, frozen=True):
    """A listing that may be the same as another, with its newest application; `because` says what they share."""

    id: UUID
    company: Word
    position: Word
    url: Url | None
    created_at: datetime
    application_id: UUID | None
    status_id: StatusCode | None
    because: Because

    @classmethod
    def of(cls, twin: Twin) -> "TwinView":
        """How *twin* looks."""
        return cls(
            id=twin.id,
            company=twin.company,
            position=twin.position,
            url=twin.url,
            created_at=utc(twin.created_at),
            application_id=twin.application_id,
            status_id=twin.status_id,
            because=twin.because,
        )


Twins = Annotated[tuple[TwinView, ...], Meta(max_length=MOST_TWINS)]


class JobView(Struct, frozen=True):
    """A listing as its owner sees it; `version` grows by one with each change.

    `possible_duplicates` is there where one was just created: those that were there already and may be the same, by
    URL first, then newest first.
    """

    id: UUID
    company: Word
    position: Word
    description: Prose | None
    url: Url | None
    location: Line | None
    workplace: Workplace | None
    employment_type: Line | None
    salary: Salary | None
    source: Line | None
    posted_on: date | None
    deadline_on: date | None
    created_at: datetime
    updated_at: datetime
    version: Version
    possible_duplicates: Twins | UnsetType = UNSET

    @classmethod
    def created(cls, new: NewListing) -> "JobView":
        """How a listing looks that was just kept."""
        return structs.replace(cls.of(new.listing), possible_duplicates=tuple(map(TwinView.of, new.twins)))

    @classmethod
    def of(cls, listing: Listing) -> "JobView":
        """How *listing* looks."""
        written = {name: getattr(listing, name) for name in ListingDraft.__struct_fields__}
        return cls(
            id=listing.id,
            **written,
            created_at=utc(listing.created_at),
            updated_at=utc(listing.updated_at),
            version=listing.version,
        )


class JobQuery(ListQuery, frozen=True, kw_only=True):
    """Which listings: `q` searches their text, the others match without regard to case."""

    q: Search | None = None
    company: Search | None = None
    url: Search | None = None
    sort: Literal[
        "created_at", "-created_at", "updated_at", "-updated_at", "company", "-company", "position", "-position"
    ] = "-created_at"

    def where(self, user_id: UserId) -> ListingFilter:
        """The same as the core understands it."""
        return ListingFilter(self.window(user_id), self.q, self.company, self.url)
