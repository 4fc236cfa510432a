"""Whatever hostile people paste: a draft comes of it soon, and it fits a listing."""

from time import process_time
from typing import Final

import anyio
import pytest
from hypothesis import given
from hypothesis.strategies import lists, sampled_from, text

from jatify_adapters.clipping import PageReader
from jatify_adapters.clipping.taming import DEEPEST, tamed
from jatify_core.clipping import LONGEST_PASTE, Paste
from tests.adapters.pastes import TODAY, assert_fits, pasted

SHREDS: Final = (
    "<div>",
    "</div>",
    "<p>",
    "<b>",
    "</b>",
    "<table><td>",
    "<li>",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<svg>",
    '<a b="',
    "'",
    ">",
    "&lt;",
    "&#0;",
    "\x00",
    "\ud800",
    "Company: ",
    "\n",
    "<script type='application/ld+json'>",
    '{"@type":"JobPosting","title":',
    "[[",
    "}",
    '"\\ud800"',
    "1e999",
    "null",
    '"hiringOrganization":{"name":7}',
    "<h1>",
    "<div itemscope itemtype='x/JobPosting'>",
    "<i itemprop=title>",
    "€",
    "9999999999999",
    " - ",
    "Salary: ",
    "1,000",
    "<title>",
    "<meta property=og:url content=javascript:x>",
    "31.12.0000",
)


@given(lists(sampled_from(SHREDS) | text(max_size=20), max_size=40).map("".join))
def test_whatever_is_pasted_makes_a_draft_that_can_be_kept(content: str) -> None:
    assert_fits(pasted(content).draft)


def whole(piece: str) -> str:
    return piece * (LONGEST_PASTE // len(piece))


HOSTILE: Final[dict[str, str]] = {
    "nested": "<div>",
    "bold": "<b x=1>",
    "misnested": "<b><p></b><i></p>",
    "paragraphs": "<p>",
    "links": '<a href="x">',
    "lists": "<ul><li>",
    "tables": "<table><tr><td>x",
    "comments": "<!--",
    "drawings": "<svg>",
    "scripts": "<script ",
    "quotes": '<a b="',
    "brackets": "<",
    "closing": "</div>",
    "strays": "<div></x></p><span></div>",
    "escaped": "&lt;div&gt;",
    "attributes": "<p a b c d e>",
    "headings": "<h1><h2>",
    "forms": "<form><select><option>",
    "marks": "<div class='company title location description'>x",
    "items": "<div itemscope itemtype='x/JobPosting'><i itemprop='title description'>",
    "digits": "1 111 ",
    "euros": "€ 1",
    "dashes": "- ",
    "labels": "Company:\n",
    "dates": "deadline 1 ",
    "names": "Acme of ",
    "hiring": "hiring a b ",
    "roles": "Engineer at ",
    "no": "no-",
    "json": '<script type=\'application/ld+json\'>{"@type":"JobPosting",',
    "lines": "\n \n",
    "dots": "A · ",
    "urls": "https://a",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_megabyte_costs_no_more_than_five_honest_ones(name: str, honest: float) -> None:
    content = "<div>" + whole(HOSTILE[name]) if name == "json" else whole(HOSTILE[name])
    begun = process_time()
    assert_fits(pasted(content).draft)
    assert process_time() - begun < 5 * honest


@pytest.fixture(scope="module")
def honest() -> float:
    """Seconds of the processor that a page of a megabyte takes on this machine."""
    page = "<html><body><main><h1>Engineer</h1>" + whole("<p>We are looking for people who <b>care</b> about it.</p>\n")
    begun = process_time()
    pasted(page)
    return process_time() - begun


@pytest.mark.parametrize("deep", ["<div>", "<b>", "<ul><li>", "[", '{"a":'])
def test_nothing_is_so_deep_that_it_breaks_anything(deep: str) -> None:
    content = f'<script type="application/ld+json">"JobPosting"{deep * 50_000}</script>' + deep * 50_000
    assert_fits(pasted(f"<p>{content}").draft)
    assert tamed("<div>" * 5_000).html.count("<div>") == DEEPEST


async def test_readers_wait_in_threads_so_that_nobody_else_does() -> None:
    reader, ticks, content = PageReader(), 0, whole("<div><p>x")
    with anyio.CancelScope() as ticking:

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await anyio.lowlevel.checkpoint()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(tick)
            await reader.read(Paste(content, None, TODAY))
            ticking.cancel()
    assert ticks > 10
