"""The extractor on documents made here: every kind of attack, and what must not be mistaken for one."""

from collections.abc import Sequence
from typing import Final

import pytest

from jatify_adapters.extraction import DocumentExtractor
from jatify_core.resume import Extracted, Unreadable, Upload
from tests.adapters.extraction_files import (
    LOCKED_PDF,
    LOOP_PDF,
    ORDER,
    RESUME,
    STRICT,
    TEXT,
    docx,
    paragraphs,
    pdf,
    shown,
    zipped,
)

PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OK_PDF: Final = pdf(shown(RESUME))
OK_DOCX: Final = docx(paragraphs(RESUME))
PNG: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(60)
ELF: Final = b"\x7fELF\x02\x01\x01\0" + bytes(range(256)) * 4
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
LAUGHS: Final = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
XXE: Final = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
SCAN: Final = "q 500 0 0 700 50 40 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q"

UPRIGHT: Final = "0 1 -1 0 612 0 cm"
"""Text that stands upright on a page that is turned by 90 degrees."""
WHITE: Final = '<w:color w:val="FFFFFF"/>'

REFUSED: Final[list[tuple[str, bytes, str]]] = [
    ("empty.pdf", b"", "empty"),
    ("empty.txt", b"", "empty"),
    ("png.pdf", PNG, "unsupported_type"),
    ("html.pdf", b"<html><script>alert(1)</script>resume</html>", "unsupported_type"),
    ("pdf.docx", OK_PDF, "unsupported_type"),
    ("pdf.txt", OK_PDF, "unsupported_type"),
    ("docx.pdf", OK_DOCX, "unsupported_type"),
    ("zip.docx", zipped({"hello.txt": TEXT}), "unsupported_type"),
    ("old.docx", OLE, "unsupported_type"),
    ("elf.txt", ELF, "unsupported_type"),
    ("nul.txt", TEXT.replace(" ", "\0").encode(), "unsupported_type"),
    ("controls.md", b"\x01\x02\x03 a" * 200, "unsupported_type"),
    ("rtf.txt", b"{\\rtf1 " + TEXT.encode(), "unsupported_type"),
    ("resume.exe", TEXT.encode(), "unsupported_type"),
    ("resume", TEXT.encode(), "unsupported_type"),
    ("garbage.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 200, "unreadable_document"),
    ("truncated.pdf", OK_PDF[:400], "unreadable_document"),
    ("truncated.docx", OK_DOCX[:-40], "unreadable_document"),
    ("no_pages.pdf", pdf(), "unreadable_document"),
    ("loop.pdf", LOOP_PDF, "unreadable_document"),
    ("bomb.pdf", pdf(b"q Q " * (15 << 20)), "unreadable_document"),
    ("bomb.docx", zipped({"word/document.xml": "<w>" + " " * (3 << 20) + "</w>"}), "unreadable_document"),
    ("xxe.docx", docx("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", prolog=XXE), "unreadable_document"),
    ("laughs.docx", docx("<w:p><w:r><w:t>&c;</w:t></w:r></w:p>", prolog=LAUGHS), "unreadable_document"),
    ("torn.docx", docx("<w:p>"), "unreadable_document"),
    ("styles.docx", docx(paragraphs(RESUME), styles="<w:style>"), "unreadable_document"),
    ("pages.pdf", pdf(*[shown(RESUME)] * 31), "too_many_pages"),
    ("page_bomb.pdf", pdf(*["q Q"] * 5_000), "too_many_pages"),
    ("locked.pdf", LOCKED_PDF, "password_protected"),
    ("locked.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "password_protected"),
    ("blank.pdf", pdf("q Q"), "no_text"),
    ("scan.pdf", pdf(SCAN), "no_text"),
    ("blank.docx", docx("<w:p/>"), "no_text"),
    ("blanks.txt", b" \n\t" * 100_000, "no_text"),
    ("short.pdf", pdf(shown(RESUME[:2])), "too_little_text"),
    ("short.txt", b"Skills:" + b" " * 200_000 + b"!", "too_little_text"),
]


@pytest.fixture(scope="module")
def extractor() -> DocumentExtractor:
    return DocumentExtractor()


async def accepted(extractor: DocumentExtractor, name: str, content: bytes, declared: str | None = None) -> Extracted:
    extraction = await extractor.extract(Upload(name, declared, content))
    assert isinstance(extraction, Extracted), extraction
    return extraction


@pytest.mark.parametrize(("name", "content", "code"), REFUSED, ids=[name for name, _, _ in REFUSED])
async def test_what_gives_no_text_is_refused_with_advice(
    name: str, content: bytes, code: str, extractor: DocumentExtractor
) -> None:
    extraction = await extractor.extract(Upload(name, None, content))
    assert isinstance(extraction, Unreadable)
    assert extraction.code == code
    assert len(extraction.advice) > 40


@pytest.mark.parametrize(
    ("name", "declared", "content", "media_type", "pages"),
    [
        ("resume.pdf", PDF, OK_PDF, PDF, 1),
        ("RESUME.PDF", "application/octet-stream", b"\0" * 1_000 + OK_PDF, PDF, 1),
        ("polyglot.pdf", "", OK_PDF + OK_DOCX, PDF, 1),
        ("thirty.pdf", PDF, pdf(*[shown(RESUME)] * 30), PDF, 30),
        ("resume.docx", DOCX, OK_DOCX, DOCX, None),
        ("strict.docx", None, docx(paragraphs(RESUME), namespace=STRICT), DOCX, None),
        ("resume.txt", "text/plain; charset=utf-8", TEXT.encode(), "text/plain", None),
        ("resume.txt", None, TEXT.replace("\n", "\r\n").encode("utf-16"), "text/plain", None),
        ("resume.md", "text/plain", TEXT.encode("utf-8-sig"), "text/markdown", None),
        ("resume.markdown", "text/markdown", TEXT.encode("utf-32"), "text/markdown", None),
    ],
)
async def test_a_sound_document_is_read_whole_whatever_its_type(
    name: str, declared: str | None, content: bytes, media_type: str, pages: int | None, extractor: DocumentExtractor
) -> None:
    extracted = await accepted(extractor, name, content, declared)
    assert extracted == Extracted(media_type, "\n\n".join([TEXT] * (pages or 1)), pages)


async def test_a_declared_type_that_contradicts_the_content_is_refused(extractor: DocumentExtractor) -> None:
    for declared in (DOCX, "image/png", "text/html"):
        extraction = await extractor.extract(Upload("resume.pdf", declared, OK_PDF))
        assert isinstance(extraction, Unreadable)
        assert extraction.code == "unsupported_type"


def hidden(before: str = "", *, x: int = 60, y: int = 400, size: float = 9) -> bytes:
    return pdf(shown(RESUME) + shown([ORDER], x=x, y=y, size=size, before=before))


@pytest.mark.parametrize(
    "content",
    [
        hidden("3 Tr"),
        hidden("7 Tr"),
        hidden(size=0.5),
        hidden(x=900),
        hidden(y=-90),
        hidden("1 1 1 rg"),
        hidden("0.98 0.98 0.98 rg"),
        pdf(
            shown(RESUME, y=560, before=UPRIGHT) + shown([ORDER], y=300, before=f"{UPRIGHT} 1 g"),
            page="/MediaBox [0 0 612 792] /Rotate 90",
        ),
        pdf(shown(RESUME) + shown([ORDER], y=400, before="1 g"), page="/MediaBox [0 0 14000 14000]"),
        docx(paragraphs(RESUME) + paragraphs([ORDER], run="<w:vanish/>")),
        docx(paragraphs(RESUME) + paragraphs([ORDER], run='<w:sz w:val="2"/>')),
        docx(paragraphs(RESUME) + paragraphs([ORDER], run=WHITE)),
        docx(
            paragraphs(RESUME) + paragraphs([ORDER], '<w:pStyle w:val="Ghost"/>'),
            styles='<w:style w:styleId="Ghost"><w:rPr><w:vanish/></w:rPr></w:style>',
        ),
    ],
)
async def test_text_that_no_eye_sees_is_taken_out_and_flagged(content: bytes, extractor: DocumentExtractor) -> None:
    extracted = await accepted(extractor, "resume.pdf" if content.startswith(b"%PDF") else "resume.docx", content)
    assert extracted.text == TEXT
    assert extracted.warnings == ("hidden_text", "prompt_injection_suspected")


@pytest.mark.parametrize(
    "content",
    [
        pdf("0 0 0.5 rg 0 0 612 792 re f " + shown(RESUME, before="1 1 1 rg")),
        pdf(shown(RESUME, size=1, before="11 0 0 11 0 0 cm", x=5, y=60)),
        docx(paragraphs(RESUME, '<w:shd w:fill="000080"/>', WHITE)),
        docx(paragraphs(RESUME, run='<w:vanish w:val="0"/>')),
        docx("<w:tbl><w:tr><w:tc>" + paragraphs(RESUME, run=WHITE) + "</w:tc></w:tr></w:tbl>"),
    ],
)
async def test_white_text_on_a_dark_ground_is_no_sign(content: bytes, extractor: DocumentExtractor) -> None:
    extracted = await accepted(extractor, "resume.pdf" if content.startswith(b"%PDF") else "resume.docx", content)
    assert extracted.text == TEXT
    assert extracted.warnings == ()


async def test_the_text_layer_of_a_scan_is_read_and_flagged(extractor: DocumentExtractor) -> None:
    extracted = await accepted(extractor, "scan.pdf", pdf(SCAN + shown(RESUME, before="3 Tr")))
    assert extracted.text == TEXT
    assert extracted.warnings == ("hidden_text",)


async def test_columns_are_read_one_after_the_other_and_warned_of(extractor: DocumentExtractor) -> None:
    left, right = ([f"{side} hand{n} has its own{n} skill" for n in range(20)] for side in ("left", "right"))
    content = pdf(shown(["Skills"]) + shown(left, y=700) + shown(right, x=330, y=700))
    extracted = await accepted(extractor, "resume.pdf", content)
    assert extracted.text.splitlines() == ["Skills", *left, *right]
    assert extracted.warnings == ("multi_column",)


async def test_more_text_than_a_resume_holds_is_cut(extractor: DocumentExtractor) -> None:
    for lines in (6_000, 400_000):
        content = b"Skills\n" + b"".join(b"Skill %d\n" % n for n in range(lines))
        extracted = await accepted(extractor, "resume.txt", content)
        assert 59_000 < len(extracted.text) <= 60_000
        assert extracted.warnings == ("truncated_input",)


@pytest.mark.parametrize(
    ("lines", "warnings"),
    [
        ([*RESUME, ORDER], ("prompt_injection_suspected",)),
        ([*RESUME, "Python Kubernetes AWS PostgreSQL " * 60], ("prompt_injection_suspected",)),
        ([*RESUME, "P\u0443thon and Kubern\u0435tes"], ("mixed_script",)),
        ([f"This is letter {n} of a long{n} story that{n} has no parts." for n in range(9)], ("no_sections_found",)),
    ],
)
async def test_what_a_text_shows_of_itself_is_warned_of(
    lines: Sequence[str], warnings: tuple[str, ...], extractor: DocumentExtractor
) -> None:
    extracted = await accepted(extractor, "resume.txt", "\n".join(lines).encode())
    assert extracted.warnings == warnings
