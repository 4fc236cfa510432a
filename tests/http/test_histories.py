"""Histories: steps that were forgotten, corrected and taken back, the resume that was sent, and the timeline."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from jatify_adapters.memory import MovableClock
from tests.http.conftest import RunJobs
from tests.http.people import RESUME, Person

Json = dict[str, Any]


async def moved(who: Person, application: Json, status_id: str, **members: Any) -> Json:
    answer = await who.patch(f"/api/applications/{application['id']}", json={"status_id": status_id} | members)
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


async def read(who: Person, application: Json) -> Json:
    answer = await who.get(f"/api/applications/{application['id']}")
    assert answer.status_code == 200
    told: Json = answer.json()
    return told


async def take_back(who: Person, application: Json, step: int = -1, **headers: str) -> httpx.Response:
    history = (await read(who, application))["history"]
    return await who.delete(f"/api/applications/{application['id']}/history/{history[step]['id']}", headers=headers)


def lasting(application: Json) -> Json:
    """What an undo brings back."""
    return {name: value for name, value in application.items() if name not in {"version", "updated_at"}}


def steps(application: Json) -> list[tuple[str, str | None, str]]:
    return [(step["status_id"], step["from_status_id"], step["at"]) for step in application["history"]]


async def test_taking_the_newest_step_back_leaves_the_application_as_before(ann: Person, clock: MovableClock) -> None:
    before = await moved(ann, await ann.application(), "applied")
    clock.advance(timedelta(hours=1))
    offered = await moved(ann, before, "offer", status_at="2026-11-20T08:00:00Z", status_note="By telephone.")
    assert {at for _, _, at in steps(offered)} == {"2026-11-20T08:00:00Z"}
    assert (await take_back(ann, before)).status_code == 204
    after = await read(ann, before)
    assert lasting(after) == lasting(before)
    assert (after["version"], after["updated_at"]) == (4, "2026-11-24T10:00:00Z")


async def test_a_step_between_others_may_go_and_the_next_one_says_from_where_it_led(ann: Person) -> None:
    made = await ann.application()
    for status_id in ("applied", "hr_interview"):
        await moved(ann, made, status_id)
    await take_back(ann, made, 1)
    after = await read(ann, made)
    assert [(here, before) for here, before, _ in steps(after)] == [("saved", None), ("hr_interview", "saved")]
    assert (after["status_id"], after["applied_on"]) == ("hr_interview", None)


async def test_the_first_step_stays(ann: Person) -> None:
    made = await ann.application()
    answer = await take_back(ann, made)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")
    assert await read(ann, made) == made


async def test_a_forgotten_step_takes_its_place_by_its_time(ann: Person, clock: MovableClock) -> None:
    made = await ann.application()
    clock.advance(timedelta(hours=10))
    offered = await moved(ann, made, "offer")
    where = f"/api/applications/{made['id']}/history"
    forgotten = {"status_id": "hr_interview", "at": "2026-11-24T12:00:00+02:00", "note": "On Zoom."}
    answer = await ann.post(where, json=forgotten, headers={"If-Match": '"v2"'})
    assert answer.status_code == 201, answer.text
    assert (answer.headers["etag"], answer.headers["location"]) == ('"v3"', f"/api/applications/{made['id']}")
    assert steps(answer.json()) == [
        ("saved", None, "2026-11-24T09:00:00Z"),
        ("hr_interview", "saved", "2026-11-24T10:00:00Z"),
        ("offer", "hr_interview", "2026-11-24T19:00:00Z"),
    ]
    assert answer.json()["status_id"] == "offer"
    assert answer.json()["history"][1]["recorded_at"] == "2026-11-24T19:00:00Z"
    await take_back(ann, made, 1)
    assert lasting(await read(ann, made)) == lasting(offered)


async def test_a_forgotten_step_that_is_the_last_one_moves_the_application(ann: Person) -> None:
    made = await ann.application()
    where = f"/api/applications/{made['id']}/history"
    answer = await ann.post(where, json={"status_id": "rejected", "at": made["created_at"]})
    assert (answer.json()["status_id"], len(answer.json()["history"])) == ("rejected", 2)
    earlier = await ann.post(where, json={"status_id": "applied", "at": "2026-11-01T00:00:00Z"})
    assert [here for here, _, _ in steps(earlier.json())] == ["applied", "saved", "rejected"]
    assert (earlier.json()["status_id"], earlier.json()["applied_on"]) == ("rejected", "2026-11-01")


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"at": "2026-11-24T09:02:00Z"}, "/at", "in_the_future"),
        ({"at": "2026-11-24T09:00:00"}, "/at", "wrong_format"),
        ({"at": "1812-01-01T00:00:00Z"}, "/at", "out_of_range"),
        ({"at": None}, "/at", "wrong_type"),
        ({"status_id": "hired"}, "/status_id", "unknown_status"),
        ({"note": "a\0"}, "/note", "forbidden_character"),
        ({"note": "x" * 40_001}, "/note", "too_long"),
        ({"from_status_id": "saved"}, "/from_status_id", "unknown_member"),
    ],
)
async def test_an_unfit_step_is_refused_and_nothing_is_written(
    ann: Person, change: Json, pointer: str, code: str
) -> None:
    made = await ann.application()
    step = {"status_id": "applied", "at": "2026-11-23T09:00:00Z"} | change
    answer = await ann.post(f"/api/applications/{made['id']}/history", json=step)
    assert answer.status_code == 422, answer.text
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]
    assert await read(ann, made) == made


async def test_a_clock_that_is_a_little_ahead_is_forgiven(ann: Person) -> None:
    made = await ann.application()
    step = {"status_id": "applied", "at": "2026-11-24T09:00:30Z"}
    answer = await ann.post(f"/api/applications/{made['id']}/history", json=step)
    assert answer.json()["history"][-1]["at"] == "2026-11-24T09:00:00Z"


async def test_a_step_can_be_corrected_between_its_neighbours_only(ann: Person, clock: MovableClock) -> None:
    made = await ann.application()
    for status_id in ("applied", "hr_interview"):
        clock.advance(timedelta(hours=8))
        await moved(ann, made, status_id, status_note="?")
    clock.advance(timedelta(hours=1))
    middle = (await read(ann, made))["history"][1]
    where = f"/api/applications/{made['id']}/history/{middle['id']}"
    for at in ("2026-11-24T08:59:59Z", "2026-11-25T01:00:01Z"):
        refused = await ann.patch(where, json={"at": at})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "out_of_order")
        assert "neighbour" in refused.json()["errors"][0]["message"]
    answer = await ann.patch(where, json={"at": "2026-11-24T09:00:00Z", "note": None}, headers={"If-Match": '"v3"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"v4"')
    corrected = answer.json()["history"][1]
    assert (corrected["at"], corrected["note"], corrected["id"]) == ("2026-11-24T09:00:00Z", None, middle["id"])
    assert answer.json()["applied_on"] == "2026-11-24"  # which the step had set, and so goes along with it
    assert (await ann.patch(where, json={"note": "By mail."})).json()["history"][1]["at"] == corrected["at"]


async def test_an_unfit_correction_is_refused(ann: Person) -> None:
    made = await ann.application()
    where = f"/api/applications/{made['id']}/history/{made['history'][0]['id']}"
    for patch, pointer in (({"at": None}, "/at"), ({"status_id": "applied"}, "/status_id"), ({"note": 1}, "/note")):
        answer = await ann.patch(where, json=patch)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_change_of_the_history_meant_for_another_version_is_refused(ann: Person) -> None:
    made = await moved(ann, await ann.application(), "applied")
    where = f"/api/applications/{made['id']}/history"
    stale = {"If-Match": '"v1"'}
    step = f"{where}/{made['history'][1]['id']}"
    answers = [
        await ann.post(where, json={"status_id": "offer", "at": made["created_at"]}, headers=stale),
        await ann.patch(step, json={"note": "x"}, headers=stale),
        await ann.delete(step, headers=stale),
    ]
    assert [answer.status_code for answer in answers] == [412] * 3
    assert await read(ann, made) == made


async def test_a_step_of_another_application_is_not_found(ann: Person) -> None:
    one, other = await moved(ann, await ann.application(), "applied"), await ann.application()
    where = f"/api/applications/{other['id']}/history/{one['history'][1]['id']}"
    assert (await ann.patch(where, json={"note": "x"})).status_code == 404
    assert (await ann.delete(where)).status_code == 404


async def test_a_step_to_applied_dates_the_application_unless_the_request_does(ann: Person) -> None:
    made = await ann.application()
    told = await moved(ann, made, "applied", status_at="2026-11-20T23:30:00-05:00")
    assert told["applied_on"] == "2026-11-20"  # where the caller is
    await take_back(ann, made)
    assert (await read(ann, made))["applied_on"] is None
    assert (await moved(ann, made, "applied", applied_on=None))["applied_on"] is None
    await take_back(ann, made)
    assert (await moved(ann, made, "applied", applied_on="2026-11-01"))["applied_on"] == "2026-11-01"
    await take_back(ann, made)
    assert (await read(ann, made))["applied_on"] == "2026-11-01"  # it was said, and did not come with the step


async def test_a_date_that_was_changed_since_stays_when_its_step_goes(ann: Person) -> None:
    made = await ann.application()
    await moved(ann, made, "applied")
    await ann.patch(f"/api/applications/{made['id']}", json={"applied_on": "2026-11-02"})
    await take_back(ann, made)
    assert (await read(ann, made))["applied_on"] == "2026-11-02"


@pytest.mark.parametrize(("members", "date"), [({}, None), ({"applied_on": "2026-11-02"}, "2026-11-02")])
async def test_a_body_that_is_whole_may_name_no_date_or_none(ann: Person, members: Json, date: str | None) -> None:
    job = await ann.job()
    body = {"job_id": job["id"], "status_id": "applied"} | members
    assert (await ann.application(**body))["applied_on"] == date
    saved = await ann.application(job_id=job["id"])
    assert (await ann.put(f"/api/applications/{saved['id']}", json=body)).json()["applied_on"] == date


async def test_the_resume_that_was_sent_is_remembered_after_its_deletion(ann: Person, clock: MovableClock) -> None:
    resume, other = await ann.resume(name="First"), await ann.resume(RESUME + b"More.")
    made = await ann.application(resume_id=resume["id"])
    assert made["sent_resume"] is None
    clock.advance(timedelta(hours=1))
    sent = (await moved(ann, made, "applied"))["sent_resume"]
    assert sent == {
        "resume_id": resume["id"],
        "name": "First",
        "filename": resume["filename"],
        "sha256": resume["sha256"],
        "sent_at": "2026-11-24T10:00:00Z",
    }
    await ann.put(f"/api/resumes/{resume['id']}", json={"name": "Renamed"})
    assert (await moved(ann, made, "hr_interview", resume_id=other["id"]))["sent_resume"] == sent
    before = await ann.get(f"/api/applications/{made['id']}")
    await ann.delete(f"/api/resumes/{resume['id']}")
    after = await ann.get(f"/api/applications/{made['id']}", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["sent_resume"] == sent | {"resume_id": None}
    assert after.json()["resume_id"] == other["id"]
    (listed,) = (await ann.get("/api/applications")).json()["items"]
    assert listed["sent_resume"] == sent | {"resume_id": None}


async def test_the_resume_that_was_sent_goes_with_its_step_and_another_try_takes_another(ann: Person) -> None:
    first, second = await ann.resume(), await ann.resume(RESUME + b"More.")
    made = await ann.application(resume_id=first["id"])
    await moved(ann, made, "applied")
    await take_back(ann, made)
    assert (await read(ann, made))["sent_resume"] is None
    await moved(ann, made, "applied")
    await moved(ann, made, "saved")
    again = await moved(ann, made, "applied", resume_id=second["id"])
    assert again["sent_resume"]["resume_id"] == second["id"]
    await take_back(ann, made)
    assert (await read(ann, made))["sent_resume"]["resume_id"] == first["id"]


async def test_a_forgotten_step_has_the_resume_that_was_linked_then(ann: Person, clock: MovableClock) -> None:
    first, second = await ann.resume(), await ann.resume(RESUME + b"More.")
    made = await ann.application(resume_id=first["id"])
    clock.advance(timedelta(hours=2))
    await ann.patch(f"/api/applications/{made['id']}", json={"resume_id": second["id"]})
    for at, resume in (("2026-11-24T10:00:00Z", first), ("2026-11-24T11:00:00Z", second)):
        step = {"status_id": "applied", "at": at}
        told = (await ann.post(f"/api/applications/{made['id']}/history", json=step)).json()
        assert told["sent_resume"]["resume_id"] == resume["id"]
        await take_back(ann, made)


async def test_the_timeline_tells_steps_resumes_and_analyses_in_one_row(
    ann: Person, clock: MovableClock, run_jobs: RunJobs
) -> None:
    job, resume = await ann.job(description="Ovens."), await ann.resume(name="Short")
    made = await ann.application(job_id=job["id"])
    clock.advance(timedelta(hours=1))
    await ann.patch(f"/api/applications/{made['id']}", json={"resume_id": resume["id"]})
    clock.advance(timedelta(hours=1))
    analysis = await ann.analysis(resume["id"], job["id"])
    clock.advance(timedelta(hours=1))
    await moved(ann, made, "applied", status_note="Sent.")
    clock.advance(timedelta(hours=1))
    waiting = await read(ann, made)
    assert [moment["kind"] for moment in waiting["timeline"]] == ["created", "status", "resume", "analysis", "status"]
    assert waiting["timeline"][2] == {
        "kind": "resume",
        "at": "2026-11-24T10:00:00Z",
        "resume_id": resume["id"],
        "resume_name": "Short",
    }
    assert waiting["timeline"][3]["state"] == "queued"
    assert waiting["timeline"][4] == {
        "kind": "status",
        "at": "2026-11-24T12:00:00Z",
        "step_id": waiting["history"][1]["id"],
        "status_id": "applied",
        "from_status_id": "saved",
        "note": "Sent.",
    }
    await run_jobs()
    judged = (await read(ann, made))["timeline"][-1]
    score = (await ann.get(f"/api/analyses/{analysis['id']}")).json()["score"]
    assert (judged["kind"], judged["analysis_id"], judged["score"]) == ("analysis", analysis["id"], score)
    clock.advance(timedelta(hours=1))
    await ann.patch(f"/api/applications/{made['id']}", json={"resume_id": None})
    last = (await read(ann, made))["timeline"][-1]
    assert (last["kind"], last["resume_id"], last["resume_name"]) == ("resume", None, None)


async def test_a_timeline_with_analyses_has_a_tag_that_changes_with_them(ann: Person, run_jobs: RunJobs) -> None:
    job, resume = await ann.job(description="Ovens."), await ann.resume()
    where = f"/api/applications/{(await ann.application(job_id=job['id']))['id']}"
    tags = [(await ann.get(where)).headers["etag"]]
    await ann.analysis(resume["id"], job["id"])
    tags.append((await ann.get(where)).headers["etag"])
    await run_jobs()
    tags.append((await ann.get(where, headers={"If-None-Match": tags[1]})).headers["etag"])
    assert len(set(tags)) == 3
    assert (await ann.get(where, headers={"If-None-Match": tags[2]})).status_code == 304
    changed = await ann.patch(where, json={"notes": "x"}, headers={"If-Match": tags[1]})  # of the same version
    assert changed.status_code == 200
    assert (await ann.patch(where, json={"notes": "y"}, headers={"If-Match": tags[2]})).status_code == 412


async def test_a_deletion_can_be_taken_back(ann: Person, bob: Person) -> None:
    made = await moved(ann, await ann.application(notes="Keep."), "applied")
    where = f"/api/applications/{made['id']}"
    assert (await ann.post(f"{where}/restore")).json() == made  # nothing to take back
    await ann.delete(where)
    assert (await bob.post(f"{where}/restore")).status_code == 404
    answer = await ann.post(f"{where}/restore")
    assert (answer.status_code, answer.headers["etag"]) == (200, '"v3"')
    assert lasting(answer.json()) == lasting(made)
    assert len((await ann.get("/api/applications")).json()["items"]) == 1


async def test_an_application_says_since_when_it_is_where_it_is(ann: Person) -> None:
    made = await ann.application()
    assert made["status_since"] == made["created_at"]
    at = "2026-11-20T09:00:00Z"
    changed = await ann.patch(f"/api/applications/{made['id']}", json={"status_id": "applied", "status_at": at})
    assert changed.json()["status_since"] == at
    await ann.delete(f"/api/applications/{made['id']}/history/{changed.json()['history'][-1]['id']}")
    (listed,) = (await ann.get("/api/applications")).json()["items"]
    assert listed["status_since"] == made["created_at"]
