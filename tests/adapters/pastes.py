"""What tests of pastes share: how to read one, and what every draft must be fit for."""

from datetime import date
from typing import Final

from msgspec import convert, to_builtins

from jatify_adapters.clipping.reader import read
from jatify_core.clipping import Clipping, Paste
from jatify_core.listing import ListingDraft

TODAY: Final = date(2026, 11, 24)


def pasted(content: str, url: str | None = None) -> Clipping:
    return read(Paste(content, url, TODAY))


def assert_fits(draft: object) -> None:
    """A draft can be kept as it is, once company and position are named."""
    named = {name: value for name, value in to_builtins(draft).items() if value is not None}
    listing = convert({"company": "Acme", "position": "Clerk"} | named, ListingDraft)
    if listing.salary and listing.salary.min is not None and listing.salary.max is not None:
        assert listing.salary.min <= listing.salary.max
