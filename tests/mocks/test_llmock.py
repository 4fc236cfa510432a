"""A mock that grades its clients finds nothing to hold against us: the table of retries, from the outside."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import anyio
import pytest

from jatify_core.analysis import Analysis
from tests.mocks.asking import at_work, judged
from tests.mocks.servers import Llmock, Seen

FOREVER = None
A_RETRY_WOULD_HAVE_COME = 6.0
"""Seconds: the first retry comes within five."""


@pytest.fixture(autouse=True)
def _forget(llmock: Llmock) -> None:
    llmock.forget()


async def judge(llmock: Llmock, model: str, *behaviours: dict[str, Any], max_attempts: int = 5) -> Analysis:
    """One analysis whose requests meet *behaviours*, and the right answer after these."""
    llmock.script(model, *behaviours)

    def teach(answer: str) -> None:
        llmock.script(model, {"type": "reply", "text": answer, "times": FOREVER})

    settings = {"base_url": llmock.url, "profile": "compatible", "models": (model,)}
    return await judged(teach, max_attempts=max_attempts, **settings)


async def judge_each(llmock: Llmock, cases: Mapping[str, Sequence[dict[str, Any]]]) -> dict[str, Analysis]:
    """The analyses of all cases, which are made at once; each has a model and a worker of its own."""
    ended: dict[str, Analysis] = {}

    async def one(model: str) -> None:
        ended[model] = await judge(llmock, model, *cases[model])

    async with anyio.create_task_group() as tasks:
        for model in cases:
            tasks.start_soon(one, model)
    return ended


def fail(status: int, **members: Any) -> dict[str, Any]:
    return {"type": "fail", "status": status, **members}


def gaps(seen: Sequence[Seen]) -> list[float]:
    return [after.began - before.ended for before, after in pairwise(seen)]


async def test_what_can_never_work_is_asked_for_once(llmock: Llmock) -> None:
    reasons = {
        400: "provider_error", 403: "refused", 404: "model_not_found", 405: "provider_error",
        413: "context_too_long", 415: "provider_error", 422: "provider_error",
    }  # fmt: skip
    ended = await judge_each(llmock, {f"never-{status}": [fail(status, times=FOREVER)] for status in reasons})
    await anyio.sleep(A_RETRY_WOULD_HAVE_COME)
    for status, reason in reasons.items():
        analysis = ended[f"never-{status}"]
        assert (analysis.state, analysis.attempts, analysis.report) == ("failed", 1, None)
        assert analysis.error is not None
        assert analysis.error.code == reason
        assert [seen.status for seen in llmock.seen(f"never-{status}")] == [status]
    assert llmock.findings() == []


async def test_what_passes_is_asked_for_again_and_later_each_time(llmock: Llmock) -> None:
    statuses = (425, 501, 520, 522, 524)  # with which this mock sends no Retry-After
    ended = await judge_each(llmock, {f"passing-{status}": [fail(status, times=2)] for status in statuses})
    for status in statuses:
        analysis, seen = ended[f"passing-{status}"], llmock.seen(f"passing-{status}")
        assert (analysis.state, analysis.attempts) == ("succeeded", 3), status
        assert [one.status for one in seen] == [status, status, 200]
        first, second = gaps(seen)
        assert second > 1.5 * first > 3
    assert llmock.findings() == []


async def test_nobody_comes_back_before_retry_after_and_being_asked_too_often_spends_no_attempt(llmock: Llmock) -> None:
    waits = {429: 2, 503: 3, 500: 8, 529: 7, 502: 1, 504: 6, 408: 2, 409: 5}
    cases = {f"busy-{status}": [fail(status, times=3, retry_after=wait)] for status, wait in waits.items()}
    ended = await judge_each(llmock, cases)
    for status, wait in waits.items():
        analysis, seen = ended[f"busy-{status}"], llmock.seen(f"busy-{status}")
        limited = status in {429, 503}
        assert (analysis.state, analysis.attempts) == ("succeeded", 1 if limited else 4), status
        assert [one.status for one in seen] == [status, status, status, 200]
        # Not earlier, and not so much later that nobody would call it honoured; who only failed is given more time.
        longest = (1.2 * wait, 1.2 * wait, 1.2 * wait) if limited else (max(1.2 * wait, own) for own in (5, 10, 20))
        assert all(wait <= gap < most + 2 for gap, most in zip(gaps(seen), longest, strict=True)), (status, gaps(seen))
    assert llmock.findings() == []


async def test_what_never_passes_ends_after_the_last_attempt(llmock: Llmock) -> None:
    analysis = await judge(llmock, "never-passes", fail(520, times=FOREVER), max_attempts=3)
    assert (analysis.state, analysis.attempts) == ("failed", 3)
    assert [seen.status for seen in llmock.seen("never-passes")] == [520] * 3
    assert llmock.findings() == []


async def test_a_text_that_is_too_long_is_told_as_such_at_once(llmock: Llmock) -> None:
    analysis = await judge(llmock, "too-long", fail(400, code="context_length_exceeded", message="It is too long."))
    assert analysis.error is not None
    assert analysis.error.code == "context_too_long"
    assert len(llmock.seen("too-long")) == 1


async def test_an_answer_that_is_none_is_asked_for_twice_more(llmock: Llmock) -> None:
    llmock.script("chatty", {"type": "reply", "text": "I think the resume is fine.", "times": FOREVER})
    settings: dict[str, Any] = {"base_url": llmock.url, "profile": "compatible", "models": ("chatty",)}
    analysis = await judged(None, **settings)
    assert analysis.error is not None
    assert (analysis.state, analysis.error.code) == ("failed", "invalid_output")
    assert [seen.status for seen in llmock.seen("chatty")] == [200] * 3


async def test_a_key_that_is_refused_is_probed_once_after_ten_seconds_and_no_attempt_is_spent(llmock: Llmock) -> None:
    """The one repetition of what a client should not repeat: that is how the queue finds out that it can go on."""
    analysis = await judge(llmock, "locked", fail(401))
    seen = llmock.seen("locked")
    assert (analysis.state, analysis.attempts) == ("succeeded", 1)
    assert [one.status for one in seen] == [401, 200]
    assert gaps(seen)[0] >= 10
    assert [finding.split(":")[0] for finding in llmock.findings()] == ["retried_non_retryable"]


async def test_while_the_key_is_refused_no_other_job_is_tried(llmock: Llmock) -> None:
    llmock.script("shut", fail(401, times=FOREVER))
    settings: dict[str, Any] = {"base_url": llmock.url, "profile": "compatible", "models": ("shut",)}
    async with at_work(None, **settings) as world:
        (first,) = await world.ask()
        with anyio.fail_after(10):
            while not llmock.seen("shut"):
                await anyio.sleep(0.1)
        others = await world.ask(3)
        await anyio.sleep(A_RETRY_WOULD_HAVE_COME)
        states = [(await world.seen(analysis)).state for analysis in (first, *others)]
    assert states == ["queued"] * 4
    assert len(llmock.seen("shut")) == 1
    assert llmock.findings() == []
