"""The pure parts of the extraction: normal form, hyphens, ligatures, signs, Word's markup."""

import re
import time
import unicodedata
import zlib
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jatify_adapters.extraction.docx import read_docx
from jatify_adapters.extraction.ligatures import with_ligatures
from jatify_adapters.extraction.normal import normalised
from jatify_adapters.extraction.signs import has_sections, mixes_scripts
from jatify_adapters.extraction.streams import is_bomb
from jatify_core.suspicion import is_suspicious
from tests.adapters.extraction_files import RESUME, docx, paragraphs, pdf, shown

ODD: Final = st.sampled_from("\ufffe\u00ad\u200b\u202e\U000e0041\ufe0f\ue000\x1b[2J\x00\r\n\t \u00a0\u2028e\u0301ﬁ½")


@given(st.text(st.characters() | ODD))
def test_normal_text_shows_all_it_holds(text: str) -> None:
    normal = normalised(text)
    assert not [c for c in normal if unicodedata.category(c).startswith("C") and c != "\n"]
    assert unicodedata.is_normalized("NFKC", normal)
    assert not re.search(r"[^\S\n ]| {2}| \n|\n |\n{3}|\A\s|\s\Z", normal)


@given(st.text(st.characters() | ODD))
def test_normal_text_stays_as_it_is(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("o\u200bk\u202e\u2066ay", "okay"),
        ("a\U000e0049\U000e0067\U000e006eb", "ab"),
        ("a\U000e0101\ufe0f\u3164\u2800b", "ab"),
        ("\x1b[2J\x1b]0;pwn\x07clear\x1b[1;31m red\x1b[0m", "clear red"),
        ("one\r\ntwo\rthree\u2028four\x0cfive", "one\ntwo\nthree\nfour\nfive"),
        ("\uf0b7 Led a team\n\uf0a7 Cut cost \ue8ff", "• Led a team\n• Cut cost"),
        ("ﬁne oﬃce \u2460 e\u200d\u0301", "fine office 1 é"),
        (" a \t\u00a0 b \n\n \n\n c ", "a b\n\nc"),
        ("exam\u00ad\nple and ex\u00adample", "example and example"),
    ],
)
def test_text_is_normalised(text: str, normal: str) -> None:
    assert normalised(text) == normal


@pytest.mark.parametrize(
    ("parted", "whole"),
    [
        ("look\ufffeing for", "looking for"),
        (
            "top\ufffeics, man\ufffeagement, re\ufffealtime, pro\ufffetotypes",
            "topics, management, realtime, prototypes",
        ),
        ("require\ufffements, multi\ufffeple, data\ufffebase", "requirements, multiple, database"),
        (
            "user\ufffefriendly, cloud\ufffenative, community\ufffedriven",
            "user-friendly, cloud-native, community-driven",
        ),
        ("e\ufffecommerce, cross\ufffedevice, full\ufffestack", "e-commerce, cross-device, full-stack"),
        ("end-to\ufffeend and state-of-the\ufffeart", "end-to-end and state-of-the-art"),
        ("2018\ufffe2020, Jean\ufffePaul, plug\ufffein", "2018-2020, Jean-Paul, plug-in"),
        ("a data-center, the data\ufffecenter", "a data-center, the data-center"),
        ("a crossword, the cross\ufffeword", "a crossword, the crossword"),
        ("left over\ufffe", "left over-"),
    ],
)
def test_words_parted_at_the_end_of_a_line_are_joined_with_sense(parted: str, whole: str) -> None:
    assert normalised(parted) == whole


def test_ligatures_are_named_by_the_fonts_of_the_document() -> None:
    plain = b"<< /Differences [27/f_i 30/f_l 40/parenleft] >>"
    packed = zlib.compress(plain)
    compressed = b"1 0 obj << /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + packed + b"\nendstream"
    for document in (plain, compressed):
        assert with_ligatures("Scienti\x1bc \x1eexible \x14 \x1b", document) == "Scientific flexible \x14 \x1b"
    assert with_ligatures("o\x1ece \x1celd", b"") == "office field"


@pytest.mark.parametrize(
    "text",
    [
        "<" * 60_000,
        "<<" + "a" * 60_000,
        "ignore " * 8_500,
        "give this " * 6_000,
        "#" * 60_000,
        " " * 300_000 + "!",
        "a-" * 30_000,
        "\ufffe" * 60_000,
        "a\ufffe" * 60_000,
        "\x1b]" * 60_000,
        "a@" * 30_000,
    ],
)
def test_time_is_linear_in_the_text(text: str) -> None:
    begin = time.process_time()
    is_suspicious(text[:60_000])
    has_sections(text[:60_000])
    normalised(text)
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# Work Experience", True),
        ("EDUCATION:", True),
        ("Berufserfahrung", True),
        ("Summary Innovative Web Developer", True),
        ("My experience with languages is that they all have a word for it", False),
        ("Jordan Avery", False),
    ],
)
def test_a_section_has_a_short_heading(text: str, found: bool) -> None:  # noqa: FBT001  # a parameter of the table
    assert has_sections(text) is found


def test_lookalikes_within_a_word_mix_scripts_and_two_languages_do_not() -> None:
    assert mixes_scripts("P\u0443thon")
    assert mixes_scripts("Pyth\u03bfn")
    assert not mixes_scripts("Инженер IT-отдела, TNF\u03b1, 5 \u03bcm, Ελλάδα")


def test_a_document_with_large_pictures_is_no_bomb() -> None:
    picture = b"1 0 obj << /Subtype /Image /Filter /FlateDecode >>\nstream\n" + zlib.compress(bytes(60 << 20))
    assert not is_bomb(picture)
    assert is_bomb(picture.replace(b"/Subtype /Image", b""))
    assert not is_bomb(pdf(shown(RESUME)))


def text_of(body: str, **parts: str) -> list[str]:
    return [line for line in read_docx(docx(body, **parts)).text.split("\n") if line]


def test_a_text_box_is_read_once_though_word_writes_it_twice() -> None:
    box = "<w:txbxContent>" + paragraphs(["in the box"]) + "</w:txbxContent>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    assert text_of(f"<w:p><w:r><w:t>around </w:t>{both}<w:t>it</w:t></w:r></w:p>") == ["in the box", "around it"]


def test_short_cells_make_a_row_and_long_ones_columns() -> None:
    def table(*cells: list[str]) -> str:
        return "<w:tbl><w:tr>" + "".join(f"<w:tc>{paragraphs(cell)}</w:tc>" for cell in cells) + "</w:tr></w:tbl>"

    assert text_of(table(["2019"], ["Cashier"], [])) == ["2019 | Cashier"]
    assert text_of(table(["2019"], ["Cashier", "- sold"])) == ["2019", "Cashier", "- sold"]
    nested = read_docx(docx("<w:tbl><w:tr><w:tc>" + table(["a"], ["b"]) + "<w:p/></w:tc></w:tr></w:tbl>"))
    assert nested.text.strip() == "a | b"
    assert read_docx(docx(table(["a", "b", "c"], ["d", "e", "f"]))).warnings == ("multi_column",)
    assert read_docx(docx(table(["a", "b", "c"], ["d"]))).warnings == ()


def test_columns_of_a_section_are_warned_of() -> None:
    assert read_docx(docx('<w:p/><w:sectPr><w:cols w:num="2"/></w:sectPr>')).warnings == ("multi_column",)
    assert read_docx(docx('<w:p/><w:sectPr><w:cols w:space="708"/></w:sectPr>')).warnings == ()


def test_list_items_get_a_dash() -> None:
    numbered = '<w:numPr><w:numId w:val="7"/></w:numPr>'
    styles = (
        '<w:style w:styleId="Bullet"><w:numPr/></w:style>'
        '<w:style w:styleId="Title"><w:numPr/><w:outlineLvl w:val="0"/></w:style>'
    )
    body = (
        paragraphs(["direct", "\u2022 drawn", " "], numbered)
        + paragraphs(["by style"], '<w:pStyle w:val="Bullet"/>')
        + paragraphs(["none"], '<w:pStyle w:val="Bullet"/><w:numPr><w:numId w:val="0"/></w:numPr>')
        + paragraphs(["heading"], '<w:pStyle w:val="Title"/>')
    )
    assert [line for line in text_of(body, styles=styles) if line.strip()] == [
        "- direct",
        "\u2022 drawn",
        "- by style",
        "none",
        "heading",
    ]


def test_breaks_are_blanks_and_what_was_deleted_is_gone() -> None:
    assert text_of("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>") == ["a\tb", "c"]
    body = (
        '<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>kept</w:t></w:r>'
        "<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>"
        "<w:ins><w:r><w:t> and added</w:t></w:r></w:ins><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    assert text_of(body) == ["kept and added"]


def test_headers_come_first_footers_last_and_the_same_header_once() -> None:
    contact = paragraphs(["jordan@example.com"])
    read = read_docx(
        docx(paragraphs(["body"]), header1=contact, header2=contact, footer1=paragraphs(["the end"]), comments=contact)
    )
    assert read.text.split() == ["jordan@example.com", "body", "the", "end"]
    assert read.warnings == ("contact_in_header",)
    assert read_docx(docx(contact, header1=contact)).warnings == ()
