"""Why no text came out of a file, and what its owner can do: one sentence for each code."""

from typing import Final

from jatify_core.resume import Unreadable

_ADVICE: Final = {
    "empty": "The file is empty. Choose the file again, or export your resume once more.",
    "unsupported_type": (
        "Send a PDF, a Word document (.docx), plain text (.txt) or Markdown (.md) whose name ends as its content says."
    ),
    "unreadable_document": (
        "The file is damaged, or too heavy to be read. Export your resume again as PDF or DOCX, or save it as text."
    ),
    "password_protected": "The file is protected by a password. Save a copy without one and send that.",
    "no_text": (
        "The file holds no text, only pictures of it, so no applicant tracking system can read it either. Export it "
        "from the program you wrote it in rather than scanning it."
    ),
    "too_little_text": "There are fewer than 200 characters of text in the file, too few to judge a resume by.",
    "too_many_pages": "The file has more than 30 pages. Send the resume alone, without its attachments.",
}


def unreadable(code: str) -> Unreadable:
    """The answer for *code*. Raises `KeyError` for a code that is none of ours."""
    return Unreadable(code, _ADVICE[code])
