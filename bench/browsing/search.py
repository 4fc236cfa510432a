"""A job search with thousands of applications: a real server, and an account whose board is full."""

import csv
import io
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from tests.console.people import Seeker
from tests.running import serving

COLUMNS: Final = ("Company", "Position", "Status", "Applied on", "Tags", "Notes", "Follow-up on")
LEVELS: Final = ("Junior ", "Senior ", "Staff ", "")
TRADES: Final = ("backend engineer", "data analyst", "product manager for growth and retention", "nurse", "translator")
TAGS: Final = ("remote", "python", "berlin", "referral", "dream", "night shifts")
FIRST_DAY: Final = date(2026, 1, 5)


@contextmanager
def searching(applications: int) -> Iterator[Seeker]:
    """Somebody with so many applications, on a server that runs as long as the block."""
    with (
        tempfile.TemporaryDirectory() as house,
        serving(Path(house), JATIFY_DATA_DIR=f"{house}/data") as (_, client),
        closing(Seeker(str(client.base_url).rstrip("/"))) as seeker,
    ):
        fill(seeker, applications)
        yield seeker


def fill(seeker: Seeker, applications: int) -> None:
    """Let *seeker* have so many, spread evenly over all statuses."""
    statuses = [status["id"] for status in seeker.api.get("/api/statuses").raise_for_status().json()["items"]]
    files = {"file": ("search.csv", _table(applications, statuses).encode())}
    seeker.api.post("/api/imports", files=files, data={"dry_run": "false"}, timeout=300).raise_for_status()


def _table(applications: int, statuses: Sequence[str]) -> str:
    chance = random.Random(applications)  # noqa: S311  # the same search each time
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for number in range(applications):
        status = statuses[number % len(statuses)]
        day = FIRST_DAY + timedelta(days=number % 300)
        table.writerow(
            (
                f"Company {number % 487} of Somewhere",
                f"{chance.choice(LEVELS)}{chance.choice(TRADES)} {number}",
                status,
                "" if status == "saved" else day,
                "; ".join(chance.sample(TAGS, number % 4)),
                "They called twice. " * (number % 5),
                day + timedelta(days=330) if number % 3 == 0 else "",
            )
        )
    return written.getvalue()
