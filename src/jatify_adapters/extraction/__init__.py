"""Text out of PDF, DOCX, plain text and Markdown, taken in a disposable child process."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jatify_adapters.extraction.extractor import DocumentExtractor

__all__ = ["DocumentExtractor"]


def __getattr__(name: str) -> Any:
    # The child imports this package as well and must start fast: only the parent pays for anyio and msgspec.
    if name != "DocumentExtractor":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from jatify_adapters.extraction.extractor import DocumentExtractor  # noqa: PLC0415  # see above

    return DocumentExtractor
