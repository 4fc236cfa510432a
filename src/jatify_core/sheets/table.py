"""A table out of text: what separates its columns, its header, and its rows, each within a limit."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from jatify_core.errors import Invalid

MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 200
LONGEST_NAME: Final = 200
DELIMITERS: Final = (",", ";", "\t", "|")
HEAD: Final = 64 * 1024
"""Characters that are looked at to find the delimiter."""
SAMPLED: Final = 20
"""Rows that are looked at to find it."""
SAVE_AS: Final = 'Save it as CSV ("comma separated values") in UTF-8, and upload that.'
MARKUP: Final = ("<!doctype", "<html", "<?xml", "<table", "{\\rtf")


class Record(Struct, frozen=True):
    """A row that is not blank; `number` is a spreadsheet's, in which the header is row 1."""

    number: int
    cells: tuple[str, ...]


class Table(Struct, frozen=True):
    """Columns, each by a name that no other has, and the rows below them."""

    delimiter: str
    columns: tuple[str, ...]
    rows: tuple[Record, ...]


def read_table(text: str) -> Table:
    """The table in *text*. Raises `Invalid` at `/file`, with the row, for what is none or is too much."""
    if "\0" in text:
        raise fault("forbidden_character", f"The file holds NULs, as no text does. {SAVE_AS}")
    if text.lstrip()[:16].lower().startswith(MARKUP):
        raise fault("not_csv", f"This is a page or a document, not a table. {SAVE_AS}")
    text, delimiter = _with_delimiter(text)
    records = _records(text, delimiter)
    header = next(records, None)
    if header is None:
        raise fault("empty", "The file is empty. It needs a first row that names the columns, and rows below it.")
    columns = _named(header.cells)
    rows: list[Record] = []
    for record in records:
        if len(rows) == MOST_ROWS:
            raise fault("too_many_rows", f"There can be at most {MOST_ROWS} rows. Split the file.")
        rows.append(record)
    return Table(delimiter, columns, tuple(rows))


def fault(code: str, message: str) -> Invalid:
    """What is wrong with the file as a whole."""
    return Invalid.at("/file", code, message)


def _with_delimiter(text: str) -> tuple[str, str]:
    """*text* without the line in which Excel names the delimiter, and the delimiter."""
    first, _, rest = text.partition("\n")
    first = first.rstrip("\r").strip('"')
    if len(first) == 5 and first.startswith("sep=") and first[4] in DELIMITERS:
        return rest, first[4]
    head = text[:HEAD]
    return text, max(DELIMITERS, key=lambda delimiter: _likelihood(head, delimiter))


def _likelihood(head: str, delimiter: str) -> float:
    """How much *head* looks like a table with this *delimiter*: by the header's columns, if the rows bear them out."""
    widths = []
    try:
        for cells in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter):
            if any(cells):
                widths.append(len(cells))
            if len(widths) == SAMPLED:
                break
    except csv.Error:
        pass
    if not widths or widths[0] < 2:
        return 0
    return widths[0] * widths.count(widths[0]) / len(widths)


def _records(text: str, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _unreadable(number, str(error)) from None
        if len(cells) > MOST_COLUMNS and any(cell.strip() for cell in cells[MOST_COLUMNS:]):
            raise fault("too_many_columns", f"Row {number} has {len(cells)} cells. There can be {MOST_COLUMNS}.")
        if any(cell.strip() for cell in cells):
            yield Record(number, tuple(cells[: MOST_COLUMNS + 1]))


def _unreadable(number: int, said: str) -> Invalid:
    if "field larger" in said:
        words = f"A cell of row {number} has more than {csv.field_size_limit()} characters; or its quotes never close."
        return fault("cell_too_long", words)
    if "unexpected end" in said:
        return fault("unclosed_quote", f'In row {number} a quotation mark (") is opened and never closed.')
    words = f'In row {number} text follows a closing quotation mark ("). One inside of a quoted cell is written twice.'
    return fault("stray_quote", words)


def _named(cells: tuple[str, ...]) -> tuple[str, ...]:
    """The columns' names, each once: what has none is told by its place, and what stood before is counted."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > MOST_COLUMNS:
        raise fault("too_many_columns", f"There can be at most {MOST_COLUMNS} columns.")
    names: dict[str, None] = {}
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"Column {place}"
        if len(name) > LONGEST_NAME:
            raise fault("name_too_long", f"The name of column {place} has more than {LONGEST_NAME} characters.")
        unique, count = name, 1
        while unique in names:
            count += 1
            unique = f"{name} ({count})"
        names[unique] = None
    return tuple(names)
