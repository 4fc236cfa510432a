"""What `jatify demo` shows: the resume of a person who does not exist, and a listing that suits her."""

from importlib.resources import files
from typing import Final

from msgspec import toml

from jatify_core.listing import ListingDraft

RESUME_FILENAME: Final = "sample_resume.pdf"


def sample_resume() -> bytes:
    """The PDF of the resume, as its owner would upload it under `RESUME_FILENAME`."""
    return files(__name__).joinpath(RESUME_FILENAME).read_bytes()


def sample_listing() -> ListingDraft:
    """The listing, which asks for two required and three preferred skills that the resume does not show."""
    return toml.decode(files(__name__).joinpath("sample_listing.toml").read_bytes(), type=ListingDraft)
