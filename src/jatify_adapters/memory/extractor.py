"""An extractor for plain text alone."""

import unicodedata
from typing import Final

from jatify_adapters.memory.tables import refuse_inside_transaction
from jatify_core.resume import Extracted, Extraction, Unreadable, Upload
from jatify_core.text import NUL

ENOUGH: Final = 200
"""Characters, as in analysis.md, 1."""
UNSUPPORTED: Final = Unreadable("unsupported_type", "Upload plain text.")


class PlainExtractor:
    """The port `Extractor` for UTF-8 text; everything else is `unsupported_type`."""

    async def extract(self, upload: Upload) -> Extraction:
        """Decode and normalise."""
        refuse_inside_transaction("An extractor was called")
        try:
            text = upload.content.decode()
        except UnicodeDecodeError:
            return UNSUPPORTED
        if NUL in text:
            return UNSUPPORTED
        text = _normalised(text)
        if len(text) < ENOUGH:
            return Unreadable("too_little_text", f"Upload a resume with {ENOUGH} characters or more.")
        return Extracted("text/plain", text, pages=None)


def _normalised(text: str) -> str:
    lines = unicodedata.normalize("NFKC", text).replace("\r\n", "\n")
    kept = (c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf"})
    return "".join(kept).strip()
