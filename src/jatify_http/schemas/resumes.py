"""Resumes on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from jatify_core.resume import Resume, ResumeFilter
from jatify_core.text import Line, Word
from jatify_core.user import UserId
from jatify_http.schemas import Code, Count, Sha256, Version, utc
from jatify_http.schemas.lists import ListQuery, Search

Warnings = Annotated[tuple[Code, ...], Meta(max_length=20)]


class ResumeView(Struct, frozen=True):
    """The facts about a resume; file and text have addresses of their own."""

    id: UUID
    name: Word
    filename: Word
    media_type: Line
    size: Count
    sha256: Sha256
    pages: Count | None
    text_chars: Count
    warnings: Warnings
    created_at: datetime
    updated_at: datetime
    version: Version

    @classmethod
    def of(cls, resume: Resume) -> "ResumeView":
        """How *resume* looks."""
        return cls(
            id=resume.id,
            name=resume.name,
            filename=resume.filename,
            media_type=resume.media_type,
            size=resume.size,
            sha256=resume.sha256,
            pages=resume.pages,
            text_chars=resume.text_chars,
            warnings=resume.warnings,
            created_at=utc(resume.created_at),
            updated_at=utc(resume.updated_at),
            version=resume.version,
        )


class ResumeText(Struct, frozen=True):
    """The text of a resume, exactly as analyzers see it."""

    resume_id: UUID
    text: Annotated[str, Meta(max_length=60_000)]
    chars: Count
    warnings: Warnings

    @classmethod
    def of(cls, resume: Resume, text: str) -> "ResumeText":
        """How the *text* of *resume* looks."""
        return cls(resume.id, text, len(text), resume.warnings)


class ResumeQuery(ListQuery, frozen=True, kw_only=True):
    """Which resumes: `q` searches name and file name."""

    q: Search | None = None
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "name", "-name"] = "-created_at"

    def where(self, user_id: UserId) -> ResumeFilter:
        """The same as the core understands it."""
        return ResumeFilter(self.window(user_id), self.q)
