"""What the two sides of the extraction say to each other, and the limits both keep."""

from typing import Final, NamedTuple

PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT: Final = "text/plain"
MARKDOWN: Final = "text/markdown"

MAX_PAGES: Final = 30
MAX_CHARS: Final = 60_000
MIN_CHARS: Final = 200
MAX_RAW_CHARS: Final = 300_000
"""How much text a reader takes before it is normalised: blanks and invisible characters may yet fall away."""


class Rejected(Exception):
    """A document that gives no text, with the code that says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Raw(NamedTuple):
    """What a reader found: the text as it stands, what was hidden from the eye, pages where the format has them."""

    text: str
    hidden: str = ""
    pages: int | None = None
    warnings: tuple[str, ...] = ()


class Document(NamedTuple):
    """A document as its child process hands it back; the members are those of the core's `Extracted`."""

    media_type: str
    text: str
    pages: int | None
    warnings: tuple[str, ...]
