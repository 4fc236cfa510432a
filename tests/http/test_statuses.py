"""The pipeline's statuses: what is shipped, and what its owner makes of it."""

from typing import Any

import httpx
import pytest

from jatify_core.status import MOST_STATUSES
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
SCREEN = {"label": "Phone screen", "category": "interview"}
WITH_SCREEN = [*SHIPPED[:5], "phone_screen", *SHIPPED[5:]]


async def statuses(who: Person) -> list[dict[str, Any]]:
    answer = await who.get("/api/statuses")
    assert (answer.status_code, answer.json()["next_cursor"]) == (200, None)
    return list(answer.json()["items"])


async def ids(who: Person) -> list[str]:
    return [status["id"] for status in await statuses(who)]


def fault(answer: httpx.Response) -> tuple[int, str, str]:
    """The one thing that is wrong with what was sent."""
    (told,) = answer.json()["errors"]
    return answer.status_code, told["pointer"], told["code"]


async def test_the_statuses_come_in_the_order_of_the_pipeline(ann: Person) -> None:
    found = await statuses(ann)
    assert [status["id"] for status in found] == SHIPPED
    assert [status["position"] for status in found] == [*range(1, 11)]
    members = {"id", "label", "category", "terminal", "position", "own", "retired", "in_use", "version"}
    assert found[0].keys() == members
    assert {(status["own"], status["retired"], status["in_use"], status["version"]) for status in found} == {
        (False, False, 0, 1)
    }


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


async def test_a_status_of_ones_own_stands_before_the_closed_ones(ann: Person, bob: Person) -> None:
    answer = await ann.post("/api/statuses", json=SCREEN)
    assert (answer.status_code, answer.headers["location"]) == (201, "/api/statuses/phone_screen")
    assert answer.headers["etag"] == '"v1"'
    made = SCREEN | {"id": "phone_screen", "terminal": False, "position": 6, "own": True, "retired": False}
    assert answer.json() == made | {"in_use": 0, "version": 1}
    assert await ids(ann) == WITH_SCREEN
    assert [status["position"] for status in await statuses(ann)] == [*range(1, 12)]
    assert (await ann.get("/api/statuses/phone_screen")).json() == answer.json()
    assert await ids(bob) == SHIPPED


async def test_it_can_stand_anywhere_and_end_applications_or_not(ann: Person) -> None:
    await ann.status("First", "open", position=1)
    await ann.status("Last", "closed", position=12)
    await ann.status("On ice", "closed", terminal=False)
    found = await statuses(ann)
    assert [(s["id"], s["terminal"]) for s in (found[0], found[-1])] == [("first", False), ("last", True)]
    assert [(s["id"], s["terminal"]) for s in found if s["id"] == "on_ice"] == [("on_ice", False)]


async def test_without_a_closed_one_it_stands_at_the_end(ann: Person) -> None:
    closed = {status["id"] for status in await statuses(ann) if status["category"] == "closed"}
    order = [*closed, *(status for status in SHIPPED if status not in closed)]
    await ann.put("/api/statuses/order", json={"ids": order})
    await ann.status()
    assert (await ids(ann))[0] == "phone_screen"


@pytest.mark.parametrize(
    ("label", "id_"),
    [
        ("Gespräch im Büro!", "gesprach_im_buro"),
        ("  Two   words ", "two_words"),
        ("面接", "status"),
        ("Saved!", "saved_2"),
        ("Order", "order_2"),
        ("x" * 200, "x" * 40),
    ],
)
async def test_its_id_tells_of_its_label_and_is_no_other(ann: Person, label: str, id_: str) -> None:
    assert await ann.status(label) == id_
    assert (await ann.patch(f"/api/statuses/{id_}", json={"terminal": True})).status_code == 200


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"label": "saved"}, (422, "/label", "taken")),
        ({"label": " SAVED "}, (422, "/label", "taken")),
        ({"label": "\u3000 "}, (422, "/label", "blank")),
        ({"label": "x" * 201}, (422, "/label", "too_long")),
        ({"category": "nothing"}, (422, "/category", "unknown_value")),
        ({"position": 12}, (422, "/position", "beyond_the_end")),
        ({"position": 0}, (422, "/position", "out_of_range")),
        ({"retired": True}, (422, "/retired", "unknown_member")),
        ({"id": "mine"}, (422, "/id", "unknown_member")),
    ],
)
async def test_an_unfit_status_is_told_what_is_wrong(
    ann: Person, members: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    assert fault(await ann.post("/api/statuses", json=SCREEN | members)) == expected
    assert await ids(ann) == SHIPPED


async def test_there_can_be_only_so_many(ann: Person) -> None:
    for number in range(MOST_STATUSES - len(SHIPPED)):
        await ann.status(f"Number {number}")
    answer = await ann.post("/api/statuses", json=SCREEN)
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "There can be 50 statuses, retired ones too. Delete one that is not used.",
    )
    assert len(await statuses(ann)) == MOST_STATUSES


async def test_any_status_can_be_renamed_and_moved(ann: Person) -> None:
    await ann.status()
    for id_ in ("ghosted", "phone_screen", "saved"):
        answer = await ann.patch(f"/api/statuses/{id_}", json={"label": f"My {id_}", "position": 3})
        assert (answer.status_code, answer.json()["label"], answer.json()["position"]) == (200, f"My {id_}", 3)
        assert (await ids(ann))[2] == id_
    assert sorted(await ids(ann)) == sorted(WITH_SCREEN)


async def test_a_label_may_change_its_case_and_no_more_into_one_that_is_taken(ann: Person) -> None:
    assert (await ann.patch("/api/statuses/saved", json={"label": "SAVED"})).json()["label"] == "SAVED"
    assert fault(await ann.patch("/api/statuses/saved", json={"label": "applied"})) == (422, "/label", "taken")
    assert (await ann.get("/api/statuses/saved")).json()["version"] == 2


async def test_a_change_counts_a_version_of_whatever_looks_different(ann: Person) -> None:
    changed = await ann.patch("/api/statuses/applied", json={"position": 1})
    assert changed.headers["etag"] == '"v2"'
    assert [status["version"] for status in await statuses(ann)] == [2, 2, *[1] * 8]
    again = await ann.patch("/api/statuses/applied", json={"position": 1})
    assert again.headers["etag"] == '"v2"'


async def test_a_change_of_what_has_changed_meanwhile_is_refused(ann: Person) -> None:
    await ann.patch("/api/statuses/applied", json={"label": "Sent"})
    for method in ("PATCH", "DELETE"):
        body = {"json": {"label": "Off"}} if method == "PATCH" else {}
        answer = await ann.ask(method, "/api/statuses/applied", headers={"If-Match": '"v1"'}, **body)
        assert answer.status_code == 412
    answer = await ann.patch("/api/statuses/applied", json={"label": "Off"}, headers={"If-Match": '"v2"'})
    assert (answer.status_code, answer.json()["label"]) == (200, "Off")


@pytest.mark.parametrize(("member", "value"), [("category", "closed"), ("terminal", True)])
async def test_what_a_status_means_changes_for_ones_own_alone(ann: Person, member: str, value: object) -> None:
    own = await ann.status()
    assert (await ann.patch(f"/api/statuses/{own}", json={member: value})).json()[member] == value
    assert fault(await ann.patch("/api/statuses/offer", json={member: value})) == (422, f"/{member}", "not_own")
    same = {member: (await ann.get("/api/statuses/offer")).json()[member]}
    assert (await ann.patch("/api/statuses/offer", json=same)).status_code == 200


@pytest.mark.parametrize("id_", ["ghosted", "phone_screen"])
async def test_a_retired_status_stays_where_it_is_used_and_nothing_moves_there(ann: Person, id_: str) -> None:
    await ann.status()
    inside, outside = await ann.application(status_id=id_), await ann.application()
    retired = await ann.patch(f"/api/statuses/{id_}", json={"retired": True})
    assert (retired.json()["retired"], retired.json()["in_use"]) == (True, 1)
    assert id_ in await ids(ann)
    noted = await ann.patch(f"/api/applications/{inside['id']}", json={"notes": "Still here.", "status_id": id_})
    assert (noted.status_code, noted.json()["status_id"]) == (200, id_)
    listed = await ann.get("/api/applications", params={"status_id": id_})
    assert [application["id"] for application in listed.json()["items"]] == [inside["id"]]
    moved = await ann.patch(f"/api/applications/{outside['id']}", json={"status_id": id_})
    assert fault(moved) == (422, "/status_id", "retired_status")
    job = await ann.job()
    created = await ann.post("/api/applications", json={"job_id": job["id"], "status_id": id_})
    assert fault(created) == (422, "/status_id", "retired_status")
    await ann.patch(f"/api/statuses/{id_}", json={"retired": False})
    assert (await ann.patch(f"/api/applications/{outside['id']}", json={"status_id": id_})).status_code == 200


async def test_what_the_house_needs_is_not_retired(ann: Person) -> None:
    for id_ in ("saved", "applied"):
        answer = await ann.patch(f"/api/statuses/{id_}", json={"retired": True, "label": "Gone"})
        assert fault(answer) == (422, "/retired", "needed")
    assert {status["version"] for status in await statuses(ann)} == {1}


async def test_the_label_of_a_retired_status_is_free_until_it_comes_back(ann: Person) -> None:
    await ann.patch("/api/statuses/ghosted", json={"retired": True})
    assert await ann.status("ghosted", "closed") == "ghosted_2"
    assert fault(await ann.patch("/api/statuses/ghosted", json={"retired": False})) == (422, "/label", "taken")
    back = await ann.patch("/api/statuses/ghosted", json={"retired": False, "label": "No answer"})
    assert (back.status_code, back.json()["label"], back.json()["retired"]) == (200, "No answer", False)


async def test_the_pipeline_is_put_in_another_order(ann: Person) -> None:
    await ann.status()
    order = [*reversed(WITH_SCREEN)]
    answer = await ann.put("/api/statuses/order", json={"ids": order})
    assert answer.status_code == 200
    assert [status["id"] for status in answer.json()["items"]] == order
    assert answer.json() == (await ann.get("/api/statuses")).json()


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (SHIPPED[1:], "not_each_once"),
        ([*SHIPPED[1:], "applied"], "not_each_once"),
        ([*SHIPPED, "saved"], "not_each_once"),
        ([*SHIPPED, "nothing"], "unknown_status"),
        ([], "too_short"),
        (["saved"] * 51, "too_long"),
    ],
)
async def test_an_order_names_each_status_once(ann: Person, order: list[str], code: str) -> None:
    answer = await ann.put("/api/statuses/order", json={"ids": order})
    assert fault(answer) == (422, "/ids", code)
    assert await ids(ann) == SHIPPED


async def test_a_status_of_ones_own_goes_while_nothing_has_used_it(ann: Person) -> None:
    await ann.status()
    assert (await ann.delete("/api/statuses/phone_screen")).status_code == 204
    assert [(s["id"], s["position"]) for s in await statuses(ann)] == [(s, n) for n, s in enumerate(SHIPPED, start=1)]
    assert (await ann.delete("/api/statuses/phone_screen")).status_code == 404


async def test_a_status_that_was_used_and_one_that_is_shipped_stay(ann: Person) -> None:
    await ann.status()
    application = await ann.application(status_id="phone_screen")
    await ann.patch(f"/api/applications/{application['id']}", json={"status_id": "applied"})
    await ann.delete(f"/api/applications/{application['id']}")
    for id_ in ("phone_screen", "withdrawn"):
        answer = await ann.delete(f"/api/statuses/{id_}")
        assert (answer.status_code, answer.json()["detail"].endswith("Retire it instead.")) == (409, True)
    assert await ids(ann) == WITH_SCREEN
    assert {s["id"]: s["in_use"] for s in await statuses(ann) if s["in_use"]} == {"phone_screen": 1, "applied": 1}


async def test_no_application_is_moved_to_a_status_of_somebody_else(ann: Person, bob: Person) -> None:
    theirs = await bob.status("Bob's own")
    application = await ann.application()
    for method, path in (("PATCH", f"/api/applications/{application['id']}"), ("POST", "/api/applications")):
        body = {"status_id": theirs} | ({"job_id": application["job_id"]} if method == "POST" else {})
        answers = [await ann.ask(method, path, json=body | {"status_id": id_}) for id_ in (theirs, "nothing")]
        assert fault(answers[0]) == (422, "/status_id", "unknown_status")
        assert answers[0].json()["errors"] == answers[1].json()["errors"]
    assert (await ann.get("/api/applications", params={"status_id": theirs})).status_code == 422
