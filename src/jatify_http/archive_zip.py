"""Reading a ZIP that anybody may have made: its table of contents is measured before it is read, nothing is unpacked.

No name in it is ever a path: what is asked for is looked up in the table, and what is in it beside that is refused.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from jatify_core.errors import Invalid

MOST_ENTRIES: Final = 1_000
ENTRY_BYTES: Final = 400
"""So much of the table of contents an entry may take: a name of ours and what surrounds it."""
MOST_BYTES: Final = 512 * 1024 * 1024
"""Of all entries together, unpacked."""
MOST_TIMES: Final = 100
FREE_BYTES: Final = 32 * 1024 * 1024
"""Unpacked it may be so many times larger than the ZIP, and this much beside: text that repeats itself packs well."""
LINE_BYTES: Final = 4 * 1024 * 1024

END: Final = struct.Struct("<4s4H2LH")
END_MARK: Final = b"PK\5\6"
END_64_MARK: Final = b"PK\6\7"
END_64_BYTES: Final = 20

NO_EXPORT: Final = (
    "This is not a ZIP that an export has made, or not all of it. Export again, and send that file as it is."
)
TOO_MUCH: Final = "There is more in this ZIP than any export has."


class Entries:
    """The entries of a ZIP, by name; open while the file under it is."""

    def __init__(self, file: IO[bytes]) -> None:
        """Raise `Invalid` unless *file* is a plain ZIP of bearable size."""
        size = _measured(file)
        with faults_told():
            self._zip = ZipFile(file)
            entries = self._zip.infolist()
        _refuse_bombs(entries, size)
        self._by_name = {entry.filename: entry for entry in entries}
        if len(self._by_name) < len(entries):
            raise _refusal("Two things in this ZIP have one name.")

    @property
    def names(self) -> list[str]:
        """The names of all entries."""
        return [*self._by_name]

    def size(self, name: str) -> int:
        """How many bytes an entry has."""
        return self._entry(name).file_size

    def content(self, name: str) -> bytes:
        """A whole entry."""
        with faults_told():
            return self._zip.read(self._entry(name))

    def lines(self, name: str) -> Iterator[bytes]:
        """An entry line by line. Raises `Invalid` for a line that is longer than any of ours."""
        with faults_told(), self._zip.open(self._entry(name)) as entry:
            while line := entry.readline(LINE_BYTES + 1):
                if len(line) > LINE_BYTES:
                    raise _refusal(f"A line of {name} is longer than any export writes.")
                yield line

    def _entry(self, name: str) -> ZipInfo:
        entry = self._by_name.get(name)
        if entry is None:
            raise _refusal(f"There is no {name} in this ZIP. Export again, and send that file as it is.")
        return entry


@contextmanager
def faults_told() -> Iterator[None]:
    """Raise `Invalid` for whatever is found broken while it is read."""
    try:
        yield
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, OSError, ValueError):
        raise _refusal(NO_EXPORT) from None


def _measured(file: IO[bytes]) -> int:
    """The size of *file*, whose end says that its table of contents is small: reading the table reads all of it."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END.size - END_64_BYTES))
    tail = file.read()
    if len(tail) < END.size:
        raise _refusal(NO_EXPORT)
    mark, _, _, _, count, table_bytes, _, comment = END.unpack(tail[-END.size :])
    # With a comment, or as a large ZIP, it would have two ends, and which one a reader believes is for him to choose.
    if mark != END_MARK or comment or tail.startswith(END_64_MARK):
        raise _refusal(NO_EXPORT)
    if count > MOST_ENTRIES or table_bytes > count * ENTRY_BYTES:
        raise _refusal(TOO_MUCH)
    return size


def _refuse_bombs(entries: list[ZipInfo], size: int) -> None:
    """Raise `Invalid` for what would unpack to far more than it is; no more is ever read than an entry says it has."""
    if sum(entry.file_size for entry in entries) > min(MOST_BYTES, FREE_BYTES + MOST_TIMES * size):
        raise _refusal(TOO_MUCH)
    if any(entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED} or entry.flag_bits & 1 for entry in entries):
        raise _refusal(NO_EXPORT)


def _refusal(words: str) -> Invalid:
    return Invalid.at("/file", "no_export", words)
