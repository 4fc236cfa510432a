"""The compressed streams of a PDF, found without understanding it."""

import re
import zlib
from collections.abc import Iterator
from typing import Final

_STREAM: Final = re.compile(rb"stream\r?\n")
_DICTIONARY: Final = 500
"""Bytes before a stream that are searched for its dictionary."""
_MOST: Final = 48 << 20
"""Bytes that all streams but pictures may inflate to: text, fonts and drawings need a hundredth."""
_CHUNK: Final = 1 << 20


def is_bomb(pdf: bytes) -> bool:
    """Whether *pdf* would inflate to more than any resume; PDFium would chew on that for many seconds."""
    room = _MOST
    for dictionary, stream in flate_streams(pdf):
        if b"/Image" not in dictionary:
            room -= sum(map(len, inflated(stream, room)))
        if room <= 0:
            return True
    return False


def flate_streams(pdf: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Each stream's dictionary, and everything from its first byte on."""
    view = memoryview(pdf)
    for found in _STREAM.finditer(pdf):
        dictionary = pdf[max(0, found.start() - _DICTIONARY) : found.start()].rpartition(b"obj")[2]
        if b"FlateDecode" in dictionary:
            yield dictionary, view[found.end() :]


def inflated(stream: memoryview, most: int) -> Iterator[bytes]:
    """*stream* in chunks, until it ends, breaks off, or has given *most* bytes."""
    inflater, rest = zlib.decompressobj(), bytes(stream[:0])
    while most > 0 and not inflater.eof:
        try:
            chunk = inflater.decompress(rest or stream, min(most, _CHUNK))
        except zlib.error:
            return
        if not chunk:
            return
        yield chunk
        most -= len(chunk)
        rest = inflater.unconsumed_tail
        stream = stream[:0]
