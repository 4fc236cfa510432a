"""A hundred SIGKILLs and more over ten thousand jobs: nothing lost, nothing recorded twice, nothing crossed."""

import os
import secrets
import time
from collections import Counter
from pathlib import Path
from uuid import UUID

import anyio
import psycopg
import pytest

from jatify_adapters.postgres import open_store
from jatify_core.dead_letter import Selection
from jatify_core.use_cases.dead_letters import requeue
from jatify_core.user import UserId
from tests.chaos.cluster import Cluster
from tests.chaos.ledger import WITNESSES, audit, entries
from tests.chaos.programs import read_calls
from tests.chaos.storm import Storm
from tests.chaos.worker_program import ObedientAnalyzer, ports
from tests.running import providing

JOBS, KILLS = 10_000, 100
CLIENT_RATE, VISITOR_RATE = 80.0, 5.0
"""Analyses a second: so many that the last is asked for about when the last process is killed."""
RECOVERY = 90.0
"""Seconds after the last fault within which everything has ended."""


def test_a_hundred_kills_lose_nothing_and_record_nothing_twice(
    cluster: Cluster, conninfo: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or secrets.randbelow(1_000_000))
    with psycopg.connect(conninfo) as link:
        link.execute(WITNESSES.encode())
    began = time.monotonic()
    with providing(tmp_path) as provider:
        storm = Storm(cluster, conninfo, tmp_path, provider.url, seed)
        with storm.installation(CLIENT_RATE, VISITOR_RATE):
            storm.rage(lambda: asked_so_far(tmp_path) >= JOBS)
            storm.end_of_load()
            recovered = storm.settle(lambda: is_idle(conninfo), RECOVERY)
            letters = dead_letters(conninfo)
            anyio.run(requeue_all, conninfo, set(letters))
            storm.settle(lambda: is_idle(conninfo), RECOVERY)
    found = audit(conninfo, entries(tmp_path.glob("*.ledger")))
    with capsys.disabled():
        story = [f"seed {seed}: CHAOS_SEED={seed} kills in the same order", *ledger_of(storm, tmp_path, letters)]
        story += [f"all ended {recovered:.1f} s after the last fault; {time.monotonic() - began:.0f} s altogether"]
        print("\n\n" + "\n".join(story) + f"\nthe ledger, held against the database:\n{found}")  # noqa: T201  # asked for
    assert found.clean
    assert found.analyses >= JOBS
    assert sum(times for kind, times in storm.kills.items() if kind != "client") >= KILLS
    assert recovered < RECOVERY
    assert {reason for reasons in letters.values() for reason in reasons} <= {"worker_lost"}
    assert [words for one in storm.kept for words in one.fallen] == []
    assert [visitor.answers[500] for visitor in storm.visitors] == [0, 0]


def asked_so_far(folder: Path) -> int:
    return sum(path.read_bytes().count(b'{"row":null,"asked"') for path in folder.glob("*.ledger"))


def is_idle(conninfo: str) -> bool:
    with psycopg.connect(conninfo) as link:
        return link.execute("select exists (select 1 from job)").fetchone() == (False,)


def dead_letters(conninfo: str) -> dict[UUID, list[str]]:
    """The reasons of all dead letters, by their user."""
    with psycopg.connect(conninfo) as link:
        return dict(link.execute("select user_id, array_agg(reason) from dead_letter group by user_id").fetchall())


async def requeue_all(conninfo: str, users: set[UUID]) -> None:
    async with open_store(conninfo) as store:
        world = ports(store, ObedientAnalyzer("operator", "/dev/null", hasty=True))
        for user_id in users:
            await requeue(world, UserId(user_id), Selection())


def ledger_of(storm: Storm, folder: Path, letters: dict[UUID, list[str]]) -> list[str]:
    """What happened, in lines."""
    calls = Counter(call.id for call in read_calls(storm.calls) if call.what == "began")
    dropped = sum(path.read_text(errors="replace").count("had been taken from us") for path in folder.glob("*.log"))
    answers = sum((visitor.answers for visitor in storm.visitors), Counter[int | str]())
    return [
        f"kills: {dict(sorted(storm.kills.items()))}",
        f"calls of the two worker programs: {calls.total()} for {len(calls)} analyses",
        f"results that came too late and were dropped: {dropped}",
        f"dead letters of crashes, requeued at the end: {sum(map(len, letters.values()))}",
        f"answers of the API: {dict(answers)}",
        f"starts while the database was down: {sum(one.turned_away for one in storm.kept)}",
    ]
