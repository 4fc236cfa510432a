"""The extractor on real files: the resumes and the hostile files that lie beside the repository."""

import json
import re
import time
import unicodedata
from pathlib import Path
from typing import Final

import pytest

from jatify_adapters.extraction import DocumentExtractor
from jatify_core.resume import Extracted, Unreadable, Upload

SHARED: Final = Path(__file__).resolve().parents[2].parent / "shared" / "data"
MANIFEST: Final = SHARED / "hostile" / "MANIFEST.json"
HOSTILE: Final = json.loads(MANIFEST.read_text()) if MANIFEST.exists() else {}
RESUMES: Final = sorted(path.name for path in (SHARED / "resumes").glob("*.*"))

READ: Final[dict[str, Extracted]] = {}
"""Each resume is read once."""

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of shared test data is missing")

FLAGGED: Final = "prompt_injection_suspected"
ANSWERS: Final[dict[str, set[str]]] = {
    "accept; text contains 'Shift Supervisor'": {"accepted"},
    "accept": {"accepted"},
    "accept (opens with the empty password)": {"accepted"},
    "either; decide by magic rule": {"accepted"},
    "one deterministic type; served with nosniff + attachment": {"accepted"},
    "decode cp1252/replace; never 500": {"accepted"},
    "decode by BOM": {"accepted"},
    "strip Cf characters before matching and prompting": {"accepted"},
    "strip C0 before logs / CLI output": {"accepted"},
    "escaped by every renderer": {"accepted"},
    "regexes stay linear (ReDoS check)": {"accepted"},
    "score within +-5 of ok_plain; no attack text echoed; flag raised": {FLAGGED},
    "flag hidden text": {"hidden_text"},
    "drop or flag": {"hidden_text"},
    "reject 422 empty": {"empty"},
    "reject or repaired text; no crash": {"unreadable_document", "accepted"},
    "reject 422 corrupt": {"unreadable_document"},
    "killed by memory/time limit, job fails permanently": {"unreadable_document"},
    "reject on summed ZipInfo.file_size / ratio BEFORE inflating": {"unreadable_document"},
    "reject DOCTYPE or entity left unresolved; no /etc/passwd text": {"unreadable_document"},
    "reject; bounded memory": {"unreadable_document"},
    "reject by page limit before extraction": {"too_many_pages"},
    "reject 415": {"unsupported_type"},
    "reject 415 (NUL bytes)": {"unsupported_type"},
    "reject 415/422": {"unsupported_type"},
    "decide by magic, not name": {"unsupported_type"},
    "strip or reject (PostgreSQL text rejects \\0)": {"unsupported_type"},
    "422 'no selectable text' (ATS would fail too)": {"no_text"},
    "422 no text": {"no_text"},
    "reject 422 'password protected'": {"password_protected"},
    "bounded time": {"unreadable_document", "too_little_text"},
}

COLUMNS: Final = {
    "gen_jane_columns.docx",
    "gen_jane_table.docx",
    "latexcv_infographics.pdf",
    "latexcv_sidebar.pdf",
    "latexcv_two_column.pdf",
    "reactive_azurill.pdf",
    "reactive_pikachu.pdf",
    "resumematcher_two-column.pdf",
}


@pytest.fixture(scope="module")
def extractor() -> DocumentExtractor:
    return DocumentExtractor()


def upload(folder: str, name: str) -> Upload:
    return Upload(name, None, (SHARED / folder / name).read_bytes())


async def accepted(extractor: DocumentExtractor, name: str) -> Extracted:
    if name not in READ:
        extraction = await extractor.extract(upload("resumes", name))
        assert isinstance(extraction, Extracted)
        READ[name] = extraction
    return READ[name]


@needs_shared
@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_gets_the_answer_of_its_manifest_in_time(name: str, extractor: DocumentExtractor) -> None:
    begin = time.monotonic()
    extraction = await extractor.extract(upload("hostile", name))
    assert time.monotonic() - begin < 30
    answers = {extraction.code} if isinstance(extraction, Unreadable) else {"accepted", *extraction.warnings}
    assert answers & ANSWERS[HOSTILE[name]["expect"]]
    if isinstance(extraction, Unreadable):
        assert extraction.advice
    elif not name.startswith(("one_long", "inj_keyword")):
        assert "Shift Supervisor, Corner Market, 2021 - Present" in extraction.text


@needs_shared
@pytest.mark.parametrize("name", RESUMES)
async def test_a_resume_gives_its_text_clean_and_whole(name: str, extractor: DocumentExtractor) -> None:
    extracted = await accepted(extractor, name)
    assert len(extracted.text) > 1_000
    assert not [c for c in extracted.text if unicodedata.category(c).startswith("C") and c != "\n"]
    assert ("multi_column" in extracted.warnings) == (name in COLUMNS)
    assert not {"hidden_text", "truncated_input", "no_sections_found", "mixed_script", FLAGGED} & {*extracted.warnings}
    assert re.search(r"\w@\w+\.\w+|www\.\w+", extracted.text)


@needs_shared
async def test_one_resume_in_five_layouts_has_the_same_words(extractor: DocumentExtractor) -> None:
    layouts = [await accepted(extractor, name) for name in RESUMES if name.startswith("gen_jane")]
    plain, *others = [sorted(re.findall(r"\w+", layout.text)) for layout in layouts]
    assert len(others) == 4
    assert all(words == plain for words in others)


@needs_shared
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("latexcv_classic.pdf", "Scientific Employee / PhD Student - University of Bremen 2016 - present"),
        ("latexcv_classic.pdf", "Invented a flexible assessment framework, targeting industrial trainees"),
        ("latexcv_sidebar.pdf", "Scientific Employee / Software Development University of Bremen, 2012 - 2014"),
        ("latexcv_infographics.pdf", "Webstorm Git Sourcetree Linux Office"),
        ("latexcv_two_column.pdf", "Inter-cultural classes in English, covering special topics in computer science"),
        ("latexcv_two_column.pdf", "develop and evaluate the next generation learning management system"),
        ("reactive_azurill.pdf", "Led the development of a full-stack e-commerce platform"),
        ("reactive_pikachu.pdf", "impactful and user-friendly websites"),
        ("resumematcher_two-column.pdf", "distributed architectures, and cloud-native infrastructure"),
        ("rendercv_moderncv.pdf", "spotlight presentation, top 5% of submissions"),
        ("rm_john_doe.pdf", "software development life cycle from requirement analysis to deployment"),
        ("rm_bruce_wayne_fullstack.pdf", "\n(123) 456-7890\nbwayne@email.com\n"),
    ],
)
async def test_words_that_a_line_or_a_glyph_had_parted_are_whole(
    name: str, words: str, extractor: DocumentExtractor
) -> None:
    assert words in (await accepted(extractor, name)).text


@needs_shared
async def test_a_contact_that_only_the_header_holds_is_read_and_warned_of(extractor: DocumentExtractor) -> None:
    extracted = await accepted(extractor, "gen_jane_header.docx")
    assert extracted.text.startswith("Jane Q. Fullstacker jdoe@onecoolstartup.io")
    assert extracted.warnings == ("contact_in_header",)
