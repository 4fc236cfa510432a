"""Pastes on the wire, and what a listing made of one could be."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from jatify_core.clipping import LONGEST_PASTE, How, Proposal
from jatify_core.text import Url
from jatify_core.use_cases.clippings import Proposed
from jatify_http.schemas.listings import Twins, TwinView


class JobPaste(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody pasted: the HTML of a page, or plain text; and where he found it."""

    content: Annotated[str, Meta(min_length=1, max_length=LONGEST_PASTE)]
    url: Url | None = None


class FoundView(Struct, frozen=True):
    """How each member was found, the surest first: `json_ld`, `microdata`, `meta`, `heuristic`; else absent."""

    company: How | UnsetType = UNSET
    position: How | UnsetType = UNSET
    description: How | UnsetType = UNSET
    url: How | UnsetType = UNSET
    location: How | UnsetType = UNSET
    workplace: How | UnsetType = UNSET
    employment_type: How | UnsetType = UNSET
    salary: How | UnsetType = UNSET
    source: How | UnsetType = UNSET
    posted_on: How | UnsetType = UNSET
    deadline_on: How | UnsetType = UNSET


class ParsedJobView(Struct, frozen=True):
    """A listing as it could be kept; null where nothing was found. Nothing of it is kept yet."""

    draft: Proposal
    found: FoundView
    possible_duplicates: Twins

    @classmethod
    def of(cls, proposed: Proposed) -> "ParsedJobView":
        """How *proposed* looks."""
        clipping = proposed.clipping
        return cls(clipping.draft, FoundView(**clipping.found), tuple(map(TwinView.of, proposed.twins)))
