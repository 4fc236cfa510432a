"""An import: what a table brings at once, and can be taken back at once. `import_plan` says what it would bring."""

from datetime import datetime
from typing import Literal, NewType
from uuid import UUID

from msgspec import Struct

from jatify_core.application import Application, ApplicationId
from jatify_core.listing import Listing
from jatify_core.user import UserId

ImportId = NewType("ImportId", UUID)


class Import(Struct, frozen=True):
    """A table that was imported: so many applications and listings came with it."""

    id: ImportId
    user_id: UserId
    filename: str
    created_at: datetime
    applications: int
    listings: int
    undone_at: datetime | None = None


class KeptApplication(Struct, frozen=True):
    """An application that an undo leaves alone, because it was changed since."""

    application_id: ApplicationId
    company: str
    position: str
    because: Literal["changed"] = "changed"


class Undone(Struct, frozen=True):
    """What became of an import that was taken back."""

    removed_applications: int
    removed_listings: int
    kept: tuple[KeptApplication, ...]


class Brought(Struct, frozen=True):
    """A listing and the application for it, with its history."""

    listing: Listing
    application: Application
