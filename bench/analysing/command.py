"""The command line of the analysis benchmark."""

import argparse
import json
import os
import platform
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Final

from bench.analysing import extraction, files, judging
from bench.calling.command import measured_apart
from bench.calling.crowd import Setting
from bench.queueing.installing import NotInstalled, pinned
from bench.queueing.tell import tell
from jatify_adapters.local.analyzer import RULES_VERSION

DESCRIPTION: Final = """
How much text is taken out of files, how well the rules judge, and what attacks achieve, over the real resumes and
listings beside this repository. Two other extractors are installed into a cache the first time, for comparison.
"""


def _calls() -> Mapping[str, float]:
    """What 500 calls at once cost; `bench/calls.py` tells more."""
    crowd = measured_apart(Setting(calls=500, delay=4.0))
    return {"cpu_ms_a_call": crowd.cpu_ms_a_call, "kb_a_call": crowd.kb_a_call_in_flight, "calls_failed": crowd.failed}


PARTS: Final[Mapping[str, Callable[[], Mapping[str, float]]]] = {
    "extraction": extraction.measure,
    "local": judging.measure,
    "injection": judging.attacked,
    "calls": _calls,
}

GOALS: Final[Mapping[str, str]] = {
    "word_recall": ">= 0.985",
    "bigram_recall": ">= 0.97",
    "broken_hyphens": "0",
    "lost_ligatures": "0",
    "word_layouts_incomplete": "0",
    "ms_a_page": "<= 15",
    "ms_for_the_child": "<= 120",
    "ms_a_pair_p50": "<= 20",
    "ms_a_pair_p95": "<= 20",
    "rss_mb": "<= 150",
    "category_auc": ">= 0.85",
    "names_that_count": "0",
    "skills_that_cost": "0",
    "orders_that_matter": "0",
    "points_gained": "<= 5",
    "attack_sentences_echoed": "0",
    "invented_quotes_kept": "0",
    "inventions_without_warning": "0",
    "obedient_echoes": "0",
    "cpu_ms_a_call": "<= 1",
    "kb_a_call": "<= 40",
    "calls_failed": "0",
}


def main() -> None:
    """Measure what the command line asks for, and print it."""
    parser = argparse.ArgumentParser(prog="bench/analysis.py", description=DESCRIPTION)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--only", choices=PARTS, action="append", help="a part; may be given again")
    options = parser.parse_args()
    figures = {name: _measured(name) for name in options.only or PARTS}
    print(json.dumps({**figures, "run": _run()}, indent=2) if options.json else _table(figures))


def _run() -> dict[str, str | int | None]:
    """With what it was measured."""
    pins = extraction.HERE / "requirements-extractors.txt"
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "rules": RULES_VERSION,
        "pypdfium2": version("pypdfium2"),
        **{name: pinned(pins, name) for name in ("pdfminer.six", "pypdf")},
    }


def _measured(part: str) -> dict[str, float]:
    if part != "calls" and not files.FOLDER.is_dir():
        tell(f"{part} is left out: there is no folder {files.FOLDER}")
        return {}
    tell(part)
    try:
        return {name: round(value, 4) for name, value in PARTS[part]().items()}
    except NotInstalled as problem:
        tell(f"{part} is left out: {problem}")
        return {}


def _table(figures: Mapping[str, Mapping[str, float]]) -> str:
    rows = [(part, name, value) for part, found in figures.items() for name, value in found.items()]
    lines = [f"{part:<11} {name:<28} {value:>10,.4g}   {GOALS[name]}" for part, name, value in rows]
    return "\n".join([*lines, "run: " + ", ".join(f"{name} {value}" for name, value in _run().items())])
