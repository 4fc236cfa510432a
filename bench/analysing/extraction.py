"""How much of a file's text is taken out, in which order, and how fast."""

import json
import re
import statistics
import subprocess
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeVar

import anyio

from bench.analysing import files
from bench.queueing.installing import python_with
from jatify_adapters.extraction import DocumentExtractor
from jatify_adapters.extraction.document import PDF
from jatify_adapters.extraction.reading import document_of, reader_of
from jatify_core.resume import Extracted, Upload

T = TypeVar("T")

HERE: Final = Path(__file__).parent
ROUNDS: Final = 5
LIGATURES: Final = re.compile("[\ufb00-\ufb06]")
LOST_LIGATURE: Final = re.compile(
    r"\b(?:scienti|ef|of|pro|certi|speci|identi|quali)\s+(?:c|cient|ce|le|ed|cation|ed)\b"
)
"""What becomes of a word whose `fi` or `ffi` was lost."""
_WORD: Final = re.compile(r"\w+")


def measure() -> Mapping[str, float]:
    """Figures over every PDF and every Word layout."""
    paths = files.resumes()
    ours = {path: text_of(path) for path in paths}
    recall = [_recalls(ours[path], others) for path, others in _read_by_others(paths).items()]
    whole = list(ours.values())
    return {
        "word_recall": statistics.mean(words for words, _ in recall),
        "bigram_recall": statistics.mean(pairs for _, pairs in recall),
        "broken_hyphens": sum(text.count("\ufffe") for text in whole),
        "lost_ligatures": sum(len(LIGATURES.findall(text) + LOST_LIGATURE.findall(text.lower())) for text in whole),
        "word_layouts_incomplete": _incomplete_layouts(),
        **_speed(paths),
    }


def text_of(path: Path) -> str:
    """What an upload of that file gives."""
    extraction = anyio.run(DocumentExtractor().extract, Upload(path.name, None, path.read_bytes()))
    return extraction.text if isinstance(extraction, Extracted) else ""


def _read_by_others(paths: Sequence[Path]) -> dict[Path, list[str]]:
    python = python_with(HERE / "requirements-extractors.txt", (3, 11))
    command = [str(python), str(HERE / "others.py"), *map(str, paths)]
    said = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603  # a script of ours
    return {Path(path): texts for path, texts in json.loads(said.stdout).items()}


def _recalls(ours: str, others: Sequence[str]) -> tuple[float, float]:
    """The shares of the words, and of the neighbours, on which the others agree that ours has as well."""
    mine, theirs = _words(ours), [_words(text) for text in others]
    agreed, agreed_pairs = _shared(theirs), _shared([list(pairwise(words)) for words in theirs])
    return _share(agreed, Counter(mine)), _share(agreed_pairs, Counter(pairwise(mine)))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _WORD.findall(re.sub(r"[-\u00ad\u2010\ufffe]\s*\n\s*", "", plain))


def _shared(found: Iterable[Sequence[T]]) -> "Counter[T]":
    first, *rest = [Counter(things) for things in found]
    for other in rest:
        first &= other
    return first


def _share(agreed: "Counter[T]", mine: "Counter[T]") -> float:
    return (agreed & mine).total() / max(1, agreed.total())


def _incomplete_layouts() -> int:
    """How many Word layouts lack a word that the plain one has."""
    texts = {path.stem: set(_words(text_of(path))) for path in files.layouts()}
    plain = texts.pop("gen_jane_plain")
    return sum(1 for words in texts.values() if len(plain - words) > 0)


def _speed(paths: Sequence[Path]) -> dict[str, float]:
    """Milliseconds a page in one process, and what a process of its own for each file costs beside."""
    read = reader_of(PDF)
    contents = {path: path.read_bytes() for path in paths}
    alone: dict[Path, float] = {}
    pages = 0
    for path, content in contents.items():
        pages += document_of(PDF, read(content)).pages or 1
        taken = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            document_of(PDF, read(content))
            taken.append(time.perf_counter() - began)
        alone[path] = min(taken)
    beside = [_through_a_child(path, content) - alone[path] for path, content in contents.items()]
    return {"ms_a_page": 1_000 * sum(alone.values()) / pages, "ms_for_the_child": 1_000 * statistics.median(beside)}


def _through_a_child(path: Path, content: bytes) -> float:
    async def extract() -> float:
        began = time.perf_counter()
        await DocumentExtractor().extract(Upload(path.name, None, content))
        return time.perf_counter() - began

    return anyio.run(extract)
