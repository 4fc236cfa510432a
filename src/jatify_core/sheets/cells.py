"""Cells as our export writes them, and back: no program takes one for a formula, and no character is lost."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import msgspec
from msgspec import Struct

DANGEROUS: Final = r"[=+\-@\t\r]"
LEADING: Final = re.compile(rf"^(?='*{DANGEROUS})")
ANYWHERE: Final = re.compile(rf"(^|[;,\t|\r\n\"])(?='*{DANGEROUS})")
"""Also behind whatever a program that expects another delimiter takes for the end of a cell."""
MASKED_LEADING: Final = re.compile(rf"^'(?='*{DANGEROUS})")
MASKED_ANYWHERE: Final = re.compile(rf"(^|[;,\t|\r\n\"])'(?='*{DANGEROUS})")
TAG: Final = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^,;\n]*))\s*(?:[,;\n]|$)')
PLAIN_TAG: Final = re.compile(r'[^,;"\s](?:[^,;"\n]*[^,;"\s])?')
STEP: Final = re.compile(r'\s*+(\S++)\s++([^;"\s][^;"]*+)(?:"((?:[^"\\]|\\.)*+)"\s*+)?+(?:;|$)')


class StepCell(Struct, frozen=True):
    """A step of a history as a cell tells it."""

    at: datetime
    status: str
    note: str | None


def masked(text: str) -> str:
    """*text* with an apostrophe before whatever could begin a formula."""
    return ANYWHERE.sub(r"\1'", text)


def unmasked(text: str, *, ours: bool) -> str:
    """*text* without the apostrophe that keeps it from being a formula; inside of it only where it is *ours*."""
    return MASKED_ANYWHERE.sub(r"\1", text) if ours else MASKED_LEADING.sub("", text)


def joined_tags(tags: Iterable[str]) -> str:
    """Tags in one cell, in quotes where one would be taken for two."""
    return "; ".join(tag if PLAIN_TAG.fullmatch(tag) else '"' + tag.replace('"', '""') + '"' for tag in tags)


def parted_tags(cell: str) -> list[str]:
    """The tags of a cell, parted by commas, semicolons or lines, each once."""
    tags = []
    at = 0
    while at < len(cell) and (match := TAG.match(cell, at)):
        quoted, plain = match[1], match[2]
        tags.append(plain.strip() if quoted is None else quoted.replace('""', '"'))
        at = max(match.end(), at + 1)
    return [tag for tag in dict.fromkeys(tags) if tag]


def told_instant(at: datetime) -> str:
    """An instant as the API writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def joined_steps(steps: Iterable[StepCell]) -> str:
    """A history in one cell: `2026-01-05T10:00:00Z applied "By mail."; …`, a note as JSON writes it."""
    return "; ".join(
        f"{told_instant(step.at)} {step.status}"
        + (f" {msgspec.json.encode(step.note).decode()}" if step.note is not None else "")
        for step in steps
    )


def parted_steps(cell: str) -> list[StepCell]:
    """The steps of a history. Raises `ValueError` for anything but what `joined_steps` writes."""
    steps = []
    at = 0
    text = cell.strip().rstrip(";")
    while at < len(text):
        match = STEP.match(text, at)
        if match is None:
            raise ValueError(cell)
        when = datetime.fromisoformat(match[1])
        note = None if match[3] is None else msgspec.json.decode(f'"{match[3]}"', type=str)
        steps.append(StepCell(when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC), match[2].strip(), note))
        at = match.end()
    return steps
