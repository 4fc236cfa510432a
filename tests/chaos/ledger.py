"""The ledger that clients keep of what was acknowledged, and its audit against the database."""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec
import psycopg
from msgspec import Struct

from tests.chaos.asking import Asked
from tests.chaos.orders import first_line

Table = Literal["account", "resume", "listing"]

WITNESSES = """
create table seen_recorded (id uuid not null, xid xid8 not null default pg_current_xact_id());
create table seen_ended (id uuid not null, run integer not null, xid xid8 not null default pg_current_xact_id());

create function see_recorded() returns trigger language plpgsql as $$
begin insert into seen_recorded (id) values (new.id); return null; end $$;
create function see_ended() returns trigger language plpgsql as $$
begin insert into seen_ended (id, run) values (old.id, old.run); return null; end $$;

create trigger see_recorded after update on analysis for each row when (new.state = 'succeeded')
  execute function see_recorded();
create trigger see_ended after delete on job for each row execute function see_ended();
"""
"""They see each write of a result and each end of a job, in whatever transaction it happens."""


class Row(Struct, frozen=True):
    """A row whose making was acknowledged."""

    table: Table
    id: UUID


class Entry(Struct, frozen=True):
    """A line of the ledger."""

    row: Row | None = None
    asked: Asked | None = None


class Ledger:
    """Written by one client at once when the acknowledgement is there, so that not even its death hides a line."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def row(self, table: Table, id_: UUID) -> None:
        os.write(self._file, msgspec.json.encode(Entry(row=Row(table, id_))) + b"\n")

    def asked(self, asked: Asked) -> None:
        os.write(self._file, msgspec.json.encode(Entry(asked=asked)) + b"\n")


def entries(paths: Iterable[Path]) -> list[Entry]:
    """Everything acknowledged."""
    lines = [line for path in paths for line in path.read_bytes().splitlines()]
    return [msgspec.json.decode(line, type=Entry) for line in lines]


class Audit(Struct):
    """What the database says about what was acknowledged; everything but the first two has to be empty."""

    rows: int = 0
    analyses: int = 0
    missing_rows: list[UUID] = []
    lost: list[UUID] = []
    unfinished: list[UUID] = []
    recorded_twice: list[UUID] = []
    recorded_apart: list[UUID] = []
    """Results that were not written in the transaction that ended their job."""
    crossed: list[UUID] = []
    homeless: list[UUID] = []
    """Analyses, acknowledged or not, that are not in exactly one place: a job, a dead letter, or a report."""

    @property
    def clean(self) -> bool:
        kept: tuple[list[UUID], ...] = (self.missing_rows, self.lost, self.unfinished, self.recorded_twice)
        return not any((*kept, self.recorded_apart, self.crossed, self.homeless))

    def __str__(self) -> str:
        return "\n".join(
            f"  {name.replace('_', ' '):<16}{len(value) if isinstance(value, list) else value:>8}"
            for name, value in ((name, getattr(self, name)) for name in self.__struct_fields__)
        )


def audit(conninfo: str, acknowledged: Iterable[Entry]) -> Audit:
    """Hold every line against the database."""
    acknowledged = list(acknowledged)
    rows = [entry.row for entry in acknowledged if entry.row]
    asked = {entry.asked.id: entry.asked for entry in acknowledged if entry.asked}
    found = Audit(rows=len(rows), analyses=len(asked))
    with psycopg.connect(conninfo, autocommit=True) as link:
        for table in ("account", "resume", "listing"):
            there = _ids(link, f"select id from {table}")  # noqa: S608  # one of the three names above
            found.missing_rows += [row.id for row in rows if row.table == table and row.id not in there]
        quotes = _quotes(link)
        found.lost = [id_ for id_ in asked if id_ not in quotes]
        found.unfinished = [id_ for id_ in asked if quotes.get(id_, ("succeeded",))[0] != "succeeded"]
        recorded = Counter(id_ for (id_,) in link.execute("select id from seen_recorded"))
        found.recorded_twice = [id_ for id_, times in recorded.items() if times > 1]
        found.recorded_apart = list(_ids(link, APART))
        found.crossed = [id_ for id_, (state, *quoted) in quotes.items() if not _fits(asked.get(id_), state, quoted)]
        found.homeless = list(_ids(link, HOMELESS))
    return found


APART = """
select id from seen_recorded
 where not exists (select from seen_ended where seen_ended.id = seen_recorded.id and seen_ended.xid = seen_recorded.xid)
"""
HOMELESS = """
select analysis.id from analysis
  left join analysis_report on analysis_report.analysis_id = analysis.id
  left join job on job.id = analysis.id
  left join dead_letter on dead_letter.job_id = analysis.id
 where (analysis_report.analysis_id is not null) <> (analysis.state = 'succeeded')
    or (job.id is not null) <> (analysis.state = 'queued')
    or (dead_letter.id is not null) <> (analysis.state = 'failed')
"""


def _fits(asked: Asked | None, state: str, quoted: list[str]) -> bool:
    """Whether a report quotes the words of its own question, where anybody heard of the question."""
    if state != "succeeded" or not asked:
        return True
    return quoted == [first_line(asked.resume_word), first_line(asked.listing_word)]


def _quotes(link: "psycopg.Connection") -> dict[UUID, tuple[str, str, str]]:
    """The state of every analysis, and what its report quotes from the resume and from the listing."""
    rows = link.execute(
        """
        select id, state, report::jsonb #>> '{strengths,0,evidence,0,text}',
               report::jsonb #>> '{missing_skills,0,evidence,0,text}'
          from analysis left join analysis_report on analysis_report.analysis_id = analysis.id
        """
    )
    return {id_: (state, mine, asked) for id_, state, mine, asked in rows}


def _ids(link: "psycopg.Connection", query: str) -> set[UUID]:
    return {id_ for (id_,) in link.execute(query.encode())}
