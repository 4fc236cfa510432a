"""The result as a table for people."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

COLUMNS: Final = {
    "drain": "drain /s",
    "enqueue_single": "single /s",
    "enqueue_bulk": "bulk /s",
    "wake_p50_ms": "wake p50 ms",
    "wake_p95_ms": "p95 ms",
    "burst_over_ideal": "burst x ideal",
    "rss_peak_mb": "peak MB",
}


def table(result: Mapping[str, Any]) -> str:
    """A row for each contender; below them what only one side has, the settings, and the conditions."""
    jatify, peers = result["jatify"], result["peers"]
    contenders = {"jatify": jatify, **peers}
    rows = [
        ["", *COLUMNS.values(), "version"],
        _row("jatify, recorded", {**jatify, **_drained(jatify, "recorded")}),
        _row("jatify, bare", _drained(jatify, "bare")),
        *(_row(name, figures) for name, figures in peers.items()),
    ]
    lines = [
        *_aligned(rows),
        "",
        f"jatify: {_listed(jatify, ('crash_s', 'crash_lost', 'crash_recorded_twice', 'rss_mb', 'rss_driver_mb'))}",
        f"raw, rows /s on one connection: {_listed(result['raw'], ('insert', 'claim_update', 'copy'))}",
        "settings of the drain: " + "; ".join(f"{name} {one['setting']['drain']}" for name, one in contenders.items()),
        f"run: {_listed(result['run'], tuple(name for name, told in result['run'].items() if told != []))}",
    ]
    return "\n".join(lines)


def _drained(jatify: Mapping[str, Any], way: str) -> dict[str, Any]:
    return {name: jatify[f"{name}_{way}"] for name in ("drain", "rss_peak_mb") if f"{name}_{way}" in jatify}


def _row(name: str, figures: Mapping[str, Any]) -> list[str]:
    return [name, *(_shown(figures.get(column)) for column in COLUMNS), figures.get("version", "")]


def _shown(value: Any) -> str:
    if not isinstance(value, int | float):
        return "" if value is None else str(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}".removesuffix(".00")


def _listed(figures: Mapping[str, Any], names: Sequence[str]) -> str:
    return ", ".join(f"{name} {_shown(figures[name])}" for name in names if name in figures)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Names to the left, numbers to the right."""
    name, *others = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join([row[0].ljust(name), *map(str.rjust, row[1:], others)]).rstrip() for row in rows]
