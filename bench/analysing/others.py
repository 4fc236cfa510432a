"""The texts of PDFs as two other extractors read them. Run by a Python that has them, with the files as arguments."""

import json
import logging
import sys

from pdfminer.high_level import extract_text  # type: ignore[import-not-found]  # in an environment of its own
from pypdf import PdfReader  # type: ignore[import-not-found]  # the same


def main() -> None:
    """Print an object: for each file the two texts."""
    logging.disable(logging.CRITICAL)
    print(json.dumps({path: [extract_text(path), _by_pypdf(path)] for path in sys.argv[1:]}))


def _by_pypdf(path: str) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


if __name__ == "__main__":
    main()
