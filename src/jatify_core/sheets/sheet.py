"""A sheet: a table whose rows are read as applications, each cell by what its column means."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from jatify_core.sheets.cells import unmasked
from jatify_core.sheets.columns import EXPORTED, REQUIRED, Field, guessed, mapped
from jatify_core.sheets.dates import DateOrder, order_of
from jatify_core.sheets.table import Record, Table
from jatify_core.sheets.values import DATES, Reading, Unfit, read_cell

SAMPLES: Final = 3
SAMPLE: Final = 100


class CellFault(Struct, frozen=True):
    """What is wrong with one cell, or worth knowing of it; `column` is empty for the row as a whole."""

    column: str
    code: str
    message: str


class Column(Struct, frozen=True):
    """A column, what it is taken for, and its first values."""

    name: str
    field: Field | None
    samples: tuple[str, ...]


class Row(Struct, frozen=True):
    """A row as it was understood: the values of its fields, what is wrong, and what is worth knowing."""

    number: int
    values: Mapping[Field, Any]
    faults: tuple[CellFault, ...] = ()
    notices: tuple[CellFault, ...] = ()


class Sheet(Struct, frozen=True):
    """A table that was understood; `lacking` are the fields that it cannot do without, and has no column for."""

    encoding: str
    delimiter: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    lacking: tuple[Field, ...]

    def column_of(self, field: Field) -> str:
        """The name of the column that is taken for *field*, or of the field where there is none."""
        return next((column.name for column in self.columns if column.field == field), field)


def understood(
    table: Table, mapping: Mapping[str, object] | None, date_order: DateOrder | None, encoding: str
) -> Sheet:
    """*table* as applications. Without a *mapping* its columns are guessed by their names. Raises `Invalid`."""
    fields = guessed(table.columns) if mapping is None else mapped(mapping, table.columns)
    ours = table.columns == EXPORTED
    taken = [
        (place, column, fields[column], Reading(date_order or _order(table, place, fields[column]), ours))
        for place, column in enumerate(table.columns)
        if column in fields
    ]
    columns = tuple(
        Column(name, fields.get(name), _samples(table.rows, place)) for place, name in enumerate(table.columns)
    )
    lacking = tuple(field for field in REQUIRED if field not in fields.values())
    rows = tuple(_row(record, len(table.columns), taken) for record in table.rows)
    return Sheet(encoding, table.delimiter, columns, rows, lacking)


def _order(table: Table, place: int, field: Field) -> DateOrder | None:
    if field not in DATES:
        return None
    return order_of(record.cells[place] for record in table.rows if place < len(record.cells))


def _samples(rows: Sequence[Record], place: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for record in rows:
        if len(found) == SAMPLES:
            break
        if place < len(record.cells) and (cell := record.cells[place].strip()):
            found[cell[:SAMPLE]] = None
    return tuple(found)


def _row(record: Record, width: int, taken: Sequence[tuple[int, str, Field, Reading]]) -> Row:
    values: dict[Field, Any] = {}
    faults: list[CellFault] = []
    cells = record.cells
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        words = f"This row has {len(cells)} cells, the header {width}. Put a cell that holds the delimiter in quotes."
        faults.append(CellFault("", "ragged", words))
    for place, column, field, reading in taken:
        cell = unmasked(cells[place], ours=reading.ours) if place < len(cells) else ""
        try:
            values[field] = read_cell(field, cell, reading)
        except Unfit as unfit:
            faults.append(CellFault(column, unfit.code, str(unfit)))
        else:
            if values[field] is None and field in REQUIRED:
                faults.append(CellFault(column, "missing", f"Every row needs a {field}."))
    notices: tuple[CellFault, ...] = ()
    if len(cells) < width:
        words = f"This row has {len(cells)} cells, the header {width}. Those that are missing are taken for empty."
        notices = (CellFault("", "short_row", words),)
    return Row(record.number, values, tuple(faults), notices)
