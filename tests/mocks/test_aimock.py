"""A mock that speaks OpenRouter's dialect: fallbacks, its errors, and connections that break."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import anyio
import pytest

from jatify_adapters.openrouter import OpenRouterSettings, open_openrouter
from jatify_core.analysis import Analysis, Outage, Refusal
from tests.adapters.openrouter_asking import MATERIAL
from tests.mocks.asking import KEY, at_work, judged
from tests.mocks.servers import Aimock

FIRST, SECOND = "maker/first", "maker/second"


@pytest.fixture(autouse=True)
def _forget(aimock: Aimock) -> None:
    aimock.forget()


def settings(aimock: Aimock) -> dict[str, Any]:
    return {"base_url": aimock.url, "profile": "openrouter", "models": (FIRST, SECOND)}


def answering(aimock: Aimock, model: str = FIRST) -> Callable[[str], None]:
    """Teaches the mock that this model gives the right answer."""
    return lambda answer: aimock.teach(
        {"match": {"model": model}, "response": {"content": answer, "usage": {"cost": 0.0021}}}
    )


def failing(status: int, **members: Any) -> dict[str, Any]:
    """A first request for the first model that fails so."""
    error = {"error": {"message": "Something is wrong."}, "status": status, **members}
    return {"match": {"model": FIRST, "sequenceIndex": 0}, "response": error}


async def judge(aimock: Aimock, *fixtures: dict[str, Any], model: str = FIRST) -> Analysis:
    if fixtures:
        aimock.teach(*fixtures)
    return await judged(answering(aimock, model), **settings(aimock))


async def test_a_good_answer_is_read_with_model_and_cost(aimock: Aimock) -> None:
    analysis = await judge(aimock)
    assert (analysis.state, analysis.identity.model, analysis.usage.cost_usd) == ("succeeded", FIRST, Decimal("0.0021"))
    assert len(aimock.seen()) == 1


async def test_a_fallback_answers_for_a_model_that_is_down_within_the_same_request(aimock: Aimock) -> None:
    down = {"match": {"model": FIRST}, "response": {"error": {"message": "busy"}, "status": 429}}
    analysis = await judge(aimock, down, model=SECOND)
    assert (analysis.state, analysis.identity.model, analysis.attempts) == ("succeeded", SECOND, 1)
    assert len(aimock.seen()) == 1


async def test_its_retry_after_is_honoured(aimock: Aimock) -> None:
    analysis = await judge(aimock, failing(429, retryAfter=3, fallthrough=False))
    first, second = aimock.seen()
    assert (analysis.state, analysis.attempts, first.status, second.status) == ("succeeded", 1, 429, 200)
    assert 3 <= second.began - first.ended < 6


async def test_its_outage_is_asked_again(aimock: Aimock) -> None:
    analysis = await judge(aimock, failing(502, fallthrough=False))
    assert (analysis.state, analysis.attempts) == ("succeeded", 2)
    assert [seen.status for seen in aimock.seen()] == [502, 200]


async def test_what_it_refuses_is_asked_once(aimock: Aimock) -> None:
    analysis = await judge(aimock, failing(403, fallthrough=False))
    await anyio.sleep(6)
    assert analysis.error is not None
    assert (analysis.state, analysis.error.code) == ("failed", "refused")
    assert [seen.status for seen in aimock.seen()] == [403]


@pytest.mark.parametrize(
    ("trouble", "reason"), [("disconnectRate", "network"), ("malformedRate", "invalid_output"), ("dropRate", None)]
)
async def test_what_breaks_on_the_way_is_asked_again(aimock: Aimock, trouble: str, reason: str | None) -> None:
    aimock.trouble(**{trouble: 1})
    async with at_work(answering(aimock), **settings(aimock)) as world:
        (analysis,) = await world.ask()
        with anyio.fail_after(10):
            while not aimock.seen():
                await anyio.sleep(0.05)
        aimock.trouble()
        (ended,) = await world.ended([analysis], within=60)
    assert (ended.state, ended.attempts) == ("succeeded", 2)
    first, second = aimock.seen()
    assert second.began - first.ended > 2
    aimock.trouble(**{trouble: 1})
    async with open_openrouter(OpenRouterSettings(api_key=KEY, **settings(aimock))) as analyzer:
        outcome = await analyzer.analyze(MATERIAL)
    assert isinstance(outcome, Outage)
    assert outcome.reason == (reason or "provider_unavailable")


async def test_an_empty_account_pauses_and_spends_no_attempt(aimock: Aimock) -> None:
    aimock.teach(failing(402, fallthrough=False))
    async with at_work(answering(aimock), **settings(aimock)) as world:
        ended = await world.ended(await world.ask(), within=60)
    first, second = aimock.seen()
    assert [(analysis.state, analysis.attempts) for analysis in ended] == [("succeeded", 1)]
    assert (first.status, second.status) == (402, 200)
    assert second.began - first.ended >= 10


async def test_a_check_of_the_key_finds_nothing_wrong(aimock: Aimock) -> None:
    async with open_openrouter(OpenRouterSettings(api_key=KEY, **settings(aimock))) as analyzer:
        assert await analyzer.diagnose() is None


async def test_what_a_model_refuses_is_refused(aimock: Aimock) -> None:
    aimock.teach({"match": {"model": FIRST}, "response": {"content": "No.", "finishReason": "content_filter"}})
    async with open_openrouter(OpenRouterSettings(api_key=KEY, **settings(aimock))) as analyzer:
        outcome = await analyzer.analyze(MATERIAL)
    assert isinstance(outcome, Refusal)
    assert outcome.reason == "refused"
