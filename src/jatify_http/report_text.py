"""A report for a terminal: the score, why, and what to change, in colour where the terminal has it."""

from collections.abc import Iterable
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from jatify_core.report import Band, Point, Report, Skill

COLOURS: Final[dict[Band, str]] = {"strong": "green", "good": "cyan", "partial": "yellow", "weak": "red"}
PRIORITY_COLOURS: Final = {"high": "red", "medium": "yellow", "low": "dim"}
BAR: Final = 24
SHOWN: Final = 12


def print_report(report: Report, title: str, console: Console | None = None) -> None:
    """Print *report* under *title*."""
    (console or Console(highlight=False)).print(_page(report, title))


def _page(report: Report, title: str) -> RenderableType:
    colour = COLOURS[report.band]
    head = Text.assemble(
        ("  " + str(report.score), f"bold {colour}"), ("/100  ", "dim"), (report.band, f"bold {colour}"),
        ("  " + plain(title), "bold"),
    )  # fmt: skip
    parts: list[RenderableType] = ["", head, Padding(Text(plain(report.summary)), (1, 2)), _sub_scores(report)]
    parts += _section("What you show", "green", (_named(s) for s in report.matched_skills))
    parts += _section("What is missing", "red", (_named(s) for s in report.missing_skills))
    parts += _section("Strengths", "green", (_told(p) for p in report.strengths))
    parts += _section("Gaps", "yellow", (_told(p) for p in report.gaps))
    changes = (
        Text.assemble(
            (f"{s.priority:<7}", PRIORITY_COLOURS[s.priority]), plain(s.text), (f"  [{plain(s.section)}]", "dim")
        )
        for s in report.suggestions
    )
    parts += _section("What to change", "cyan", changes)
    parts += _section("Notes", "dim", (Text(plain(w.replace("_", " "))) for w in report.warnings))
    return Group(*parts, "")


def _sub_scores(report: Report) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for sub in report.sub_scores:
        if sub.score is None:
            continue
        filled = round(sub.score * BAR / 100)
        bar = Text.assemble(("█" * filled, _colour(sub.score)), ("░" * (BAR - filled), "dim"))
        table.add_row(
            f"  {plain(sub.key).replace('_', ' ')}", f"{sub.score:>3}", bar, Text(plain(sub.explanation), "dim")
        )
    return table


def _section(title: str, colour: str, lines: Iterable[Text]) -> list[RenderableType]:
    shown = list(lines)
    if not shown:
        return []
    more = [Text(f"and {len(shown) - SHOWN} more", "dim")] if len(shown) > SHOWN else []
    body = Group(*(Text.assemble("• ", line) for line in [*shown[:SHOWN], *more]))
    return ["", Text(f"  {title}", f"bold {colour}"), Padding(body, (0, 4))]


def _named(skill: Skill) -> Text:
    return Text.assemble(plain(skill.name), (f"  {skill.importance}", "dim"))


def _told(point: Point) -> Text:
    return Text(plain(point.text))


def _colour(score: int) -> str:
    return "green" if score >= 75 else "cyan" if score >= 60 else "yellow" if score >= 40 else "red"


def plain(text: str) -> str:
    """*text* without what a terminal would obey."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
