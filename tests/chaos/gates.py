"""Gates inside the database: a worker's transaction stops at one, at a point that no outside timing could hit."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.chaos.watching import until

GATE = 1_234
"""An advisory lock: whoever comes to the gate asks for it, and the test holds it."""

STOP_AT_GATE = """
create function stop_at_gate() returns trigger language plpgsql as $$
begin perform pg_advisory_xact_lock(1234); return null; end $$
"""
AFTER_RESULT = """
create trigger gate after update on analysis for each row when (new.state = 'succeeded')
  execute function stop_at_gate()
"""
AT_COMMIT = """
create constraint trigger gate after update on analysis deferrable initially deferred for each row
  when (new.state = 'succeeded') execute function stop_at_gate()
"""


@contextmanager
def gate(link: "psycopg.Connection", trigger: str) -> Iterator[None]:
    """A closed gate, which opens as the block ends."""
    link.execute(STOP_AT_GATE.encode())
    link.execute(trigger.encode())
    link.execute("select pg_advisory_lock(%s)", [GATE])
    try:
        yield
    finally:
        link.execute("select pg_advisory_unlock(%s)", [GATE])


async def until_somebody_waits(link: "psycopg.Connection") -> None:
    """Wait until a transaction stands before the gate."""
    query = "select 1 from pg_locks where locktype = 'advisory' and objid = %s and not granted"
    await until(lambda: link.execute(query, [GATE]).fetchone(), 20, "somebody before the gate")
