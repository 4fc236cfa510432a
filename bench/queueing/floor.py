"""The floor: what Postgres itself does over one connection, without any queue's code."""

import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from typing import Final

from bench.queueing.cluster import Cluster

SECONDS: Final = 2
BATCH: Final = 100
"""Rows that one claim takes, as its script below says."""
CLAIMS: Final = 400
COPIED: Final = 20_000
PAYLOAD: Final = '{"i": 1, "ms": 0, "k": "n"}'

TABLES: Final = """
create table entry (id bigint generated always as identity primary key, payload jsonb not null);
create table task (
  id bigint generated always as identity primary key, state text not null default 'pending',
  attempt integer not null default 0, payload jsonb not null
);
create index task_pending on task (id) where state = 'pending';
"""
INSERT: Final = """insert into entry (payload) values ('{"i": 1, "ms": 0, "k": "n"}');"""
CLAIM_UPDATE: Final = r"""
begin;
with picked as materialized (
  select id from task where state = 'pending' order by id limit 100 for update skip locked
), claimed as (
  update task set state = 'running', attempt = attempt + 1 from picked where task.id = picked.id returning task.id
) select coalesce(string_agg(id::text, ','), '0') as ids from claimed \gset
update task set state = 'done' where id = any(array[:ids]::bigint[]) and state = 'running';
commit;
"""


def measure(cluster: Cluster) -> Mapping[str, float]:
    """Rows a second: inserted one a commit, claimed and updated by the hundred, and copied."""
    cluster.fresh("bench_floor")
    with cluster.connect("bench_floor") as conn:
        conn.execute(TABLES.encode())
        insert = _pgbench(cluster, INSERT, "-T", str(SECONDS), "-M", "prepared")
        conn.execute(
            "insert into task (payload) select %s::jsonb from generate_series(1, %s)", [PAYLOAD, BATCH * CLAIMS]
        )
        conn.execute("vacuum analyze")
        conn.execute("checkpoint")
        claims = _pgbench(cluster, CLAIM_UPDATE, "-t", str(CLAIMS))
        began = time.perf_counter()
        with conn.cursor().copy("copy task (payload) from stdin") as copy:
            for _ in range(COPIED):
                copy.write(PAYLOAD + "\n")
        copied = COPIED / (time.perf_counter() - began)
    return {"insert": insert, "claim_update": claims * BATCH, "copy": copied}


def _pgbench(cluster: Cluster, script: str, *options: str) -> float:
    """Transactions a second over one connection."""
    program = shutil.which("pgbench", path=cluster.programs) or shutil.which("pgbench")
    if not program:
        raise SystemExit("The floor is measured with pgbench, which is not installed; leave it out with --only.")
    file = cluster.folder / "floor.sql"
    file.write_text(script)
    where = ["-h", "127.0.0.1", "-p", str(cluster.port), "-U", "postgres", "bench_floor"]
    done = subprocess.run(  # noqa: S603  # a program of Postgres
        [program, "-n", "-c", "1", "-f", str(file), *options, *where], capture_output=True, text=True, check=True
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if not found:
        raise SystemExit(f"pgbench said nothing that we understand: {done.stdout}")
    return float(found[1])
