"""What tests of chaos wait for, and look at, in the database and in the system."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio
import psycopg

from tests.chaos.asking import Asked


async def until(happened: Callable[[], object], within: float, what: str) -> float:
    """Wait for it; how long that took."""
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < within, f"{what}: not within {within} s"
        await anyio.sleep(0.02)
    return time.monotonic() - began


async def until_ended(
    link: "psycopg.Connection", asked: Sequence[Asked], within: float, state: str = "succeeded"
) -> float:
    """Wait until all of them are in that state, and their jobs gone; how long that took."""
    ids = [one.id for one in asked]
    query = """
        select (select count(*) from analysis where id = any(%(ids)s) and state = %(state)s)
             - (select count(*) from job where id = any(%(ids)s))
    """

    def ended() -> bool:
        return link.execute(query, {"ids": ids, "state": state}).fetchone() == (len(ids),)

    return await until(ended, within, f"{len(ids)} analyses {state}")


async def until_stopped(pid: int) -> None:
    """Wait until a process has been stopped by SIGSTOP."""
    stat = Path(f"/proc/{pid}/stat")
    await until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", 10, f"{pid} stopped")


def state_of(link: "psycopg.Connection", analysis_id: UUID) -> tuple[str, int]:
    """The stored state of an analysis, and the attempts so far."""
    row = link.execute(
        """
        select analysis.state, coalesce(job.attempt, analysis.attempts)
          from analysis left join job on job.id = analysis.id where analysis.id = %s
        """,
        [analysis_id],
    ).fetchone()
    assert row
    return row[0], row[1]


def whole_row(link: "psycopg.Connection", analysis_id: UUID) -> dict[str, Any]:
    """Everything that is stored about an analysis that succeeded, with the numbers of the last changes."""
    row = link.execute(
        """
        select to_jsonb(analysis) || to_jsonb(analysis_report)
            || jsonb_build_object('changed', array[analysis.xmin::text, analysis_report.xmin::text])
          from analysis join analysis_report on analysis_report.analysis_id = analysis.id where analysis.id = %s
        """,
        [analysis_id],
    ).fetchone()
    assert row
    return dict(row[0])
