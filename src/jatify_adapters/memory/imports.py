"""Imports in memory."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from jatify_adapters.memory.pages import page
from jatify_adapters.memory.tables import Draft, StoredApplication, StoredImport, owned
from jatify_core.application import ApplicationId
from jatify_core.errors import NotFound
from jatify_core.imports import Brought, Import, ImportId, KeptApplication, Undone
from jatify_core.listing import ListingId
from jatify_core.paging import Page, Window
from jatify_core.repeats import Known
from jatify_core.user import UserId


class MemoryImports:
    """The port `Imports`, inside one transaction."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    async def known(self, user_id: UserId) -> Sequence[Known]:
        """Every application that is in sight."""
        tables = self._draft.tables
        own = [
            stored.application
            for stored in tables.applications.values()
            if stored.user_id == user_id and not stored.hidden_at
        ]
        listed = [
            (one, tables.listings[one.listing.id]) for one in sorted(own, key=lambda one: (one.created_at, one.id))
        ]
        return [
            Known(one.id, listing.company, listing.position, listing.url, one.applied_on, one.created_at)
            for one, listing in listed
        ]

    async def add(self, imported: Import, brought: Sequence[Brought]) -> None:
        """Store an import with all that it brought."""
        tables = self._draft.tables
        tables.require_user(imported.user_id)
        for one in brought:
            if one.application.resume_id is not None:
                owned(tables.resumes, imported.user_id, one.application.resume_id)
            if {one.listing.user_id, one.application.user_id} != {imported.user_id}:
                raise NotFound
            tables.listings[one.listing.id] = one.listing
            tables.applications[one.application.id] = StoredApplication(one.application)
        tables.imports[imported.id] = StoredImport(
            imported, frozenset(one.application.id for one in brought), frozenset(one.listing.id for one in brought)
        )

    async def get(self, user_id: UserId, import_id: ImportId) -> Import:
        """One import."""
        return owned(self._draft.tables.imports, user_id, import_id).imported

    async def page(self, user_id: UserId, window: Window) -> Page[Import]:
        """A user's imports."""
        own = (stored.imported for stored in self._draft.tables.imports.values() if stored.user_id == user_id)
        return page(own, window)

    async def undo(self, user_id: UserId, import_id: ImportId, at: datetime) -> tuple[Undone, Sequence[ApplicationId]]:
        """Delete what came with an import, or tell what that did."""
        stored = owned(self._draft.tables.imports, user_id, import_id)
        if stored.undone:
            return stored.undone, ()
        removed = self._remove_applications(stored)
        undone = Undone(len(removed), self._remove_listings(stored), self._kept(stored))
        imported = replace(stored.imported, undone_at=at)
        self._draft.tables.imports[import_id] = replace(stored, imported=imported, undone=undone)
        return undone, removed

    def _remove_applications(self, stored: StoredImport) -> tuple[ApplicationId, ...]:
        rows = self._draft.tables.applications
        unchanged = [id_ for id_ in stored.applications if id_ in rows and rows[id_].application.version == 1]
        for id_ in unchanged:
            del rows[id_]
        return tuple(unchanged)

    def _remove_listings(self, stored: StoredImport) -> int:
        tables = self._draft.tables
        used: set[ListingId | None] = {one.application.listing.id for one in tables.applications.values()}
        used |= {analysis.listing_id for analysis in tables.analyses.values()}
        unused = [id_ for id_ in stored.listings - used if id_ in tables.listings and tables.listings[id_].version == 1]
        for id_ in unused:
            del tables.listings[id_]
        return len(unused)

    def _kept(self, stored: StoredImport) -> tuple[KeptApplication, ...]:
        tables = self._draft.tables
        left = [tables.applications[id_] for id_ in sorted(stored.applications) if id_ in tables.applications]
        listed = [
            (one.application.id, tables.listings[one.application.listing.id]) for one in left if not one.hidden_at
        ]
        return tuple(KeptApplication(id_, listing.company, listing.position) for id_, listing in listed)
