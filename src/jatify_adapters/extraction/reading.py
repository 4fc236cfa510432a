"""From the bytes of a file to its document: what the child process is there for."""

from collections.abc import Callable

from jatify_adapters.extraction.document import (
    DOCX,
    MAX_CHARS,
    MAX_RAW_CHARS,
    MIN_CHARS,
    PDF,
    Document,
    Raw,
    Rejected,
)
from jatify_adapters.extraction.normal import normalised
from jatify_adapters.extraction.plain import read_text
from jatify_adapters.extraction.signs import has_sections, mixes_scripts
from jatify_core.suspicion import INJECTION, is_suspicious

Reader = Callable[[bytes], Raw]


def reader_of(kind: str) -> Reader:
    """Whoever reads a kind of document, loaded only now: PDFium's bindings cost half of the child's start."""
    if kind == PDF:
        from jatify_adapters.extraction.pdf import read_pdf  # noqa: PLC0415  # see above

        return read_pdf
    if kind == DOCX:
        from jatify_adapters.extraction.docx import read_docx  # noqa: PLC0415  # see above

        return read_docx
    return read_text


def document_of(kind: str, raw: Raw) -> Document:
    """What was read as analyzers see it, with its warnings. Raises `Rejected` if that is too little."""
    whole = normalised(raw.text[:MAX_RAW_CHARS])
    if not any(map(str.isalnum, whole)):
        raise Rejected("no_text")
    if len(whole) < MIN_CHARS:
        raise Rejected("too_little_text")
    text = whole[:MAX_CHARS].rstrip()
    noticed = {
        "hidden_text": bool(raw.hidden.strip()),
        "truncated_input": len(whole) > MAX_CHARS or len(raw.text) > MAX_RAW_CHARS,
        "no_sections_found": not has_sections(text),
        "mixed_script": mixes_scripts(text),
        INJECTION: is_suspicious(text) or is_suspicious(normalised(raw.hidden)),
    }
    return Document(kind, text, raw.pages, (*raw.warnings, *(code for code, seen in noticed.items() if seen)))
