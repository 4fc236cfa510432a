"""Analyses: asked for, waited for, looked up."""

from decimal import Decimal
from uuid import uuid4

import anyio
import pytest

from jatify_adapters.memory import ScriptedAnalyzer, memory_ports
from jatify_core.analysis import Findings, Material, Refusal, Usage
from jatify_core.job import ANALYSIS, End
from jatify_core.policy import Policy
from jatify_core.ports import Ports
from tests.http.conftest import LEASE, RunJobs
from tests.http.people import Person, client_of, newcomer

MEMBERS = {
    "id",
    "resume_id",
    "job_id",
    "state",
    "score",
    "result",
    "error",
    "analyzer",
    "usage",
    "attempts",
    "stale",
    "created_at",
    "started_at",
    "finished_at",
}


async def test_asking_is_accepted_and_says_where_and_when_to_look(ann: Person) -> None:
    resume, job = await ann.resume(), await ann.job()
    answer = await ann.post(f"/api/resumes/{resume['id']}/analyze", json={"job_id": job["id"], "force": False})
    assert answer.status_code == 202
    analysis = answer.json()
    assert answer.headers["location"] == f"/api/analyses/{analysis['id']}"
    assert int(answer.headers["retry-after"]) > 0
    assert analysis.keys() == MEMBERS
    assert (analysis["resume_id"], analysis["job_id"], analysis["state"]) == (resume["id"], job["id"], "queued")
    assert (analysis["score"], analysis["result"], analysis["error"]) == (None, None, None)
    assert analysis["analyzer"] == {"provider": "scripted", "model": "scripted/1", "prompt_version": "1"}
    assert analysis["usage"] == {"input_tokens": None, "output_tokens": None, "cost_usd": None}
    assert (await ann.get(answer.headers["location"])).json() == analysis


@pytest.mark.parametrize("body", [None, {}, {"job_id": None}, {"force": True}])
async def test_without_a_job_it_is_a_general_review(ann: Person, body: dict[str, object] | None) -> None:
    path = f"/api/resumes/{(await ann.resume())['id']}"
    answer = await ann.post(f"{path}/analyze", **({} if body is None else {"json": body}))
    assert (answer.status_code, answer.json()["job_id"]) == (202, None)
    assert (await ann.get(f"{path}/analysis")).json() == answer.json()


async def test_asking_again_while_it_waits_gives_the_same(ann: Person) -> None:
    resume = await ann.resume()
    first, second = await ann.analysis(resume["id"]), await ann.analysis(resume["id"])
    assert first == second


async def test_a_finished_one_shows_its_report(ann: Person, run_jobs: RunJobs) -> None:
    resume, job = await ann.resume(), await ann.job()
    queued = await ann.analysis(resume["id"], job["id"])
    await run_jobs()
    done = (await ann.get(f"/api/resumes/{resume['id']}/analysis/{job['id']}")).json()
    assert (done["id"], done["state"], done["score"]) == (queued["id"], "succeeded", done["result"]["score"])
    assert done["result"].keys() == {
        "score",
        "band",
        "summary",
        "sub_scores",
        "matched_skills",
        "missing_skills",
        "strengths",
        "gaps",
        "suggestions",
        "warnings",
        "language",
    }
    assert done["usage"]["input_tokens"] == 1_000
    assert (done["attempts"], done["stale"], done["finished_at"]) == (1, False, "2026-11-24T09:00:00Z")


async def test_a_cost_is_a_number(ann: Person, analyzer: ScriptedAnalyzer, run_jobs: RunJobs) -> None:
    plain = analyzer.analyze

    async def dear(material: Material) -> Findings:
        findings = await plain(material)
        assert isinstance(findings, Findings)
        return Findings(findings.proposal, findings.model, Usage(1, 2, Decimal("0.00125")))

    analyzer.analyze = dear  # type: ignore[method-assign]  # the fake has no cost of its own
    analysis = await ann.analysis((await ann.resume())["id"])
    await run_jobs()
    assert (await ann.get(f"/api/analyses/{analysis['id']}")).json()["usage"]["cost_usd"] == 0.00125


async def test_the_same_question_gets_the_finished_answer_unless_forced(ann: Person, run_jobs: RunJobs) -> None:
    resume = await ann.resume()
    path = f"/api/resumes/{resume['id']}/analyze"
    first = await ann.analysis(resume["id"])
    await run_jobs()
    again = await ann.post(path, json={})
    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert again.headers["location"] == f"/api/analyses/{first['id']}"
    forced = await ann.post(path, json={"force": True})
    assert forced.status_code == 202
    assert forced.json()["id"] != first["id"]


async def test_a_changed_job_makes_an_analysis_stale(ann: Person, run_jobs: RunJobs) -> None:
    resume, job = await ann.resume(), await ann.job()
    await ann.analysis(resume["id"], job["id"])
    await run_jobs()
    path = f"/api/resumes/{resume['id']}/analysis/{job['id']}"
    before = await ann.get(path)
    await ann.patch(f"/api/jobs/{job['id']}", json={"description": "Everything is different now."})
    after = await ann.get(path, headers={"If-None-Match": before.headers["etag"]})
    assert (after.status_code, after.json()["stale"]) == (200, True)


async def test_a_failed_one_says_why_and_has_no_number(
    ann: Person, analyzer: ScriptedAnalyzer, run_jobs: RunJobs
) -> None:
    analyzer._script.append(Refusal("refused", "The model refused."))
    analysis = await ann.analysis((await ann.resume())["id"])
    await run_jobs()
    failed = (await ann.get(f"/api/analyses/{analysis['id']}")).json()
    assert (failed["state"], failed["score"], failed["result"]) == ("failed", None, None)
    assert failed["error"] == {"code": "refused", "message": "The model refused."}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"job_id": "x"}, "/job_id"),
        ({"job_id": str(uuid4())}, "/job_id"),
        ({"force": "true"}, "/force"),
        ({"resume_id": str(uuid4())}, "/resume_id"),
        ([], ""),
    ],
)
async def test_an_unfit_question_is_refused(ann: Person, body: object, pointer: str) -> None:
    answer = await ann.post(f"/api/resumes/{(await ann.resume())['id']}/analyze", json=body)
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == [pointer]


async def test_a_foreign_job_in_a_question_is_answered_like_a_missing_one(ann: Person, bob: Person) -> None:
    path = f"/api/resumes/{(await ann.resume())['id']}/analyze"
    answers = [
        await ann.post(path, json={"job_id": job_id}, headers={"X-Request-Id": "same"})
        for job_id in ((await bob.job())["id"], str(uuid4()))
    ]
    assert [a.status_code for a in answers] == [422, 422]
    assert answers[0].content == answers[1].content


async def test_too_many_in_a_day_are_throttled(analyzer: ScriptedAnalyzer) -> None:
    async with client_of(memory_ports(analyzer=analyzer, policy=Policy(daily_analyses=1))) as client:
        ann = await newcomer(Person(client), "ann@example.com", "Ann")
        resume = await ann.resume()
        await ann.analysis(resume["id"])
        answer = await ann.post(f"/api/resumes/{resume['id']}/analyze", json={"job_id": (await ann.job())["id"]})
        assert (answer.status_code, answer.json()["type"]) == (429, "/problems/throttled")
        assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("prefer", ["wait=20", "respond-async, wait=20", "WAIT=20", 'wait="20"', "wait=20; x=y"])
async def test_who_prefers_to_wait_gets_the_end_as_soon_as_it_is_there(
    ann: Person, run_jobs: RunJobs, prefer: str
) -> None:
    analysis = await ann.analysis((await ann.resume())["id"])
    async with anyio.create_task_group() as tasks:
        with anyio.fail_after(5):
            tasks.start_soon(run_jobs)
            answer = await ann.get(f"/api/analyses/{analysis['id']}", headers={"Prefer": prefer})
    assert answer.json()["state"] == "succeeded"
    assert answer.headers["preference-applied"] == "wait=20"


async def test_waiting_ends_with_the_patience(ann: Person) -> None:
    resume = await ann.resume()
    await ann.analysis(resume["id"])
    started = anyio.current_time()
    answer = await ann.get(f"/api/resumes/{resume['id']}/analysis", headers={"Prefer": "wait=1"})
    assert 1 <= anyio.current_time() - started < 3
    assert (answer.status_code, answer.json()["state"]) == (200, "queued")


async def _wait(person: Person, analysis_id: str) -> None:
    await person.get(f"/api/analyses/{analysis_id}", headers={"Prefer": "wait=1"})


async def test_no_transaction_is_held_while_somebody_waits(ann: Person, ports: Ports) -> None:
    analysis = await ann.analysis((await ann.resume())["id"])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_wait, ann, analysis["id"])
        await anyio.sleep(0.1)
        with anyio.fail_after(0.5):
            async with ports.store.transaction():
                pass


@pytest.mark.parametrize("prefer", ["wait=soon", "wait=-1", "wait", "handling=lenient", "await=9"])
async def test_a_preference_that_cannot_be_read_is_none(ann: Person, prefer: str) -> None:
    analysis = await ann.analysis((await ann.resume())["id"])
    answer = await ann.get(f"/api/analyses/{analysis['id']}", headers={"Prefer": prefer})
    assert answer.status_code == 200
    assert "preference-applied" not in answer.headers


async def test_patience_has_a_limit(ann: Person, run_jobs: RunJobs) -> None:
    analysis = await ann.analysis((await ann.resume())["id"])
    await run_jobs()
    answer = await ann.get(f"/api/analyses/{analysis['id']}", headers={"Prefer": "wait=900"})
    assert answer.headers["preference-applied"] == "wait=30"


async def test_the_newest_of_a_pair_is_found_and_others_are_not(ann: Person, bob: Person) -> None:
    resume, job = await ann.resume(), await ann.job()
    mine = await ann.analysis(resume["id"], job["id"])
    path = f"/api/resumes/{resume['id']}/analysis"
    assert (await ann.get(f"{path}/{job['id']}")).json() == mine
    for missing in (path, f"{path}/{(await ann.job())['id']}", f"{path}/{(await bob.job())['id']}", f"{path}/x"):
        assert (await ann.get(missing)).status_code == 404


async def test_every_analysis_of_a_resume_is_listed(ann: Person) -> None:
    resume, job = await ann.resume(), await ann.job()
    made = [await ann.analysis(resume["id"]), await ann.analysis(resume["id"], job["id"])]
    listed = (await ann.get(f"/api/resumes/{resume['id']}/analyses")).json()["items"]
    assert listed == made[::-1]


async def test_one_that_waits_is_cancelled_then_deleted_then_gone(ann: Person, run_jobs: RunJobs) -> None:
    analysis = await ann.analysis((await ann.resume())["id"])
    path = f"/api/analyses/{analysis['id']}"
    assert (await ann.delete(path)).status_code == 204
    cancelled = (await ann.get(path)).json()
    assert cancelled == analysis | {"state": "cancelled", "finished_at": "2026-11-24T09:00:00Z"}
    await run_jobs()
    assert (await ann.get(path)).json() == cancelled
    assert [(await ann.delete(path)).status_code for _ in range(2)] == [204, 404]
    assert (await ann.get(path)).status_code == 404


async def test_one_that_runs_is_cancelled_and_its_worker_records_nothing(ann: Person, ports: Ports) -> None:
    analysis = await ann.analysis((await ann.resume())["id"])
    path = f"/api/analyses/{analysis['id']}"
    (job,) = await ports.store.jobs.claim([ANALYSIS], 1, LEASE, "by hand")
    assert (await ann.delete(path)).status_code == 204
    assert await ports.store.jobs.settle([End.succeeded(job)])
    answer = (await ann.get(path)).json()
    assert (answer["state"], answer["attempts"], answer["result"]) == ("cancelled", 1, None)


async def test_a_failed_one_is_deleted_with_its_dead_letter(
    ann: Person, analyzer: ScriptedAnalyzer, run_jobs: RunJobs
) -> None:
    analyzer._script.append(Refusal("refused", "The model refused."))
    analysis = await ann.analysis((await ann.resume())["id"])
    await run_jobs()
    assert (await ann.delete(f"/api/analyses/{analysis['id']}")).status_code == 204
    assert (await ann.get("/api/dlq")).json()["items"] == []


async def test_a_foreign_one_is_not_dropped_and_answered_like_a_missing_one(ann: Person, bob: Person) -> None:
    analysis = await ann.analysis((await ann.resume())["id"])
    same = {"X-Request-Id": "same"}
    answers = [await bob.delete(f"/api/analyses/{id_}", headers=same) for id_ in (analysis["id"], uuid4(), "x")]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.content for answer in answers}) == 1
    assert (await ann.get(f"/api/analyses/{analysis['id']}")).json() == analysis


async def test_who_waits_for_one_that_is_cancelled_is_told_at_once(ann: Person) -> None:
    analysis = await ann.analysis((await ann.resume())["id"])
    path = f"/api/analyses/{analysis['id']}"
    async with anyio.create_task_group() as tasks:
        with anyio.fail_after(5):
            tasks.start_soon(ann.delete, path)
            answer = await ann.get(path, headers={"Prefer": "wait=20"})
    assert answer.json()["state"] == "cancelled"
