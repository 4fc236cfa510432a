"""Reads plain text and Markdown, in whichever encoding it came."""

import codecs

from jatify_adapters.extraction.document import MAX_RAW_CHARS, Raw
from jatify_adapters.extraction.kinds import BOMS

for _name in ("utf-8-sig", "utf-16", "utf-32", "cp1252"):
    codecs.lookup(_name)  # The child opens no file once it reads the document, a codec's module included.


def read_text(content: bytes) -> Raw:
    """The text by its byte order mark, as UTF-8, or as what Windows would have meant; never an error."""
    text = _decoded(content)
    # One character more than allowed, so that the cut is noticed.
    return Raw(text[: MAX_RAW_CHARS + 1])


def _decoded(content: bytes) -> str:
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
