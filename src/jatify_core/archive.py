"""An archive: everything of a user's, written down by one installation for another, or for the same, to take in."""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final, Literal, Protocol, TypeVar

from msgspec import Struct

from jatify_core.analysis import Analysis
from jatify_core.application import Application, Status
from jatify_core.dead_letter import DeadLetter
from jatify_core.errors import Invalid
from jatify_core.listing import Listing, checked
from jatify_core.resume import Resume

T = TypeVar("T")

MOST_ROWS: Final = 50_000
"""Of one kind. Nobody has applied so often."""
SAID: Final[Mapping[str, str]] = {
    "listing": "job",
    "listing_id": "job_id",
    "identity": "analyzer",
    "report": "result",
}
"""What an archive calls a member as the API does, which the core calls otherwise."""
MEDIA_TYPES: Final = frozenset(
    {
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "text/markdown",
        "text/plain",
    }
)
"""What a resume can be of: its file is served as what it says here."""


class Archive(Protocol):
    """An archive as it is read: any part of it may be damaged, or made up by somebody who means harm.

    Each call raises `Invalid` with words for what does not read as it should. Nothing is read while it is not asked
    for, and no more than a page or a file is in memory at a time.
    """

    def pages(self, kind: type[T]) -> AsyncIterator[Sequence[T]]:
        """Every row of a *kind*, in the order of its list, as its owner's who takes them in; the ids are the old."""

    async def content(self, resume: Resume) -> tuple[bytes, str | None]:
        """The file of *resume*, and its text as far as there is one."""


class Left(Struct, frozen=True):
    """What an import left out, how many of it, and why."""

    kind: Literal["profile", "sessions", "statuses"]
    count: int
    because: str


class Imported(Struct, frozen=True):
    """What an import has made, by kind, and what it left out."""

    jobs: int = 0
    applications: int = 0
    resumes: int = 0
    analyses: int = 0
    statuses: int = 0
    dead_letters: int = 0
    skipped: tuple[Left, ...] = ()


def refuse_unfit(row: Listing | Application | Resume | Analysis | DeadLetter | Status, pointer: str) -> None:
    """Raise `Invalid` for what no type says: members of one row that do not fit together."""
    match row:
        case Listing():
            try:
                checked(row.draft)
            except Invalid as fault:
                raise fault.below(pointer) from None
        case Resume() if row.media_type not in MEDIA_TYPES:
            raise Invalid.at(f"{pointer}/media_type", "unknown_value", "No resume can be of this type.")
        case Application() if not row.history:
            raise Invalid.at(f"{pointer}/history", "missing", "An application has at least one step behind it.")
        case Analysis() if (row.state == "succeeded") != (row.report is not None):
            raise Invalid.at(f"{pointer}/result", "out_of_order", "What succeeded has a result, and nothing else has.")
        case Analysis() if (row.state == "failed") != (row.error is not None):
            raise Invalid.at(f"{pointer}/error", "out_of_order", "What failed has an error, and nothing else has.")
        case _:
            pass


def is_whole(resume: Resume, content: bytes) -> bool:
    """Whether *content* is the file that *resume* tells of, byte for byte."""
    return (len(content), hashlib.sha256(content).hexdigest()) == (resume.size, resume.sha256)


def is_its_text(resume: Resume, text: str | None) -> bool:
    """Whether *text* is what was taken from the file once."""
    if text is None or len(text) != resume.text_chars:
        return False
    return hashlib.sha256(text.encode()).hexdigest() == resume.text_hash
