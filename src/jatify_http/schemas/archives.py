"""What an import has made, on the wire."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from jatify_core.archive import Imported, Left
from jatify_http.schemas import Count, Told


class LeftView(Struct, frozen=True):
    """What was left out, how many of it, and why."""

    kind: Literal["profile", "sessions", "statuses"]
    count: Count
    because: Told


class ImportedView(Struct, frozen=True, kw_only=True):
    """How many of each kind were added; what of the export was not, is in `skipped`."""

    jobs: Count
    applications: Count
    resumes: Count
    analyses: Count
    statuses: Count
    dead_letters: Count
    skipped: Annotated[tuple[LeftView, ...], Meta(max_length=10)]

    @classmethod
    def of(cls, imported: Imported, left: tuple[Left, ...]) -> "ImportedView":
        """How *imported* looks, and what was *left* out before."""
        skipped = tuple(LeftView(one.kind, one.count, one.because) for one in (*left, *imported.skipped))
        return cls(
            jobs=imported.jobs,
            applications=imported.applications,
            resumes=imported.resumes,
            analyses=imported.analyses,
            statuses=imported.statuses,
            dead_letters=imported.dead_letters,
            skipped=skipped,
        )
