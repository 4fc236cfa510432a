"""Health, for orchestrators."""

from datetime import timedelta

from jatify_adapters.memory import MemoryStore
from jatify_core.job import ANALYSIS
from jatify_core.ports import Ports
from tests.http.people import Person


async def test_a_live_process_says_so_without_asking_anybody(nobody: Person, store: MemoryStore) -> None:
    store.reachable = False
    answer = await nobody.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_a_ready_house_says_so(nobody: Person) -> None:
    answer = await nobody.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "listening": False, "paused": []})


async def test_a_house_without_its_store_is_not_ready_and_names_no_host(nobody: Person, store: MemoryStore) -> None:
    store.reachable = False
    answer = await nobody.get("/health/ready")
    assert (answer.status_code, answer.json()["detail"]) == (503, "Not ready yet.")
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0


async def test_a_paused_provider_is_told_and_leaves_the_house_ready(nobody: Person, ports: Ports) -> None:
    async with ports.store.transaction() as tx:
        await tx.jobs.pause(ANALYSIS, "insufficient_credits", "The account is empty.", 0, timedelta(seconds=30))
    answer = await nobody.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["paused"] == [
        {
            "kind": ANALYSIS,
            "reason": "insufficient_credits",
            "message": "The account is empty.",
            "since": "2026-11-24T09:00:00Z",
        }
    ]


async def test_probes_may_add_what_they_like(nobody: Person) -> None:
    answer = await nobody.get("/health/live?now=1", headers={"Accept": "text/plain"})
    assert answer.status_code == 200
