"""A resume: the file as uploaded, and the text that was taken out of it."""

import hashlib
from datetime import datetime
from typing import NewType
from uuid import UUID

from msgspec import Struct

from jatify_core.paging import Window
from jatify_core.text import Word
from jatify_core.user import UserId

ResumeId = NewType("ResumeId", UUID)


class Upload(Struct, frozen=True):
    """A file as it arrived: `filename` and `media_type` are only what the sender claims."""

    filename: str
    media_type: str | None
    content: bytes


class Extracted(Struct, frozen=True):
    """The text of a document, normalised (analysis.md, 1): NFKC, LF, no control or format characters.

    `media_type` is what the content is. `pages` is None where the format has none. `warnings` are codes such as
    `multi_column` and `hidden_text`.
    """

    media_type: str
    text: str
    pages: int | None
    warnings: tuple[str, ...] = ()


class Unreadable(Struct, frozen=True):
    """Why no text could be taken from a document: a code of analysis.md, 1, and what its owner can do about it.

    `unsupported_type` means that content, extension and declared type do not agree on a type that Jatify takes.
    """

    code: str
    advice: str


Extraction = Extracted | Unreadable


class ResumeDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """The member of a resume that its owner writes: the file itself never changes."""

    name: Word


class Resume(Struct, frozen=True):
    """A stored resume without its content; `sha256` (hex) is the file's, `text_hash` (hex) the text's."""

    id: ResumeId
    user_id: UserId
    name: str
    filename: str
    media_type: str
    size: int
    sha256: str
    text_hash: str
    pages: int | None
    text_chars: int
    warnings: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    version: int = 1

    @classmethod
    def of(
        cls, upload: Upload, extracted: Extracted, resume_id: ResumeId, user_id: UserId, name: str, at: datetime
    ) -> "Resume":
        """A new resume, made of *upload* and the text taken out of it."""
        return cls(
            id=resume_id,
            user_id=user_id,
            name=name,
            filename=upload.filename,
            media_type=extracted.media_type,
            size=len(upload.content),
            sha256=hashlib.sha256(upload.content).hexdigest(),
            text_hash=hashlib.sha256(extracted.text.encode()).hexdigest(),
            pages=extracted.pages,
            text_chars=len(extracted.text),
            warnings=extracted.warnings,
            created_at=at,
            updated_at=at,
        )


class Kept(Struct, frozen=True):
    """What a user keeps: so many files, of so many bytes together."""

    files: int
    size: int


class ResumeFilter(Struct, frozen=True):
    """Which resumes: `q` searches name and file name."""

    window: Window
    q: str | None = None


SORT_KEYS = ("created_at", "updated_at", "name")
