"""Columns of many rows, each as one parameter: arrays in the binary format that `array_recv` of Postgres reads.

What the driver makes of a list costs ten times as much; a text of ids twice as much, and the server reads it slower.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from struct import pack
from typing import Final
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.rows import TupleRow

_TYPES: Final = psycopg.adapters.types
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_NULL: Final = pack("!i", -1)
_LENGTH_OF_A_UUID: Final = pack("!i", 16)


class Array:
    """What is sent; the statement says of what type it is, with a cast."""

    __slots__ = ("data",)

    def __init__(self, element: str, count: int, parts: Iterable[bytes]) -> None:
        """*parts*, put together, are *count* elements of that type, each behind its length in four bytes."""
        self.data = b"".join((pack("!iiIii", 1, 1, _TYPES[element].oid, count, 1), *parts))


class _ArrayDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Array) -> bytes:
        return obj.data


def send_arrays(conn: AsyncConnection[TupleRow]) -> None:
    """Let a connection take arrays for parameters."""
    conn.adapters.register_dumper(Array, _ArrayDumper)


def uuids(values: Iterable[UUID]) -> Array:
    """For a `uuid[]`."""
    parts = [_LENGTH_OF_A_UUID + value.bytes for value in values]
    return Array("uuid", len(parts), parts)


def integers(values: Iterable[int | None]) -> Array:
    """For an `integer[]`."""
    parts = [_NULL if value is None else pack("!ii", 4, value) for value in values]
    return Array("int4", len(parts), parts)


def texts(values: Iterable[bytes | None]) -> Array:
    """For a `text[]`, in UTF-8."""
    count, parts = 0, []
    for value in values:
        count += 1
        if value is None:
            parts.append(_NULL)
        else:
            parts += pack("!i", len(value)), value  # apart: put together here, a long one would be copied once more
    return Array("text", count, parts)


def instants(values: Iterable[datetime]) -> Array:
    """For a `timestamptz[]`."""
    parts = [pack("!iq", 8, _microseconds(value)) for value in values]
    return Array("timestamptz", len(parts), parts)


def _microseconds(instant: datetime) -> int:
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
