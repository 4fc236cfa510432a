"""Imports and exports of applications on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from jatify_core.application import StatusCode
from jatify_core.import_plan import Action, Decision, Plan
from jatify_core.imports import Import, Undone
from jatify_core.sheets.columns import Field
from jatify_core.sheets.sheet import SAMPLE, SAMPLES, CellFault, Column, Sheet
from jatify_core.sheets.table import LONGEST_NAME, MOST_COLUMNS, MOST_ROWS
from jatify_core.text import Word
from jatify_http.schemas import MOST, Code, Count, Told, utc, utc_or_none
from jatify_http.schemas.lists import ListQuery

ColumnName = Annotated[str, Meta(max_length=LONGEST_NAME + 10)]
RowNumber = Annotated[int, Meta(ge=2, le=MOST)]
TOLD_ROWS = 1_000
"""Rows up to which an import tells each of them. The answer to a larger one leaves out those that it created."""


class ColumnView(Struct, frozen=True):
    """A column of the file, the field that it is taken for, and its first values."""

    name: ColumnName
    field: Field | None
    samples: Annotated[tuple[Annotated[str, Meta(max_length=SAMPLE)], ...], Meta(max_length=SAMPLES)]

    @classmethod
    def of(cls, column: Column) -> "ColumnView":
        """How *column* looks."""
        return cls(column.name, column.field, column.samples)


class CellFaultView(Struct, frozen=True):
    """What is wrong with a cell, or worth knowing of it; `column` is empty for the row as a whole."""

    column: ColumnName
    code: Code
    message: Told

    @classmethod
    def of(cls, fault: CellFault) -> "CellFaultView":
        """How *fault* looks."""
        return cls(fault.column, fault.code, fault.message[:2_000])


Faults = Annotated[tuple[CellFaultView, ...], Meta(max_length=2 * MOST_COLUMNS)]


class ImportRowView(Struct, frozen=True):
    """What is done with a row. Rows are counted as a spreadsheet does: the first one below the header is 2."""

    row: RowNumber
    action: Action
    company: Word | None
    position: Word | None
    status_id: StatusCode | None
    applied_on: date | None
    duplicate_of: UUID | None
    duplicate_of_row: RowNumber | None
    errors: Faults
    notices: Faults

    @classmethod
    def of(cls, decision: Decision) -> "ImportRowView":
        """How *decision* looks."""
        return cls(
            row=decision.row,
            action=decision.action,
            company=decision.company,
            position=decision.position,
            status_id=decision.status_id,
            applied_on=decision.applied_on,
            duplicate_of=decision.duplicate_of,
            duplicate_of_row=decision.duplicate_of_row,
            errors=tuple(map(CellFaultView.of, decision.faults)),
            notices=tuple(map(CellFaultView.of, decision.notices)),
        )


class ImportTotals(Struct, frozen=True):
    """How many rows there are, and with how many of them what is done."""

    rows: Count
    create: Count
    skip: Count
    error: Count


class ImportReportView(Struct, frozen=True):
    """What an import did, or with `dry_run` would do, row by row; `id` names it once it was done."""

    id: UUID | None
    dry_run: bool
    encoding: Code
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)]
    columns: Annotated[tuple[ColumnView, ...], Meta(max_length=MOST_COLUMNS)]
    totals: ImportTotals
    rows: Annotated[tuple[ImportRowView, ...], Meta(max_length=MOST_ROWS)]

    @classmethod
    def of(cls, sheet: Sheet, planned: Plan, imported: Import | None) -> "ImportReportView":
        """How it looks to import *sheet* as *planned*; *imported* once that was done."""
        totals = ImportTotals(
            len(planned.decisions), planned.count("create"), planned.count("skip"), planned.count("error")
        )
        whole = imported is None or totals.rows <= TOLD_ROWS
        return cls(
            id=imported.id if imported else None,
            dry_run=imported is None,
            encoding=sheet.encoding,
            delimiter=sheet.delimiter,
            columns=tuple(map(ColumnView.of, sheet.columns)),
            totals=totals,
            rows=tuple(ImportRowView.of(one) for one in planned.decisions if whole or one.action != "create"),
        )


class ImportView(Struct, frozen=True):
    """A table that was imported: so many applications and jobs came with it."""

    id: UUID
    filename: Word
    created_at: datetime
    undone_at: datetime | None
    applications: Count
    jobs: Count

    @classmethod
    def of(cls, imported: Import) -> "ImportView":
        """How *imported* looks."""
        return cls(
            id=imported.id,
            filename=imported.filename,
            created_at=utc(imported.created_at),
            undone_at=utc_or_none(imported.undone_at),
            applications=imported.applications,
            jobs=imported.listings,
        )


class KeptView(Struct, frozen=True):
    """An application that an undo left alone, and why."""

    application_id: UUID
    company: Word
    position: Word
    because: Literal["changed"]


class UndoneView(Struct, frozen=True):
    """What an undo removed for good, and what it kept."""

    removed_applications: Count
    removed_jobs: Count
    kept: Annotated[tuple[KeptView, ...], Meta(max_length=MOST_ROWS)]

    @classmethod
    def of(cls, undone: Undone) -> "UndoneView":
        """How *undone* looks."""
        kept = tuple(KeptView(one.application_id, one.company, one.position, one.because) for one in undone.kept)
        return cls(undone.removed_applications, undone.removed_listings, kept)


class ImportQuery(ListQuery, frozen=True, kw_only=True):
    """Which imports: the newest first."""


class ExportQuery(Struct, frozen=True, kw_only=True):
    """Which applications to export, and how; dates are inclusive."""

    format: Literal["csv", "json"] = "csv"
    applied_from: date | None = None
    applied_to: date | None = None
