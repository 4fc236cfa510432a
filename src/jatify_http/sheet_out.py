"""Applications as a file: a table for spreadsheets, which imports again, or JSON; written while it is sent."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Final

import msgspec

from jatify_core.sheets.cells import StepCell, joined_steps, joined_tags, masked, told_instant
from jatify_core.sheets.columns import EXPORTED, Field
from jatify_core.use_cases.imports import Exported
from jatify_http.schemas import members
from jatify_http.schemas.applications import ApplicationView
from jatify_http.schemas.listings import JobView

CSV: Final = "text/csv"
CHUNK: Final = 64 * 1024
"""Characters that gather before they are sent."""


async def as_csv(applications: AsyncIterator[Exported]) -> AsyncIterator[bytes]:
    """A header and a row for each; with the mark by which spreadsheets know UTF-8."""
    gathered = io.StringIO(newline="")
    table = csv.writer(gathered)
    gathered.write("\ufeff")
    table.writerow(EXPORTED)
    async for one in applications:
        cells = _cells(one)
        table.writerow([masked(cells[field]) for field in EXPORTED])
        if gathered.tell() > CHUNK:
            yield _taken(gathered)
    yield _taken(gathered)


async def as_json(applications: AsyncIterator[Exported]) -> AsyncIterator[bytes]:
    """`{"items": [...]}`: each with its history, and its listing whole."""
    between = b'{"items": [\n'
    async for one in applications:
        shown = members(ApplicationView.with_history(one.application))
        yield between + msgspec.json.encode({**shown, "job": JobView.of(one.listing)})
        between = b",\n"
    yield b"\n]}\n" if between == b",\n" else b'{"items": []}\n'


def _cells(one: Exported) -> dict[Field, str]:
    application, listing = one.application, one.listing
    steps = [StepCell(step.at, step.status_id, step.note) for step in application.history]
    return {
        "company": listing.company,
        "position": listing.position,
        "status": application.status_id,
        "applied_on": str(application.applied_on or ""),
        "url": listing.url or "",
        "location": listing.location or "",
        "source": listing.source or "",
        "tags": joined_tags(application.tags),
        "notes": application.notes or "",
        "cover_letter": application.cover_letter or "",
        "follow_up_on": str(application.follow_up_on or ""),
        "follow_up_note": application.follow_up_note or "",
        "deadline_on": str(listing.deadline_on or ""),
        "resume": one.resume or "",
        "created_at": told_instant(application.created_at),
        "history": joined_steps(steps),
    }


def _taken(gathered: io.StringIO) -> bytes:
    piece = gathered.getvalue().encode()
    gathered.seek(0)
    gathered.truncate()
    return piece
