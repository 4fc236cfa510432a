"""The pipeline's statuses."""

from tests.http.people import Person

SHIPPED = [
    "saved",
    "applied",
    "hr_interview",
    "user_interview",
    "offer",
    "offer_accepted",
    "offer_turned_down",
    "rejected",
    "ghosted",
    "withdrawn",
]


async def test_the_statuses_come_in_the_order_of_the_pipeline(ann: Person) -> None:
    answer = await ann.get("/api/statuses")
    assert answer.status_code == 200
    assert answer.json()["next_cursor"] is None
    assert [s["id"] for s in answer.json()["items"]] == SHIPPED
    assert answer.json()["items"][0].keys() == {"id", "label", "category", "terminal", "position"}


async def test_they_can_be_read_in_pages_too(ann: Person) -> None:
    seen, path = [], "/api/statuses?limit=4"
    while path:
        answer = await ann.get(path)
        seen.append([s["id"] for s in answer.json()["items"]])
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    assert [len(page) for page in seen] == [4, 4, 2]
    assert [status for page in seen for status in page] == SHIPPED


async def test_a_cursor_of_somebody_else_is_none_here(ann: Person, bob: Person) -> None:
    cursor = (await bob.get("/api/statuses?limit=4")).json()["next_cursor"]
    assert (await ann.get("/api/statuses", params={"limit": 4, "cursor": cursor})).status_code == 422
