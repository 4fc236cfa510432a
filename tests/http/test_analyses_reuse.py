"""Which finished analysis answers a question again, which is stale, and which one is shown."""

from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from jatify_adapters.memory import ScriptedAnalyzer
from jatify_adapters.memory.analyzer import SCRIPTED, plausible
from jatify_core.analysis import AnalysisId, Identity, Material, Outage, Refusal
from tests.http.conftest import RunJobs
from tests.http.people import Person

FAILURE = Refusal("refused", "The model refused.")


async def asked(person: Person, resume: dict[str, Any], job: dict[str, Any] | None, **members: Any) -> tuple[int, str]:
    """How the question was answered, and with which analysis."""
    body = {"job_id": job["id"] if job else None, **members}
    answer = await person.post(f"/api/resumes/{resume['id']}/analyze", json=body)
    return answer.status_code, answer.json()["id"]


async def seen(person: Person, analysis_id: str) -> dict[str, Any]:
    return dict((await person.get(f"/api/analyses/{analysis_id}")).json())


async def test_a_finished_one_answers_again_for_the_pair_it_is_of(ann: Person, run_jobs: RunJobs) -> None:
    resume, job = await ann.resume(), await ann.job()
    _, against = await asked(ann, resume, job)
    _, alone = await asked(ann, resume, None)
    await run_jobs()
    assert await asked(ann, resume, job) == (200, against)
    assert await asked(ann, resume, None) == (200, alone)


async def test_a_listing_that_reads_otherwise_is_another_question_until_it_reads_as_before(
    ann: Person, run_jobs: RunJobs
) -> None:
    resume, job = await ann.resume(), await ann.job(description="We bake bread.")
    _, first = await asked(ann, resume, job)
    await run_jobs()
    await ann.patch(f"/api/jobs/{job['id']}", json={"description": "We bake cake."})
    assert (await seen(ann, first))["stale"]
    status, second = await asked(ann, resume, job)
    assert (status, second == first) == (202, False)
    await run_jobs()
    await ann.patch(f"/api/jobs/{job['id']}", json={"description": "We bake bread."})
    assert await asked(ann, resume, job) == (200, first)
    assert [(await seen(ann, one))["stale"] for one in (first, second)] == [False, True]


async def test_what_no_analyzer_reads_of_a_listing_changes_nothing(ann: Person, run_jobs: RunJobs) -> None:
    resume, job = await ann.resume(), await ann.job()
    _, first = await asked(ann, resume, job)
    await run_jobs()
    await ann.patch(f"/api/jobs/{job['id']}", json={"source": "a friend", "url": "https://example.org/1"})
    assert await asked(ann, resume, job) == (200, first)
    assert not (await seen(ann, first))["stale"]


async def test_another_name_makes_no_resume_another(ann: Person, run_jobs: RunJobs) -> None:
    resume = await ann.resume()
    _, first = await asked(ann, resume, None)
    await run_jobs()
    await ann.patch(f"/api/resumes/{resume['id']}", json={"name": "The best of mine"})
    assert await asked(ann, resume, None) == (200, first)
    assert not (await seen(ann, first))["stale"]


@pytest.mark.parametrize(
    "other",
    [replace(SCRIPTED, provider="other"), replace(SCRIPTED, model="other/2"), replace(SCRIPTED, prompt_version="2")],
    ids=["provider", "model", "prompt"],
)
async def test_another_analyzer_is_asked_anew(
    ann: Person, analyzer: ScriptedAnalyzer, run_jobs: RunJobs, other: Identity
) -> None:
    resume = await ann.resume()
    _, first = await asked(ann, resume, None)
    await run_jobs()
    analyzer._identity = other
    status, second = await asked(ann, resume, None)
    assert (status, second == first) == (202, False)
    await run_jobs()
    analyzer._identity = SCRIPTED
    assert await asked(ann, resume, None) == (200, first)


async def test_what_a_fallback_answered_answers_again(
    ann: Person, analyzer: ScriptedAnalyzer, run_jobs: RunJobs
) -> None:
    """The model that answered is not the one that was asked, and the question was the same."""
    resume = await ann.resume()
    analyzer._script.append(plausible(Material(AnalysisId(uuid4()), "Ann Archer", None, ""), "a/fallback"))
    _, first = await asked(ann, resume, None)
    await run_jobs()
    assert (await seen(ann, first))["analyzer"]["model"] == "a/fallback"
    assert await asked(ann, resume, None) == (200, first)


@pytest.mark.parametrize("failure", [FAILURE, Outage("timeout", "Too late.")], ids=["refusal", "outage"])
async def test_a_failure_answers_nothing_again(
    ann: Person, analyzer: ScriptedAnalyzer, run_jobs: RunJobs, failure: Refusal | Outage
) -> None:
    resume = await ann.resume()
    analyzer._script.append(failure)
    _, first = await asked(ann, resume, None)
    await run_jobs()
    status, second = await asked(ann, resume, None)
    assert (status, second == first) == (202, False)


async def test_the_same_words_of_somebody_else_answer_nothing(ann: Person, bob: Person, run_jobs: RunJobs) -> None:
    hers, his = await ann.resume(), await bob.resume()
    _, first = await asked(ann, hers, None)
    await run_jobs()
    status, second = await asked(bob, his, None)
    assert (status, second == first) == (202, False)


async def test_a_listing_that_changes_while_it_waits_is_judged_as_it_reads_then(
    ann: Person, analyzer: ScriptedAnalyzer, run_jobs: RunJobs
) -> None:
    resume, job = await ann.resume(), await ann.job(description="We bake bread.")
    _, first = await asked(ann, resume, job)
    await ann.patch(f"/api/jobs/{job['id']}", json={"description": "We bake cake."})
    await run_jobs()
    assert "cake" in (analyzer.calls[0].listing or "")
    assert not (await seen(ann, first))["stale"]
    assert await asked(ann, resume, job) == (200, first)


async def test_a_listing_that_changes_while_it_is_judged_leaves_a_stale_report(
    ann: Person, analyzer: ScriptedAnalyzer, run_jobs: RunJobs
) -> None:
    resume, job = await ann.resume(), await ann.job(description="We bake bread.")
    _, first = await asked(ann, resume, job)
    plain = analyzer.analyze

    async def slow(material: Material) -> Any:
        await ann.patch(f"/api/jobs/{job['id']}", json={"description": "We bake cake."})
        return await plain(material)

    analyzer.analyze = slow  # type: ignore[method-assign]  # so that something happens meanwhile
    await run_jobs()
    done = await seen(ann, first)
    assert (done["state"], done["stale"]) == ("succeeded", True)
    assert (await asked(ann, resume, job))[0] == 202


async def test_a_late_failure_does_not_hide_a_newer_success(
    ann: Person, analyzer: ScriptedAnalyzer, run_jobs: RunJobs
) -> None:
    """The older question fails, the newer one succeeds, and then the older one, requeued, fails once more."""
    resume, job = await ann.resume(), await ann.job()
    analyzer._script.append(FAILURE)
    _, older = await asked(ann, resume, job)
    await run_jobs()
    _, newer = await asked(ann, resume, job)
    await run_jobs()
    (letter,) = (await ann.get("/api/dlq")).json()["items"]
    assert (await ann.post(f"/api/dlq/{letter['id']}/requeue")).status_code == 202
    analyzer._script.append(FAILURE)
    await run_jobs()
    assert [(await seen(ann, one))["state"] for one in (older, newer)] == ["failed", "succeeded"]
    shown = (await ann.get(f"/api/resumes/{resume['id']}/analysis/{job['id']}")).json()
    assert (shown["id"], shown["state"]) == (newer, "succeeded")
    assert await asked(ann, resume, job) == (200, newer)


async def test_a_newer_failure_does_not_keep_an_older_success_from_answering(
    ann: Person, analyzer: ScriptedAnalyzer, run_jobs: RunJobs
) -> None:
    resume = await ann.resume()
    _, good = await asked(ann, resume, None)
    await run_jobs()
    analyzer._script.append(FAILURE)
    _, bad = await asked(ann, resume, None, force=True)
    await run_jobs()
    assert (await seen(ann, bad))["state"] == "failed"
    assert await asked(ann, resume, None) == (200, good)
