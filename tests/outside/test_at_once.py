"""What many do at once through the API, over the real database: one of them wins, and a list loses nobody."""

from collections import Counter
from typing import Final

import anyio

from tests.outside.owners import Owner

WRITERS: Final = 100
ROWS, COMERS_AND_GOERS, PAGE = 1_000, 500, 50


async def test_of_a_hundred_changes_of_one_version_one_is_made(ann: Owner) -> None:
    job = await ann.job()
    path, etag = f"/api/jobs/{job['id']}", '"v1"'
    statuses: Counter[int] = Counter()

    async def change(number: int) -> None:
        body = {"company": f"Company {number}", "position": "Archivist"}
        statuses[(await ann.ask("PUT", path, json=body, headers={"If-Match": etag})).status_code] += 1

    async with anyio.create_task_group() as tasks:
        for number in range(WRITERS):
            tasks.start_soon(change, number)
    assert statuses == {200: 1, 412: WRITERS - 1}
    assert (await ann.get(path)).headers["etag"] == '"v2"'


async def test_whoever_walks_a_list_sees_each_old_row_once_while_others_come_and_go(ann: Owner) -> None:
    old = [await _listing(ann, f"Old {number}") for number in range(ROWS)]
    doomed = old[:: ROWS // (COMERS_AND_GOERS // 2)]
    walked: Counter[str] = Counter()
    path, turn = f"/api/jobs?limit={PAGE}&sort=-created_at", 0
    while path:
        answer = await ann.get(path)
        walked.update(item["id"] for item in answer.json()["items"])
        path = answer.links.get("next", {}).get("url", "")
        share = COMERS_AND_GOERS // 2 // (ROWS // PAGE)
        for number in range(share):
            await _listing(ann, f"New {turn}.{number}")
        for gone in doomed[turn * share : (turn + 1) * share]:
            assert (await ann.ask("DELETE", f"/api/jobs/{gone}")).status_code == 204
        turn += 1
    surviving = [id_ for id_ in old if id_ not in doomed]
    assert [walked[id_] for id_ in surviving] == [1] * len(surviving)
    assert max(walked.values()) == 1


async def _listing(owner: Owner, company: str) -> str:
    made = await owner.post("/api/jobs", json={"company": company, "position": "Archivist"})
    return str(made.json()["id"])
